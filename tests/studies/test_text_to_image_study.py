"""The study of text to image: what its variants differ in, what is examined, and the table that it recorded."""

import json

import pytest
import torch

from ganlib import losses, metrics, models, studies
from ganlib.data import captions
from ganlib.data.avatars import CAPTIONED, Attributes, render
from ganlib.gans import ConditionalGAN, MatchingAwareGAN, TwoHeadedGAN
from ganlib.models import CaptionedDiscriminator, CaptionedGenerator, TwoHeadedDiscriminator
from ganlib.models.stored import FOLDER
from ganlib.studies import text_to_image as study
from ganlib.studies.captions_generator import held_out_combinations

COLUMNS = [*CAPTIONED, "all_right", "held_out", "fid", "coverage", "variety"]


@pytest.fixture
def few(monkeypatch):
    """Trainings on few pictures, judged by few captions."""
    data = captions.captioned_avatars(32)
    monkeypatch.setattr(study, "training_data", lambda pictures: data)
    monkeypatch.setattr(study, "JUDGED", 60)
    study.examination.cache_clear()
    yield
    study.examination.cache_clear()


class Painter(torch.nn.Module):
    """A generator that draws what the caption asks for, but for attributes that are set otherwise."""

    latent_dim = 1

    def __init__(self, **wrong):
        super().__init__()
        self.wrong = wrong

    def forward(self, z, y):
        asked = {name: values.clamp_min(0) for name, values in captions.values_of(y).items()}
        return render(self.meant(Attributes.of(len(y), torch.Generator().manual_seed(0), **asked)))

    def meant(self, asked):
        return asked.replace(**self.wrong)


class Learner(Painter):
    """Right about all that training shows, with the wrong hair colour for what is held out."""

    def meant(self, asked):
        new = captions.held_out(asked)
        return asked.replace(hair=torch.where(new, (asked.hair + 1) % 8, asked.hair))


def test_the_variants_differ_in_what_the_discriminator_judges_alone(few):
    trainings = {name: study.trainer(name, seed=3) for name in study.VARIANTS}
    kinds = {name: (type(one.gan), type(one.gan.discriminator)) for name, one in trainings.items()}
    assert kinds == {
        "two kinds of pairs": (study.TwoKinds, CaptionedDiscriminator),
        "three kinds of pairs": (study.ThreeKinds, CaptionedDiscriminator),
        "two heads": (study.TwoHeads, TwoHeadedDiscriminator),
    }
    states = [training.gan.state_dict() for training in trainings.values()]
    for state in states[1:]:
        assert list(state) == list(states[0])
        assert all(torch.equal(tensor, states[0][name]) for name, tensor in state.items())


@pytest.mark.parametrize("variant", study.VARIANTS)
def test_a_row_can_be_had_again_and_disturbs_nothing(few, variant):
    before = torch.get_rng_state()
    one = study.run(variant, 1, updates=2)
    assert torch.equal(torch.get_rng_state(), before)
    torch.rand(1)
    assert one | {"seconds": 0} == study.run(variant, 1, updates=2) | {"seconds": 0}
    assert list(one) == ["variant", "seed", *COLUMNS, "updates", "seconds"] and one["updates"] == 2


@pytest.mark.parametrize(
    ("variant", "plain"),
    [
        ("two kinds of pairs", ConditionalGAN),
        ("three kinds of pairs", MatchingAwareGAN),
        ("two heads", TwoHeadedGAN),
    ],
)
def test_the_penalty_is_all_that_the_study_adds_to_the_paper_s_loss(few, variant, plain):
    gan = study.trainer(variant).gan
    x, y = captions.captioned_avatars(8)
    seen = []
    for one in (gan, plain(gan.generator, gan.discriminator)):
        torch.manual_seed(1)
        seen.append(one.discriminator_loss(x, y))
    penalty = seen[0].pop("r1_penalty")
    torch.testing.assert_close(seen[0], seen[1])
    answers = (lambda x: sum(gan.logits(x, y))) if variant == "two heads" else (lambda x: gan.logits(x, y))
    torch.testing.assert_close(penalty, study.PENALTY * losses.r1_penalty(answers, x))


def test_rates_fall_in_the_second_half(few):
    training = study.trainer("three kinds of pairs", updates=4)
    rates = []
    for _ in training.rounds(4):
        rates.append(training.optimizer_g.param_groups[0]["lr"] / study.LR_G)
    assert rates == pytest.approx([1, 1, 0.5, 0])


def test_unknown_names_are_refused(few):
    with pytest.raises(KeyError, match="four kinds"):
        study.run("four kinds", 0)


def test_no_training_picture_shows_what_is_held_out():
    """Asked of the pictures themselves: the judge reads them."""
    images, _ = captions.captioned_avatars(300, 32, seed=5)
    read = Attributes.of(300, torch.Generator(), **metrics.read_avatars(images).values)
    assert captions.held_out(read).float().mean() < 0.01


def test_the_examination_covers_everything_and_knows_what_is_new():
    tokens, new = study.examination()
    assert [not captions.seen(text) for text in captions.decode(tokens[:200])] == new[:200].tolist()
    assert all((values >= 0).all() for values in captions.values_of(tokens).values())
    assert new.float().mean().item() == pytest.approx(12 / 64, abs=0.035)
    assert len(held_out_combinations()) == 12 and not any(map(captions.seen, held_out_combinations()))


def test_a_perfect_painter_is_right_and_a_colour_blind_one_is_not(few):
    best, blind = study.measure(Painter()), study.measure(Painter(hair=0))
    assert list(best) == COLUMNS
    assert min(best[name] for name in (*CAPTIONED, "all_right", "held_out")) > 0.9
    assert blind["hair"] < 0.4 and blind["hairstyle"] == best["hairstyle"] and blind["all_right"] < 0.4


def test_what_is_held_out_is_examined_apart(few):
    measured = study.measure(Learner())
    assert measured["hair"] > 0.9 and measured["all_right"] > 0.9 and measured["held_out"] < 0.1


class Free(Painter):
    """What the caption leaves open is always the same, or drawn anew as in real avatars (``like_real``)."""

    def __init__(self, like_real):
        super().__init__()
        self.like_real = like_real

    def meant(self, asked):
        told = {name: getattr(asked, name) for name in CAPTIONED}
        return Attributes.of(len(asked), torch.Generator().manual_seed(self.draw()), **told)

    def draw(self):
        return torch.randint(10**6, ()).item() if self.like_real else 0


def test_variety_is_0_where_the_noise_is_not_heard_and_1_for_real_pictures():
    torch.manual_seed(0)
    assert study.variety(Free(like_real=False)) == 0
    assert study.variety(Free(like_real=True)) == pytest.approx(1, abs=0.1)


def test_the_recorded_table_is_whole():
    rows = studies.read("text_to_image")
    assert [(row["seed"], row["variant"]) for row in rows] == [
        (seed, name) for seed in range(3) for name in study.VARIANTS
    ]
    assert all(list(row) == ["variant", "seed", *COLUMNS, "updates", "seconds"] for row in rows)
    assert {row["updates"] for row in rows} == {study.UPDATES}


def test_mismatching_pairs_make_the_generator_listen_and_new_combinations_are_no_harder():
    rows = studies.read("text_to_image")
    right, new = (studies.summary(rows, column) for column in ("all_right", "held_out"))
    two, three = (right[name] for name in ("two kinds of pairs", "three kinds of pairs"))
    assert three.mean - two.mean > 2 * (three.error**2 + two.error**2) ** 0.5
    assert new["three kinds of pairs"].mean > 0.8 * three.mean


def test_the_stored_generator_draws_captions_new_ones_too():
    generator = models.pretrained("captions")
    assert isinstance(generator, CaptionedGenerator)
    made = json.loads((FOLDER / "captions.json").read_text())
    assert made["held_out"] == held_out_combinations()
    measured = study.measure(generator)
    for name in (*CAPTIONED, "all_right", "held_out"):
        assert measured[name] == pytest.approx(made["metrics"][name], abs=0.01)
    assert measured["hair"] > 0.9 and measured["held_out"] > 0.3 and measured["variety"] > 0.3
