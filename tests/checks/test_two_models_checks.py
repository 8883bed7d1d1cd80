"""The checks of chapter 01 know the mistakes and refuse no right answer."""

import numpy as np
import pytest
import torch
from scipy import special
from torch.nn import functional as F

from ganlib import checks


def loop(pixel, shown="x[:, :i]"):
    """The body of ``sample_pixels`` that draws one pixel after another like this."""
    return (
        "x = torch.zeros(n, d)\n"
        "    for i in range(d):\n"
        f"        p = p_ink({shown})\n"
        f"        x[:, i] = {pixel}\n"
        "    return x"
    )


def pick(labels, log_joint, rows):
    """One-hot rows where there is a label, the given ones elsewhere."""
    known = F.one_hot(labels.clamp(min=0), log_joint.shape[1]).double()
    return torch.where(labels[:, None] >= 0, known, rows)


SIGNATURES = {
    "fit_gaussian": "x",
    "posterior": "j",
    "rank": "p, own",
    "responsibilities": "j, t",
    "sample_pixels": "p_ink, n, d",
}

WRONG = {
    "fit_gaussian": {
        "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
        "no return": ("x.mean(0)", "returned None"),
        "mean only": ("return x.mean(0)", "two things, the mean and the covariance"),
        "three things": ("return x.mean(0), x.var(0), 1", "two things"),
        "mean over coordinates": ("return x.mean(1), torch.cov(x.T, correction=0)", r"mean has shape \(5,\), expected"),
        "sum as mean": ("return x.sum(0), torch.cov(x.T, correction=0)", "the mean is a sum"),
        "median": ("return x.median(0).values, torch.cov(x.T, correction=0)", "this is the median"),
        "n - 1": ("return x.mean(0), torch.cov(x.T)", "divides by n - 1"),
        "scatter": ("c = x - x.mean(0); return x.mean(0), c.T @ c", "sum over the points: divide"),
        "not centred": ("return x.mean(0), x.T @ x / len(x)", "mean is not subtracted"),
        "correlations": ("return x.mean(0), torch.corrcoef(x.T)", "correlations"),
        "variances": ("return x.mean(0), torch.diag(x.var(0, correction=0))", "only the variances"),
        "a vector": ("return x.mean(0), x.var(0, correction=0)", r"covariance has shape \(3,\), expected \(3, 3\)"),
        "points as variables": ("return x.mean(0), torch.cov(x, correction=0)", r"covariance has shape \(5, 5\)"),
        "precision": ("return x.mean(0), torch.linalg.inv(torch.cov(x.T, correction=0))", "inverse of the covariance"),
        "unknown": ("return x.mean(0), torch.cov(x.T) * 7", "first row is"),
    },
    "posterior": {
        "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
        "no return": ("j.softmax(1)", "returned None"),
        "over points": ("return j.softmax(0)", "each column sums to 1"),
        "joint": ("return j.exp()", r"p\(x, y\) itself"),
        "log posterior": ("return j - j.logsumexp(1, keepdim=True)", "take exp at the end"),
        "logs divided": ("return j / j.sum(1, keepdim=True)", "logarithms were divided"),
        "sigmoid": ("return torch.sigmoid(j)", "squashed by a sigmoid"),
        "decision": ("return F.one_hot(j.argmax(1), j.shape[1]).double()", "decision, not a probability"),
        "labels": ("return j.argmax(1)", r"posterior has shape \(4,\)"),
        "over all": ("return j.exp() / j.exp().sum()", "all numbers of the table"),
        "sign": ("return (-j).softmax(1)", "sign of the exponent"),
        "log twice": ("return j.log().softmax(1)", "NaN"),
        "underflow": ("return j.exp() / j.exp().sum(1, keepdim=True)", "-2000 added.*or first subtract"),
        "global maximum": (
            "e = (j - j.max()).exp(); return e / e.sum(1, keepdim=True)",
            "added to a whole row.*largest number of the row",
        ),
        "overflow only": (
            "e = (j - j.clamp(max=0).amax(1, keepdim=True)).exp(); return e / e.sum(1, keepdim=True)",
            r"\+2000 added to a whole row",
        ),
        "unknown": ("return j * 0 + 0.2", "expected"),
    },
    "rank": {
        "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
        "no return": ("(own < p[:, None]).double().mean(1)", "returned None"),
        "share above": ("return (own > p[:, None]).double().mean(1)", r"\*higher\* density"),
        "count": ("return (own < p[:, None]).sum(1)", "this is a count"),
        "per cent": ("return 100 * (own < p[:, None]).double().mean(1)", "per cent"),
        "mean": ("return (p > own.mean()).double()", "average sample only"),
        "among themselves": ("return (p < p[:, None]).double().mean(1)", "compared with the other x"),
        "over the wrong dimension": ("return (own < p[:, None]).double().mean(0)", r"rank has shape \(8,\)"),
        "one number": ("return (own[:5] < p).double().mean()", r"rank has shape \(\)"),
        "densities": ("return (own.exp() < p[:, None].exp()).double().mean(1)", "exp rounds them all to 0"),
        "unknown": ("return p * 0 + 0.11", "expected"),
    },
    "responsibilities": {
        "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
        "no return": ("j.softmax(1)", "returned None"),
        "all posterior": ("return j.softmax(1)", "labelled points get what the model believes"),
        "-1 as index": ("return torch.eye(j.shape[1], dtype=j.dtype)[t]", "picked the last class"),
        "one_hot of -1": ("return F.one_hot(t, j.shape[1])", "stopped with RuntimeError"),
        "hard": (
            "return F.one_hot(torch.where(t < 0, j.argmax(1), t), j.shape[1]).double()",
            "wholly to their likeliest class",
        ),
        "left out": (
            "return F.one_hot(t.clamp(min=0), j.shape[1]).double() * (t >= 0)[:, None]",
            "unlabelled points are left out",
        ),
        "uniform": ("return pick(t, j, torch.full_like(j, 1 / j.shape[1]))", "count the same for every class"),
        "joint": ("return pick(t, j, j.exp())", r"get p\(x, y\)"),
        "softmax over points": ("return pick(t, j, j.softmax(0))", "runs over the points"),
        "logarithm": ("return pick(t, j, j.log_softmax(1))", r"get log p\(y \| x\)"),
        "0 is unknown": (
            "r = j.softmax(1); r[t > 0] = F.one_hot(t[t > 0], j.shape[1]).to(r); return r",
            "class 0 is treated as unknown",
        ),
        "mask upside down": (
            "return torch.where(t[:, None] < 0, F.one_hot(t.clamp(min=0), j.shape[1]).to(j), j.softmax(1))",
            "are swapped",
        ),
        "underflow": ("return pick(t, j, j.exp() / j.exp().sum(1, keepdim=True))", r"\+2000 added to a whole row"),
        "transposed": ("return pick(t, j, j.softmax(1)).T", "has shape"),
        "unknown": ("return pick(t, j, j.softmax(1)) * 0.5", "for labels"),
    },
    "sample_pixels": {
        "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
        "no return": ("pass", "returned None"),
        "a list": ("return [[1.0] * d] * n", "returned a list"),
        "0 and 1": (loop("(torch.rand(n) < p).float()"), "some pixels are 0"),
        "probabilities": (loop("p + 0.5"), "draw, do not average"),
        "likeliest": (loop("(p > 0.5).float() * 2 - 1"), "never ink"),
        "swapped": (loop("(torch.rand(n) >= p).float() * 2 - 1"), "swapped"),
        "transposed": (loop("(torch.rand(n) < p).float() * 2 - 1") + ".T", r"shape \(6, 3\), expected"),
        "whole picture shown": (
            "x = -torch.ones(n, d)\n"
            "    for i in range(d): x[:, i] = (torch.rand(n) < p_ink(x)).float() * 2 - 1\n"
            "    return x",
            r"was shown \[6, 6",
        ),
        "one pixel shown": (loop("(torch.rand(n) < p).float() * 2 - 1", "x[:, max(i - 1, 0):i]"), "was shown"),
        "one number for a picture": (
            "u = torch.rand(n)\n    " + loop("(u < p).float() * 2 - 1"),
            "new random numbers for each pixel",
        ),
        "one number for a pixel": (loop("(torch.rand(()) < p).float() * 2 - 1"), "all pictures are equal"),
        "normal noise": (loop("(torch.randn(n) < p).float() * 2 - 1"), "rule without chance|shares of ink|swapped"),
        "shows other pixels": (
            loop("(torch.rand(n) < p).float() * 2 - 1", "-x[:, :i]"),
            "other pixels than the ones in the result",
        ),
    },
}

RIGHT = {
    "fit_gaussian": {
        "torch": "return x.mean(0), torch.cov(x.T, correction=0)",
        "by hand": "c = x - x.mean(0); return x.mean(0), c.T @ c / len(x)",
        "einsum": "m = x.mean(0); return m, torch.einsum('ni,nj->ij', x - m, x - m) / x.shape[0]",
        "moments": "m = x.mean(0); return [m, x.T @ x / len(x) - torch.outer(m, m)]",
        "numpy": "a = x.numpy(); return torch.tensor(a.mean(0)), torch.tensor(np.cov(a.T, bias=True))",
    },
    "posterior": {
        "softmax": "return j.softmax(1)",
        "logsumexp": "return (j - j.logsumexp(1, keepdim=True)).exp()",
        "by hand": "e = (j - j.amax(1, keepdim=True)).exp(); return e / e.sum(1, keepdim=True)",
        "differences": "return 1 / (j[:, None] - j[:, :, None]).exp().sum(2)",
        "scipy": "return torch.tensor(special.softmax(j.numpy(), axis=1))",
    },
    "rank": {
        "broadcast": "return (own < p[:, None]).double().mean(1)",
        "loop": "return torch.stack([(own < one).float().mean() for one in p])",
        "sorted": "return torch.searchsorted(own.sort().values, p) / len(own)",
        "counted": "return (p.unsqueeze(1) > own).sum(dim=1) / own.numel()",
    },
    "responsibilities": {
        "where": "return pick(t, j, j.softmax(1))",
        "in place": "r = j.softmax(1); k = t >= 0; r[k] = torch.eye(j.shape[1], dtype=r.dtype)[t[k]]; return r",
        "one_hot": "r = j.softmax(1); r[t >= 0] = F.one_hot(t[t >= 0], j.shape[1]).to(r); return r",
        "row by row": "return torch.stack([torch.eye(len(a), dtype=a.dtype)[b] if b >= 0 else a.softmax(0) "
        "for a, b in zip(j, t)])",
    },
    "sample_pixels": {
        "rand": loop("(torch.rand(n) < p).float() * 2 - 1"),
        "bernoulli": loop("2 * torch.bernoulli(p) - 1"),
        "where": loop("torch.where(torch.rand(n) < p, 1.0, -1.0)"),
        "grown": (
            "x = torch.empty(n, 0)\n"
            "    while x.shape[1] < d: x = torch.cat([x, 2 * torch.bernoulli(p_ink(x))[:, None] - 1], 1)\n"
            "    return x"
        ),
        "numpy": loop("torch.from_numpy(np.where(np.random.rand(n) < p.numpy(), 1.0, -1.0))"),
    },
}


def answer(name, body):
    scope = {"torch": torch, "F": F, "np": np, "special": special, "pick": pick}
    exec(f"def {name}({SIGNATURES[name]}):\n    {body}", scope)
    return scope[name]


def cases(table):
    return [pytest.param(name, case, id=f"{name}: {words}") for name in table for words, case in table[name].items()]


@pytest.mark.parametrize(("name", "case"), cases(WRONG))
def test_wrong_answers_get_the_diagnosis_that_fits(name, case):
    body, diagnosis = case
    with pytest.raises(checks.CheckFailed, match=diagnosis):
        getattr(checks, name)(answer(name, body))


@pytest.mark.parametrize(("name", "body"), cases(RIGHT))
def test_right_answers_pass(name, body, capsys):
    assert getattr(checks, name)(answer(name, body)) is True
    assert capsys.readouterr().out == f"Correct: {name}.\n"


@pytest.mark.parametrize("name", RIGHT)
def test_an_answer_that_writes_into_its_arguments_is_judged_by_what_it_returns(name):
    body = next(iter(RIGHT[name].values()))
    right = answer(name, body)

    def vandal(*arguments):
        result = right(*arguments)
        for tensor in arguments:
            if isinstance(tensor, torch.Tensor):
                tensor.fill_(7)
        return result

    vandal.__name__ = name
    assert all(getattr(checks, name)(vandal) for _ in range(3))


def test_chance_raises_no_false_alarm():
    """The check of the sampler seeds the stream itself; a right answer with a stream of its own must pass as well."""
    for seed in range(20):
        own = torch.Generator().manual_seed(seed)

        def sample_pixels(p_ink, n, d, own=own):
            x = torch.zeros(n, d)
            for i in range(d):
                x[:, i] = torch.bernoulli(p_ink(x[:, :i]), generator=own) * 2 - 1
            return x

        assert checks.sample_pixels(sample_pixels)
