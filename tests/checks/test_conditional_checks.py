"""The checks of chapter 07 know the mistakes and refuse no right answer."""

from math import log

import numpy as np
import torch
from answer_bank import Bank
from torch import nn
from torch.nn import functional as F

from ganlib.checks import codes, conditional, paired, pairs

HOT = "h = F.one_hot(y, n).float()[:, :, None, None].expand(-1, -1, *x.shape[2:]); "
PLANES_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": (HOT + "torch.cat([x, h], 1)", "returned None"),
    "planes first": (HOT + "return torch.cat([h, x], 1)", "the planes come first"),
    "number in one plane": ("return torch.cat([x, y[:, None, None, None] + 0 * x[:, :1]], 1)", "one plane that holds"),
    "times the class": (HOT + "return torch.cat([x, h * y[:, None, None, None]], 1)", "holds its number"),
    "minus one elsewhere": (HOT + "return torch.cat([x, 2 * h - 1], 1)", "other classes hold -1"),
    "turned round": (HOT + "return torch.cat([x, 1 - h], 1)", "hold 0 where they should hold 1"),
    "one off": ("y = (y + 1) % n; " + HOT + "return torch.cat([x, h], 1)", "one off: class 0"),
    "one off downwards": ("y = (y - 1) % n; " + HOT + "return torch.cat([x, h], 1)", "one off, downwards"),
    "first sample's": ("y = y[:1].expand(len(x)); " + HOT + "return torch.cat([x, h], 1)", "planes of the first one"),
    "other sample's": ("y = y.flip(0); " + HOT + "return torch.cat([x, h], 1)", "order is turned round"),
    "all ones": (HOT + "return torch.cat([x, torch.ones_like(h)], 1)", "all planes hold 1"),
    "one pixel": (
        "h = torch.zeros(len(x), n, *x.shape[2:]); h[torch.arange(len(x)), y, 0, 0] = 1; return torch.cat([x, h], 1)",
        "only the first pixel",
    ),
    "planes alone": (HOT + "return h", "planes alone"),
    "image alone": ("return x", "image alone"),
    "added": ("return x + y[:, None, None, None]", "plane is added to the image"),
    "not spread": (
        "return torch.cat([x, F.one_hot(y, n).float()[:, :, None, None]], 1)",
        "stopped with RuntimeError: Sizes of tensors must match",
    ),
    "below the image": (
        "h = F.one_hot(y, n).float()[:, None, :, None].expand(-1, x.shape[1], -1, x.shape[3]); "
        "return torch.cat([x, h], 2)",
        r"it has shape \(2, 1, 5, 3\), expected \(2, 4, 2, 3\)",
    ),
}
PLANES_RIGHT = {
    "expand": HOT + "return torch.cat([x, h], 1)",
    "repeat": "h = F.one_hot(y, n)[:, :, None, None].repeat(1, 1, *x.shape[2:]); return torch.cat([x, h], 1)",
    "assignment": (
        "h = x.new_zeros(len(x), n, *x.shape[2:]); h[torch.arange(len(x)), y] = 1; return torch.cat([x, h], 1)"
    ),
    "an identity": "h = torch.eye(n)[y][..., None, None] + 0 * x[:, :1]; return torch.hstack([x, h])",
    "comparison": (
        "h = (y[:, None] == torch.arange(n)).float()[:, :, None, None] * torch.ones_like(x[:, :1]); "
        "return torch.cat((x, h), dim=1)"
    ),
    "NumPy": (
        "h = np.eye(n)[y.numpy()][:, :, None, None] * np.ones((1, 1, *x.shape[2:])); "
        "return np.concatenate([x.numpy(), h], 1)"
    ),
}

YES, NO = "F.softplus(-{}).mean()", "F.softplus({}).mean()"
MATCH = YES.format("D(x, y)")
FAKE = "f = G(z, y).detach(); "


def two_negatives(mismatch, generated, weights="({} + {}) / 2", start=FAKE, match=MATCH):
    return f"{start}return {match} + " + weights.format(mismatch, generated)


MISMATCH, GENERATED = NO.format("D(x, w)"), NO.format("D(f, y)")
PAIRS_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": (FAKE + "F.softplus(D(f, y)).mean()", "returned None"),
    "in full": (two_negatives(MISMATCH, GENERATED, "{} + {}"), "two negatives count in full"),
    "thirds": (f"{FAKE}return ({YES.format('D(x, y)')} + {MISMATCH} + {GENERATED}) / 3", "average of three"),
    "all halved": (f"{FAKE}return ({YES.format('D(x, y)')} + {MISMATCH} + {GENERATED}) / 2", "everything is halved"),
    "generated in full": (two_negatives(MISMATCH, GENERATED, "{} / 2 + {}"), "generated pairs count in full"),
    "mismatching in full": (two_negatives(MISMATCH, GENERATED, "{} + {} / 2"), "mismatching pairs count in full"),
    "mismatch is right": (two_negatives(YES.format("D(x, w)"), GENERATED), "mismatching pairs count as right"),
    "two pairs": (two_negatives("0", GENERATED, "{} + {}"), "two kinds of pairs"),
    "two pairs, one half": (two_negatives("0", GENERATED), "missing, and the generated ones weigh 1/2"),
    "no fakes": (two_negatives(MISMATCH, "0"), "generated pairs are missing: add"),
    "no fakes, in full": (two_negatives(MISMATCH, "0", "{} + {}"), "missing, and the mismatching ones weigh 1"),
    "negatives only": (two_negatives(MISMATCH, GENERATED, match="0"), "matching pairs are missing"),
    "fakes beside wrong_y": (two_negatives(MISMATCH, NO.format("D(f, w)")), "fakes are judged beside wrong_y"),
    "fakes made for wrong_y": (
        two_negatives(MISMATCH, GENERATED, start="f = G(z, w).detach(); "),
        "made for wrong_y and judged beside y",
    ),
    "all of wrong_y": (
        two_negatives(MISMATCH, NO.format("D(f, w)"), start="f = G(z, w).detach(); "),
        "made for wrong_y. Make them for y, and",
    ),
    "mismatching fakes": (two_negatives(NO.format("D(f, w)"), GENERATED), "mismatching pairs hold fakes"),
    "captions swapped": (
        two_negatives(NO.format("D(x, y)"), GENERATED, match=YES.format("D(x, w)")),
        "are swapped for",
    ),
    "generated is right": (two_negatives(MISMATCH, YES.format("D(f, y)")), "generated pairs count as right"),
    "yes and no": (
        two_negatives(YES.format("D(x, w)"), YES.format("D(f, y)"), match=NO.format("D(x, y)")),
        "yes and no are swapped",
    ),
    "sign": (
        f"{FAKE}return F.logsigmoid(D(x, y)).mean() + (F.logsigmoid(-D(x, w)) + F.logsigmoid(-D(f, y))).mean() / 2",
        "the sign is wrong",
    ),
    "sum": (two_negatives(MISMATCH, GENERATED).replace("mean", "sum"), "sum over the batch"),
    "no log": (
        FAKE + "return -D(x, y).sigmoid().mean() - (1 - D(x, w).sigmoid()).mean() / 2 "
        "- (1 - D(f, y).sigmoid()).mean() / 2",
        "logarithm is missing",
    ),
    "sigmoid twice": (
        FAKE + "s = lambda a: F.softplus(a).mean(); "
        "return s(-D(x, y).sigmoid()) + (s(D(x, w).sigmoid()) + s(D(f, y).sigmoid())) / 2",
        "sigmoid is applied twice",
    ),
    "averaged logits": (
        FAKE + "return F.softplus(-D(x, y)).mean() + F.softplus((D(x, w) + D(f, y)) / 2).mean()",
        "before",
    ),
    "overflow": (
        FAKE + "p, q, r = (D(*a).sigmoid() for a in ((x, y), (x, w), (f, y))); "
        "return -(p.log() + ((1 - q).log() + (1 - r).log()) / 2).mean()",
        "logits of several hundred the loss is inf",
    ),
    "log of logits": (FAKE + "return -D(x, y).log().mean() - (1 - D(x, w)).log().mean()", "NaN"),
    "G learns": (two_negatives(MISMATCH, GENERATED, start="f = G(z, y); "), "also reaches G"),
    "all detached": (two_negatives(MISMATCH, GENERATED).replace("D(x, y)", "D(x, y).detach()"), "D's gradient is not"),
    "no graph": (f"{FAKE}return ({two_negatives(MISMATCH, GENERATED).split('return ')[1]}).detach()", "no gradient"),
    "backward": (
        f"{FAKE}l = {two_negatives(MISMATCH, GENERATED).split('return ')[1]}; l.backward(); return l",
        "calls backward",
    ),
    "a number": (f"{FAKE}return ({two_negatives(MISMATCH, GENERATED).split('return ')[1]}).item()", "is a float"),
    "unknown": (FAKE + "return D(x, y).square().mean() + D(f, y).mean()", "for a small batch the loss is"),
}
BCE = "F.binary_cross_entropy_with_logits"
PAIRS_RIGHT = {
    "softplus": two_negatives(MISMATCH, GENERATED),
    "no_grad": (
        "\n    with torch.no_grad():\n        f = G(z, y)\n"
        "    return -F.logsigmoid(D(x, y)).mean() - (F.logsigmoid(-D(x, w)) + F.logsigmoid(-D(f, y))).mean() / 2"
    ),
    "cross-entropy": (
        f"a, b, c = D(x, y), D(x, w), D(G(z, y).detach(), y); one, zero = torch.ones(len(x)), torch.zeros(len(x)); "
        f"return {BCE}(a, one) + 0.5 * {BCE}(b, zero) + 0.5 * {BCE}(c, zero)"
    ),
    "one batch": (
        FAKE + "a, b, c = D(torch.cat([x, x, f]), torch.cat([y, w, y])).chunk(3); "
        "return F.softplus(-a).mean() + F.softplus(torch.cat([b, c])).mean()"
    ),
    "torch.logaddexp": (
        FAKE + "t = lambda a: torch.logaddexp(a, torch.zeros_like(a)).mean(); "
        "return t(-D(x, y)) + t(D(x, w)) / 2 + t(D(f, y)) / 2"
    ),
}

LOG_Q = "q = logits.log_softmax(1).gather(1, codes[:, None]); K = logits.shape[1]; "
CE = "F.cross_entropy(logits, codes)"
BOUND_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": (LOG_Q + "q.mean() + log(K)", "returned None"),
    "sign": (f"return {CE} - log(logits.shape[1])", "the sign is wrong"),
    "no entropy": (f"return -{CE}", r"H\(c\) is missing"),
    "cross-entropy": (f"return {CE}", "this is the cross-entropy"),
    "entropy taken off": (LOG_Q + "return q.mean() - log(K)", r"H\(c\) is taken off"),
    "cross-entropy added": (f"return {CE} + log(logits.shape[1])", "cross-entropy is added"),
    "sum": (LOG_Q + "return q.sum() + log(K)", "sum over the batch"),
    "bits": (LOG_Q + "return (q.mean() + log(K)) / log(2)", "these are bits"),
    "entropy in bits": (LOG_Q + "return q.mean() + log2(K)", r"H\(c\) is in bits"),
    "log Q in bits": (LOG_Q + "return q.mean() / log(2) + log(K)", "E log Q is in bits"),
    "ten codes": (LOG_Q + "return q.mean() + log(10)", "log 10 whatever K is"),
    "batch size": (LOG_Q + "return q.mean() + log(len(q))", "logarithm of the batch size"),
    "codes of the batch": (
        LOG_Q + "p = torch.bincount(codes) / len(codes); return q.mean() - torch.special.xlogy(p, p).sum()",
        "codes in this batch",
    ),
    "entropy of Q": (
        LOG_Q + "p = logits.softmax(1); return q.mean() - (p * p.log()).sum(1).mean()",
        "entropy of Q's answers",
    ),
    "K": (LOG_Q + "return q.mean() + K", "its logarithm is missing"),
    "softmax of the batch": (
        "q = logits.log_softmax(0).gather(1, codes[:, None]); return q.mean() + log(logits.shape[1])",
        "runs over the batch",
    ),
    "no softmax": ("return logits.gather(1, codes[:, None]).mean() + log(logits.shape[1])", "softmax is missing"),
    "softmax twice": ("return log(logits.shape[1]) - F.cross_entropy(logits.softmax(1), codes)", "applied twice"),
    "no log": (LOG_Q + "return q.exp().mean() + log(K)", "the logarithm is missing"),
    "log of the mean": (LOG_Q + "return q.exp().mean().log() + log(K)", "logarithm of an average"),
    "all codes": ("return logits.log_softmax(1).mean() + log(logits.shape[1])", "over all codes"),
    "likeliest": ("return logits.log_softmax(1).max(1).values.mean() + log(logits.shape[1])", "likeliest code"),
    "overflow": (
        "q = logits.softmax(1).gather(1, codes[:, None]); return q.log().mean() + log(logits.shape[1])",
        "gives -inf, expected",
    ),
    "log of logits": ("return logits.gather(1, codes[:, None]).log().mean() + log(logits.shape[1])", "NaN"),
    "detached": (LOG_Q + "return (q.mean() + log(K)).detach()", "carries no gradient"),
    "a number": (LOG_Q + "return q.mean().item() + log(K)", "is a float"),
    "accuracy": ("return (logits.argmax(1) == codes).float().mean()", "for logits of shape"),
}
BOUND_RIGHT = {
    "cross-entropy": f"return log(logits.shape[1]) - {CE}",
    "gather": LOG_Q + "return q.mean() + log(K)",
    "indexing": (
        "q = F.log_softmax(logits, dim=1)[torch.arange(len(codes)), codes]; "
        "return torch.tensor(logits.shape[1]).float().log() + q.mean()"
    ),
    "one-hot": (
        "h = F.one_hot(codes, logits.shape[1]); "
        "return (h * (logits - logits.logsumexp(1, keepdim=True))).sum(1).mean() + np.log(logits.shape[1])"
    ),
    "NLL": "return log(logits.size(1)) - F.nll_loss(logits.log_softmax(-1), codes)",
}

LOOP = "r = 1\n    for k, s in zip(reversed(ks), reversed(ss)):\n        r = {}\n    return r"
SEEN_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": ("1 + sum(k - 1 for k in ks)", "returned None"),
    "no strides": ("return 1 + sum(k - 1 for k in ks)", "strides are forgotten"),
    "own stride": ("return 1 + sum((k - 1) * prod(ss[: i + 1]) for i, k in enumerate(ks))", "own stride is counted"),
    "forwards": ("r = 1\n    for k, s in zip(ks, ss):\n        r = (r - 1) * s + k\n    return r", "wrong order"),
    "the stride before": (
        "return 1 + sum((k - 1) * (ss[i - 1] if i else 1) for i, k in enumerate(ks))",
        "only the stride of the layer before",
    ),
    "strides added": ("return 1 + sum((k - 1) * (sum(ss[:i]) or 1) for i, k in enumerate(ks))", "strides are added"),
    "kernels added": ("return sum(ks)", "kernels are added up"),
    "r * s + k": (LOOP.format("r * s + k"), "each layer adds k steps. r pixels"),
    "r * s + k - 1": (LOOP.format("r * s + k - 1"), r"r \* s \+ k - 1"),
    "k steps": ("return sum(k * prod(ss[:i]) for i, k in enumerate(ks))", "adds k steps of the strides before"),
    "no first pixel": ("return sum((k - 1) * prod(ss[:i]) for i, k in enumerate(ks))", "one pixel is missing"),
    "from nothing": (
        "r = 0\n    for k, s in zip(ks[::-1], ss[::-1]):\n        r = (r - 1) * s + k\n    return r",
        "begins with r = 0",
    ),
    "strides": ("return prod(ss)", "product of the strides"),
    "kernels": ("return prod(ks)", "product of the kernels"),
    "area": ("return (1 + sum((k - 1) * prod(ss[:i]) for i, k in enumerate(ks))) ** 2", "this is the area"),
    "last layer": ("return 1 + sum((k - 1) * prod(ss[:i]) for i, k in enumerate(ks[:-1]))", "last layer is left out"),
    "first layer": ("return 1 + sum((k - 1) * prod(ss[1 : i + 1]) for i, k in enumerate(ks[1:]))", "first layer is"),
    "padding": (LOOP.format("(r - 1) * s + k - 2"), "padding of 1 is counted"),
    "a constant": ("return 70", r"kernels \[3, 5\] and strides \[2, 3\] it gives 70, expected 11"),
    "a list": ("return [1, 2]", "expected one number"),
}
SEEN_RIGHT = {
    "formula": "return 1 + sum((k - 1) * prod(ss[:i]) for i, k in enumerate(ks))",
    "backwards": LOOP.format("(r - 1) * s + k"),
    "running stride": (
        "r, j = 1, 1\n    for k, s in zip(ks, ss):\n        r, j = r + (k - 1) * j, j * s\n    return r"
    ),
    "recursion": (
        "f = lambda ks, ss: (f(ks[1:], ss[1:]) - 1) * ss[0] + ks[0] if ks else 1\n    return torch.tensor(f(ks, ss))"
    ),
    "by gradient": (
        "x = torch.zeros(1, 1, 400, requires_grad=True); h = x\n"
        "    for k, s in zip(ks, ss):\n"
        "        h = F.conv1d(h, torch.ones(1, 1, k), stride=s)\n"
        "    h[0, 0, 0].backward()\n    return x.grad.count_nonzero()"
    ),
}

ADVERSARIAL, L1 = "F.softplus(-D(x, f)).mean()", "(f - y).abs().mean()"
TRANSLATION_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": (f"{ADVERSARIAL} + w * {L1}", "returned None"),
    "no L1": (f"return {ADVERSARIAL}", "L1 term is missing"),
    "no game": (f"return w * {L1}", "adversarial term is missing"),
    "no weight": (f"return {ADVERSARIAL} + {L1}", "weight is forgotten"),
    "weight on the game": (f"return w * {ADVERSARIAL} + {L1}", "weight multiplies the adversarial term"),
    "weight on both": (f"return w * ({ADVERSARIAL} + {L1})", "weight multiplies both"),
    "sum": (f"return {ADVERSARIAL} + w * (f - y).abs().sum()", "L1 term is a sum"),
    "sum of a picture": (f"return {ADVERSARIAL} + w * (f - y).abs().sum((1, 2, 3)).mean()", "summed over a picture"),
    "L2": (f"return {ADVERSARIAL} + w * F.mse_loss(f, y)", "this is the squared error"),
    "the drawing": (f"return {ADVERSARIAL} + w * F.l1_loss(f, x)", "compared with the drawing"),
    "minus L1": (f"return {ADVERSARIAL} - w * {L1}", "L1 term has the wrong sign"),
    "no absolute value": (f"return {ADVERSARIAL} + w * (f - y).mean()", "absolute value is missing"),
    "arguments swapped": (f"return F.softplus(-D(f, x)).mean() + w * {L1}", "arguments are swapped"),
    "judges the truth": (f"return F.softplus(-D(x, y)).mean() + w * {L1}", "D judges the true picture"),
    "beside the truth": (f"return F.softplus(-D(y, f)).mean() + w * {L1}", "beside the true picture"),
    "saturating": (f"return F.logsigmoid(-D(x, f)).mean() + w * {L1}", "saturating loss"),
    "helps D": (f"return F.softplus(D(x, f)).mean() + w * {L1}", "G would help D"),
    "minus the game": (f"return w * {L1} - {ADVERSARIAL}", "adversarial term has the wrong sign"),
    "sum of patches": (f"return F.softplus(-D(x, f)).sum() + w * {L1}", "sum over the patches"),
    "mean of logits": (f"return F.softplus(-D(x, f).mean()) + w * {L1}", "averaged before the logarithm"),
    "no log": (f"return -D(x, f).mean() + w * {L1}", "logarithm is missing"),
    "D's loss": (
        f"return F.softplus(-D(x, y)).mean() + F.softplus(D(x, f)).mean() + w * {L1}",
        "D's loss is in it",
    ),
    "overflow": (f"return -D(x, f).sigmoid().log().mean() + w * {L1}", "rounds to 0 there"),
    "not averaged": (f"return F.softplus(-D(x, f)) + w * {L1}", r"shape \(2, 1, 2, 2\), expected a single number"),
    "fake detached": (f"return F.softplus(-D(x, f.detach())).mean() + w * {L1}", "the gradient for fake is"),
    "a number": (f"return ({ADVERSARIAL} + w * {L1}).item()", "is a float"),
}
TRANSLATION_RIGHT = {
    "softplus": f"return {ADVERSARIAL} + w * {L1}",
    "logsigmoid": "return w * F.l1_loss(f, y) - F.logsigmoid(D(x, f)).mean()",
    "cross-entropy": f"a = D(x, f); return {BCE}(a, torch.ones_like(a)) + w * torch.nn.L1Loss()(f, y)",
    "sums divided": "a = D(x, f); return F.softplus(-a).sum() / a.numel() + w * (y - f).abs().sum() / y.numel()",
    "flat": "return F.softplus(-D(x, f).flatten(1)).mean() + w * (f - y).flatten(1).norm(1, dim=1).mean() / 48",
}

ALL = {
    "condition_planes": ("x, y, n", PLANES_WRONG, PLANES_RIGHT),
    "three_pairs_loss": ("G, D, x, y, w, z", PAIRS_WRONG, PAIRS_RIGHT),
    "information_bound": ("logits, codes", BOUND_WRONG, BOUND_RIGHT),
    "receptive_field": ("ks, ss", SEEN_WRONG, SEEN_RIGHT),
    "pix2pix_loss": ("D, x, y, f, w", TRANSLATION_WRONG, TRANSLATION_RIGHT),
}
BANK = Bank(ALL, torch=torch, np=np, F=F, nn=nn, log=log, log2=np.log2, prod=np.prod)
test_wrong_answers_get_the_diagnosis_that_fits, test_right_answers_pass = BANK.tests()


def test_no_false_alarm_in_many_runs():
    for _ in range(20):
        assert all(BANK.passes(*right) for right in BANK.right.values())


def distinct(values):
    """No two mistakes look alike, and none looks right: each tensor holds what one of them gives."""
    together = torch.stack(values)
    gaps = (together[:, None] - together).abs().amax(2) + torch.eye(len(values))
    return gaps.min() > 1e-3


def test_no_two_mistakes_give_the_same_numbers():
    G, D = pairs._Maker(), pairs._Pairing(1.0)
    logits = [pairs._Logits(G, D, *batch) for batch in pairs.BATCHES]
    formulas = [pairs._three_pairs, *pairs._PAIRS_MISTAKES.values()]
    assert distinct([torch.stack([formula(p) for p in logits]).detach() for formula in formulas])
    for right, mistakes, cases in (
        (codes._bound, codes._BOUND_MISTAKES, codes.CASES),
        (paired._seen, paired._SEEN_MISTAKES, paired.NETWORKS),
        (paired._translation, paired._TRANSLATION_MISTAKES, paired.TRIPLES),
    ):
        formulas = [right, *mistakes.values()]
        assert distinct([torch.tensor([float(f(*case)) for case in cases]) for f in formulas])


def test_no_two_mistakes_give_the_same_planes():
    x, y, n = conditional.IMAGES[1]
    results = [mistake(x, y, n) for mistake in (conditional._stacked, *conditional._PLANES_MISTAKES.values())]
    for i, a in enumerate(results):
        assert not any(a.shape == b.shape and torch.allclose(a, b) for b in results[:i])
