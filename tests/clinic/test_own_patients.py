"""The check of a patient of one's own tells what does not fit, and takes any that does."""

import pytest
import torch

from ganlib import checks, clinic, losses
from ganlib.clinic import Clue, Goal, Setup, subjects
from ganlib.data import toys
from ganlib.losses import AdversarialLoss
from ganlib.models import MLPDiscriminator, MLPGenerator

RING = subjects.mixture(toys.ring(8, radius=2.0, std=0.1), n=500)
FACTS = {
    "complaint": "It jumps about like a flea, and so do its curves.",
    "diagnosis": "high_rate",
    "treatments": ("lower_rates",),
    "tempting": "wait",
    "goals": (Goal("modes", at_least=7),),
    "clue": Clue("loss_g", "It leaps."),
    "reread": ("02", "Why games go round in circles"),
}


def admitted(words="What it was.", result=..., **changes):
    """A patient with these changes of its facts, or of its setup."""
    names = set(changes) & set(FACTS)
    facts = FACTS | {name: changes.pop(name) for name in names}
    settings = {"generator": lambda: MLPGenerator(2, (2,), 8), "discriminator": lambda: MLPDiscriminator((2,), 8)}

    def mine():
        return Setup(RING, **settings | {"lr_d": 0.1, "lr_g": 0.1} | changes) if result is ... else result

    mine.__doc__ = words
    return clinic.patient(**facts)(mine)


def broken_generator():
    raise RuntimeError("out of clusters")


def unwritten():
    """What it was."""
    raise NotImplementedError


upside_down = AdversarialLoss(
    losses.non_saturating.discriminator, lambda logits: -losses.non_saturating.generator(logits)
)
WRONG = {
    "stub": (lambda: clinic.patient(**FACTS)(unwritten), "still raises NotImplementedError"),
    "no decorator": (lambda: unwritten, "expected a function under @clinic.patient"),
    "a setup": (lambda: clinic.find("kofi").setup(), "is a Setup, expected a function under"),
    "no return": (lambda: admitted(result=None), "returned None"),
    "not a setup": (lambda: admitted(result={"lr_d": 0.1}), "returned a dict, expected a Setup"),
    "no docstring": (lambda: admitted(words=""), "docstring is missing"),
    "no complaint": (lambda: admitted(complaint="…"), "complaint is too short"),
    "a complaint that tells": (
        lambda: admitted(complaint="I think that my learning rate too high is the trouble."),
        "complaint names the diagnosis",
    ),
    "an unknown measure": (lambda: admitted(goals=(Goal("beauty", at_least=7),)), "about 'beauty', expected one"),
    "no goals": (lambda: admitted(goals=()), "goals is empty"),
    "a goal without a limit": (lambda: admitted(goals=(Goal("modes"),)), "'modes' has no limit"),
    "no treatments": (lambda: admitted(treatments=()), "treatments is empty"),
    "nothing to mend": (lambda: admitted(treatments=("mend_sign",)), "'mend_sign' finds nothing to mend"),
    "too short": (lambda: admitted(updates=2), "updates = 2, expected more than 5"),
    "an error of its own": (lambda: admitted(generator=broken_generator), "RuntimeError: out of clusters"),
}
RIGHT = {
    "high rates": lambda: admitted(),
    "a flipped sign": lambda: admitted(
        loss=upside_down, diagnosis="flipped_sign", treatments=("mend_sign",), tempting="strengthen_d"
    ),
    "a weak discriminator": lambda: admitted(
        lr_d=1e-5, lr_g=1e-3, diagnosis="weak_d", treatments=("strengthen_d",), goals=(Goal("reverse_kl", at_most=1),)
    ),
    "two treatments": lambda: admitted(treatments=("lower_rates", "average")),
    "of the ward": lambda: clinic.find("kofi"),
}


@pytest.mark.parametrize(("make", "diagnosis"), WRONG.values(), ids=WRONG)
def test_wrong_patients_get_the_diagnosis_that_fits(make, diagnosis):
    with pytest.raises(checks.CheckFailed, match=diagnosis):
        checks.own_patient(make())


@pytest.mark.parametrize("make", RIGHT.values(), ids=RIGHT)
def test_right_patients_pass(make, capsys):
    torch.manual_seed(7)
    assert checks.own_patient(make()) is True
    drawn = torch.rand(1)
    torch.manual_seed(7)
    assert drawn == torch.rand(1)
    assert capsys.readouterr().out.startswith("Correct: ")
