"""The checks of chapter 08 know the mistakes and refuse no right answer."""

import random

import numpy as np
import torch
from answer_bank import Bank
from torch import nn
from torch.nn import functional as F

from ganlib.checks import cycles, many_domains, patch_scores

GAP = "(p, q: (p - q).abs().mean())"
CYCLE_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": ("(G(a) - a).abs().mean()", "returned None"),
    "wrong order": ("return F.l1_loss(G(H(a)), a) + F.l1_loss(H(G(b)), b)", "wrong order"),
    "L2": ("return F.mse_loss(H(G(a)), a) + F.mse_loss(G(H(b)), b)", "squared differences"),
    "sum": ("return F.l1_loss(H(G(a)), a, reduction='sum') + (G(H(b)) - b).abs().sum()", "sum over all pixels"),
    "sum over pixels": (
        "return ((H(G(a)) - a).abs().sum((1, 2, 3)) + (G(H(b)) - b).abs().sum((1, 2, 3))).mean()",
        "sum over the pixels of a picture",
    ),
    "only A": ("return F.l1_loss(H(G(a)), a)", "from B to A and back is missing"),
    "only B": ("return F.l1_loss(G(H(b)), b)", "from A to B and back is missing"),
    "the other domain": ("return F.l1_loss(H(G(a)), b) + F.l1_loss(G(H(b)), a)", "a picture of the other domain"),
    "no way back": ("return F.l1_loss(G(a), a) + F.l1_loss(H(b), b)", "asks for no change"),
    "as if they were pairs": ("return F.l1_loss(G(a), b) + F.l1_loss(H(b), a)", "compared with the other heap"),
    "against the translation": ("return F.l1_loss(H(G(a)), G(a)) + F.l1_loss(G(H(b)), H(b))", "with the translation"),
    "one generator twice": ("return F.l1_loss(G(G(a)), a) + F.l1_loss(H(H(b)), b)", "same generator twice"),
    "identity": ("return F.l1_loss(H(a), a) + F.l1_loss(G(b), b)", "this is the identity loss"),
    "half": ("return (F.l1_loss(H(G(a)), a) + F.l1_loss(G(H(b)), b)) / 2", "half of it"),
    "minus": ("return F.l1_loss(H(G(a)), a) - F.l1_loss(G(H(b)), b)", "subtracted"),
    "no absolute value": ("return (H(G(a)) - a).mean() + (G(H(b)) - b).mean()", "absolute value is missing"),
    "absolute average": ("return (H(G(a)) - a).mean().abs() + (G(H(b)) - b).mean().abs()", "taken of the average"),
    "length": ("return (H(G(a)) - a).norm() + (G(H(b)) - b).norm()", "Euclidean length"),
    "weighted": ("return 10 * (F.l1_loss(H(G(a)), a) + F.l1_loss(G(H(b)), b))", "weight is in it"),
    "one batch of both": (
        "return 2 * (torch.cat([H(G(a)), G(H(b))]) - torch.cat([a, b])).abs().mean()", "2 pictures of A and 3 of B",
    ),
    "cut between": ("return F.l1_loss(H(G(a).detach()), a) + F.l1_loss(G(H(b).detach()), b)", "picture between"),
    "cut one way": ("return F.l1_loss(H(G(a)), a).detach() + F.l1_loss(G(H(b)), b)", "A to B and back gives no"),
    "cut the other way": ("return F.l1_loss(H(G(a)), a) + F.l1_loss(G(H(b)), b).detach()", "B to A and back gives no"),
    "half cut": ("return F.l1_loss(H(G(a).detach()), a) + F.l1_loss(G(H(b)), b)", "gradients for a weight"),
    "all cut": ("return (F.l1_loss(H(G(a)), a) + F.l1_loss(G(H(b)), b)).detach()", "carries no gradient"),
    "a number": ("return (F.l1_loss(H(G(a)), a) + F.l1_loss(G(H(b)), b)).item()", "is a float"),
    "a map": ("return (H(G(a)) - a).abs() + (G(H(b)) - b).abs()", "expected a single number"),
    "smooth": ("return F.smooth_l1_loss(H(G(a)), a) + F.smooth_l1_loss(G(H(b)), b)", "the loss is .* expected"),
}  # fmt: skip
CYCLE_RIGHT = {
    "by hand": "return (H(G(a)) - a).abs().mean() + (G(H(b)) - b).abs().mean()",
    "library": "return F.l1_loss(H(G(a)), a) + F.l1_loss(G(H(b)), b)",
    "module": "gap = nn.L1Loss(); return gap(b, G(H(b))) + gap(a, H(G(a)))",
    "a loop": (
        "loss = 0\n    for first, second, x in ((G, H, a), (H, G, b)):\n        back = second(first(x))\n"
        "        loss = loss + torch.mean(torch.abs(back - x))\n    return loss"
    ),
    "flat": "return (H(G(a)) - a).flatten(1).abs().mean(1).mean() + (G(H(b)) - b).flatten(1).abs().mean(1).mean()",
}

IDENTITY_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": ("F.l1_loss(G(b), b)", "returned None"),
    "asked to leave alone": ("return F.l1_loss(G(a), a) + F.l1_loss(H(b), b)", "leave alone what it has to translate"),
    "only G_AB": ("return F.l1_loss(G(b), b)", "loss of G_BA is missing"),
    "only G_BA": ("return F.l1_loss(H(a), a)", "loss of G_AB is missing"),
    "L2": ("return F.mse_loss(G(b), b) + F.mse_loss(H(a), a)", "squared differences"),
    "sum": ("return (G(b) - b).abs().sum() + (H(a) - a).abs().sum()", "sum over all pixels"),
    "sum over pixels": (
        "return (G(b) - b).abs().sum((1, 2, 3)).mean() + (H(a) - a).abs().sum((1, 2, 3)).mean()",
        "over the pixels of a",
    ),
    "somebody else": ("return F.l1_loss(G(b), a) + F.l1_loss(H(a), b)", "shows somebody else"),
    "as if they were pairs": ("return F.l1_loss(G(a), b) + F.l1_loss(H(b), a)", "Nothing is translated here"),
    "cycle": ("return F.l1_loss(H(G(a)), a) + F.l1_loss(G(H(b)), b)", "this is the cycle loss"),
    "both see A": ("return F.l1_loss(G(a), a) + F.l1_loss(H(a), a)", "shown pictures of A"),
    "both see B": ("return F.l1_loss(G(b), b) + F.l1_loss(H(b), b)", "shown pictures of B"),
    "each other": ("return F.l1_loss(G(b), H(a))", "compared with each other"),
    "half": ("return (F.l1_loss(G(b), b) + F.l1_loss(H(a), a)) / 2", "half of it"),
    "no absolute value": ("return (G(b) - b).mean() + (H(a) - a).mean()", "absolute value is missing"),
    "absolute average": ("return (G(b) - b).mean().abs() + (H(a) - a).mean().abs()", "taken of the average"),
    "weighted": ("return 5 * (F.l1_loss(G(b), b) + F.l1_loss(H(a), a))", "weight is in it"),
    "G_AB cut": ("return F.l1_loss(G(b), b).detach() + F.l1_loss(H(a), a)", "G_AB gets no gradient"),
    "G_BA cut": ("return F.l1_loss(G(b), b) + F.l1_loss(H(a), a).detach()", "G_BA gets no gradient"),
    "all cut": ("return (F.l1_loss(G(b), b) + F.l1_loss(H(a), a)).detach()", "carries no gradient"),
    "constant": ("return torch.tensor(0.0)", "carries no gradient"),
    "a number": ("return (F.l1_loss(G(b), b) + F.l1_loss(H(a), a)).item()", "is a float"),
}
IDENTITY_RIGHT = {
    "by hand": "return (G(b) - b).abs().mean() + (H(a) - a).abs().mean()",
    "library": "return F.l1_loss(H(a), a) + F.l1_loss(G(b), b)",
    "module": "gap = nn.L1Loss(); return gap(b, G(b)) + gap(a, H(a))",
    "a sum of means": "return sum((net(x) - x).abs().mean() for net, x in ((G, b), (H, a)))",
}

PATCH_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": ("(D(r) - 1).square().mean()", "returned None"),
    "no half": ("return (D(r) - 1).square().mean() + D(f.detach()).square().mean()", "the half is missing"),
    "a quarter": ("return ((D(r) - 1).square().mean() + D(f.detach()).square().mean()) / 4", "halves are in it twice"),
    "one average": ("return (F.mse_loss(D(r), 1 + 0 * D(r)) / 2 + D(f.detach()).square().mean() / 2) / 2", "twice"),
    "no fakes": ("return (D(r) - 1).square().mean() / 2", "fakes are missing"),
    "no real": ("return D(f.detach()).square().mean() / 2", "real pictures are missing"),
    "half of one": ("return (D(r) - 1).square().mean() + D(f.detach()).square().mean() / 2", "only one of the two"),
    "half of the other": ("return (D(r) - 1).square().mean() / 2 + D(f.detach()).square().mean()", "only the term of"),
    "swapped": ("return (D(r).square().mean() + (D(f.detach()) - 1).square().mean()) / 2", "swapped"),
    "both real": ("return ((D(r) - 1).square().mean() + (D(f.detach()) - 1).square().mean()) / 2", "target is 1: that"),
    "minus one": ("return ((D(r) - 1).square().mean() + (D(f.detach()) + 1).square().mean()) / 2", "target is -1"),
    "both fake": ("return (D(r).square().mean() + D(f.detach()).square().mean()) / 2", "pictures is 0. Asked is 1"),
    "picture by picture": (
        "return ((D(r).mean((1, 2, 3)) - 1).square().mean() + D(f.detach()).mean((1, 2, 3)).square().mean()) / 2",
        "averaged before they are squared: a patch",
    ),
    "all averaged": ("return ((D(r).mean() - 1) ** 2 + D(f.detach()).mean() ** 2) / 2", "all scores are averaged"),
    "sum": ("return ((D(r) - 1).square().sum() + D(f.detach()).square().sum()) / 2", "sum over the patches"),
    "patches summed": (
        "return ((D(r) - 1).square().sum((1, 2, 3)).mean() + D(f.detach()).square().sum((1, 2, 3)).mean()) / 2",
        "patches of a picture are summed",
    ),
    "sigmoid": ("return ((D(r).sigmoid() - 1).square().mean() + D(f.detach()).sigmoid().square().mean()) / 2", "sigm"),
    "absolute": ("return ((D(r) - 1).abs().mean() + D(f.detach()).abs().mean()) / 2", "absolute differences"),
    "cross-entropy": ("return F.softplus(-D(r)).mean() + F.softplus(D(f.detach())).mean()", "this is cross-entropy"),
    "half of it": (
        "return (F.softplus(-D(r)).mean() + F.softplus(D(f.detach())).mean()) / 2",
        "half the cross-entropy",
    ),
    "minus": ("return ((D(r) - 1).square().mean() - D(f.detach()).square().mean()) / 2", "fakes have the wrong sign"),
    "all minus": ("return -((D(r) - 1).square().mean() + D(f.detach()).square().mean()) / 2", "D makes this small"),
    "difference": ("return (D(r) - D(f.detach()) - 1).square().mean() / 2", "subtracted first"),
    "no detach": ("return ((D(r) - 1).square().mean() + D(f).square().mean()) / 2", "goes on into the fakes"),
    "score detached": (
        "return ((D(r) - 1).square().mean() + D(f).detach().square().mean()) / 2",
        "not D's score of it",
    ),
    "no gradient": ("return (((D(r) - 1).square().mean() + D(f).square().mean()) / 2).detach()", "carries no gradient"),
    "in one call": (
        "s = D(torch.cat([r, f.detach()])); t = torch.zeros_like(s); t[: len(r)] = 1; return F.mse_loss(s, t)",
        "2 real pictures and 1 fake",
    ),
    "a map": ("return ((D(r) - 1).square() + D(f.detach()).square()) / 2", "expected a single number"),
}
PATCH_RIGHT = {
    "by hand": "return ((D(r) - 1).square().mean() + D(f.detach()).square().mean()) / 2",
    "library": (
        "p, q = D(r), D(f.detach()); "
        "return 0.5 * F.mse_loss(p, torch.ones_like(p)) + 0.5 * F.mse_loss(q, torch.zeros_like(q))"
    ),
    "no_grad": (
        "with torch.no_grad():\n        f = f.clone()\n    return ((D(r) - 1).pow(2).mean() + D(f).pow(2).mean()) / 2"
    ),
    "the course's own": (
        "from ganlib.losses import least_squares; return least_squares.discriminator(D(r), D(f.detach()))"
    ),
}

KEPT = "fake.detach().clone()"
KEEP = "if len(past) < size:\n        past.append(fake.detach().clone())\n        return fake\n    "
DRAW = "i = int(torch.randint(size, ())); old = past[i]; past[i] = fake.detach().clone(); return old"
COIN = "if torch.rand(()) < 0.5:\n        return fake\n    "
BUFFER_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": ("past.append(fake)", "returned None"),
    "no return when full": (KEEP + "past[0] = fake.detach().clone()", "returned None"),
    "never old": (KEEP + "return fake", "always returns the new fake"),
    "never new": (KEEP + DRAW, "never returns the new fake"),
    "copied over": (
        KEEP + COIN + "old = past[int(torch.randint(size, ()))]; old.copy_(fake.detach()); return old",
        "returned, and kept as well",
    ),
    "not exchanged": (KEEP + COIN + "return past[int(torch.randint(size, ()))]", "buffer never changes"),
    "kept and passed on": (KEEP + COIN + "past[int(torch.randint(size, ()))] = fake.detach().clone(); return fake",
                           "returned, and kept as well"),
    "another place": (
        KEEP + COIN + f"i = int(torch.randint(size, ())); old = past[i - 1]; past[i] = {KEPT}; return old",
        "another picture than the one",
    ),
    "a quarter": (KEEP + COIN.replace("0.5", "0.75") + DRAW, r"past fake in 2\d%"),
    "nine of ten": (KEEP + COIN.replace("0.5", "0.1") + DRAW, r"past fake in (8|9)\d%"),
    "without end": (
        "past.append(fake.detach().clone())\n    " + COIN + "return past[int(torch.randint(len(past), ()))]",
        "instead of the new one|buffer grew to",
    ),
    "grows when full": (KEEP + "past.append(fake.detach().clone()); return past[0]", "buffer grew to 5"),
    "shrinks": (KEEP + COIN + "return past.pop(int(torch.randint(size, ())))", "buffer shrank to 3"),
    "swaps at once": (
        "if not past or (len(past) < size and torch.rand(()) < 0.01):\n        past.append(fake.detach().clone())\n"
        "        return fake\n    past.append(fake.detach().clone()); return past[0]",
        "While it is not full",
    ),
    "one only": (
        "if not past:\n        past.append(fake.detach().clone())\n    return fake", "after 2 calls the buffer holds 1"
    ),
    "always the first": (KEEP + COIN + f"old = past.pop(0); past.append({KEPT}); return old", "always the first"),
    "always the last": (KEEP + COIN + f"old = past.pop(); past.append({KEPT}); return old", "always the last"),
    "never the last": (KEEP + COIN + DRAW.replace("randint(size,", "randint(size - 1,"), "last of the list never"),
    "never the first": (KEEP + COIN + DRAW.replace("randint(size,", "randint(1, size,"), "first of the list never"),
    "rarely the last": (
        KEEP + COIN + DRAW.replace("torch.randint(size, ())", "size * torch.rand(()) ** 2"), "draw them uniformly"
    ),
    "graph": (KEEP.replace(".detach().clone()", "") + COIN + DRAW, "still carries its graph"),
    "alias": (KEEP.replace(".detach().clone()", ".detach()") + COIN + DRAW, "shares memory"),
    "graph of a copy": (KEEP.replace(".detach()", "") + COIN + DRAW, "still carries its graph"),
    "a list": (KEEP.replace("return fake", "return [fake]"), "returned a list"),
    "another shape": (KEEP.replace("return fake", "return fake[None]"), r"one of shape \(1, 1, 2, 2\)"),
}  # fmt: skip
BUFFER_RIGHT = {
    "torch": KEEP + COIN + DRAW,
    "random": (
        "kept = fake.clone().detach()\n    if len(past) < size:\n        past.append(kept)\n        return fake\n"
        "    if random.random() > 0.5:\n        i = random.randint(0, size - 1)\n        old, past[i] = past[i], kept\n"
        "        return old\n    return fake"
    ),
    "NumPy": (
        "if len(past) < size:\n        past += [torch.from_numpy(fake.detach().numpy().copy())]\n        return fake\n"
        "    if np.random.rand() < 0.5:\n        return fake\n    i = np.random.randint(size)\n"
        "    old = past[i].clone()\n    past[i] = fake.detach().clone()\n    return old"
    ),
    "pop and append": (
        KEEP + "if random.choice([True, False]):\n        old = past.pop(random.randrange(len(past)))\n"
        "        past.append(fake.detach().clone())\n        return old\n    return fake"
    ),
    "overwritten": (
        KEEP + COIN + "i = random.randrange(size); old = past[i].clone(); past[i].copy_(fake.detach()); return old"
    ),
}

INVERSE_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": ("sorted(pi)", "returned None"),
    "pi": ("return pi", "this is pi itself"),
    "twice": ("return [pi[i] for i in pi]", "applied twice"),
    "reversed": ("return pi[::-1]", "read from the end"),
    "sorted": ("return sorted(pi)", "numbers are sorted"),
    "downwards": ("return torch.tensor(pi).argsort(descending=True)", "sorts downwards"),
    "mirrored": ("return [len(pi) - 1 - i for i in pi]", "mirror image"),
    "from one": ("return [pi.index(i) + 1 for i in range(len(pi))]", "counted from 1"),
    "one over": ("return [1 / p if p else float('inf') for p in pi]", "inverse numbers"),
    "minus": ("return [-p for p in pi]", "negative numbers"),
    "too short": ("return [pi.index(i) for i in range(len(pi) - 1)]", r"shape \(3,\), expected \(4,\)"),
    "a mapping": ("return {p: i for i, p in enumerate(pi)}", "returned a dict"),
    "once around": ("return pi[1:] + pi[:1]", "it gives .* expected"),
}
INVERSE_RIGHT = {
    "where": "return [pi.index(i) for i in range(len(pi))]",
    "argsort": "return torch.tensor(pi).argsort()",
    "NumPy": "return np.argsort(pi)",
    "filled": "back = [0] * len(pi)\n    for i, p in enumerate(pi):\n        back[p] = i\n    return back",
    "indexed": "back = torch.empty(len(pi), dtype=torch.long); back[pi] = torch.arange(len(pi)); return back",
}

KIND, BACK = "F.cross_entropy(c(G(x, t)), t)", "F.l1_loss(G(G(x, t), y), x)"
STAR_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": (KIND, "returned None"),
    "one loss": (f"return {KIND} + {BACK}", "two losses"),
    "three": (f"return {KIND}, {BACK}, 0", "two losses"),
    "old label": (f"return F.cross_entropy(c(G(x, t)), y), {BACK}", "the label that the picture had. Asked for"),
    "real": (f"return F.cross_entropy(c(x), y) + 0 * {BACK}, {BACK}", "real picture is classified. That is D's"),
    "real, target": (f"return F.cross_entropy(c(x), t) + 0 * {BACK}, {BACK}", "Classify the fake"),
    "asked for the old": (f"return F.cross_entropy(c(G(x, y)), t), {BACK}", "Ask it for `target`"),
    "both old": (f"return F.cross_entropy(c(G(x, y)), y), {BACK}", "Both times"),
    "what came back": (f"return F.cross_entropy(c(G(G(x, t), y)), y), {BACK}", "Classify the translation"),
    "sum": (f"return F.cross_entropy(c(G(x, t)), t, reduction='sum'), {BACK}", "classification: this is a sum"),
    "softmax twice": (f"return F.cross_entropy(c(G(x, t)).softmax(1), t), {BACK}", "softmax is applied twice"),
    "minus": (f"return -{KIND}, {BACK}", "sign is wrong"),
    "no logarithm": (f"return -c(G(x, t)).softmax(1)[range(3), t].mean(), {BACK}", "logarithm is missing"),
    "target again": (f"return {KIND}, F.l1_loss(G(G(x, t), t), x)", "way back asks for `target` again"),
    "no way back": (f"return {KIND}, F.l1_loss(G(x, t), x)", "asks for no change"),
    "against the fake": (f"return {KIND}, F.l1_loss(G(G(x, t), y), G(x, t))", "compared with the fake. Compare"),
    "own label": (f"return {KIND}, F.l1_loss(G(G(x, y), y), x)", "own label to its own label"),
    "identity": (f"return {KIND}, F.l1_loss(G(x, y), x)", "this is the identity"),
    "other order": (f"return {KIND}, F.l1_loss(G(G(x, y), t), x)", "wrong order"),
    "L2": (f"return {KIND}, F.mse_loss(G(G(x, t), y), x)", "squared differences"),
    "sum of pixels": (f"return {KIND}, (G(G(x, t), y) - x).abs().sum()", "reconstruction: this is a sum"),
    "weighted": (f"return {KIND}, 10 * {BACK}", "weight is in it"),
    "exchanged": (f"return {BACK}, {KIND}", "in this order"),
    "cut": (f"return {KIND}, F.l1_loss(G(G(x, t).detach(), y), x)", "cut off before it is brought back"),
    "judge asleep": (f"return F.cross_entropy(c(G(x, t).detach()), t), {BACK}", "carries no gradient"),
    "numbers": (f"return {KIND}.item(), {BACK}.item()", "classification loss is a float"),
}
STAR_RIGHT = {
    "library": f"return {KIND}, {BACK}",
    "by hand": (
        "fake = G(x, t); log_p = c(fake).log_softmax(1)\n"
        "    return -log_p.gather(1, t[:, None]).mean(), (G(fake, y) - x).abs().mean()"
    ),
    "a list": f"return [F.nll_loss(F.log_softmax(c(G(x, t)), dim=1), t), {BACK}]",
    "modules": "f = G(x, t); return nn.CrossEntropyLoss()(c(f), t), nn.L1Loss()(x, G(f, y))",
}

ALL = {
    "cycle_loss": ("G, H, a, b", CYCLE_WRONG, CYCLE_RIGHT),
    "identity_loss": ("G, H, a, b", IDENTITY_WRONG, IDENTITY_RIGHT),
    "least_squares_loss": ("D, r, f", PATCH_WRONG, PATCH_RIGHT),
    "exchange": ("past, fake, size", BUFFER_WRONG, BUFFER_RIGHT),
    "inverse_permutation": ("pi", INVERSE_WRONG, INVERSE_RIGHT),
    "stargan_losses": ("G, c, x, y, t", STAR_WRONG, STAR_RIGHT),
}
BANK = Bank(ALL, torch=torch, np=np, F=F, nn=nn, random=random)
test_wrong_answers_get_the_diagnosis_that_fits, test_right_answers_pass = BANK.tests()


def test_no_false_alarm_in_many_runs():
    for _ in range(3):
        assert all(BANK.passes(*right) for right in BANK.right.values())


def test_no_diagnosis_fits_two_mistakes():
    """Each mistaken formula has values of its own, so the first that fits is the one that was made."""
    translators = [(*cycles._translators(weights), cycles.A, cycles.B) for weights in cycles.WEIGHTS]
    judges = [(patch_scores.PatchJudge(w), patch_scores.REAL, patch_scores.FAKE) for w in patch_scores.WEIGHTS]
    for right, mistakes, cases in (
        (cycles._cycle, cycles._CYCLE_MISTAKES, translators),
        (cycles._identity, cycles._IDENTITY_MISTAKES, translators),
        (patch_scores._patches, patch_scores._MISTAKES, judges),
        (many_domains._classification, many_domains._CLASSIFICATION_MISTAKES, many_domains.CASES),
        (many_domains._reconstruction, many_domains._RECONSTRUCTION_MISTAKES, many_domains.CASES),
    ):
        values = torch.tensor([[formula(*case).item() for case in cases] for formula in (right, *mistakes.values())])
        apart = torch.cdist(values, values) + torch.eye(len(values))
        assert apart.min() > 1e-3
