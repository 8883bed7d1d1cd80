"""The study of pix2pix: its variants differ as they say, and its measures mean what they say."""

import pytest
import torch
from torch import nn

from ganlib import studies
from ganlib.data.avatars import PALETTE, Attributes, render
from ganlib.gans import Pix2Pix
from ganlib.models import DCGANDiscriminator, EncoderDecoder, PatchDiscriminator, UNet
from ganlib.studies import pix2pix


@pytest.fixture(autouse=True)
def few_pairs(monkeypatch):
    """The trainings here last a few updates; a few pairs will do."""
    monkeypatch.setattr(pix2pix, "PAIRS", 32)
    pix2pix.pairs.cache_clear()
    yield
    pix2pix.pairs.cache_clear()


def gan_of(variant):
    torch.manual_seed(0)
    return pix2pix.trainer(variant, updates=4).gan


def test_the_baseline_is_pix2pix():
    gan = gan_of(pix2pix.BASELINE)
    assert type(gan) is Pix2Pix and gan.l1_weight == 100
    assert type(gan.generator) is UNet and gan.discriminator.patch == 34


@pytest.mark.parametrize("variant", pix2pix.TRAINED)
def test_variants_change_what_they_say_and_nothing_else(variant):
    base, gan = gan_of(pix2pix.BASELINE), gan_of(variant)
    changed = {
        part
        for part, same in {
            "gan": type(gan) is type(base),
            "weight": gan.l1_weight == base.l1_weight,
            "generator": type(gan.generator) is type(base.generator),
            "discriminator": str(gan.discriminator) == str(base.discriminator),
        }.items()
        if not same
    }
    expected = {
        "L1 alone": {"gan"},
        "GAN alone": {"weight"},
        "no skips": {"generator"},
        "D without the drawing": {"gan", "discriminator"},
    }
    judge = {"discriminator"} if variant.startswith(("patches", "whole")) else set()
    assert changed == expected.get(variant, judge)


def test_variants_in_detail():
    assert gan_of("GAN alone").l1_weight == 0
    assert type(gan_of("no skips").generator) is EncoderDecoder
    assert [gan_of(f"patches of {side}").discriminator.patch for side in (1, 16)] == [1, 16]
    assert type(gan_of("whole picture").discriminator) is DCGANDiscriminator
    assert isinstance(gan_of("D without the drawing").discriminator, PatchDiscriminator)


def test_l1_alone_listens_to_nobody():
    gan = gan_of("L1 alone")
    x, y = torch.randn(2, 4, 3, 32, 32).clamp(-1, 1).unbind()
    terms = gan.generator_loss(x, y)
    assert list(terms) == ["l1"]
    torch.testing.assert_close(terms["l1"], 100 * (gan.generator(x) - y).abs().mean())
    assert list(gan.discriminator_loss(x, y)) == ["adversarial"]


def test_a_blind_discriminator_does_not_see_the_source():
    gan = gan_of("D without the drawing").eval()
    one, other, y = torch.randn(3, 2, 3, 32, 32).unbind()
    assert torch.equal(gan.logits(one, y), gan.logits(other, y))
    seeing = gan_of(pix2pix.BASELINE).eval()
    assert not torch.equal(seeing.logits(one, y), seeing.logits(other, y))


def test_rates_fall_to_zero():
    torch.manual_seed(0)
    trainer = pix2pix.trainer(updates=4)
    rates = []
    for _ in trainer.rounds(4):
        rates.append(trainer.optimizer_g.param_groups[0]["lr"])
    assert rates == pytest.approx([2e-3, 2e-3, 1e-3, 0])


class Answers(nn.Module):
    """A generator that has the answers in its pocket, by the drawing's place."""

    def __init__(self, answers):
        super().__init__()
        self.answers, self.given = answers, 0

    def forward(self, x):
        self.given += len(x)
        return self.answers[self.given - len(x) : self.given]


def test_true_pictures_get_the_best_marks():
    scores = pix2pix.measure(Answers(pix2pix.held_out()[1]))
    assert scores["l1"] == 0 and scores["colour"] == pytest.approx(1)
    assert min(scores[name] for name in pix2pix.IN_THE_LINES) > 0.99 and scores["fid"] < 20


def test_units_of_the_marks():
    """White paper in the place of every picture: gray, and the distance is counted from -1 to 1."""
    pictures = pix2pix.held_out()[1]
    scores = pix2pix.judged(torch.ones_like(pictures))
    assert scores["colour"] == 0 and scores["l1"] == pytest.approx((1 - pictures).mean().item(), rel=1e-5)


def test_the_best_guess_costs_less_than_any_other_that_does_not_know_the_colours():
    attributes = Attributes.sample(12, torch.Generator().manual_seed(5))
    truth, guess = render(attributes), pix2pix.best_guess(attributes)
    names = list(PALETTE)
    others = Attributes.sample(12, torch.Generator().manual_seed(6))
    recoloured = attributes.replace(**{name: getattr(others, name) for name in names})
    assert torch.equal(render(recoloured, style="sketch"), render(attributes, style="sketch"))
    cost = (guess - truth).abs().mean()
    assert cost < (render(recoloured) - truth).abs().mean()
    gray = guess.mean(1, keepdim=True).expand_as(guess)
    for rival in (gray, guess + 0.1, guess - 0.1, torch.zeros_like(guess)):
        assert cost < (rival - truth).abs().mean()


def test_the_best_guess_knows_the_lines_and_not_the_colours():
    attributes = Attributes.sample(2, torch.Generator().manual_seed(5))
    colours = {name: 0 for name in PALETTE}
    torch.testing.assert_close(
        pix2pix.best_guess(attributes, seed=1), pix2pix.best_guess(attributes.replace(**colours), seed=1)
    )


def test_a_run_can_be_repeated_and_leaves_the_random_state_alone():
    before = torch.get_rng_state()
    rows = [pix2pix.run("L1 and GAN", 1, updates=2) for _ in range(2)]
    assert torch.equal(torch.get_rng_state(), before)
    for row in rows:
        row.pop("seconds")
    assert rows[0] == rows[1] and rows[0]["updates"] == 2


def test_the_table_is_whole():
    rows = studies.read("pix2pix")
    assert [(row["seed"], row["variant"]) for row in rows] == [(s, v) for s in (0, 1, 2) for v in pix2pix.VARIANTS]
    assert {row["updates"] for row in rows if row["variant"] != pix2pix.GUESS} == {pix2pix.UPDATES}


def test_what_the_chapter_says_holds_in_the_table():
    """No network beats the best guess; L1 alone comes nearest and is palest; GAN alone invents; skips carry detail."""
    mean = {
        measure: {variant: value.mean for variant, value in studies.summary(studies.read("pix2pix"), measure).items()}
        for measure in ("l1", "colour", "fid", "mouth")
    }
    assert min(mean["l1"], key=mean["l1"].get) == pix2pix.GUESS
    assert min(mean["colour"], key=mean["colour"].get) == "L1 alone"
    assert mean["l1"]["L1 alone"] < mean["l1"][pix2pix.BASELINE] < mean["l1"]["GAN alone"]
    assert mean["fid"][pix2pix.BASELINE] < min(mean["fid"]["L1 alone"], mean["fid"]["GAN alone"])
    assert mean["mouth"]["GAN alone"] < mean["mouth"][pix2pix.BASELINE] - 0.2
    assert mean["mouth"]["no skips"] < 0.5 < mean["mouth"][pix2pix.BASELINE]
    assert mean["fid"]["patches of 1"] > mean["fid"]["patches of 16"] > mean["fid"][pix2pix.BASELINE]


@pytest.mark.slow
def test_a_third_of_the_training_shows_the_same_order():
    rows = {variant: pix2pix.run(variant, 3, updates=300) for variant in ("L1 alone", "GAN alone", "L1 and GAN")}
    assert rows["L1 alone"]["l1"] < rows["L1 and GAN"]["l1"] < rows["GAN alone"]["l1"]
    assert rows["L1 alone"]["colour"] < 0.7 < rows["L1 and GAN"]["colour"]
