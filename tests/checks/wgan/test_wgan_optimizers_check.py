"""The check of the optimizers knows the mistakes and refuses no right answer."""

import pytest
from torch.optim import SGD, Adagrad, Adam, AdamW, RMSprop
from wgan_answers import STUB, accepted, answer, earned, never_alarmed, refused

from ganlib.checks import wgan

PART = "optimizers"
RMS, ADAM = "RMSprop({}, lr=5e-5)", "Adam({}, lr=1e-4, betas=(0.0, 0.9))"
G, C = "generator.parameters()", "critic.parameters()"


def both(clipping=RMS, penalty=ADAM, g=G, c=C):
    return (
        f"if penalty:\n    return {penalty.format(g)}, {penalty.format(c)}\n"
        f"return {clipping.format(g)}, {clipping.format(c)}"
    )  # fmt: skip


def adam(lr="1e-4", betas="0.0, 0.9", extra=""):
    return both(penalty=f"Adam({{}}, lr={lr}, betas=({betas}){extra})")


WRONG = {
    "stub": (STUB, "still raises NotImplementedError"),
    "no return": (both().replace("return ", ""), "returned None"),
    "one optimizer": ("return RMSprop([*generator.parameters(), *critic.parameters()], lr=5e-5)", "expected two opt"),
    "a dictionary": ("return {'g': RMSprop(generator.parameters())}", "expected two optimizers"),
    "both players in both": (both(g=f"[*{G}, *{C}]", c=f"[*{G}, *{C}]"), "optimizer_g also moves the other player"),
    "the critic's moves both": (both(c=f"[*{G}, *{C}]"), "optimizer_c also moves the other player"),
    "swapped": (both(g=C, c=G), "the pair is in the wrong order"),
    "both the critic's": (both(g=C), "optimizer_g also moves the other player"),
    "a part of the critic": (both(c="list(critic.parameters())[:2]"), r"optimizer_c holds 2 of its player's 4"),
    "weights only": (both(g="[p for p in generator.parameters() if p.dim() > 1]"), "optimizer_g holds 2 of its"),
    # clipping
    "Adam for both": (both(clipping=ADAM), r"not RMSprop .*it is Adam with betas \(0, 0.9\)"),
    "the flag turned round": (both(ADAM, RMS), r"not RMSprop .*it is Adam with betas \(0, 0.9\)"),
    "DCGAN's Adam": (both(*["Adam({}, 2e-4, betas=(0.5, 0.999))"] * 2), "it is DCGAN's Adam"),
    "Adam 5e-5": (both(clipping="Adam({}, lr=5e-5)"), "it is Adam with PyTorch's betas"),
    "momentum": (both(clipping="RMSprop({}, lr=5e-5, momentum=0.9)"), "it has momentum 0.9"),
    "half momentum": (both(clipping="RMSprop({}, lr=5e-5, momentum=0.5)"), "it has momentum 0.5"),
    "a little momentum": (both(clipping="RMSprop({}, lr=5e-5, momentum=0.1)"), "its rule or a setting"),
    "centred": (both(clipping="RMSprop({}, lr=5e-5, centered=True)"), "the centred RMSprop"),
    "alpha": (both(clipping="RMSprop({}, lr=5e-5, alpha=0.9)"), "its alpha is 0.9"),
    "RMSprop's own rate": (both(clipping="RMSprop({})"), "optimizer_g has the right rule and learning rate 0.01"),
    "rate of the penalty": (both(clipping="RMSprop({}, lr=1e-4)"), "learning rate 0.0001; expected is RMSprop"),
    "five times as fast": (both(clipping="RMSprop({}, lr=5e-4)"), "learning rate 0.0005; expected is RMSprop"),
    "SGD": (both(clipping="SGD({}, lr=5e-5)"), "plain gradient descent"),
    "Adagrad": (both(clipping="Adagrad({}, lr=5e-5)"), "its rule or a setting"),
    "weight decay": (both(clipping="RMSprop({}, lr=5e-5, weight_decay=0.1)"), "such as weight_decay"),
    "goes up": (both(clipping="RMSprop({}, lr=5e-5, maximize=True)"), r"goes up the slope"),
    "only the critic's rate": (
        both().replace("RMSprop(critic.parameters(), lr=5e-5)", "RMSprop(critic.parameters(), lr=1e-3)"),
        "optimizer_c has the right rule and learning rate 0.001",
    ),
    # the penalty
    "RMSprop for both": (both(penalty=RMS), "not Adam .*it is RMSprop, the recipe of clipping"),
    "Adam's own betas": (both(penalty="Adam({}, lr=1e-4)"), r"its betas are PyTorch's"),
    "DCGAN's betas": (adam(betas="0.5, 0.999"), r"its betas are \(0.5, 0.999\)"),
    "betas of many repositories": (adam(betas="0.5, 0.9"), r"its betas are \(0.5, 0.9\)"),
    "beta_2 forgotten": (adam(betas="0.0, 0.999"), r"its betas are \(0, 0.999\)"),
    "betas turned round": (adam(betas="0.9, 0.0"), "wrong order"),
    "both 0.9": (adam(betas="0.9, 0.9"), r"its betas are \(0.9, 0.9\)"),
    "an integer": (adam(betas="0, 0.9"), "PyTorch wants two floats"),
    "DCGAN's rate": (adam(lr="2e-4"), "learning rate 0.0002; expected is Adam"),
    "Adam's own rate": (adam(lr="1e-3"), "learning rate 0.001; expected is Adam"),
    "rate of clipping": (adam(lr="5e-5"), "learning rate 5e-05; expected is Adam"),
    "amsgrad": (adam(extra=", amsgrad=True"), "its rule or a setting"),
    "decoupled decay": (both(penalty="AdamW({}, lr=1e-4, betas=(0.0, 0.9), weight_decay=0.1)"), "its rule or a"),
    "SGD with the penalty": (both(penalty="SGD({}, lr=1e-4)"), "not Adam .*plain gradient descent"),
    "no flag": (both(), "it is called as optimizers", "def optimizers(generator, critic):"),
}  # fmt: skip
RIGHT = {
    "by name": both(),
    "lists": both(g=f"list({G})", c=f"list({C})"),
    "groups": both(g=f"[{{'params': {G}}}]", c=f"[{{'params': list({C})[:2]}}, {{'params': list({C})[2:]}}]"),
    "settings spelt out": both(
        "RMSprop({}, lr=0.00005, alpha=0.99, momentum=0.0, centered=False)", "Adam({}, 0.0001, (0.0, 0.9), eps=1e-8)"
    ),
    "AdamW without decay": both(penalty="AdamW({}, lr=1e-4, betas=(0.0, 0.9), weight_decay=0.0)"),
    "one at a time": both("RMSprop({}, lr=5e-5, foreach=False)", "Adam({}, lr=1e-4, betas=(0.0, 0.9), foreach=False)"),
    "a function": (
        "new = (lambda p: Adam(p, lr=1e-4, betas=(0.0, 0.9))) if penalty else (lambda p: RMSprop(p, lr=5e-5))\n"
        "return [new(player.parameters()) for player in (generator, critic)]"
    ),
}


def optimizers(text, head="def optimizers(generator, critic, penalty):"):
    return answer(head, text, Adam=Adam, AdamW=AdamW, RMSprop=RMSprop, SGD=SGD, Adagrad=Adagrad)


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_wrong_optimizers_get_the_diagnosis_that_fits(wrong):
    text, diagnosis, *head = wrong
    refused(wgan.optimizers, PART, optimizers(text, *head), diagnosis)


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_right_optimizers_pass(text, capsys):
    accepted(wgan.optimizers, PART, optimizers(text), capsys)


@pytest.mark.slow
def test_no_false_alarm():
    never_alarmed(PART, [optimizers(text) for text in RIGHT.values()])


@pytest.mark.parametrize("name", ["stub", "no return", "DCGAN's Adam"])
def test_a_stub_and_the_optimizers_of_dcgan_earn_nothing(name):
    assert earned(PART, optimizers(WRONG[name][0])) == 0
