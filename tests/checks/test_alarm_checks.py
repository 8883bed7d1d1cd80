"""The checks of chapter 10 know the mistakes and refuse no right answer."""

import math
import statistics

import numpy as np
import torch
from answer_bank import Bank
from torch.nn import functional as F

from ganlib import losses
from ganlib.checks import alarms, gradient_alarms

DIFF = "r[:, None] - f[None, :]"
PAIR_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": (f"({DIFF} > 0).float().mean()", "returned None"),
    "ties wrong": (f"return ({DIFF} > 0).float().mean()", "a tie counts as wrong"),
    "ties right": (f"return ({DIFF} >= 0).float().mean()", "a tie counts as right"),
    "threshold": ("return torch.cat([r > 0, f < 0]).float().mean()", "accuracy with a threshold at 0"),
    "two thresholds": (
        "return ((r > 0).float().mean() + (f < 0).float().mean()) / 2",
        "mean of both batches' accuracy",
    ),
    "fake above real": (f"d = {DIFF}; return (d < 0).float().mean() + (d == 0).float().mean() / 2", "wrong way round"),
    "a count": (f"d = {DIFF}; return (d > 0).sum() + (d == 0).sum() / 2", "this counts pairs"),
    "per cent": (f"d = {DIFF}; return 100 * ((d > 0).float() + (d == 0).float() / 2).mean()", "in per cent"),
    "mean of the fakes": ("return (r > f.mean()).float().mean()", "with the mean of the fakes"),
    "means alone": ("return float(r.mean() > f.mean())", "which batch has the higher mean"),
    "difference": ("return r.mean() - f.mean()", "mean difference of the logits"),
    "soft": (f"return torch.sigmoid({DIFF}).mean()", "mean of sigmoid"),
    "in step": (
        "n = min(len(r), len(f)); d = r[:n] - f[:n]; return ((d > 0).float() + (d == 0).float() / 2).mean()",
        "every real one with every fake",
    ),
    "a matrix": (f"return ({DIFF} > 0).float()", "expected one number"),
    "something else": ("return r.mean().sigmoid()", r"real logits \[.*\] against fakes .* expected 0.7917"),
    "its own error": ("return (real > f).mean()", "NameError"),
}
PAIR_RIGHT = {
    "matrix": f"d = {DIFF}; return (d > 0).float().mean() + (d == 0).float().mean() / 2",
    "sign": f"return (torch.sign({DIFF}).mean() + 1) / 2",
    "heaviside": f"return torch.heaviside({DIFF}, torch.tensor(0.5)).mean()",
    "loops": "return sum((a > b) + (a == b) / 2 for a in r.tolist() for b in f.tolist()) / (len(r) * len(f))",
    "sklearn": (
        "y = [1] * len(r) + [0] * len(f); from sklearn.metrics import roc_auc_score\n"
        "    return roc_auc_score(y, torch.cat([r, f]))"
    ),
}

SPREAD_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "with itself": ("m = lambda x: torch.cdist(x.flatten(1), x.flatten(1)).mean(); return m(f) / m(r)", "itself"),
    "upside down": ("m = lambda x: F.pdist(x.flatten(1)).mean(); return m(r) / m(f)", "upside down"),
    "squares": ("m = lambda x: F.pdist(x.flatten(1)).square().mean(); return m(f) / m(r)", "squared distances"),
    "root of the mean": (
        "m = lambda x: F.pdist(x.flatten(1)).square().mean().sqrt(); return m(f) / m(r)",
        "root is taken of the average",
    ),
    "fakes alone": ("return F.pdist(f.flatten(1)).mean()", "spread of the fakes alone"),
    "across": (
        "return torch.cdist(f.flatten(1), r.flatten(1)).mean() / F.pdist(r.flatten(1)).mean()",
        "a distance among fakes",
    ),
    "sums": ("m = lambda x: F.pdist(x.flatten(1)).sum(); return m(f) / m(r)", "added up"),
    "std": ("return f.std() / r.std()", "standard deviations of single numbers"),
    "std by dimension": (
        "s = lambda x: x.flatten(1).std(0).mean(); return s(f) / s(r)",
        "averaged over dimensions",
    ),
    "L1": ("m = lambda x: F.pdist(x.flatten(1), 1).mean(); return m(f) / m(r)", "sums of absolute differences"),
    "not flattened": ("return F.pdist(f).mean() / F.pdist(r).mean()", "RuntimeError"),
    "none": ("F.pdist(f.flatten(1)).mean()", "returned None"),
    "something else": ("return f.norm() / r.norm()", r"shapes \(3, 2\) and \(5, 2\) it gives"),
}
SPREAD_RIGHT = {
    "pdist": "m = lambda x: F.pdist(x.flatten(1)).mean(); return m(f) / m(r)",
    "cdist": (
        "def m(x):\n        x = x.flatten(1); n = len(x)\n        return torch.cdist(x, x).sum() / (n * (n - 1))\n"
        "    return m(f) / m(r)"
    ),
    "loops": (
        "def m(x):\n        pairs = [(x[i] - x[j]).norm() for i in range(len(x)) for j in range(i)]\n"
        "        return sum(pairs) / len(pairs)\n    return float(m(f) / m(r))"
    ),
    "scipy": (
        "from scipy.spatial.distance import pdist\n"
        "    return pdist(f.flatten(1).numpy()).mean() / pdist(r.flatten(1).numpy()).mean()"
    ),
}

FINITE = "all(math.isfinite(x) for x in a)"
N = "n = max(1, len(a) // 4); "
SIZE = "statistics.fmean(abs(x) for x in a[-n:]) > 10 * statistics.fmean(abs(x) for x in a[:n])"
DIVERGED_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no NaN": (
        f"{N}return max(map(abs, a)) == math.inf or any(abs(x) == math.inf for x in a) or {SIZE}",
        "NaN goes unnoticed",
    ),
    "no infinity": (f"{N}return any(x != x for x in a) or {SIZE}", "an infinity goes unnoticed"),
    "only finite": (f"return not {FINITE}", "only NaN and infinity"),
    "no absolute value": (
        f"{N}return not {FINITE} or statistics.fmean(a[-n:]) > 10 * statistics.fmean(a[:n])",
        "the sign is in the way",
    ),
    "ten itself": (
        f"{N}return not {FINITE} or statistics.fmean(map(abs, a[-n:])) > 10",
        "compared with 10 itself",
    ),
    "absolute average": (
        f"{N}return not {FINITE} or abs(statistics.fmean(a[-n:])) > 10 * abs(statistics.fmean(a[:n]))",
        "taken of the average",
    ),
    "any rise": (f"{N}return not {FINITE} or {SIZE.replace('10 * ', '')}", "a loss that rises is no alarm yet"),
    "last number": (
        f"{N}return not {FINITE} or abs(a[-1]) > 10 * statistics.fmean(abs(x) for x in a[:n])",
        "the last number alone",
    ),
    "largest of all": (
        f"{N}return not {FINITE} or max(map(abs, a)) > 10 * statistics.fmean(abs(x) for x in a[:n])",
        "the largest loss of the whole run",
    ),
    "largest of the last": (
        f"{N}return not {FINITE} or max(map(abs, a[-n:])) > 10 * statistics.fmean(abs(x) for x in a[:n])",
        "the largest loss of the last quarter",
    ),
    "wrong way round": (f"{N}return {FINITE} and not {SIZE}", "wrong way round"),
    "sometimes None": (f"if not {FINITE}: return True", "returned None"),
    "empty quarter": (f"n = len(a) // 4; return not {FINITE} or {SIZE}", "StatisticsError|ZeroDivision|no data"),
    "half": (f"n = max(1, len(a) // 2); return not {FINITE} or {SIZE}", "gives False, expected True"),
}
DIVERGED_RIGHT = {
    "plain": f"{N}return not {FINITE} or {SIZE}",
    "torch": (
        "t = torch.tensor(a).abs(); n = max(1, len(t) // 4)\n"
        "    return not t.isfinite().all() or t[-n:].mean() > 10 * t[:n].mean()"
    ),
    "numpy": (
        "t = np.abs(a); n = max(1, len(a) // 4)\n"
        "    return bool(~np.isfinite(t).all() or t[-n:].mean() > 10 * t[:n].mean())"
    ),
    "tensor truth": (
        "t = torch.tensor(a); n = max(1, len(a) // 4)\n"
        "    return (~t.isfinite()).any() | (t[-n:].abs().mean() > 10 * t[:n].abs().mean())"
    ),
}

GS = "[p.grad for p in ps if p.grad is not None]"
NORM_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "sum of norms": (f"return sum(g.norm() for g in {GS})", "norms added up"),
    "mean of norms": (
        f"gs = {GS}; return sum(g.norm() for g in gs) / max(1, len(gs))",
        "mean of the parameters' norms",
    ),
    "largest": (f"return max([g.norm() for g in {GS}], default=0.0)", "largest of the parameters' norms"),
    "no root": (f"return sum(g.square().sum() for g in {GS})", "the root is missing"),
    "of the weights": ("return torch.cat([p.detach().flatten() for p in ps]).norm()", "norm of the parameters"),
    "first": ("p = next(iter(ps)); return 0.0 if p.grad is None else p.grad.norm()", "only the first parameter"),
    "last": ("p = list(ps)[-1]; return 0.0 if p.grad is None else p.grad.norm()", "only the last parameter"),
    "absolute values": (f"return sum(g.abs().sum() for g in {GS})", "sum of absolute values"),
    "root mean square": (
        f"gs = {GS}; n = sum(g.numel() for g in gs); return (sum(g.square().sum() for g in gs) / max(1, n)) ** 0.5",
        "root of the mean",
    ),
    "signed": (f"return sum(g.sum() for g in {GS})", "signs matter here"),
    "None": ("return torch.cat([p.grad.flatten() for p in ps]).norm()", "AttributeError"),
    "none returned": (f"sum(g.norm() for g in {GS})", "returned None"),
    "clips": (
        "ps = list(ps); return torch.nn.utils.clip_grad_norm_(ps, 1.0)",
        "changed the gradients",
    ),
}
NORM_RIGHT = {
    "squares": f"return sum(g.square().sum() for g in {GS}) ** 0.5",
    "one vector": f"gs = {GS}; return torch.cat([g.flatten() for g in gs]).norm() if gs else 0.0",
    "norm of norms": f"gs = {GS}; return torch.stack([g.norm() for g in gs]).norm() if gs else torch.zeros(())",
    "library": "return torch.nn.utils.get_total_norm([p.grad for p in ps if p.grad is not None])",
    "clip at infinity": "return torch.nn.utils.clip_grad_norm_(list(ps), float('inf'))",
    "hypot": f"return math.hypot(*(x for g in {GS} for x in g.flatten().tolist()))",
}

SLOPE = (
    "r, f, o = (torch.zeros(4, requires_grad=True) for _ in range(3)); a, b = torch.autograd.grad(d(r, f), (r, f))\n"
    "    (c,) = torch.autograd.grad(g(o), o); a, b, c = a.sum(), b.sum(), c.sum()\n    return "
)
STEP = "z, e = torch.zeros(2), 1e-2; "
SIGN_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "order": (f"{SLOPE}c < 0, bool(a < 0 and b > 0)", "wrong order"),
    "exchanged": (f"{SLOPE}not (a < 0 and b > 0), not c < 0", "are exchanged"),
    "real alone": (f"{SLOPE}a < 0, c < 0", "real logits alone"),
    "fake alone": (f"{SLOPE}b > 0, c < 0", "fake logits alone"),
    "or": (f"{SLOPE}bool(a < 0 or b > 0), c < 0", "one of its two duties"),
    "together": (
        f"{STEP}return d(z + e, z - e) < d(z, z), g(z + e) < g(z)",
        "hide behind the other",
    ),
    "G down": (f"{SLOPE}bool(a < 0 and b > 0), c > 0", "G is asked to push fakes down"),
    "values": ("z = torch.zeros(3); return d(z, z) > 0, g(z) > 0", "sign of the losses themselves"),
    "all": ("return True, True", "every loss passes"),
    "none": ("return False, False", "no loss passes"),
    "one": (f"{SLOPE}bool(a < 0 and b > 0 and c < 0)", "expected two truth values"),
    "None": ("d, g", "returned None"),
    "D for itself": (f"{SLOPE}bool(a < 0 and b > 0), True", r"gives \(True, True\), expected \(True, False\)"),
}
SIGN_RIGHT = {
    "gradients": f"{SLOPE}bool(a < 0 and b > 0), bool(c < 0)",
    "tensors": f"{SLOPE}(a < 0) & (b > 0), c < 0",
    "small steps": (f"{STEP}return bool(d(z + e, z) < d(z, z) and d(z, z - e) < d(z, z)), bool(g(z + e) < g(z))"),
    "a list": f"{SLOPE}[a.item() < 0 < b.item(), c.item() < 0]",
}

ALL = {
    "pair_accuracy": ("r, f", PAIR_WRONG, PAIR_RIGHT),
    "spread_ratio": ("f, r", SPREAD_WRONG, SPREAD_RIGHT),
    "diverged": ("a", DIVERGED_WRONG, DIVERGED_RIGHT),
    "gradient_norm": ("ps", NORM_WRONG, NORM_RIGHT),
    "right_signs": ("d, g", SIGN_WRONG, SIGN_RIGHT),
}
BANK = Bank(ALL, torch=torch, np=np, F=F, math=math, statistics=statistics, losses=losses)
test_wrong_answers_get_the_diagnosis_that_fits, test_right_answers_pass = BANK.tests()


def test_no_false_alarm_in_many_runs():
    for _ in range(3):
        assert all(BANK.passes(*right) for right in BANK.right.values())


def test_no_diagnosis_fits_two_mistakes():
    """Each mistaken formula has values of its own, so the first that fits is the one that was made."""
    for right, mistakes, cases in (
        (alarms._pair_accuracy, alarms._PAIR_MISTAKES, alarms.LOGITS),
        (lambda f, r: alarms._distance(f) / alarms._distance(r), alarms._SPREAD_MISTAKES, alarms.CLOUDS),
        (lambda ps: gradient_alarms._norms(ps).norm(), gradient_alarms._NORM_MISTAKES, gradient_alarms.CASES),
    ):
        rows = [[float(formula(*case)) for case in cases] for formula in (right, *mistakes.values())]
        values = torch.tensor(rows).nan_to_num(posinf=99.0)
        assert (torch.cdist(values, values) + torch.eye(len(values))).min() > 1e-3


def test_each_mistake_about_truth_values_is_told_apart():
    for right, mistakes, cases in (
        (alarms._diverged, alarms._DIVERGED_MISTAKES, [(run,) for _, run in alarms.RUNS]),
        (gradient_alarms._signs, gradient_alarms._SIGN_MISTAKES, [pair[1:] for pair in gradient_alarms.PAIRS]),
    ):
        rows = [str([formula(*case) for case in cases]) for formula in (right, *mistakes.values())]
        assert len(set(rows)) == len(rows)


def test_gradients_are_given_back_after_an_answer_that_changes_them():
    before = [p.grad.clone() for (ps,) in gradient_alarms.CASES for p in ps if p.grad is not None]
    assert BANK.wrong["gradient_norm, clips"]
    try:
        BANK.passes(*BANK.wrong["gradient_norm, clips"][:2])
    except AssertionError:
        pass
    after = [p.grad for (ps,) in gradient_alarms.CASES for p in ps if p.grad is not None]
    assert all(map(torch.equal, before, after))
