"""The parts of the assignment: their points, what a submission earns, and that judging leaves no trace."""

import json
import random

import numpy as np
import pytest
import torch
from test_wgan_clipping_check import clip_weights
from test_wgan_critic_check import critic as critic_text
from test_wgan_critic_check import made as critic_class
from test_wgan_loop_check import loop, training_loop
from test_wgan_losses_check import critic_loss, generator_loss
from test_wgan_optimizers_check import both, optimizers
from test_wgan_penalty_check import WRONG as PENALTY_WRONG
from test_wgan_penalty_check import body, gradient_penalty
from test_wgan_steps_check import HEADS, critic, generator
from wgan_answers import STUB, answer

from ganlib import checks
from ganlib.checks import wgan
from ganlib.checks.core import CheckFailed
from ganlib.checks.wgan.part import Draw, Part, Property, undisturbed


def submission(**changed):
    """A right submission, all in one namespace as a notebook has it; ``changed`` texts replace functions."""
    texts = {"critic_step": critic(), "generator_step": generator()}
    namespace = {
        "torch": torch,
        "Critic": critic_class(critic_text()),
        "critic_loss": critic_loss("return f.mean() - r.mean()"),
        "generator_loss": generator_loss("return -f.mean()"),
        "clip_weights": clip_weights("for p in critic.parameters(): p.data.clamp_(-c, c)"),
        "optimizers": optimizers(both()),
        "gradient_penalty": gradient_penalty(body()),
        "training_loop": training_loop(loop()),
    } | changed
    for name, text in texts.items():
        if name not in changed:
            exec(f"{HEADS[name]}\n    " + text.replace("\n", "\n    "), namespace)
    return namespace


def earned(namespace, seed=5):
    marks = {name: part.run(namespace, seed) for name, part in wgan.PARTS.items()}
    return {name: sum(mark.earned for mark in of_part) for name, of_part in marks.items()}


def test_the_points_are_whole_and_sum_to_100():
    assert sum(part.points for part in wgan.PARTS.values()) == 100
    for name, part in wgan.PARTS.items():
        assert part.names_needed == (name,)
        assert all(isinstance(each.points, int) and each.points > 0 for each in part.properties)
        assert len({each.name for each in part.properties}) == len(part.properties)


def test_every_part_has_its_check_and_most_are_at_hand_in_checks():
    for name in wgan.PARTS:
        assert callable(getattr(wgan, name.lower()))
    for name in set(wgan.PARTS) - {"generator_loss"}:
        assert getattr(checks, name.lower()) is getattr(wgan, name.lower())
    assert checks.generator_loss is not wgan.generator_loss  # chapter 02's: -log D(G(z))


@pytest.mark.parametrize("seed", [0, 1, 2**63 - 1])
def test_a_right_submission_earns_every_point(seed):
    assert earned(submission(), seed) == {name: part.points for name, part in wgan.PARTS.items()}


def test_an_empty_submission_and_stubs_earn_nothing():
    assert set(earned({}).values()) == {0}
    stubs = {name: answer(f"def {name}(*args, **kwargs):", STUB) for name in wgan.PARTS}
    zeros = {name: answer(f"def {name}(*args, **kwargs):", "return torch.zeros(())") for name in wgan.PARTS}
    assert set(earned(stubs).values()) == {0}
    assert set(earned(zeros).values()) == {0}
    assert set(earned(dict.fromkeys(wgan.PARTS)).values()) == {0}


def test_marks_can_be_written_as_json():
    for part in wgan.PARTS.values():
        for name, got, possible, diagnosis in json.loads(json.dumps(part.run(submission(), 3))):
            assert (got, diagnosis) == (possible, "") and isinstance(name, str)


def test_a_mistake_in_an_earlier_part_costs_its_points_once():
    wrong = submission(gradient_penalty=gradient_penalty(PENALTY_WRONG["lambda inside"][0]))
    own = wrong["gradient_penalty"]
    assert earned(wrong)["critic_step"] == wgan.PARTS["critic_step"].points
    assert earned(wrong)["gradient_penalty"] < wgan.PARTS["gradient_penalty"].points / 2
    assert wrong["gradient_penalty"] is own  # as it was
    missing = submission()
    del missing["gradient_penalty"], missing["critic_loss"], missing["generator_loss"]
    assert earned(missing)["critic_step"] == wgan.PARTS["critic_step"].points
    assert "gradient_penalty" not in missing


def test_the_learner_is_told_of_the_earlier_mistake():
    wrong = submission(gradient_penalty=gradient_penalty(PENALTY_WRONG["lambda inside"][0]))
    with pytest.raises(CheckFailed, match="is lambda inside gradient_penalty as well"):
        wgan.critic_step(wrong["critic_step"])


def test_the_learner_is_told_which_earlier_part_is_missing():
    unwritten = submission(gradient_penalty=answer("def gradient_penalty(critic, real, fake):", STUB))
    with pytest.raises(CheckFailed, match=r"^gradient_penalty still raises NotImplementedError"):
        wgan.critic_step(unwritten["critic_step"])


def test_other_seeds_give_other_data():
    """An answer that has learned the expected values of one seed by heart is caught with another."""
    seen = {}

    def recite(critic, real, fake):
        return seen.setdefault(len(seen), critic(real).sum())

    def values(seed):
        seen.clear()
        wgan.PARTS["gradient_penalty"].run({"gradient_penalty": recite}, seed)
        return [round(float(value.detach()), 5) for value in seen.values()]

    assert values(1) == values(1)
    assert not set(values(1)) & set(values(2))


def test_points_for_leaving_things_alone_need_one_property_that_was_asked():
    def fails(answer, draw):
        raise CheckFailed("wrong")

    idle = Part("f", asked=(Property("a", 3, fails),), kept=(Property("b", 2, lambda answer, draw: None),))
    assert [mark.earned for mark in idle.run({"f": abs}, 0)] == [0, 0]
    half = Part("f", asked=(Property("c", 1, lambda *_: None), *idle.asked), kept=idle.kept)
    assert [mark.earned for mark in half.run({"f": abs}, 0)] == [1, 0, 2]


@pytest.mark.parametrize("error", [SystemExit(3), MemoryError("much"), RecursionError("deep"), StopIteration()])
def test_whatever_an_answer_raises_is_a_diagnosis(error):
    def raises(*args, **kwargs):
        raise error

    for name, part in wgan.PARTS.items():
        marks = part.run({name: raises}, 0)
        assert sum(mark.earned for mark in marks) == 0
        assert type(error).__name__ in marks[0].diagnosis or "the data came to its end" in marks[0].diagnosis


@pytest.mark.parametrize("seed", range(3))
def test_every_part_has_a_canary_that_loses_points(seed):
    assert set(wgan.CANARIES) == set(wgan.PARTS)
    for name, wrong in wgan.CANARIES.items():
        for namespace in wrong:
            marks = wgan.PARTS[name].run(namespace, seed)
            assert sum(mark.earned for mark in marks) < wgan.PARTS[name].points
            assert not any("stopped with" in mark.diagnosis for mark in marks)


def state():
    return (
        torch.get_rng_state().tolist(),
        random.getstate(),
        np.random.get_state()[1].tolist(),
        torch.get_default_dtype(),
        torch.is_grad_enabled(),
        torch.rand(1, device="cpu").device,
    )


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("gradients", [True, False])
def test_judging_leaves_no_trace(dtype, gradients):
    meddles = (
        "import random, numpy as np\ntorch.manual_seed(1); random.seed(1); np.random.seed(1)\n"
        "torch.set_default_dtype(torch.float64); torch.set_grad_enabled(False)\n"
    )
    default = torch.get_default_dtype()
    try:
        torch.set_default_dtype(dtype)
        with torch.set_grad_enabled(gradients):
            for name, part in wgan.PARTS.items():
                head = f"def {name}(*args, **kwargs):"
                torch.manual_seed(7)
                before = state()
                torch.manual_seed(7)
                part.run(submission() | {name: answer(head, meddles)}, 11)
                part.run(submission(), 11)
                assert state() == before
    finally:
        torch.set_default_dtype(default)


def test_draws_are_those_of_their_seed_and_of_no_other_stream():
    torch.manual_seed(1)
    first = Draw(3).normal(4), Draw(3).uniform(1, 2), Draw(3).integer(0, 9)
    with undisturbed(5):
        torch.rand(7)
        assert torch.equal(Draw(3).normal(4), first[0])
        assert (Draw(3).uniform(1, 2), Draw(3).integer(0, 9)) == first[1:]
    assert not torch.equal(Draw(4).normal(4), first[0])
    assert 1 <= first[1] <= 2
    assert {Draw(seed).integer(2, 4) for seed in range(50)} == {2, 3, 4}
