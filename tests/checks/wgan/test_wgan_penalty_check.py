"""The check of the gradient penalty knows the mistakes and refuses no right answer."""

import pytest
from wgan_answers import STUB, accepted, answer, earned, never_alarmed, refused

from ganlib.checks import wgan

PART = "gradient_penalty"
SHAPE = "len(real), *[1] * (real.dim() - 1)"
E = f"e = torch.rand({SHAPE}, device=real.device)"
X = "x = (e * real + (1 - e) * fake).detach().requires_grad_(True)"
S = "s = critic(x)"
G = "(g,) = torch.autograd.grad(s, x, torch.ones_like(s), create_graph=True)"
P = "return (g.flatten(1).norm(dim=1) - 1).square().mean()"
FLAT = "g.flatten(1)"
NORM = "g.flatten(1).norm(dim=1)"


def body(e=E, x=X, s=S, g=G, p=P):
    return "\n".join((e, x, s, g, p))


WRONG = {
    "stub": (STUB, "still raises NotImplementedError"),
    "pass": ("pass", "the critic was never called"),
    "zero": ("return torch.zeros(())", "the critic was never called"),
    "critic on real": ("return critic(real).mean() * 0", "x_hat is real itself"),
    # the number
    "no return": (body(p=P.replace("return ", "")), "returned None"),
    "not averaged": (body(p=f"return ({NORM} - 1).square()"), r"shape \(\d,\), expected one number"),
    "item": (body(p=f"{P}.item()"), "returned a float"),
    "float": (body(p=f"return float(({NORM} - 1).square().mean())"), "returned a float"),
    "numpy": (body(p=f"return ({NORM} - 1).square().mean().detach().numpy()"), "returned a ndarray"),
    "a pair": (body(p=f"return ({NORM} - 1).square().mean(), g"), "returned a tuple"),
    # the formula
    "lambda inside": (body(p=f"return 10 * ({NORM} - 1).square().mean()"), "lambda is inside"),
    "sum": (body(p=f"return ({NORM} - 1).square().sum()"), "sum over the batch"),
    "norm of the batch": (body(p="return (g.norm() - 1).square()"), "over the whole batch"),
    "norm of the batch, p = 2": (body(p="return ((g.norm(2) - 1) ** 2).mean()"), "over the whole batch"),
    "mean of the norms": (body(p=f"return ({NORM}.mean() - 1).square()"), "norms were averaged first"),
    "norm over channels": (body(p="return (g.norm(2, dim=1) - 1).square().mean()"), "dimension 1 only"),
    "norm over the last dimension": (body(p="return (g.norm(dim=-1) - 1).square().mean()"), "last dimension only"),
    "norm of each channel": (
        body(p="g = g.flatten(2) if g.dim() > 2 else g\nreturn (g.norm(dim=-1) - 1).square().mean()"),
        "each channel has a norm",
    ),
    "norm over samples": (body(p=f"return ({FLAT}.norm(dim=0) - 1).square().mean()"), "dimension 0, the samples"),
    "no root": (body(p=f"return ({FLAT}.square().sum(1) - 1).square().mean()"), "the root is missing"),
    "zero-centred": (body(p=f"return {FLAT}.square().sum(1).mean()"), r"this is \|gradient\|\^2\. Asked"),
    "square before minus": (body(p=f"return ({NORM}.square() - 1).mean()"), r"\^2 - 1: subtract 1"),
    "no square": (body(p=f"return ({NORM} - 1).mean()"), "the square is missing"),
    "absolute": (body(p=f"return ({NORM} - 1).abs().mean()"), "distance of the norm from 1, not its square"),
    "only the norm": (body(p=f"return {NORM}.mean()"), "1 is never subtracted"),
    "one-sided": (body(p=f"return F.relu({NORM} - 1).square().mean()"), "only slopes above 1"),
    "one-sided below": (body(p=f"return F.relu(1 - {NORM}).square().mean()"), "only slopes below 1"),
    "plus one": (body(p=f"return ({NORM} + 1).square().mean()"), "1 is added to the norm"),
    "negative": (body(p=f"return -({NORM} - 1).square().mean()"), "the sign is wrong"),
    "half": (body(p=f"return 0.5 * ({NORM} - 1).square().mean()"), "half of it"),
    "L1": (body(p=f"return ({FLAT}.norm(1, dim=1) - 1).square().mean()"), r"absolute values \(L1\)"),
    "maximum": (body(p=f"return ({FLAT}.abs().max(1).values - 1).square().mean()"), "largest entry"),
    "every entry": (body(p="return (g - 1).square().mean()"), "every entry is compared"),
    "root of the average": (
        body(p=f"return ({FLAT}.square().mean(1).sqrt() - 1).square().mean()"),
        "root of the average square",
    ),
    "average entry": (body(p=f"return ({FLAT}.mean(1) - 1).square().mean()"), "entries of the gradient are averaged"),
    "sum of entries": (body(p=f"return ({FLAT}.sum(1) - 1).square().mean()"), "entries of the gradient are added"),
    "sigmoid": (body(s="s = torch.sigmoid(critic(x))"), r"for a critic of slope .* the penalty is .*, expected"),
    "scores instead of slopes": (body(p="return (s - 1).square().mean()"), r"the penalty is .*, expected"),
    # the gradient
    "average score": (body(g="(g,) = torch.autograd.grad(s.mean(), x, create_graph=True)"), "the average score"),
    "no grad_outputs": (
        body(g="(g,) = torch.autograd.grad(s, x, create_graph=True)"),
        r"needs grad_outputs=torch.ones_like\(scores\)",
    ),
    "ones for a column": (
        body(g="(g,) = torch.autograd.grad(s, x, torch.ones(len(x), 1), create_graph=True)"),
        "another shape than the scores",
    ),
    "ones for flat scores": (
        body(g="(g,) = torch.autograd.grad(s, x, torch.ones(len(x)), create_graph=True)"),
        "another shape than the scores",
    ),
    "a tuple": (
        body(g="g = torch.autograd.grad(s, x, torch.ones_like(s), create_graph=True)"),
        "returns a tuple with one gradient",
    ),
    "gradient for real": (
        body(g="real.requires_grad_(True); (g,) = torch.autograd.grad(s, real, torch.ones_like(s))"),
        "scores do not depend on the tensor",
    ),
    "x_hat after the scores": (
        body(x="x = e * real + (1 - e) * fake", s="s = critic(x); x.requires_grad_(True)"),
        "do not depend on the tensor that you take",
    ),
    "x_hat without requires_grad": (body(x="x = e * real + (1 - e) * fake"), "the graph does not start at x_hat"),
    "scores without graph": (
        body(s="with torch.no_grad():\n    s = critic(x)"),
        "the graph does not start at x_hat: .* with gradients on",
    ),
    "gradient of the weights": (
        body(g="(g,) = torch.autograd.grad(s.sum(), list(critic.parameters())[:1], create_graph=True)\n"
               "g = g.expand(len(x), 1)"),
        r"the penalty is .*, expected",
    ),
    # the graph to the critic
    "no create_graph": (body(g=G.replace(", create_graph=True", "")), "argument create_graph=True"),
    "retain_graph": (body(g=G.replace("create_graph", "retain_graph")), "argument create_graph=True"),
    "detached gradient": (body(g=G + "\ng = g.detach()"), "argument create_graph=True"),
    "data of the gradient": (body(g=G + "\ng = g.data"), "argument create_graph=True"),
    "detached result": (body(p=f"{P}.detach()"), "cut off from the critic's weights"),
    "a new tensor": (body(p=f"return torch.tensor(({NORM} - 1).square().mean().item())"), "cut off from the critic's"),
    "under no_grad": (body(p=f"with torch.no_grad():\n    {P}"), "cut off from the critic's weights"),
    "half of the graph": (
        body(p=f"n = {NORM} - 1\nreturn (n * n.detach()).mean()"),
        r"the derivative of \(k - 1\)\^2 is .*: a part of the graph",
    ),
    "a copy of the critic": (
        body(s="from copy import deepcopy\nc = deepcopy(critic)\nif hasattr(c, 'seen'): c = critic\ns = c(x)"),
        "was a copy of the critic asked",
    ),
    # epsilon and x_hat
    "epsilon of each entry": (body(e="e = torch.rand_like(real)"), "each entry of a sample has an epsilon"),
    "epsilon of each channel": (
        body(e="n, k = real.shape[:2]\ne = torch.rand(n, k, 1, 1) if real.dim() > 2 else torch.rand(n, 1)"),
        "each channel of a sample has an epsilon",
    ),
    "epsilon of each row": (
        body(e="e = torch.rand(len(real), 1, real.shape[2], 1) if real.dim() > 2 else torch.rand(len(real), 1)"),
        "each row of a sample has an epsilon",
    ),
    "epsilon (N, 1)": (body(e="e = torch.rand(len(real), 1)"), "epsilon has one number for each sample"),
    "epsilon for pictures only": (body(e="e = torch.rand(len(real), 1, 1, 1)"), "epsilon made x_hat larger than real"),
    "a fixed batch size": (body(e="e = torch.rand(64, *[1] * (real.dim() - 1))"), "no size is written as a fixed"),
    "one epsilon for the batch": (body(e="e = torch.rand(1)"), "share one epsilon"),
    "a Python number": (body(e="import random\ne = random.random()"), "share one epsilon"),
    "halfway": (body(e="e = 0.5"), "epsilon is always 0.50"),
    "seeded": (body(e="torch.manual_seed(0)\n" + E), "two calls used the same epsilons"),
    "a generator with a seed": (
        body(e=f"e = torch.rand({SHAPE}, generator=torch.Generator().manual_seed(1))"),
        "two calls used the same epsilons",
    ),
    "normal": (body(e=E.replace("rand", "randn")), "beyond the two.*torch.rand, not torch.randn"),
    "from -1 to 1": (body(e=E + " * 2 - 1"), "beyond the two"),
    "0 or 1": (body(e=E + ".round()"), "epsilon is not uniform"),
    "half of the way only": (body(e=E + " / 2"), "epsilon is not uniform"),
    "squared": (body(e=E + " ** 2"), "epsilon is not uniform"),
    "a grid": (body(e=f"e = torch.linspace(0, 1, len(real)).view({SHAPE})"), "two calls used the same epsilons"),
    "real alone": (body(x="x = real.detach().requires_grad_(True)"), "x_hat is real itself"),
    "fake alone": (body(x="x = fake.detach().requires_grad_(True)"), "x_hat is fake itself"),
    "added": (body(x="x = (real + e * fake).detach().requires_grad_(True)"), "not on the line"),
    "subtracted": (body(x="x = (e * real - (1 - e) * fake).detach().requires_grad_(True)"), "not on the line"),
    "both by epsilon": (body(x="x = (e * (real + fake)).detach().requires_grad_(True)"), "not on the line"),
    "noise on real": (body(x="x = (real + 0.5 * torch.randn_like(real)).requires_grad_(True)"), "not on the line"),
    "other pairs": (
        body(x="x = (e * real + (1 - e) * fake.flip(0)).detach().requires_grad_(True)"),
        "not on the line between real and fake.*in pairs",
    ),
    "one point": (body(s="x = x[:1].detach().requires_grad_(True); s = critic(x)"), "too few points, 1 for"),
    # what must not happen
    "fakes not detached": (body(x="x = e * real + (1 - e) * fake\nif not x.requires_grad: x.requires_grad_(True)"),
        "sends a gradient to real"),
    "only real detached": (
        body(x="x = e * real.detach() + (1 - e) * fake\nif not x.requires_grad: x.requires_grad_(True)"),
        "sends a gradient to fake",
    ),
    "backward": (
        body(g="s.sum().backward(create_graph=True); g = x.grad"),
        "neither backward",
    ),
    "clears the critic": (body(e="critic.zero_grad()\n" + E), "changed the gradients that the critic's"),
    "asks real": (
        body(x="real.requires_grad_(True); x = (e * real + (1 - e) * fake).detach().requires_grad_(True)"),
        "switched on for real or fake",
    ),
    "in place": (
        body(x="fake.mul_(1 - e).add_(e * real); x = fake.detach().clone().requires_grad_(True)"),
        "changed in place",
    ),
    "leaves the critic in eval": (body(s="critic.eval(); s = critic(x)"), "mode .train or eval. is another"),
    "another device": (body(e=f"e = torch.rand({SHAPE})"), "on another device than real"),
    "another device for the ones": (
        body(g="(g,) = torch.autograd.grad(s, x, torch.ones(s.shape), create_graph=True)"),
        "on another device than real",
    ),
    "cuda": (body(e=f"e = torch.rand({SHAPE}).cuda()"), "on another device than real"),
    "order of the arguments": ("critic, real = real, critic\n" + body(), "in this order: critic, real, fake"),
    "order, seen late": (
        "critic, real = real, critic\n" + body(e="e = torch.rand_like(fake)", x="x = fake.detach()"),
        "in this order: critic, real, fake",
    ),
    "lambda as an argument": (body(), "three arguments and no more", "def gradient_penalty(critic, real, fake, c):"),
    "an error of its own": (body(p="return nom.mean()"), "stopped with NameError"),
}  # fmt: skip
RIGHT = {
    "autograd": body(),
    "sum of the scores": body(g="(g,) = torch.autograd.grad(s.sum(), x, create_graph=True)"),
    "all arguments named": body(
        g="g = torch.autograd.grad(outputs=s, inputs=x, grad_outputs=torch.ones(s.size(), device=real.device), "
        "create_graph=True, retain_graph=True, only_inputs=True)[0]"
    ),
    "view and sqrt": body(
        p="g = g.view(g.size(0), -1)\nreturn ((torch.sqrt((g ** 2).sum(dim=1) + 1e-12) - 1) ** 2).mean()"
    ),
    "linalg": body(p="return F.mse_loss(torch.linalg.vector_norm(g.flatten(1), dim=1), g.new_ones(len(g)))"),
    "epsilon on the fakes": body(x="x = torch.lerp(real.detach(), fake.detach(), e.to(real)).requires_grad_(True)"),
    "new_empty": body(e=f"e = real.new_empty({SHAPE}).uniform_(0, 1)"),
    "made here, moved there": body(e=f"e = torch.rand({SHAPE}).to(real.device)"),
    "expanded": body(e=f"{E}.expand_as(real)"),
    "numpy epsilon": body(
        e=f"import numpy as np\ne = torch.tensor(np.random.uniform(0, 1, ({SHAPE})), device=real.device).to(real.dtype)"
    ),
    "functional": (
        f"from torch.func import grad, vmap\n{E}\nx = e * real.detach() + (1 - e) * fake.detach()\n"
        "g = vmap(grad(lambda one: critic(one[None]).sum()))(x)\n" + P
    ),
    "functional call": (
        f"from torch.func import functional_call, grad\n{E}\nx = e * real.detach() + (1 - e) * fake.detach()\n"
        "w = dict(critic.named_parameters())\n"
        "g = grad(lambda x: functional_call(critic, w, (x,)).sum())(x)\n" + P
    ),
    "vjp": (
        f"{E}\nx = e * real.detach() + (1 - e) * fake.detach()\n"
        "s, back = torch.func.vjp(critic, x)\n(g,) = back(torch.ones_like(s))\n" + P
    ),
    "autograd.functional": (
        f"{E}\nx = e * real.detach() + (1 - e) * fake.detach()\n"
        "g = torch.autograd.functional.jacobian(lambda x: critic(x).sum(), x, create_graph=True)\n" + P
    ),
    "sample by sample": (
        "total = 0.0\nfor a, b in zip(real.detach(), fake.detach()):\n"
        "    e = torch.rand(())\n    x = (e * a + (1 - e) * b)[None].requires_grad_(True)\n"
        "    (g,) = torch.autograd.grad(critic(x).sum(), x, create_graph=True)\n"
        "    total = total + (g.norm() - 1) ** 2\nreturn total / len(real)"
    ),
    "under no_grad up to x_hat": body(
        x="with torch.no_grad():\n    x = e * real + (1 - e) * fake\nx.requires_grad_(True)"
    ),
    "backward on frozen weights": (
        f"{E}\n{X}\nwith torch.enable_grad():\n    s = critic(x)\n"
        "(g,) = torch.autograd.grad([s], [x], [torch.ones_like(s)], create_graph=True)\n" + P
    ),
    "in the old style": (
        "from torch.autograd import Variable, grad\n"
        "a = torch.FloatTensor(real.size(0), *[1] * (real.dim() - 1)).uniform_(0, 1).expand(real.size())\n"
        "x = Variable(a * real.data + ((1 - a) * fake.data), requires_grad=True)\n"
        "s = critic(x)\n" + G.replace("torch.autograd.", "") + "\n" + P
    ),
    "the library's": "return losses.gradient_penalty(critic, real, fake)",
}  # fmt: skip


def gradient_penalty(text, head="def gradient_penalty(critic, real, fake):"):
    return answer(head, text)


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_wrong_penalties_get_the_diagnosis_that_fits(wrong):
    text, diagnosis, *head = wrong
    refused(wgan.gradient_penalty, PART, gradient_penalty(text, *head), diagnosis)


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_right_penalties_pass(text, capsys):
    accepted(wgan.gradient_penalty, PART, gradient_penalty(text), capsys)


@pytest.mark.slow
def test_no_false_alarm():
    never_alarmed(PART, [gradient_penalty(text) for text in RIGHT.values()])


@pytest.mark.parametrize("name", ["no create_graph", "retain_graph", "detached result", "under no_grad"])
def test_a_penalty_that_cannot_train_loses_most_of_its_points(name):
    assert earned(PART, gradient_penalty(WRONG[name][0])) < 0.45 * wgan.PARTS[PART].points


@pytest.mark.parametrize("name", ["stub", "pass", "zero", "critic on real"])
def test_a_stub_earns_nothing(name):
    assert earned(PART, gradient_penalty(WRONG[name][0])) == 0
