"""The checks of chapter 05 know the mistakes and refuse no right answer."""

from math import pi

import numpy as np
import pytest
import torch
from answer_bank import Bank
from torch import nn
from torch.nn import functional as F

from ganlib import checks

LOST_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": ("(i + 2 * p - k) % s", "returned None"),
    "size": ("return (i + 2 * p - k) // s + 1", "size after the convolution"),
    "size that comes back": ("return ((i + 2 * p - k) // s) * s - 2 * p + k", "size that comes back"),
    "no padding": ("return (i - k) % s", "padding is forgotten"),
    "padding on one side": ("return (i + p - k) % s", "padding is counted once"),
    "padding taken off": ("return (i - 2 * p - k) % s", "padding has the wrong sign"),
    "no kernel": ("return (i + 2 * p) % s", "kernel is forgotten"),
    "kernel added": ("return (i + 2 * p + k) % s", "kernel has the wrong sign"),
    "one too much": ("return (i + 2 * p - k + 1) % s", "one too much is left"),
    "negative rest": ("return (k - i - 2 * p) % s", "rest with the wrong sign"),
    "sign": ("return -((i + 2 * p - k) % s)", "the sign is wrong"),
    "most": ("return s - 1", "the most that can get lost"),
    "quotient": ("return (i + 2 * p - k) // s", "this is the quotient"),
    "zero": ("return 0", "0 brings back only sizes"),
    "parity": ("return i % 2", r"i, k, s, p = .* expected"),
    "two numbers": ("return 1, 2", "expected one number"),
}
LOST_RIGHT = {
    "rest": "return (i + 2 * p - k) % s",
    "difference": "o = (i + 2 * p - k) // s + 1; return i - ((o - 1) * s - 2 * p + k)",
    "a tensor": "return torch.tensor(i + 2 * p - k).remainder(s)",
    "PyTorch's own": (
        "x, w = torch.zeros(1, 1, i), torch.zeros(1, 1, k)\n"
        "    return i - F.conv_transpose1d(F.conv1d(x, w, None, s, p), w, None, s, p).shape[2]"
    ),
    "trying": "return next(e for e in range(s) if ((i + 2 * p - k) // s) * s - 2 * p + k + e == i)",
}

SPREAD = "w = torch.zeros((x.shape[0] - 1) * s + 1, (x.shape[1] - 1) * s + 1); w[::s, ::s] = x; "
CONV = "a, b = (n - 1 - p for n in k.shape); return F.conv2d(F.pad(w, (b, b, a, a))[None, None], {}[None, None])[0, 0]"
ZEROS_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": (SPREAD + "w", "returned None"),
    "not flipped": (SPREAD + CONV.format("k"), "kernel is not flipped"),
    "flipped sideways": (SPREAD + CONV.format("k.flip(1)"), "from left to right only"),
    "flipped upside down": (SPREAD + CONV.format("k.flip(0)"), "up and down only"),
    "no zeros": ("w = x; " + CONV.format("k.flip(0, 1)"), "zeros between the entries are missing"),
    "too many zeros": ("s += 1; " + SPREAD + CONV.format("k.flip(0, 1)"), "one zero too many"),
    "zeros behind": (
        "w = torch.zeros(x.shape[0] * s, x.shape[1] * s); w[::s, ::s] = x; " + CONV.format("k.flip(0, 1)"),
        "zeros behind the last row",
    ),
    "border of the convolution": (
        SPREAD + "return F.conv2d(w[None, None], k.flip(0, 1)[None, None], padding=p)[0, 0]",
        "stopped with RuntimeError|border has p zeros",
    ),
    "full border": (SPREAD + "p = 0; " + CONV.format("k.flip(0, 1)"), "whatever the padding"),
    "border one too wide": (SPREAD + "p -= 1; " + CONV.format("k.flip(0, 1)"), "one too many: k - 1 - p"),
    "one border for a kernel that is not square": (
        SPREAD + "return F.conv2d(w[None, None], k.flip(0, 1)[None, None], padding=len(k) - 1 - p)[0, 0]",
        "need not be square",
    ),
    "stride twice": (
        SPREAD + CONV.format("k.flip(0, 1)").replace("[None, None])[0", "[None, None], stride=s)[0"),
        "stride is used twice",
    ),
    "repeated": (
        "w = x.repeat_interleave(s, 0).repeat_interleave(s, 1); " + CONV.format("k.flip(0, 1)"),
        "repeated instead of",
    ),
    "transposed kernel": (
        SPREAD + "k = k.T; " + CONV.format("k"),
        "rows become columns",
    ),
    "four dimensions": (
        "return F.conv_transpose2d(x[None, None], k[None, None], None, s, p)",
        r"shape \(1, 1, 4, 7\), expected \(4, 7\)",
    ),
    "twice": ("return 2 * F.conv_transpose2d(x[None, None], k[None, None], None, s, p)[0, 0]", "it gives .* expected"),
    "a word": ("return 'zeros'", "returned a str"),
}
ZEROS_RIGHT = {
    "zeros": SPREAD + CONV.format("k.flip(0, 1)"),
    "turned": SPREAD + CONV.format("torch.rot90(k, 2)"),
    "PyTorch's own": "return F.conv_transpose2d(x[None, None], k[None, None], None, s, p)[0, 0]",
    "stamps": (
        "(h, w), (a, b) = x.shape, k.shape\n    out = torch.zeros((h - 1) * s + a, (w - 1) * s + b)\n"
        "    for i in range(h):\n        for j in range(w):\n"
        "            out[i * s : i * s + a, j * s : j * s + b] += x[i, j] * k\n"
        "    return out[p : out.shape[0] - p, p : out.shape[1] - p]"
    ),
    "the gradient": (
        "(h, w), (a, b) = x.shape, k.shape\n"
        "    v = torch.zeros((h - 1) * s + a - 2 * p, (w - 1) * s + b - 2 * p, requires_grad=True)\n"
        "    y = F.conv2d(v[None, None], k[None, None], None, s, p)[0, 0]\n"
        "    return torch.autograd.grad((x * y).sum(), v)[0]"
    ),
}

OVERLAP_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": ("[1] * n", "returned None"),
    "cut": ("c = [0] * (n * s + k)\n    for i in range(n):\n        for j in range(k):\n"
            "            c[i * s + j] += 1\n    return (c + [0] * (n * s))[: n * s]", r"n \* stride places"),
    "too long": ("c = [0] * (n * s + k)\n    for i in range(n):\n        for j in range(k):\n"
                 "            c[i * s + j] += 1\n    return c", "one stride too many"),
    "too short": ("c = [0] * (n * s + k)\n    for i in range(n):\n        for j in range(k):\n"
                  "            c[i * s + j] += 1\n    return c[: (n - 1) * s + k - 1]", "one place too few"),
    "side by side": ("return [1] * (n * k)", "side by side"),
    "stride one": ("return [sum(0 <= x - i < k for i in range(n)) for x in range(n - 1 + k)]", "one apart"),
    "any": ("return [min(1, sum(0 <= x - i * s < k for i in range(n))) for x in range((n - 1) * s + k)]", "any stamp"),
    "further": ("return [sum(0 <= x - i * s < k for i in range(n)) - 1 for x in range((n - 1) * s + k)]", "further"),
    "average": ("return [k / s] * ((n - 1) * s + k)", "the average far from the ends"),
    "inside": ("return [len(range(x % s, k, s)) for x in range((n - 1) * s + k)]", "pattern far from the ends"),
    "exchanged": (
        "return [sum(0 <= x - i * k < s for i in range(n)) for x in range((n - 1) * k + s)]", "changed places"
    ),
    "a number": ("return k / s", r"shape \(\), expected \(11,\)"),
    "off by one in the stamp": (
        "return [sum(0 <= x - i * s <= k for i in range(n)) for x in range((n - 1) * s + k)]", "it gives .* expected"
    ),
}  # fmt: skip
OVERLAP_RIGHT = {
    "loops": "c = [0] * ((n - 1) * s + k)\n    for i in range(n):\n        for j in range(k):\n"
    "            c[i * s + j] += 1\n    return c",
    "counting": "return [sum(0 <= x - i * s < k for i in range(n)) for x in range((n - 1) * s + k)]",
    "ones": "return F.conv_transpose1d(torch.ones(1, 1, n), torch.ones(1, 1, k), stride=s)[0, 0]",
    "NumPy": "c = np.zeros((n - 1) * s + 1); c[::s] = 1; return np.convolve(c, np.ones(k))",
    "bincount": "return torch.bincount((torch.arange(n)[:, None] * s + torch.arange(k)).flatten())",
}

OMEGA = "w = torch.arccos(F.cosine_similarity(a, b, dim=0)); "
ARC = "return (torch.sin((1 - t) * w) * a + torch.sin(t * w) * b) / torch.sin(w)"
SAFE = OMEGA.replace("; ", "\n    if not w > 1e-3:\n        return torch.lerp(a, b, t)\n    ")
SLERP_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": (OMEGA + ARC.removeprefix("return "), "returned None"),
    "straight": ("return torch.lerp(a, b, t)", "this is the straight line. The"),
    "swapped": ("t = 1 - t; " + OMEGA + ARC, "ends are swapped"),
    "no division": (OMEGA + ARC.removesuffix(" / torch.sin(w)"), "division by sin"),
    "cosines": (OMEGA + "return (torch.cos((1 - t) * w) * a + torch.cos(t * w) * b) / torch.sin(w)", "are cosines"),
    "not scaled": ("w = torch.arccos(a @ b); " + ARC, "not scaled to length 1|it gives .nan"),
    "cosine for the angle": ("w = F.cosine_similarity(a, b, dim=0); " + ARC, "not the angle|gives .nan"),
    "degrees": (OMEGA + f"w = w * 180 / {pi}; " + ARC, "in degrees"),
    "length 1": (OMEGA + "a, b = F.normalize(a, dim=0), F.normalize(b, dim=0); " + ARC, "the result has length 1"),
    "straight, length 1": ("return F.normalize(torch.lerp(a, b, t), dim=0)", "straight line, scaled"),
    "straight, stretched": (
        "return F.normalize(torch.lerp(a, b, t), dim=0) * torch.lerp(a.norm(), b.norm(), t)", "stretched to the length"
    ),
    "roots": ("return (1 - t) ** 0.5 * a + t ** 0.5 * b", "square roots"),
    "right angle": (f"w = torch.tensor({pi / 2}); " + ARC, "taken as a right one"),
    "nothing for one direction": (OMEGA + ARC, "Go straight when the angle is tiny"),
    "one number": ("return 0.0", r"shape \(\), expected \(3,\)"),
}  # fmt: skip
SLERP_RIGHT = {
    "formula": SAFE + ARC,
    "double": "a, b = a.double(), b.double()\n    " + SAFE + ARC,
    "by two right angles": (
        "na, nb = a.norm(), b.norm(); u = a / na; v = b / nb - (u @ b / nb) * u\n"
        "    if v.norm() < 1e-4:\n        return (1 - t) * a + t * b\n"
        "    w = torch.atan2(v.norm(), u @ b / nb)\n    " + ARC
    ),
    "NumPy": (
        "a, b = a.numpy().astype(float), b.numpy().astype(float)\n"
        "    w = np.arccos(np.clip(a @ b / np.linalg.norm(a) / np.linalg.norm(b), -1, 1))\n"
        "    if np.sin(w) < 1e-3:\n        return (1 - t) * a + t * b\n"
        "    return (np.sin((1 - t) * w) * a + np.sin(t * w) * b) / np.sin(w)"
    ),
}

MATCHING_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": ("(r.mean(0) - f.mean(0)).square().sum()", "returned None"),
    "pairs": ("return (r - f).square().sum(1).mean()", "one by one"),
    "mean squared error": ("return F.mse_loss(f, r)", "mean squared error of pairs"),
    "wrong dimension": ("return (r.mean(1) - f.mean(1)).square().sum()", "over the features of a sample"),
    "one average": ("return (r.mean() - f.mean()) ** 2", "averaged together"),
    "length": ("return (r.mean(0) - f.mean(0)).norm()", "Asked is its square"),
    "mean over features": ("return F.mse_loss(f.mean(0), r.mean(0))", "averaged over the features"),
    "absolute": ("return F.l1_loss(f.mean(0), r.mean(0), reduction='sum')", "absolute differences"),
    "sums": ("return (r.sum(0) - f.sum(0)).square().sum()", "summed over the batch"),
    "sign": ("return -(r.mean(0) - f.mean(0)).square().sum()", "sign is wrong"),
    "not squared": ("return (r.mean(0) - f.mean(0)).sum()", "not squared"),
    "squares of all": ("return (r.square().mean(0) - f.square().mean(0)).sum()", "averages of the squares"),
    "half": ("return (r.mean(0) - f.mean(0)).square().sum() / 2", "half the squared length"),
    "all pairs": ("return torch.cdist(r, f).square().mean() * 1.0", "over all pairs"),
    "a vector": ("return (r.mean(0) - f.mean(0)).square()", r"shape \(3,\), expected a single number"),
    "a number": ("return (r.mean(0) - f.mean(0)).square().sum().item()", "is a float"),
    "fakes detached": ("return (r.mean(0) - f.detach().mean(0)).square().sum() + 0 * f.sum()", "gradient for fake"),
    "no gradient": ("return (r.mean(0) - f.mean(0)).square().sum().detach()", "carries no gradient"),
    "size of the real batch": ("return (r.mean(0) - f.sum(0) / len(r)).square().sum()", "2 real samples and 3 fakes"),
}  # fmt: skip
MATCHING_RIGHT = {
    "means": "return (r.mean(0) - f.mean(0)).square().sum()",
    "real detached": "return (r.detach().mean(0) - f.mean(0)).pow(2).sum()",
    "norm": "return torch.linalg.vector_norm(f.mean(0) - r.mean(0)) ** 2",
    "library": "return F.mse_loss(f.mean(0), r.mean(0), reduction='sum')",
    "product": "d = f.mean(0) - r.mean(0); return d @ d",
}

SIMILARITY_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": ("(m[:, None] - m)", "returned None"),
    "without itself": ("return (-(m[:, None] - m).abs().sum(3)).exp().sum(1) - 1", "leaves itself out"),
    "no minus": ("return (m[:, None] - m).abs().sum(3).exp().sum(1)", "minus is missing"),
    "no exponential": ("return (m[:, None] - m).abs().sum(3).sum(1)", "exponential is missing"),
    "L2": ("return (-(m[:, None] - m).norm(dim=3)).exp().sum(1)", "Euclidean distances"),
    "squares": ("return (-(m[:, None] - m).square().sum(3)).exp().sum(1)", "squared Euclidean"),
    "mean over C": ("return (-(m[:, None] - m).abs().mean(3)).exp().sum(1)", "average over the C"),
    "mean over samples": ("return (-(m[:, None] - m).abs().sum(3)).exp().mean(1)", "average over the samples"),
    "B together": ("return (-(m[:, None] - m).abs().sum((2, 3))).exp().sum(1)", "rows are taken together"),
    "B added": ("return (-(m[:, None] - m).abs().sum(3)).exp().sum((1, 2))", "similarities are added"),
    "late exponential": ("return (-(m[:, None] - m).abs().sum(3).sum(1)).exp()", "comes after the sum"),
    "no absolute value": ("return (-(m[:, None] - m).sum(3)).exp().sum(1)", "absolute value is missing"),
    "early exponential": ("return (-(m[:, None] - m).abs()).exp().sum((1, 3))", "of each number"),
    "sums of C and B exchanged": ("return (-(m[:, None] - m).abs().sum(2)).exp().sum(1)", "it gives|has shape"),
    "all distances": ("return (-(m[:, None] - m).abs().sum(3)).exp()", r"shape \(3, 3, 2\), expected \(3, 2\)"),
    "detached": ("return (-(m[:, None] - m).abs().sum(3)).exp().sum(1).detach()", "carries no gradient"),
    "others detached": ("return (-(m[:, None] - m.detach()).abs().sum(3)).exp().sum(1)", "gradient for M"),
}  # fmt: skip
SIMILARITY_RIGHT = {
    "broadcast": "return (-(m[:, None] - m[None]).abs().sum(3)).exp().sum(1)",
    "the other sum": "return torch.exp(-torch.abs(m.unsqueeze(0) - m.unsqueeze(1)).sum(-1)).sum(0)",
    "cdist": "q = m.transpose(0, 1); return torch.cdist(q, q, p=1).neg().exp().sum(2).T",
    "loops": (
        "rows = [sum((-(m[i] - m[j]).abs().sum(1)).exp() for j in range(len(m))) for i in range(len(m))]\n"
        "    return torch.stack(rows)"
    ),
}

BCE = "F.binary_cross_entropy_with_logits"
SMOOTHED_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": ("F.softplus(-r).mean()", "returned None"),
    "not smoothed": ("return F.softplus(-r).mean() + F.softplus(f).mean()", "nothing is smoothed"),
    "two-sided": (
        f"return {BCE}(r, torch.full_like(r, a)) + {BCE}(f, torch.full_like(f, 1 - a))", "fakes are smoothed as well"
    ),
    "wrong side": (f"return {BCE}(r, torch.ones_like(r)) + {BCE}(f, torch.full_like(f, 1 - a))", "other way round"),
    "1 - alpha": (f"return {BCE}(r, torch.full_like(r, 1 - a)) + F.softplus(f).mean()", "target of real samples is 1"),
    "swapped": (f"return {BCE}(f, torch.full_like(f, a)) + F.softplus(r).mean()", "real and fake are swapped"),
    "alpha everywhere": (f"return {BCE}(r, torch.full_like(r, a)) + {BCE}(f, torch.full_like(f, a))", "well. It is 0"),
    "fakes wanted real": (f"return {BCE}(r, torch.full_like(r, a)) + F.softplus(-f).mean()", "fakes' target is 1"),
    "fakes with a plus": (f"return {BCE}(r, torch.full_like(r, a)) - F.softplus(f).mean()", "fakes has the wrong sign"),
    "one average": (
        f"return {BCE}(torch.cat([r, f]), torch.cat([torch.full_like(r, a), 0 * f]))", "averaged together"
    ),
    "scaled": ("return a * F.softplus(-r).mean() + F.softplus(f).mean()", "joins in"),
    "sign of the half": (
        "return (a * F.softplus(-r) - (1 - a) * F.softplus(r)).mean() + F.softplus(f).mean()", "second half"
    ),
    "V": (f"return -{BCE}(r, torch.full_like(r, a)) - F.softplus(f).mean()", "this is V itself"),
    "no fakes": (f"return {BCE}(r, torch.full_like(r, a))", "fakes are missing"),
    "sum": (f"return {BCE}(r, torch.full_like(r, a), reduction='sum') + F.softplus(f).sum()", "sum over the batch"),
    "half": (f"return ({BCE}(r, torch.full_like(r, a)) + F.softplus(f).mean()) / 2", "half of it"),
    "sigmoid twice": (f"r, f = r.sigmoid(), f.sigmoid(); return {BCE}(r, torch.full_like(r, a)) + F.softplus(f).mean()",
                      "sigmoid is applied twice"),
    "logits scaled": ("return F.softplus(-a * r).mean() + F.softplus(f).mean()", "logits are scaled"),
    "squares": ("return (r.sigmoid() - a).square().mean() + f.sigmoid().square().mean()", "squared errors"),
    "log of logits": ("return -(a * r.log() + (1 - a) * (1 - r).log()).mean() - (1 - f).log().mean()", "NaN"),
    "overflow": ("p = r.sigmoid(); return -(a * p.log() + (1 - a) * (1 - p).log()).mean() + F.softplus(f).mean()",
                 "Never form the probability"),
    "one of 0.9": ("return F.binary_cross_entropy_with_logits(r, torch.full_like(r, 0.9)) + F.softplus(f).mean()",
                   "it gives .* expected"),
    "detached": (f"return ({BCE}(r, torch.full_like(r, a)) + F.softplus(f).mean()).detach()", "carries no gradient"),
    "fakes detached": (f"return {BCE}(r, torch.full_like(r, a)) + F.softplus(f.detach()).mean() + 0 * f.sum()",
                       "gradient for fake_logits"),
}  # fmt: skip
SMOOTHED_RIGHT = {
    "cross-entropy": f"return {BCE}(r, torch.full_like(r, a)) + {BCE}(f, torch.zeros_like(f))",
    "softplus": "return (a * F.softplus(-r) + (1 - a) * F.softplus(r)).mean() + F.softplus(f).mean()",
    "short": "return F.softplus(-r).mean() + (1 - a) * r.mean() + F.softplus(f).mean()",
    "logsigmoid": "return -(a * F.logsigmoid(r) + (1 - a) * F.logsigmoid(-r)).mean() - F.logsigmoid(-f).mean()",
}

ALL = {
    "output_padding": ("i, k, s, p", LOST_WRONG, LOST_RIGHT),
    "transposed_by_zeros": ("x, k, s, p", ZEROS_WRONG, ZEROS_RIGHT),
    "overlap_count": ("n, k, s", OVERLAP_WRONG, OVERLAP_RIGHT),
    "slerp": ("a, b, t", SLERP_WRONG, SLERP_RIGHT),
    "feature_matching_loss": ("r, f", MATCHING_WRONG, MATCHING_RIGHT),
    "minibatch_similarity": ("m", SIMILARITY_WRONG, SIMILARITY_RIGHT),
    "smoothed_loss": ("r, f, a", SMOOTHED_WRONG, SMOOTHED_RIGHT),
}
BANK = Bank(ALL, torch=torch, np=np, F=F, nn=nn)
test_wrong_answers_get_the_diagnosis_that_fits, test_right_answers_pass = BANK.tests()


def test_no_false_alarm_in_many_runs():
    for _ in range(20):
        assert all(BANK.passes(*right) for right in BANK.right.values())


def test_an_answer_that_writes_into_its_arguments_is_judged_by_what_it_returns():
    def transposed_by_zeros(x, kernel, stride, padding):
        value = F.conv_transpose2d(x[None, None], kernel[None, None], None, stride, padding)[0, 0]
        x.zero_()
        return 3 * value

    with pytest.raises(checks.CheckFailed, match=r"it gives \[3\.0, 6\.0, .* expected \[1\.0, 2\.0"):
        checks.transposed_by_zeros(transposed_by_zeros)
