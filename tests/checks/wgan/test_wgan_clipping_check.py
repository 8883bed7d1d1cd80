"""The check of weight clipping knows the mistakes and refuses no right answer."""

import pytest
from wgan_answers import STUB, accepted, answer, earned, never_alarmed, refused

from ganlib.checks import wgan

PART = "clip_weights"
EACH = "for p in critic.parameters():\n    "
WRONG = {
    "stub": (STUB, "still raises NotImplementedError"),
    "pass": ("pass", "the weights are as before"),
    "not in place": (EACH + "p.clamp(-c, c)", "A clamp returns a new tensor"),
    "a new name": (EACH + "p = p.clamp(-c, c)", "A clamp returns a new tensor"),
    "recorded": (EACH + "p.clamp_(-c, c)", r"clip under torch.no_grad\(\)"),
    "copied, recorded": (EACH + "p.copy_(p.clamp(-c, c))", r"clip under torch.no_grad\(\)"),
    "upper side": (EACH + "p.data.clamp_(max=c)", "only the upper side"),
    "lower side": (EACH + "p.data.clamp_(min=-c)", "only the lower side"),
    "from 0": (EACH + "p.data.clamp_(0, c)", r"not \[0, c\]"),
    "positive": (EACH + "p.data.abs_().clamp_(max=c)", "lost their sign"),
    "always 0.01": (EACH + "p.data.clamp_(-0.01, 0.01)", "c is not used"),
    "to 1": (EACH + "p.data.clamp_(-1, 1)", r"clipped to \[-1, 1\]"),
    "sign": (EACH + "p.data.copy_(c * p.sign())", "moved to the ends"),
    "zeroed": (EACH + "p.data[p.data.abs() > c] = 0", "set to 0"),
    "scaled": (EACH + "p.data.mul_(c / p.data.abs().max())", "scaled by its largest entry"),
    "norm": (EACH + "p.data.mul_(min(1.0, c / p.norm().item()))", "scaled to the norm c"),
    "times c": (EACH + "p.data.mul_(c)", "multiplied by c"),
    "tanh": (EACH + "p.data.copy_(c * p.tanh())", r"c \* tanh\(w\)"),
    "smooth": (EACH + "p.data.copy_(c * (p / c).tanh())", r"tanh\(w / c\)"),
    "clips gradients": ("torch.nn.utils.clip_grad_value_(critic.parameters(), c)", "the gradients were clipped"),
    "clips gradients' norm": ("torch.nn.utils.clip_grad_norm_(critic.parameters(), c)", "the gradients were clipped"),
    "weights, no biases": (
        "for name, p in critic.named_parameters():\n    if 'weight' in name: p.data.clamp_(-c, c)",
        r"some weights are not clipped, here scale, shift, layers.0.bias",
    ),
    "layers only": (
        "for m in critic.modules():\n"
        "    if isinstance(m, (nn.Conv2d, nn.Linear)): m.weight.data.clamp_(-c, c); m.bias.data.clamp_(-c, c)",
        "some weights are not clipped, here scale, shift, layers.1.weight, layers.1.bias",
    ),
    "first layer only": (
        "for p in list(critic.layers[0].parameters()): p.data.clamp_(-c, c)",
        "some weights are not clipped, here scale",
    ),
    "trainable only": (
        EACH + "if p.requires_grad: p.data.clamp_(-c, c)",
        "some weights are not clipped, here shift",
    ),
    "matrices only": (EACH + "if p.dim() > 1: p.data.clamp_(-c, c)", "some weights are not clipped, here scale"),
    "as if a list": ("for layer in critic: layer.weight.data.clamp_(-c, c)", r"go through critic.parameters\(\)"),
    "a layer by name": ("critic.net[0].weight.data.clamp_(-c, c)", r"by any name: go through critic.parameters\(\)"),
    "a weight for each child": ("for layer in critic.children(): layer.weight.data.clamp_(-c, c)", "have no weight"),
    "new parameters": (
        "for m in critic.modules():\n    for name, p in list(m.named_parameters(recurse=False)):\n"
        "        setattr(m, name, nn.Parameter(p.detach().clamp(-c, c), requires_grad=p.requires_grad))",
        "the critic has new parameters",
    ),
    "buffers too": ("for t in critic.state_dict().values():\n    t.clamp_(-c, c)", "a buffer was clipped"),
    "clears gradients": (EACH + "p.data.clamp_(-c, c); p.grad = None", "leave their .grad alone"),
    "freezes": (EACH + "p.requires_grad_(False); p.clamp_(-c, c)", "requires_grad of a weight"),
    "one argument": (EACH + "p.data.clamp_(-c, c)", "it is called as clip_weights", "def clip_weights(critic):"),
    "no default": (EACH + "p.data.clamp_(-c, c)", "it is called as clip_weights", "def clip_weights(critic, c):"),
    "default 1": (EACH + "p.data.clamp_(-c, c)", "c = 0.01 is the default", "def clip_weights(critic, c=1.0):"),
    "default 0.1": (EACH + "p.data.clamp_(-c, c)", "c = 0.01 is the default", "def clip_weights(critic, c=0.1):"),
}  # fmt: skip
RIGHT = {
    "no_grad": "with torch.no_grad():\n    for p in critic.parameters(): p.clamp_(-c, c)",
    "data": EACH + "p.data.clamp_(-c, c)",
    "data set anew": EACH + "p.data = p.data.clamp(min=-c, max=c)",
    "min and max": "with torch.no_grad():\n    for p in critic.parameters(): p.copy_(p.clamp(min=-c).clamp(max=c))",
    "each module": "critic.apply(lambda m: [p.data.clamp_(-c, c) for p in m.parameters(recurse=False)])\nreturn critic",
    "foreach": "with torch.no_grad():\n    torch._foreach_clamp_max_(w := list(critic.parameters()), c)\n"
    "    torch._foreach_clamp_min_(w, -c)",
    "inference": EACH + "p.detach().clamp_(-c, c)",
}


def clip_weights(text, head="def clip_weights(critic, c=0.01):"):
    return answer(head, text)


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_wrong_clipping_gets_the_diagnosis_that_fits(wrong):
    text, diagnosis, *head = wrong
    refused(wgan.clip_weights, PART, clip_weights(text, *head), diagnosis)


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_right_clipping_passes(text, capsys):
    accepted(wgan.clip_weights, PART, clip_weights(text), capsys)


@pytest.mark.slow
def test_no_false_alarm():
    never_alarmed(PART, [clip_weights(text) for text in RIGHT.values()])


@pytest.mark.parametrize("name", ["stub", "pass", "not in place"])
def test_a_stub_earns_nothing(name):
    assert earned(PART, clip_weights(WRONG[name][0])) == 0
