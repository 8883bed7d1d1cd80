"""The checks of chapter 04 know the mistakes and refuse no right answer."""

from itertools import accumulate

import numpy as np
import pytest
import torch
from answer_bank import Bank
from scipy import stats
from torch.nn import functional as F

from ganlib import checks, divergences

SORTED_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": ("(a.sort().values - b.sort().values).abs().mean()", "returned None"),
    "not sorted": ("return (a - b).abs().mean()", "paired as they come"),
    "one sorted": ("return (a.sort().values - b).abs().mean()", "only the first"),
    "the other sorted": ("return (a - b.sort().values).abs().mean()", "only the second"),
    "opposite orders": ("return (a.sort().values - b.sort(descending=True).values).abs().mean()", "with the largest"),
    "sum": ("return (a.sort().values - b.sort().values).abs().sum()", "this is the sum"),
    "no absolute value": ("return (a.sort().values - b.sort().values).mean()", "distances are signed"),
    "difference of means": ("return (a.mean() - b.mean()).abs()", "distance of the two means"),
    "squared": ("return (a.sort().values - b.sort().values).square().mean()", "W2 squared"),
    "W2": ("return (a.sort().values - b.sort().values).square().mean().sqrt()", "this is W2, the root"),
    "all pairs": ("return torch.cdist(a[:, None], b[:, None]).mean()", "average over all pairs"),
    "nearest": ("return (a[:, None] - b).abs().min(dim=1).values.mean()", "nearest neighbour"),
    "longest": ("return (a.sort().values - b.sort().values).abs().max()", "the longest way"),
    "the pair that sort returns": ("return (a.sort() - b.sort()).abs().mean()", "stopped with TypeError"),
    "a number": ("return float((a.sort().values - b.sort().values).abs().mean())", "is a float, expected a tensor"),
    "NumPy": ("return np.abs(np.sort(a) - np.sort(b)).mean()", "is a float.*, expected a tensor"),
    "not averaged": ("return (a.sort().values - b.sort().values).abs()", r"shape \(4,\), expected a single number"),
    "detached": ("return (a.sort().values - b.sort().values).abs().mean().detach()", "carries no gradient"),
    "half detached": ("return (a.sort().values - b.detach().sort().values).abs().mean()", "the gradient for b"),
    "median": ("return (a.sort().values - b.sort().values).abs().median()", r"it gives .*, expected 1\.1250"),
}
SORTED_RIGHT = {
    "sort": "return (a.sort().values - b.sort().values).abs().mean()",
    "argsort": "return (a[a.argsort()] - b[b.argsort()]).abs().sum() / len(a)",
    "descending": "return (a.sort(descending=True)[0] - b.sort(descending=True)[0]).norm(p=1) / a.numel()",
    "l1 loss": "return F.l1_loss(a.sort().values, b.sort().values)",
    "area between the distribution functions": (
        "t = torch.cat([a, b]).sort().values; f, g = ((s[:, None] <= t[:-1]).float().mean(0) for s in (a, b)); "
        "return ((f - g).abs() * t.diff()).sum()"
    ),
}

PRICE_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": ("np.abs(np.cumsum(np.subtract(s, g))).sum()", "returned None"),
    "no running sum": ("return np.abs(np.subtract(s, g)).sum()", "forgets how far they go"),
    "blocks that move": ("return np.abs(np.subtract(s, g)).sum() / 2", "number of blocks that must move"),
    "no absolute value": ("return np.cumsum(np.subtract(s, g)).sum()", "absolute value is missing: earth"),
    "goal minus start": ("return np.cumsum(np.subtract(g, s)).sum()", "signs are those of goal - start"),
    "absolute value of the sum": ("return abs(np.cumsum(np.subtract(s, g)).sum())", "taken of the sum"),
    "absolute value first": ("return np.cumsum(np.abs(np.subtract(s, g))).sum()", "comes before the running sum"),
    "per unit of mass": ("return np.abs(np.cumsum(np.subtract(s, g))).sum() / sum(s)", "total mass of 1"),
    "busiest gap": ("return np.abs(np.cumsum(np.subtract(s, g))).max()", "busiest gap"),
    "squared": ("return np.square(np.cumsum(np.subtract(s, g))).sum()", "is squared"),
    "averaged": ("return np.abs(np.cumsum(np.subtract(s, g))).mean()", "average over the columns"),
    "a list": ("return list(np.abs(np.cumsum(np.subtract(s, g))))", "expected one number"),
    "words": ("return 'seven'", "expected one number"),
    "subtracting lists": ("return (s - g).cumsum()", "stopped with TypeError"),
    "one too many": ("return np.abs(np.cumsum(np.subtract(s, g))).sum() + 1", r"it gives 19, expected 18"),
}
PRICE_RIGHT = {
    "cumsum": "return np.abs(np.cumsum(np.subtract(s, g))).sum()",
    "torch": "return (torch.tensor(s) - torch.tensor(g)).cumsum(0).abs().sum()",
    "accumulate": "return sum(abs(n) for n in accumulate(x - y for x, y in zip(s, g)))",
    "a loop": "carried = price = 0\n    for x, y in zip(s, g):\n        carried += x - y; price += abs(carried)\n"
    "    return price",
    "sorted blocks": (
        "at = [np.repeat(np.arange(len(h)), h) for h in (s, g)]; return int(np.abs(at[0] - at[1]).sum())"
    ),
    "SciPy": "n = range(len(s)); return sum(s) * stats.wasserstein_distance(n, n, s, g)",
    "linear program": (
        "n = torch.arange(len(s)).double(); "
        "return divergences.optimal_transport((n[:, None] - n).abs(), torch.tensor(s), torch.tensor(g)).cost"
    ),
}

LOSSES_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": ("f.mean() - r.mean(), -f.mean()", "returned None"),
    "swapped": ("return -f.mean(), f.mean() - r.mean()", "wrong order"),
    "one loss": ("return f.mean() - r.mean()", "expected two losses"),
    "sign of the critic": ("return r.mean() - f.mean(), -f.mean()", "critic's loss has the wrong sign"),
    "fakes only": ("return f.mean(), -f.mean()", "leaves out the real scores"),
    "real only": ("return -r.mean(), -f.mean()", "leaves out the fakes' scores"),
    "added": ("return r.mean() + f.mean(), -f.mean()", "adds both averages"),
    "both lowered": ("return -r.mean() - f.mean(), -f.mean()", "lowers both scores|raises those of real"),
    "sums": ("return f.sum() - r.sum(), -f.mean()", "made of sums"),
    "sigmoid": ("return f.sigmoid().mean() - r.sigmoid().mean(), -f.mean()", "no probabilities"),
    "cross-entropy": ("return F.softplus(-r).mean() + F.softplus(f).mean(), -f.mean()", "cross-entropy"),
    "absolute value": ("return (r.mean() - f.mean()).abs(), -f.mean()", "size of the gap"),
    "minus absolute value": ("return -(r.mean() - f.mean()).abs(), -f.mean()", "minus the size of the gap"),
    "halved": ("return (f.mean() - r.mean()) / 2, -f.mean()", "half the difference"),
    "sign of the generator": ("return f.mean() - r.mean(), f.mean()", "generator's loss has the wrong sign"),
    "absolute value in the generator": ("return f.mean() - r.mean(), -f.mean().abs()", "minus the size of the average"),
    "the same twice": ("return f.mean() - r.mean(), f.mean() - r.mean()", "is the critic's as well"),
    "zero-sum with the real scores": ("return f.mean() - r.mean(), r.mean() - f.mean()", "which it cannot change"),
    "sum in the generator": ("return f.mean() - r.mean(), -f.sum()", "generator's loss is a sum"),
    "softplus in the generator": ("return f.mean() - r.mean(), F.softplus(-f).mean()", "no logarithm, no sigmoid"),
    "sigmoid in the generator": ("return f.mean() - r.mean(), -f.sigmoid().mean()", "squashes the scores"),
    "real scores in the generator": ("return f.mean() - r.mean(), -r.mean()", "instead of its own fakes"),
    "numbers": ("return (f.mean() - r.mean()).item(), -f.mean()", "the critic's loss is a float"),
    "fakes detached": ("return f.detach().mean() - r.mean(), -f.mean()", "gradient for fake_scores"),
    "generator detached": ("return f.mean() - r.mean(), -f.mean().detach()", "carries no gradient"),
    "pairs": (
        "n = min(len(r), len(f)); return (f[:n] - r[:n]).mean(), -f.mean()",
        r"critic's loss is .* expected -0\.",
    ),
    "different sizes": ("return (f - r).mean(), -f.mean()", "stopped with RuntimeError"),
}
LOSSES_RIGHT = {
    "means": "return f.mean() - r.mean(), -f.mean()",
    "sums divided": "return f.sum() / len(f) - r.sum() / len(r), -(f.sum() / len(f))",
    "a list": "return [-(r.mean() - f.mean()), (-f).mean()]",
    "one average": "w = torch.cat([torch.full_like(f, 1 / len(f)), torch.full_like(r, -1 / len(r))]); "
    "return w @ torch.cat([f, r]), f.mean().neg()",
}

STRETCH_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": ("torch.linalg.svdvals(w)[0]", "returned None"),
    "Frobenius": ("return w.norm()", "Frobenius"),
    "largest entry": ("return w.abs().max()", "largest entry"),
    "longest row": ("return w.norm(dim=1).max()", "longest row"),
    "longest column": ("return w.norm(dim=0).max()", "longest column"),
    "row sums": ("return w.abs().sum(1).max()", "sum over a row"),
    "column sums": ("return w.abs().sum(0).max()", "sum over a column"),
    "smallest": ("return torch.linalg.svdvals(w)[-1]", "smallest singular value"),
    "not the root": ("return torch.linalg.eigvalsh(w.T @ w).max()", "take the root"),
    "sum of singular values": ("return torch.linalg.svdvals(w).sum()", "sum of the singular values"),
    "sum of entries": ("return w.abs().sum()", "sum of all absolute values"),
    "all singular values": ("return torch.linalg.svdvals(w)", "expected one number"),
    "eigenvalues": ("return torch.linalg.eigvals(w).abs().max()", "stopped with .*Error"),
    "one": ("return 1.0", r"it gives 1\.0000, expected 2\.2"),
}
STRETCH_RIGHT = {
    "singular values": "return torch.linalg.svdvals(w).max()",
    "matrix norm": "return torch.linalg.matrix_norm(w, ord=2)",
    "NumPy": "return np.linalg.norm(w.numpy(), 2)",
    "root of the eigenvalue": "return torch.linalg.eigvalsh(w.T @ w).max().sqrt()",
    "power iteration": "x = torch.randn(w.shape[1])\n    for _ in range(200):\n"
    "        x = F.normalize(w.T @ (w @ x), dim=0)\n    return (w @ x).norm().item()",
}

SLOPE_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": ("1 + d / (2 * p)", "returned None"),
    "a wall": ("return 1", "if the penalty were a wall"),
    "factor 2": ("return 1 + d / p", "factor 2 is lost"),
    "without the 1": ("return d / (2 * p)", "this is k - 1"),
    "sign": ("return 1 - d / (2 * p)", "a sign is wrong"),
    "lambda above": ("return 1 + d * p / 2", "wrong side"),
    "upside down": ("return 1 + 2 * p / d", "wrong way up"),
    "the claim": ("return d * (1 + d / (2 * p))", "critic's claim"),
    "the gain": ("return d + d ** 2 / (4 * p)", "gains at its best"),
    "a quarter": ("return 1 + d / (4 * p)", "divided by 2 once too often"),
    "operator precedence": ("return 1 + d / 2 * p", "wrong side"),
    "two numbers": ("return 1, d / (2 * p)", "expected one number"),
    "only lambda": ("return 1 + 1 / (2 * p)", r"it gives 1\.0500, expected 1\.0250"),
}
SLOPE_RIGHT = {
    "formula": "return 1 + d / (2 * p)",
    "one fraction": "return (2 * p + d) / (2 * p)",
    "search": (
        "from scipy.optimize import minimize_scalar\n    "
        "return minimize_scalar(lambda k: p * (k - 1) ** 2 - k * d, tol=1e-10).x"
    ),
    "gradient ascent": "k = 0.0\n    for _ in range(500):\n        k += 0.1 / p * (d - 2 * p * (k - 1))\n    return k",
}

ALL = {
    "w1_sorted": ("a, b", SORTED_WRONG, SORTED_RIGHT),
    "least_price": ("s, g", PRICE_WRONG, PRICE_RIGHT),
    "wasserstein_losses": ("r, f", LOSSES_WRONG, LOSSES_RIGHT),
    "lipschitz_constant": ("w", STRETCH_WRONG, STRETCH_RIGHT),
    "penalised_slope": ("d, p", SLOPE_WRONG, SLOPE_RIGHT),
}
BANK = Bank(ALL, torch=torch, np=np, F=F, stats=stats, divergences=divergences, accumulate=accumulate)
test_wrong_answers_get_the_diagnosis_that_fits, test_right_answers_pass = BANK.tests()


def test_the_price_is_that_of_the_linear_program():
    """The formula that the check holds right, on heaps of its own."""
    from ganlib.checks.wasserstein import HEAPS, _price

    for start, goal in HEAPS:
        places = torch.arange(len(start)).double()
        plan = divergences.optimal_transport((places[:, None] - places).abs(), torch.tensor(start), torch.tensor(goal))
        assert _price(start, goal).item() == pytest.approx(plan.cost)


def test_an_answer_that_writes_into_its_arguments_is_judged_by_what_it_returns():
    def w1_sorted(a, b):
        value = (a.sort().values - b.sort().values).abs().mean()
        with torch.no_grad():
            a.zero_()
        return 2 * value

    with pytest.raises(checks.CheckFailed, match=r"it gives 2\.2500, expected 1\.1250"):
        checks.w1_sorted(w1_sorted)
