"""The check of the critic knows the mistakes and refuses no right class."""

import pytest
from wgan_answers import STUB, accepted, answer, earned, never_alarmed, refused

from ganlib.checks import wgan
from ganlib.models import DCGANDiscriminator

PART = "Critic"
HEAD = "class Critic(nn.Module):"
INIT = "def __init__(self, size=32, channels=3, width=16):"
FORWARD = "def forward(self, x):"
END = "nn.Conv2d(c, 1, 4), nn.Flatten(0)"
INSTANCE = "nn.InstanceNorm2d(c, affine=True)"


def critic(norm=INSTANCE, last=END, forward="return self.net(x)", bias="False", extra="", inputs="channels"):
    """A critic in the style of DCGAN, the side halved down to 4."""
    init = (
        f"{INIT}\n    super().__init__()\n    c, side, layers = width, size // 2, "
        f"[nn.Conv2d({inputs}, width, 4, 2, 1), nn.LeakyReLU(0.2)]\n"
        f"    while side > 4:\n"
        f"        layers.append(nn.Conv2d(c, 2 * c, 4, 2, 1, bias={bias})); c, side = 2 * c, side // 2\n"
        f"        layers += [{norm}, nn.LeakyReLU(0.2)]\n"
        f"    self.net = nn.Sequential(*layers, {last})\n{extra}"
    )
    return f"{init}\n{FORWARD}\n    {forward}"


WRONG = {
    "stub": (f"{INIT}\n    raise NotImplementedError", "still raises NotImplementedError"),
    "pass": ("pass", "with these three names"),
    "no layers": (
        f"{INIT}\n    super().__init__()\n{FORWARD}\n    return x.flatten(1).sum(1)",
        "no weights that can learn",
    ),
    "layers in forward": (
        f"{INIT}\n    super().__init__(); self.c = channels\n{FORWARD}\n"
        "    return nn.Conv2d(self.c, 1, x.shape[2])(x).flatten()",
        "no weights that can learn",
    ),
    "a list of layers": (
        f"{INIT}\n    super().__init__()\n"
        "    self.layers = [nn.Flatten(), nn.Linear(channels * size * size, 1)]\n"
        f"{FORWARD}\n    for layer in self.layers: x = layer(x)\n    return x",
        "no weights that can learn",
    ),
    # the end
    "sigmoid": (critic(last=f"{END}, nn.Sigmoid()"), "between 0 and 1, as after a sigmoid"),
    "sigmoid in forward": (critic(forward="return torch.sigmoid(self.net(x))"), "as after a sigmoid"),
    "softmax": (critic(forward="return self.net(x).softmax(0)"), "between 0 and 1"),
    "tanh": (critic(forward="return self.net(x).tanh()"), "bent at the end, as by tanh"),
    "clamp": (critic(forward="return self.net(x).clamp(-1, 1)"), "bent at the end, as by tanh, clamp"),
    "relu": (critic(last=f"{END}, nn.ReLU()"), "never negative, as after ReLU"),
    "softplus": (critic(forward="return F.softplus(self.net(x))"), "never negative, .*softplus"),
    "log-sigmoid": (critic(forward="return F.logsigmoid(self.net(x))"), "never positive, .*log-sigmoid"),
    "leaky relu last": (critic(last=f"{END}, nn.LeakyReLU(0.2)"), "bent at the end, .*LeakyReLU"),
    "squared": (critic(forward="return self.net(x).square()"), "never negative"),
    # the samples
    "batch norm": (critic(norm="nn.BatchNorm2d(c)"), r"depends on the rest of its batch \(BatchNorm2d\)"),
    "batch norm without statistics": (
        critic(norm="nn.BatchNorm2d(c, track_running_stats=False)"),
        r"rest of its batch \(BatchNorm2d\)",
    ),
    "one batch norm of many": (
        critic(last="nn.Flatten(), nn.BatchNorm1d(16 * c), nn.Linear(16 * c, 1)"),
        r"\(BatchNorm1d\)",
    ),
    "batch norm at the end": (critic(last=f"{END}, nn.Unflatten(0, (-1, 1)), nn.BatchNorm1d(1)"), r"\(BatchNorm1d\)"),
    "a norm by hand over the batch": (
        critic(forward="x = self.net[:2](x); x = (x - x.mean(0)) / (x.std(0) + 1e-5); return self.net[2:](x)"),
        "depends on the rest of its batch: their",
    ),
    "centred scores": (critic(forward="s = self.net(x); return s - s.mean()"), "the rest of its batch: their"),
    "minibatch feature": (
        critic(forward="return self.net(x) + x.std(0).mean()"),
        "depends on the rest of its batch: their",
    ),
    "both left": (critic(norm="nn.BatchNorm2d(c)", last=f"{END}, nn.Sigmoid()"), "as after a sigmoid"),
    # the shape
    "a map": (critic(last="nn.Conv2d(c, 1, 3, padding=1)"), r"scores of shape \(\d, 1, 4, 4\), expected"),
    "a fixed layer norm": (
        critic(norm="nn.LayerNorm([c, side, side]) if size == 32 else nn.LayerNorm([c, 8, 8])"),
        "layer norm's shape does not fit this size",
    ),
    "three halvings": (
        critic(last="nn.Conv2d(c, 1, 4), nn.Flatten(0)").replace("side > 4", "side > size // 8"),
        r"scores of shape \(\d+,\), expected \(\d,\) or \(\d, 1\)\. Halve until the side is 4",
    ),
    "not flat": (critic(last="nn.Conv2d(c, 1, 4)"), r"scores of shape \(\d, 1, 1, 1\), expected"),
    "two scores": (critic(last="nn.Flatten(), nn.Linear(16 * c, 2)"), r"scores of shape \(\d, 2\), expected"),
    "averaged": (critic(forward="return self.net(x).mean()"), r"scores of shape \(\), expected"),
    "squeezed": (critic(last="nn.Conv2d(c, 1, 4)", forward="return self.net(x).squeeze()"), r"not squeeze\(\)"),
    "no return": (critic(forward="self.net(x)"), "forward returns NoneType"),
    "a pair": (critic(forward="return self.net(x), x"), "forward returns tuple"),
    "three channels always": (critic(inputs="3"), "use the argument channels"),
    "one size only": (
        f"{INIT}\n    super().__init__()\n    self.net = nn.Sequential(nn.Conv2d(channels, width, 4, 2, 1), "
        f"nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(width * 16 * 16, 1))\n{FORWARD}\n    return self.net(x)",
        "does not fit this size",
    ),
    "halved too often": (critic().replace("while side > 4", "while side > 2"), "too many halvings for this size"),
    "no arguments": (
        critic(inputs="3").replace(INIT, "def __init__(self):").replace("width", "16").replace("size", "32"),
        "with these three names",
    ),
    "other names": (critic().replace("channels", "nc"), "with these three names"),
    "no defaults": (critic().replace(INIT, "def __init__(self, size, channels, width):"), "with these three names"),
    "no super": (critic().replace("super().__init__()", "pass"), r"super\(\).__init__\(\) comes first"),
    "no __init__ of the module": (
        f"{INIT} self.c = channels\n{FORWARD}\n    return x.flatten(1).sum(1)",
        r"super\(\).__init__\(\) comes first",
    ),
    "instance norm on one pixel": (
        critic(last="nn.Conv2d(c, c, 4), nn.InstanceNorm2d(c), nn.Conv2d(c, 1, 1), nn.Flatten(0)"),
        "an instance norm stands where",
    ),
    # learning
    "constant": (critic(forward="return 0 * self.net(x) + self.net[-2].bias"), "does not depend on the picture"),
    "layer norm of one score": (
        critic(last="nn.Flatten(), nn.Linear(16 * c, 1), nn.LayerNorm(1)"),
        "does not depend on the picture",
    ),
    "detached": (critic(forward="return self.net[2:](self.net[:2](x).detach())"), "the graph is cut: no detach"),
    "under no_grad": (
        critic(forward="with torch.no_grad():\n        h = self.net[:2](x)\n    return self.net[2:](h)"),
        "the graph is cut: no detach",
    ),
    "an unused layer": (critic(extra="    self.fc = nn.Linear(3, 1)\n"), "no gradient reaches fc.weight, fc.bias"),
    "a frozen layer": (
        critic(extra="    self.net[0].requires_grad_(False)\n"),
        "net.0.weight, net.0.bias: requires_grad is off",
    ),
    "numbers": (critic(forward="return torch.tensor(self.net(x).tolist())"), "the scores carry no gradient"),
    "an error of its own": (critic(forward="return self.main(x)"), "stopped with AttributeError"),
}  # fmt: skip
RIGHT = {
    "instance norm": critic(),
    "plain instance norm": critic(norm="nn.InstanceNorm2d(c)", bias="True"),
    "layer norm": critic(norm="nn.GroupNorm(1, c)"),
    "layer norm over positions": critic(norm="nn.LayerNorm([c, side, side])"),
    "group norm": critic(norm="nn.GroupNorm(2, c)"),
    "no norm, a linear end": critic(norm="nn.Identity()", bias="True", last="nn.Flatten(), nn.Linear(16 * c, 1)"),
    "view(-1)": critic(last="nn.Conv2d(c, 1, 4, bias=False)", forward="return self.net(x).view(-1)"),
    "squeeze(1)": critic(last="nn.Conv2d(c, 1, 4), nn.Flatten()", forward="return self.net(x).squeeze(1)"),
    "averaged map": critic(last="nn.Conv2d(c, 1, 3, padding=1)", forward="return self.net(x).mean((1, 2, 3))"),
    "dropout": critic(norm="nn.Dropout(0.3)"),
    "spectral norm": critic(norm="nn.Identity()", last="spectral_norm(nn.Conv2d(c, 1, 4)), nn.Flatten(0)"),
    "a small network at the end": critic(
        norm="nn.SiLU()",
        last="nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(c, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1)",
    ),
    "the library's": (
        f"{INIT}\n    super().__init__(); self.d = D(size, channels, width, norm='layer')\n"
        f"{FORWARD}\n    return self.d(x)"
    ),
}


def made(text):
    return answer(HEAD, text, D=DCGANDiscriminator)


@pytest.mark.parametrize(("text", "diagnosis"), WRONG.values(), ids=WRONG)
def test_wrong_critics_get_the_diagnosis_that_fits(text, diagnosis):
    refused(wgan.critic, PART, made(text), diagnosis)


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_right_critics_pass(text, capsys):
    accepted(wgan.critic, PART, made(text), capsys)


@pytest.mark.slow
def test_no_false_alarm():
    never_alarmed(PART, [made(text) for text in RIGHT.values()])


@pytest.mark.parametrize("name", ["stub", "pass", "no layers", "both left"])
def test_a_stub_and_the_critic_of_dcgan_earn_nothing(name):
    assert earned(PART, made(WRONG[name][0])) == 0


@pytest.mark.parametrize(
    ("head", "text", "diagnosis"),
    [
        ("def Critic(size=32, channels=3, width=16):", STUB, "still raises NotImplementedError"),
        (
            "def Critic(size=32, channels=3, width=16):",
            "return lambda x: x.flatten(1).sum(1)",
            "expected a torch.nn.Mod",
        ),
        ("class Critic:", "def __init__(self, size=32, channels=3, width=16): pass", "expected a torch.nn.Module"),
    ],
)
def test_what_is_no_module_earns_nothing(head, text, diagnosis):
    refused(wgan.critic, PART, answer(head, text), diagnosis)
    assert earned(PART, answer(head, text)) == 0
