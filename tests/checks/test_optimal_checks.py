"""The checks of chapter 03 know the mistakes and refuse no right answer."""

import math

import numpy as np
import pytest
import torch
from scipy.spatial.distance import jensenshannon
from torch.nn import functional as F

from ganlib import checks, divergences

KL = "k = lambda u, v: torch.xlogy(u, u / v).sum(); "
M = "m = (p + q) / 2; "

OPTIMAL_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": ("torch.sigmoid(p - q)", "returned None"),
    "share of fakes": ("return torch.sigmoid(q - p)", "share of the fakes"),
    "logs as densities": ("return p / (p + q)", "as if they were densities"),
    "ratio": ("return (p - q).exp()", "the ratio p / q"),
    "logit": ("return p - q", "logit of D"),
    "log": ("return F.logsigmoid(p - q)", "logarithm of D"),
    "middle": ("return p.exp() / ((p.exp() + q.exp()) / 2)", "twice D"),
    "densities in the sigmoid": ("return torch.sigmoid(p.exp() - q.exp())", "difference of the logarithms"),
    "a decision": ("return (p > q).float()", "D. is a probability"),
    "underflow": ("return p.exp() / (p.exp() + q.exp())", "Never form them"),
    "underflow, the other way": ("return 1 / (1 + q.exp() / p.exp())", "Never form them"),
    "an epsilon": ("return p.exp() / (p.exp() + q.exp() + 1e-12)", "Never form them"),
    "clamped": ("return torch.sigmoid((p - q).clamp(-5, 5))", "where q = 0 it is 0.99"),
    "a sum": ("return torch.sigmoid(p - q).mean()", r"shape \(\), expected shape \(4,\)"),
    "a list": ("return torch.sigmoid(p - q).tolist()", "is a list, expected a tensor"),
    "unknown": ("return torch.sigmoid(p - 2 * q)", r"it is \[0\.7311, 0\.3775"),
    "logs divided": ("return torch.sigmoid(p / q)", "logarithms were divided"),
    "sigmoid of the ratio": ("return torch.sigmoid((p - q).exp())", "logarithm of that ratio"),
}
OPTIMAL_RIGHT = {
    "sigmoid": "return torch.sigmoid(p - q)",
    "exp": "return 1 / (1 + (q - p).exp())",
    "softmax": "return torch.stack([p, q]).softmax(0)[0]",
    "logaddexp": "return (p - torch.logaddexp(p, q)).exp()",
    "in place": "p -= q; return p.sigmoid_()",
    "tanh": "return (1 + ((p - q) / 2).tanh()) / 2",
}

JS_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": (M + "m.sum()", "returned None"),
    "twice": (KL + M + "return k(p, m) + k(q, m)", "their average, half of that"),
    "kl": (KL + "return k(p, q)", r"this is KL\(p \|\| q\)\. JSD"),
    "reverse kl": (KL + "return k(q, p)", r"this is KL\(q \|\| p\)\. JSD"),
    "jeffreys": (KL + "return (k(p, q) + k(q, p)) / 2", r"average of KL\(p \|\| q\)"),
    "jeffreys, twice": (KL + "return k(p, q) + k(q, p)", r"this is KL\(p \|\| q\) \+ KL"),
    "half": (KL + M + "return k(p, m)", r"only KL\(p \|\| m\) is there"),
    "other half": (KL + M + "return k(q, m)", r"only KL\(q \|\| m\) is there"),
    "quarter": (KL + M + "return k(p, m) / 2", r"only KL\(p \|\| m\) / 2"),
    "no half in m": (KL + "m = p + q; return (k(p, m) + k(q, m)) / 2", "lacks log 2"),
    "V": (KL + M + "return k(p, m) + k(q, m) - 2 * math.log(2)", "2 JSD - 2 log 2"),
    "swapped": (KL + M + "return (k(m, p) + k(m, q)) / 2", "arguments of KL are swapped"),
    "bits": (KL + M + "return (k(p, m) + k(q, m)) / 2 / math.log(2)", "in bits"),
    "distance": (KL + M + "return ((k(p, m) + k(q, m)) / 2).sqrt()", "square root of JSD"),
    "scipy": ("return torch.tensor(jensenshannon(p, q))", "square root of JSD"),
    "sign": (KL + M + "return -(k(p, m) + k(q, m)) / 2", "sign is wrong"),
    "mean": (M + "return ((p * (p / m).log()).mean() + (q * (q / m).log()).mean()) / 2", "average over the outcomes"),
    "unweighted": (M + "return ((p / m).log().sum() + (q / m).log().sum()) / 2", "count equally"),
    "variation": ("return (p - q).abs().sum() / 2", "total variation"),
    "0 log 0": (M + "return ((p * (p / m).log()).sum() + (q * (q / m).log()).sum()) / 2", "0 log 0 must count as 0"),
    "0 / 0": (KL + M + "return (k(p, m) + k(q, m)) / 2", r"\[1, 0\] it is NaN.*m = 0 needs care"),
    "epsilon": (
        "p, q = p + 1e-3, q + 1e-3; " + KL + M + "return (k(p, m) + k(q, m)) / 2",
        r"for p = \[0\.5, 0\.3, 0\.2\]",
    ),
    "small epsilon": (
        "e = 1e-6; " + M + "return ((p * ((p + e) / (m + e)).log()).sum() + (q * ((q + e) / (m + e)).log()).sum()) / 2",
        "epsilon is felt",
    ),
    "F.kl_div the wrong way": (
        M + "return (F.kl_div(p.log(), m, reduction='sum') + F.kl_div(q.log(), m, reduction='sum')) / 2",
        "arguments of KL are swapped",
    ),
    "not summed": (KL + M + "return torch.xlogy(p, p / m)", r"shape \(3,\), expected one number"),
}
JS_RIGHT = {
    "xlogy": M
    + "s = torch.where(m > 0, m, 1.0); return (torch.xlogy(p, p / s).sum() + torch.xlogy(q, q / s).sum()) / 2",
    "masked": M + "f = lambda u: (u[u > 0] * (u[u > 0] / m[u > 0]).log()).sum(); return (f(p) + f(q)) / 2",
    "entropies": M + "h = lambda u: -torch.xlogy(u, u).sum(); return h(m) - (h(p) + h(q)) / 2",
    "scipy": "return float(jensenshannon(p, q) ** 2)",
    "kl_div": M + "f = lambda u: F.kl_div(m.clamp_min(1e-30).log(), u, reduction='sum'); return (f(p) + f(q)) / 2",
    "the package": "return divergences.js(p.log(), q.log())",
}

TERMS = "a, b = F.logsigmoid(r), F.logsigmoid(-f); "
VALUE_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": (TERMS, "returned None"),
    "value only": (TERMS + "return a.mean() + b.mean()", "expected two numbers"),
    "loss": (TERMS + "return -a.mean() - b.mean(), (a.var() / len(a) + b.var() / len(b)).sqrt()", "loss of D"),
    "log D on fakes": (
        "a, b = F.logsigmoid(r), F.logsigmoid(f); return a.mean() + b.mean(), a.std()",
        "enter as log D",
    ),
    "halved": (TERMS + "return (a.mean() + b.mean()) / 2, a.std()", "half of V"),
    "together": (TERMS + "t = torch.cat([a, b]); return t.mean(), t.std()", "one average over both"),
    "sum": (TERMS + "return a.sum() + b.sum(), a.std()", "sum over the samples"),
    "JSD": (TERMS + "return math.log(2) + (a.mean() + b.mean()) / 2, a.std()", "asked is V"),
    "no log": ("return r.sigmoid().mean() + (-f).sigmoid().mean(), r.std()", "logarithms are missing"),
    "swapped": ("a, b = F.logsigmoid(-r), F.logsigmoid(f); return a.mean() + b.mean(), a.std()", "are swapped"),
    "wrong order": (TERMS + "return (a.var() / len(a) + b.var() / len(b)).sqrt(), a.mean() + b.mean()", "wrong order"),
    "variance": (TERMS + "return a.mean() + b.mean(), a.var() / len(a) + b.var() / len(b)", "this is the variance"),
    "spread": (TERMS + "return a.mean() + b.mean(), (a.var() + b.var()).sqrt()", "spread of the terms"),
    "errors added": (
        TERMS + "return a.mean() + b.mean(), a.std() / len(a) ** 0.5 + b.std() / len(b) ** 0.5",
        "two standard errors were added",
    ),
    "one n": (TERMS + "return a.mean() + b.mean(), ((a.var() + b.var()) / len(a)).sqrt()", "number of real samples"),
    "the other n": (TERMS + "return a.mean() + b.mean(), ((a.var() + b.var()) / len(b)).sqrt()", "number of fakes"),
    "both n": (
        TERMS + "return a.mean() + b.mean(), ((a.var() + b.var()) / (len(a) + len(b))).sqrt()",
        "number of all samples",
    ),
    "biased": (
        TERMS + "return a.mean() + b.mean(), (a.var(correction=0) / len(a) + b.var(correction=0) / len(b)).sqrt()",
        "n - 1",
    ),
    "real only": (TERMS + "return a.mean() + b.mean(), a.std() / len(a) ** 0.5", "only the real samples"),
    "fakes only": (TERMS + "return a.mean() + b.mean(), b.std() / len(b) ** 0.5", "only the fakes"),
    "of the logits": (
        TERMS + "return a.mean() + b.mean(), (r.var() / len(r) + f.var() / len(f)).sqrt()",
        "spread of the logits",
    ),
    "of the probabilities": (
        TERMS + "return a.mean() + b.mean(), (r.sigmoid().var() / len(r) + f.sigmoid().var() / len(f)).sqrt()",
        "spread of the probabilities",
    ),
    "n - 1 twice": (
        TERMS + "return a.mean() + b.mean(), (a.var() / (len(a) - 1) + b.var() / (len(b) - 1)).sqrt()",
        r"in var\(\) already",
    ),
    "thrown together": (
        TERMS + "t = torch.cat([a, b]); return a.mean() + b.mean(), t.std() / len(t) ** 0.5",
        "thrown together",
    ),
    "overflow": (
        "a, b = r.sigmoid().log(), (1 - f.sigmoid()).log(); "
        "return a.mean() + b.mean(), (a.var() / len(a) + b.var() / len(b)).sqrt()",
        "never form the probability",
    ),
    "clamped": (
        "a, b = r.sigmoid().clamp(1e-7).log(), (1 - f.sigmoid()).clamp(1e-7).log(); "
        "return a.mean() + b.mean(), (a.var() / len(a) + b.var() / len(b)).sqrt()",
        "never form the probability",
    ),
    "not averaged": (TERMS + "return a, b", r"the value has shape \(4,\), expected one number"),
}
VALUE_RIGHT = {
    "plain": TERMS + "return a.mean() + b.mean(), (a.var() / len(a) + b.var() / len(b)).sqrt()",
    "floats": TERMS + "return float(a.mean() + b.mean()), math.sqrt(a.var() / len(a) + b.var() / len(b))",
    "hypot": TERMS + "e = torch.hypot(a.std() / len(a) ** 0.5, b.std() / len(b) ** 0.5); return a.mean() + b.mean(), e",
    "softplus": "a, b = -F.softplus(-r), -F.softplus(f); "
    "return [a.mean() + b.mean(), (a.var() / len(a) + b.var() / len(b)).sqrt()]",
    "the package": "return divergences.value_estimate(r, f)",
}

RATIO_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": ("a.exp()", "returned None"),
    "upside down": ("return (-a).exp()", "upside down"),
    "D": ("return a.sigmoid()", "this is D itself"),
    "2 D": ("return 2 * a.sigmoid()", "ratio to the middle"),
    "1 - D": ("return 1 - a.sigmoid()", "this is 1 - D"),
    "logits as probabilities": ("return a / (1 - a)", "as if they were probabilities"),
    "log ratio": ("return a", "logarithm of the ratio"),
    "sigmoid first": ("return a.sigmoid().exp()", "applied twice"),
    "softmax": ("return a.softmax(0)", "weights that sum to 1"),
    "rounded": ("d = a.sigmoid(); return d / (1 - d)", "1 - D has few digits left"),
    "epsilon": ("d = a.sigmoid(); return d / (1 - d + 1e-8)", "few digits left"),
    "clamped": ("return a.clamp(-10, 10).exp()", "at the logit -30"),
    "a number": ("return a.exp().mean()", r"expected shape \(4,\)"),
}
RATIO_RIGHT = {
    "exp": "return a.exp()",
    "two sigmoids": "return a.sigmoid() / (-a).sigmoid()",
    "logs": "return (F.logsigmoid(a) - F.logsigmoid(-a)).exp()",
    "double": "d = a.double(); return (d.exp()).float()",
    "a power of 2": "return torch.exp2(a.double() / math.log(2))",
}

MEAN_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": ("a.softmax(0) @ v", "returned None"),
    "equal": ("return v.mean(0)", "count equally"),
    "by D": ("w = a.sigmoid(); return (w / w.sum()) @ v", "counts with D. The ratio"),
    "by D, not normalised": ("return a.sigmoid() @ v / len(a)", "counts with D, and"),
    "upside down": ("return (-a).softmax(0) @ v", "upside down"),
    "unnormalised": ("return a.exp() @ v / len(a)", "divided by their number"),
    "sum": ("return a.exp() @ v", "do not sum to 1"),
    "shifted sum": ("return (a - a.max()).exp() @ v", "largest logit was subtracted"),
    "softmax of D": ("return a.sigmoid().softmax(0) @ v", "softmax of the logits themselves"),
    "mean on top": ("return a.softmax(0) @ v / len(a)", "on top"),
    "by the logit": ("return (a / a.sum()) @ v", "can be negative"),
    "overflow": ("w = a.exp(); return (w / w.sum()) @ v", r"exp\(1000\) is infinite"),
    "clamped": ("w = a.clamp(-50, 50).exp(); return (w / w.sum()) @ v", "with logits of 1000 and 999"),
    "underflow": ("w = a.clamp(max=700).exp(); return (w / w.sum()) @ v", "1000"),
    "only vectors": ("return (a.softmax(0) * v).sum()", "RuntimeError"),
    "all coordinates": ("return (a.softmax(0)[:, None] * v.view(4, -1)).sum()", r"shape \(\), expected shape \(2,\)"),
    "weights": ("return a.softmax(0)", "expected one number"),
}
MEAN_RIGHT = {
    "matmul": "return a.softmax(0) @ v",
    "einsum": "return torch.einsum('n,n...->...', a.softmax(0), v)",
    "shifted": "w = (a - a.max()).exp(); return (w / w.sum()) @ v",
    "transposed": "return (v.view(4, -1).T * a.softmax(0)).sum(-1).view(v.shape[1:])",
}

QUESTIONS = {
    "optimal_discriminator": ("p, q", OPTIMAL_WRONG, OPTIMAL_RIGHT),
    "js_divergence": ("p, q", JS_WRONG, JS_RIGHT),
    "value_estimate": ("r, f", VALUE_WRONG, VALUE_RIGHT),
    "density_ratio": ("a", RATIO_WRONG, RATIO_RIGHT),
    "reweighted_mean": ("v, a", MEAN_WRONG, MEAN_RIGHT),
}
WRONG = [(name, body, words) for name, (_, wrong, _) in QUESTIONS.items() for body, words in wrong.values()]
WRONG_IDS = [f"{name}: {what}" for name, (_, wrong, _) in QUESTIONS.items() for what in wrong]
RIGHT = [(name, body) for name, (_, _, right) in QUESTIONS.items() for body in right.values()]
RIGHT_IDS = [f"{name}: {what}" for name, (_, _, right) in QUESTIONS.items() for what in right]


def answer(name, body):
    scope = {"torch": torch, "F": F, "math": math, "jensenshannon": jensenshannon, "divergences": divergences}
    exec(f"def {name}({QUESTIONS[name][0]}):\n    {body}", scope)
    return scope[name]


@pytest.mark.parametrize(("name", "body", "words"), WRONG, ids=WRONG_IDS)
def test_wrong_answers_get_the_diagnosis_that_fits(name, body, words):
    with pytest.raises(checks.CheckFailed, match=words):
        getattr(checks, name)(answer(name, body))


@pytest.mark.parametrize(("name", "body"), RIGHT, ids=RIGHT_IDS)
def test_right_answers_pass(name, body, capsys):
    for _ in range(10):
        assert getattr(checks, name)(answer(name, body)) is True
    assert capsys.readouterr().out == f"Correct: {name}.\n" * 10


def test_numpy_answers_are_told_what_is_expected():
    with pytest.raises(checks.CheckFailed, match="is a ndarray, expected a tensor"):
        checks.density_ratio(lambda a: np.exp(a.numpy()))


def test_an_answer_that_writes_into_its_arguments_does_not_move_the_target():
    def optimal_discriminator(log_p, log_q):
        log_p -= log_q
        return torch.sigmoid(log_p.fill_(0.0))

    with pytest.raises(checks.CheckFailed, match=r"expected \[0\.5, 0\.1824"):
        checks.optimal_discriminator(optimal_discriminator)
