"""The checks of chapter 09 know the mistakes and refuse no right answer."""

import numpy as np
import scipy.linalg
import torch
from answer_bank import Bank
from sklearn.neighbors import NearestNeighbors
from torch.nn import functional as F

from ganlib import metrics
from ganlib.checks import frechet, inception, kernel_distance, manifolds, merging

KL = "(p * (p / p.mean(0)).log()).sum(1)"
SCORE_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": (f"{KL}.mean().exp()", "returned None"),
    "no exp": (f"return {KL}.mean()", "mean KL itself"),
    "reversed": ("m = p.mean(0); return (m * (m / p).log()).sum(1).mean().exp()", "wrong way round"),
    "marginal over classes": (
        "m = p.mean(1, keepdim=True); return (p * (p / m).log()).sum(1).mean().exp()",
        "uniform distribution",
    ),
    "minus": (f"return (-{KL}.mean()).exp()", "sign is wrong"),
    "swapped entropies": (
        "H = lambda q: torch.special.entr(q).sum(-1); return (H(p).mean() - H(p.mean(0))).exp()",
        "entropies are swapped",
    ),
    "log2": ("return (p * (p / p.mean(0)).log2()).sum(1).mean().exp()", "logarithm has base 2"),
    "2 to the nats": (f"return 2 ** {KL}.mean()", "power base 2"),
    "mean of exp": (f"return {KL}.exp().mean()", "mean of the exponentials"),
    "sum over pictures": (f"return {KL}.sum().exp()", "are summed"),
    "mean of everything": ("return (p * (p / p.mean(0)).log()).mean().exp()", "A KL is a sum over classes"),
    "kl_div with mean": (
        "return F.kl_div(p.mean(0).log().expand_as(p), p, reduction='none').mean().exp()",
        "A KL is a sum over classes",
    ),
    "kl_div, arguments swapped": (
        "return F.kl_div(p.log(), p.mean(0).expand_as(p), reduction='batchmean').exp()",
        "wrong way round",
    ),
    "diversity alone": ("return torch.special.entr(p.mean(0)).sum().exp()", "diversity alone"),
    "sureness alone": ("return (-torch.special.entr(p).sum(1).mean()).exp()", "sureness alone"),
    "softmax again": ("p = p.softmax(1); return (p * (p / p.mean(0)).log()).sum(1).mean().exp()", "softmax is applied"),
    "labels": (
        "q = F.one_hot(p.argmax(1), p.shape[1]).double(); "
        "return (torch.xlogy(q, q) - torch.xlogy(q, q.mean(0))).sum(1).mean().exp()",
        "likeliest class",
    ),
    "no logarithm": ("return (p * p / p.mean(0)).sum(1).mean().exp()", "logarithm is missing"),
    "not averaged": (f"return {KL}", "take their mean"),
    "not averaged, exp": (f"return {KL}.exp()", "First take their mean"),
    "zeros": (f"return {KL}.mean().exp()", "0 times log 0"),
    "clamped": ("p = p.clamp(0.05); return (p * (p / p.mean(0)).log()).sum(1).mean().exp()", "exactly 0 it is"),
    "unknown": ("return p.std()", "for three pictures and three classes it gives"),
    "words": ("return 'high'", "returned a str"),
}
SCORE_RIGHT = {
    "xlogy": "return (torch.xlogy(p, p) - torch.xlogy(p, p.mean(0))).sum(1).mean().exp()",
    "entropies": "H = lambda q: torch.special.entr(q).sum(-1); return torch.exp(H(p.mean(0)) - H(p).mean())",
    "kl_div": "return F.kl_div((p.mean(0) + 1e-12).log().expand_as(p), p, reduction='batchmean').exp()",
    "epsilon": "m = p.mean(0) + 1e-12; return float((p * ((p + 1e-12) / m).log()).sum(1).mean().exp())",
    "NumPy": (
        "q, one = p.numpy(), lambda x: np.where(x > 0, x, 1)\n"
        "    return np.exp((q * np.log(one(q) / one(q.mean(0)))).sum(1).mean())"
    ),
    "where": "t = torch.where(p > 0, p * (p / p.mean(0)).log(), 0.0); return t.sum() .div(len(p)).exp()",
}

MEANS = "((m - n) ** 2).sum()"
FRONT = f"{MEANS} + a.trace() + b.trace()"
ROOT = "v, u = torch.linalg.eigh(a); s = u * v.clamp(min=0).sqrt() @ u.T"
FRECHET_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": (FRONT, "returned None"),
    "not squared": (
        f"{ROOT}; return (m - n).norm() + (a + b).trace() - 2 * torch.linalg.eigvalsh(s @ b @ s).clamp(0).sqrt().sum()",
        "not squared",
    ),
    "no means": (f"{ROOT}; return (a + b).trace() - 2 * torch.linalg.eigvalsh(s @ b @ s).clamp(0).sqrt().sum()",
                 "term of the means is missing"),
    "means alone": (f"return {MEANS}", "term of the covariances is missing"),
    "mean over dimensions": (
        f"{ROOT}; return ((m - n) ** 2).mean() + (a + b).trace() "
        "- 2 * torch.linalg.eigvalsh(s @ b @ s).clamp(0).sqrt().sum()",
        "averaged over the dimensions",
    ),
    "no factor 2": (f"{ROOT}; return {FRONT} - torch.linalg.eigvalsh(s @ b @ s).clamp(0).sqrt().sum()", "factor 2"),
    "plus": (f"{ROOT}; return {FRONT} + 2 * torch.linalg.eigvalsh(s @ b @ s).clamp(0).sqrt().sum()", "root is added"),
    "entries": (f"return {FRONT} - 2 * (a @ b).clamp(0).sqrt().trace()", "entry by entry. The square root"),
    "star": (f"return {FRONT} - 2 * (a * b).abs().sqrt().trace()", "multiplied entry by entry"),
    "two roots": (
        f"r = lambda c: torch.tensor(scipy.linalg.sqrtm(c.numpy()).real); return {FRONT} - 2 * (r(a) @ r(b)).trace()",
        "under one root",
    ),
    "no root": (f"return {FRONT} - 2 * (a @ b).trace()", "square root is missing"),
    "no roots": (f"return {FRONT} - 2 * torch.linalg.eigvals(a @ b).real.sum()", "square root is missing"),
    "eigvalsh": (f"return {FRONT} - 2 * torch.linalg.eigvalsh(a @ b).clamp(0).sqrt().sum()", "for symmetric matrices"),
    "singular values": (f"return {FRONT} - 2 * torch.linalg.svdvals(a @ b).sqrt().sum()", "singular values"),
    "root of the trace": (f"return {FRONT} - 2 * (a @ b).trace().clamp(0).sqrt()", "The trace comes last"),
    "W2": (f"{ROOT}; return ({FRONT} - 2 * torch.linalg.eigvalsh(s @ b @ s).clamp(0).sqrt().sum()).sqrt()",
           "FID is the squared"),
    "entries compared": (f"return {MEANS} + ((a - b) ** 2).sum()", "compares the covariances entry by entry"),
    "traces": (f"return {MEANS} + (a.trace() - b.trace()).abs()", "traces only"),
    "complex": (f"return {FRONT} - 2 * torch.linalg.eigvals(a @ b).sqrt().sum()", "a complex number"),
    "complex of Python": (f"return complex({FRONT} - 2 * torch.linalg.eigvals(a @ b).sqrt().sum())", "complex number"),
    "NaN": (f"{ROOT}; w = torch.linalg.eigvalsh(s @ b @ s) - 1e-15; return {FRONT} - 2 * w.sqrt().sum()",
            "two covariances of rank 2.*NaN.*Clamp"),
    "on the diagonal": (
        "i = 1e-3 * torch.eye(len(a)) * (len(a) > 2 and torch.linalg.matrix_rank(a) < 3)\n    "
        f"a, b = a + i, b + i; {ROOT}; return {FRONT} - 2 * torch.linalg.eigvalsh(s @ b @ s).clamp(0).sqrt().sum()",
        "covariances of rank 2 in three dimensions it gives",
    ),
    "matrix": ("return a + b", r"shape \(1, 1\), expected \(\)"),
}  # fmt: skip
FRECHET_RIGHT = {
    "symmetric": f"{ROOT}; return {FRONT} - 2 * torch.linalg.eigvalsh(s @ b @ s).clamp(0).sqrt().sum()",
    "unsymmetric": f"return {FRONT} - 2 * torch.linalg.eigvals(a @ b).real.clamp(0).sqrt().sum()",
    "complex root, real part": f"return {FRONT} - 2 * torch.linalg.eigvals(a @ b).sqrt().real.sum()",
    "scipy": f"return {FRONT} - 2 * np.trace(scipy.linalg.sqrtm((a @ b).numpy())).real",
    "singular values of two roots": (
        "r = lambda c: (lambda v, u: u * v.clamp(0).sqrt() @ u.T)(*torch.linalg.eigh(c))\n    "
        f"return float({FRONT} - 2 * torch.linalg.svdvals(r(a) @ r(b)).sum())"
    ),
    "the course's own": "return metrics.frechet_distance(m, a, n, b)",
}

K = "k = lambda x, y: (x @ y.T / x.shape[1] + 1) ** 3"
U = "u = lambda s: (s.sum() - s.trace()) / (len(s) * (len(s) - 1))"
KID_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": (f"{K}; k(a, b).mean()", "returned None"),
    "biased": (f"{K}; return k(a, a).mean() + k(b, b).mean() - 2 * k(a, b).mean()", "diagonals are kept: each"),
    "diagonal kept": (
        f"{K}; u = lambda s: s.sum() / (len(s) * (len(s) - 1)); return u(k(a, a)) + u(k(b, b)) - 2 * k(a, b).mean()",
        "although you divide",
    ),
    "n^2": (
        f"{K}; u = lambda s: (s.sum() - s.trace()) / len(s) ** 2; return u(k(a, a)) + u(k(b, b)) - 2 * k(a, b).mean()",
        "you divide by n.2",
    ),
    "one order": (
        f"{K}; u = lambda s: s.triu(1).sum() / (len(s) * (len(s) - 1)); "
        "return u(k(a, a)) + u(k(b, b)) - 2 * k(a, b).mean()",
        "only one order",
    ),
    "no d": (f"k = lambda x, y: (x @ y.T + 1) ** 3; {U}; return u(k(a, a)) + u(k(b, b)) - 2 * k(a, b).mean()",
             "not divided by d"),
    "all by d": (
        f"k = lambda x, y: ((x @ y.T + 1) / 3) ** 3; {U}; return u(k(a, a)) + u(k(b, b)) - 2 * k(a, b).mean()",
        "divided by d as well",
    ),
    "no one": (f"k = lambda x, y: (x @ y.T / 3) ** 3; {U}; return u(k(a, a)) + u(k(b, b)) - 2 * k(a, b).mean()",
               "1 in the kernel"),
    "square": (f"k = lambda x, y: (x @ y.T / 3 + 1) ** 2; {U}; return u(k(a, a)) + u(k(b, b)) - 2 * k(a, b).mean()",
               "degree 2"),
    "linear": (f"k = lambda x, y: x @ y.T / 3 + 1; {U}; return u(k(a, a)) + u(k(b, b)) - 2 * k(a, b).mean()",
               "no power"),
    "by n": (
        f"k = lambda x, y: (x @ y.T / len(x) + 1) ** 3; {U}; return u(k(a, a)) + u(k(b, b)) - 2 * k(a, b).mean()",
        "number of samples",
    ),
    "Gaussian": (
        "k = lambda x, y: (-torch.cdist(x, y) ** 2 / 2).exp(); "
        f"{U}; return u(k(a, a)) + u(k(b, b)) - 2 * k(a, b).mean()",
        "Gaussian kernel",
    ),
    "one cross": (f"{K}; {U}; return u(k(a, a)) + u(k(b, b)) - k(a, b).mean()", "factor 2"),
    "cross added": (f"{K}; {U}; return u(k(a, a)) + u(k(b, b)) + 2 * k(a, b).mean()", "cross term is added"),
    "no cross": (f"{K}; {U}; return u(k(a, a)) + u(k(b, b))", "cross term is missing"),
    "cross as within": (
        f"{K}; {U}; return u(k(a, a)) + u(k(b, b)) - 2 * k(a, b).sum() / (len(a) * (len(b) - 1))",
        "no pair is left out",
    ),
    "cross without its diagonal": (
        f"{K}; {U}; s = k(a, b); n = s.numel() - min(s.shape); "
        "return u(k(a, a)) + u(k(b, b)) - 2 * (s.sum() - s.trace()) / n",
        "leaves out i = j",
    ),
    "root": (f"{K}; {U}; return (u(k(a, a)) + u(k(b, b)) - 2 * k(a, b).mean()).abs().sqrt()", "square root of it"),
    "clamped": (f"{K}; {U}; return (u(k(a, a)) + u(k(b, b)) - 2 * k(a, b).mean()).clamp(min=0)", "set to 0"),
    "averaged first": (
        f"{U}; g = lambda t: (t / 3 + 1) ** 3; "
        "return g(u(a @ a.T)) + g(u(b @ b.T)) - 2 * g((a @ b.T).mean())",
        "kernel is of each pair",
    ),
    "thousand": (f"{K}; {U}; return 1000 * (u(k(a, a)) + u(k(b, b)) - 2 * k(a, b).mean())", "thousand times"),
    "cross off-diagonal": (f"{K}; {U}; return u(k(a, a)) + u(k(b, b)) - 2 * u(k(a, b))", "RuntimeError|gives"),
    "a matrix": (f"{K}; return k(a, b)", r"shape \(4, 5\), expected"),
}  # fmt: skip
KID_RIGHT = {
    "by hand": f"{K}; {U}; return u(k(a, a)) + u(k(b, b)) - 2 * k(a, b).mean()",
    "mask": (
        f"{K}; off = lambda s: s[~torch.eye(len(s), dtype=torch.bool)].mean()\n    "
        "return off(k(a, a)) + off(k(b, b)) - 2 * k(a, b).mean()"
    ),
    "triangles": (
        f"{K}; u = lambda s: s.triu(1).sum() * 2 / (len(s) * (len(s) - 1))\n    "
        "return (u(k(a, a)) + u(k(b, b)) - 2 * k(a, b).mean()).item()"
    ),
    "a loop": (
        f"{K}\n    def mean(x, y, same):\n        s = k(x, y)\n        w = [s[i, j] for i in range(len(x)) "
        "for j in range(len(y)) if not (same and i == j)]\n        return sum(w) / len(w)\n"
        "    return mean(a, a, True) + mean(b, b, True) - 2 * mean(a, b, False)"
    ),
    "scikit-learn": (
        "from sklearn.metrics.pairwise import polynomial_kernel as q\n    "
        f"{U.replace('trace()', 'diagonal().sum()')}\n    return u(q(a, a)) + u(q(b, b)) - 2 * q(a, b).mean()"
    ),
}

INSIDE = "torch.cdist(p, c) <= r[None]"
PR_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": ("share(f, r, k)", "returned None"),
    "one number": ("return share(f, r, k)", "expected two things: precision, recall"),
    "swapped": ("return share(r, f, k), share(f, r, k)", "are swapped"),
    "itself": ("return share(f, r, k - 1), share(r, f, k - 1)", "its own nearest neighbour"),
    "too far": ("return share(f, r, k + 1), share(r, f, k + 1)", "one place in the sorted distances"),
    "radius of the asked": (
        "s = lambda p, c: (torch.cdist(p, c) <= radii(p, k)[:, None]).any(1).double().mean(); return s(f, r), s(r, f)",
        "radius of its own centre",
    ),
    "mean of pairs": (
        "s = lambda p, c: (torch.cdist(p, c) <= radii(c, k)).double().mean(); return s(f, r), s(r, f)",
        "share of all pairs",
    ),
    "all": (
        "s = lambda p, c: (torch.cdist(p, c) <= radii(c, k)).all(1).double().mean(); return s(f, r), s(r, f)",
        "in all balls",
    ),
    "nearest only": (
        "def s(p, c):\n        d, i = torch.cdist(p, c).min(1)\n        return (d <= radii(c, k)[i]).double().mean()\n"
        "    return s(f, r), s(r, f)",
        "nearest centre",
    ),
    "squared": (
        "s = lambda p, c: (torch.cdist(p, c) ** 2 <= radii(c, k)).any(1).double().mean(); return s(f, r), s(r, f)",
        "squared distances",
    ),
    "other axis": (
        "s = lambda p, c: (torch.cdist(p, c) <= radii(c, k)).any(0).double().mean(); return s(f, r), s(r, f)",
        "balls that hold a point",
    ),
    "k ignored": ("return share(f, r, 1), share(r, f, 1)", "k is not used"),
    "mean radius": (
        "s = lambda p, c: (torch.cdist(p, c) <= radii(c, k).mean()).any(1).double().mean(); return s(f, r), s(r, f)",
        "mean radius",
    ),
    "largest radius": (
        "s = lambda p, c: (torch.cdist(p, c) <= radii(c, k).max()).any(1).double().mean(); return s(f, r), s(r, f)",
        "largest radius",
    ),
    "precision twice": ("return share(f, r, k), share(f, r, k)", "both values are precision"),
    "counts": ("return share(f, r, k) * len(f), share(r, f, k) * len(r)", "these are counts"),
    "percent": ("return 100 * share(f, r, k), 100 * share(r, f, k)", "these are percent"),
    "density": (
        "s = lambda p, c: (torch.cdist(p, c) <= radii(c, k)).double().sum(1).mean() / k; return s(f, r), s(r, f)",
        "this is density",
    ),
    "coverage": (
        "return share(f, r, k), (torch.cdist(f, r) <= radii(r, k)).any(0).double().mean()",
        "that is coverage",
    ),
    "three": ("return share(f, r, k), share(r, f, k), 0", "expected two things"),
    "masks": (
        "s = lambda p, c: (torch.cdist(p, c) <= radii(c, k)).any(1); return s(f, r), s(f, r)",
        r"shape \(2, 6\), expected \(2,\)",
    ),
    "unknown": ("return share(f, r, k) / 2, share(r, f, k)", "for 8 real points, 6 fakes and k = 2 it gives"),
}
PR_RIGHT = {
    "sorted": "return share(f, r, k), share(r, f, k)",
    "kthvalue": (
        "def s(p, c):\n        radius = torch.cdist(c, c).kthvalue(k + 1, dim=1).values\n"
        "        return (torch.cdist(p, c) <= radius).any(1).float().mean()\n    return s(f, r), s(r, f)"
    ),
    "infinite diagonal": (
        "def s(p, c):\n        d = torch.cdist(c, c).fill_diagonal_(float('inf'))\n"
        "        radius = d.topk(k, largest=False).values[:, -1]\n"
        "        return (torch.cdist(p, c) <= radius).any(dim=1).double().mean().item()\n    return [s(f, r), s(r, f)]"
    ),
    "scikit-learn": (
        "def s(p, c):\n        radius = NearestNeighbors(n_neighbors=k).fit(c).kneighbors()[0][:, -1]\n"
        "        d = np.linalg.norm(p.numpy()[:, None] - c.numpy()[None], axis=-1)\n"
        "        return (d <= radius).any(1).mean()\n    return s(f, r), s(r, f)"
    ),
    "a tensor": "return torch.stack([share(f, r, k), share(r, f, k)])",
    "the course's own": "return metrics.precision_recall(r, f, k=k)",
}

TOGETHER = "N = n + m; mean = (n * p + m * q) / N; d = q - p"
BOTH = "(n - 1) * a + (m - 1) * b"
MERGE_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": (TOGETHER, "returned None"),
    "mean only": (f"{TOGETHER}; return (mean,)", "expected two things: mean, covariance"),
    "mean not weighed": (
        f"{TOGETHER}; return (p + q) / 2, ({BOTH} + torch.outer(d, d) * n * m / N) / (N - 1)",
        "the mean is wrong",
    ),
    "weights swapped": (
        f"{TOGETHER}; return (m * p + n * q) / N, ({BOTH} + torch.outer(d, d) * n * m / N) / (N - 1)",
        "weight of the other heap",
    ),
    "averages": ("return (p + q) / 2, (a + b) / 2", "are plain averages"),
    "nothing between": (f"{TOGETHER}; return mean, ({BOTH}) / (N - 1)", "two narrow heaps far apart"),
    "weighted average": (f"{TOGETHER}; return mean, (n * a + m * b) / N", "averaged with weights n"),
    "half": (f"{TOGETHER}; return mean, (a + b) / 2", "plain average of the two"),
    "pooled": (f"{TOGETHER}; return mean, ({BOTH}) / (N - 2)", "pooled covariance"),
    "biased": (f"{TOGETHER}; return mean, ({BOTH} + torch.outer(d, d) * n * m / N) / N", "unbiased covariance"),
    "minus two": (f"{TOGETHER}; return mean, ({BOTH} + torch.outer(d, d) * n * m / N) / (N - 2)", "one mean"),
    "scatter with n": (
        f"{TOGETHER}; return mean, (n * a + m * b + torch.outer(d, d) * n * m / N) / (N - 1)",
        "not n times",
    ),
    "n everywhere": (f"{TOGETHER}; return mean, (n * a + m * b + torch.outer(d, d) * n * m / N) / N", "both places"),
    "no factor": (f"{TOGETHER}; return mean, ({BOTH} + torch.outer(d, d)) / (N - 1)", r"factor n m / \(n \+ m\)"),
    "half a factor": (f"{TOGETHER}; return mean, ({BOTH} + torch.outer(d, d) * n * m) / (N - 1)", "not divided by n"),
    "no outer product": (f"{TOGETHER}; return mean, ({BOTH} + d**2 * n * m / N) / (N - 1)", "outer product, whose"),
    "scalar product": (f"{TOGETHER}; return mean, ({BOTH} + d @ d * n * m / N) / (N - 1)", "as one number"),
    "diagonal": (f"{TOGETHER}; return mean, ({BOTH} + torch.diag(d**2) * n * m / N) / (N - 1)", "diagonal only"),
    "subtracted": (f"{TOGETHER}; return mean, ({BOTH} - torch.outer(d, d) * n * m / N) / (N - 1)", "is subtracted"),
    "a diagonal back": (f"{TOGETHER}; return mean, a.diagonal()", r"shape \(2,\), expected \(3, 2\)"),
    "unknown": (f"{TOGETHER}; return mean, a", "for heaps of 3 and 5 samples it gives"),
}
MERGE_RIGHT = {
    "by hand": f"{TOGETHER}; return mean, ({BOTH} + torch.outer(d, d) * n * m / N) / (N - 1)",
    "moments": (
        f"{TOGETHER}\n    second = {BOTH} + n * torch.outer(p, p) + m * torch.outer(q, q)\n"
        "    return mean, (second - N * torch.outer(mean, mean)) / (N - 1)"
    ),
    "about the common mean": (
        f"{TOGETHER}; e, g = p - mean, q - mean\n"
        f"    return mean, ({BOTH} + n * e[:, None] * e + m * g[:, None] * g) / (N - 1)"
    ),
    "the shift": (
        "mean = p + (q - p) * m / (n + m); d = (q - p)[:, None]\n"
        f"    return [mean, ({BOTH} + d @ d.T * n * m / (n + m)) / (n + m - 1)]"
    ),
}


def radii(points, k):
    return torch.cdist(points, points).sort(1).values[:, k]


def share(points, centres, k):
    return (torch.cdist(points, centres) <= radii(centres, k)).any(1).double().mean()


ALL = {
    "inception_score": ("p", SCORE_WRONG, SCORE_RIGHT),
    "frechet_distance": ("m, a, n, b", FRECHET_WRONG, FRECHET_RIGHT),
    "kid": ("a, b", KID_WRONG, KID_RIGHT),
    "precision_recall": ("r, f, k", PR_WRONG, PR_RIGHT),
    "merge": ("n, p, a, m, q, b", MERGE_WRONG, MERGE_RIGHT),
}
TOOLS = {"NearestNeighbors": NearestNeighbors, "radii": radii, "share": share, "scipy": scipy, "metrics": metrics}
BANK = Bank(ALL, torch=torch, np=np, F=F, **TOOLS)
test_wrong_answers_get_the_diagnosis_that_fits, test_right_answers_pass = BANK.tests()


def test_no_false_alarm_in_many_runs():
    for _ in range(5):
        assert all(BANK.passes(*right) for right in BANK.right.values())


def test_no_diagnosis_fits_two_mistakes():
    """Each mistaken formula has values of its own, so the first that fits is the one that was made."""
    balls = [(manifolds.REAL, manifolds.FAKE, 2), (manifolds.REAL, manifolds.FAKE, 3)]
    balls += [(manifolds.FAKE, manifolds.REAL, 1), (manifolds.REAL, manifolds.EVEN, 2)]
    heaps = merging.FEW, merging.MANY, merging.OTHER
    near = kernel_distance.A, kernel_distance.NEAR
    for right, module, cases in (
        (inception._score, inception, [(inception.THREE,), (inception.FIVE,)]),
        (frechet._distance, frechet, [frechet.LINE, frechet.PLANE, frechet.SPACE]),
        (kernel_distance._distance(), kernel_distance, [(kernel_distance.A, kernel_distance.B), near]),
        (manifolds._both(manifolds._share), manifolds, balls),
        (merging._with(merging._covariance), merging, [merging._case(*heaps[:2]), merging._case(heaps[2], heaps[0])]),
    ):
        values = [[formula(*case) for case in cases] for formula in (right, *module._MISTAKES.values())]
        for i, some in enumerate(values):
            for others in values[:i]:
                pairs = zip(some, others, strict=True)
                assert not all(a.shape == b.shape and torch.allclose(a, b, rtol=1e-3) for a, b in pairs)


def test_the_right_formulas_are_those_of_the_package():
    p = inception.FIVE
    assert torch.isclose(inception._score(p), torch.tensor(metrics.inception_score(p).value, dtype=p.dtype))
    assert abs(frechet._distance(*frechet.SPACE).item() - metrics.frechet_distance(*frechet.SPACE)) < 1e-9
    a, b = kernel_distance.A, kernel_distance.B
    assert abs(kernel_distance._distance()(a, b).item() - metrics.kid(a, b).value) < 1e-9
    ours = metrics.precision_recall(manifolds.REAL, manifolds.FAKE, k=2)
    assert torch.allclose(
        manifolds._both(manifolds._share)(manifolds.REAL, manifolds.FAKE, 2), torch.tensor([*ours]).double()
    )
    x, y = merging.FEW, merging.MANY
    merged = merging._with(merging._covariance)(*merging._case(x, y))
    assert torch.allclose(merged, torch.cat([torch.cat([x, y]).mean(0)[None], torch.cov(torch.cat([x, y]).T)]))
