"""The study of conditional GANs on digits: what its variants are, and that its scores say what they say."""

import pytest
import torch

from ganlib import studies
from ganlib.data import digits
from ganlib.gans import ACGAN, ConditionalGAN, InfoGAN
from ganlib.models import BlindDiscriminator, ConditionalDiscriminator, ProjectionDiscriminator
from ganlib.studies import conditional_digits as study

KINDS = {
    "CGAN": (ConditionalGAN, ConditionalDiscriminator),
    "blind D": (ConditionalGAN, BlindDiscriminator),
    "projection": (ConditionalGAN, ProjectionDiscriminator),
    "ACGAN": (ACGAN, None),
    "ACGAN, weight 10": (ACGAN, None),
    "ACGAN, taught by fakes": (study.TaughtByFakes, None),
    "InfoGAN": (InfoGAN, None),
}


@pytest.mark.parametrize("variant", study.VARIANTS)
def test_every_variant_is_what_it_says_and_trains(variant):
    trained = study.trainer(variant, seed=0, updates=4)
    kind, discriminator = KINDS[variant]
    assert type(trained.gan) is kind and (discriminator is None or type(trained.gan.discriminator) is discriminator)
    list(trained.rounds(2))
    pictures = study.samples(trained, 20)
    assert pictures.shape == (20, 1, 16, 16) and pictures.isfinite().all()
    assert torch.equal(pictures, study.samples(trained, 20))
    assert study.VARIANTS[variant].__doc__.strip().endswith(".")


def test_only_the_weight_of_the_class_term_differs_between_the_two_acgans():
    assert [study.VARIANTS[name]().class_weight for name in ("ACGAN", "ACGAN, weight 10")] == [1, 10]


def test_what_fakes_teach_is_the_class_term_on_them():
    torch.manual_seed(0)
    plain, taught = study.auxiliary(), study.taught_by_fakes()
    taught.load_state_dict(plain.state_dict())
    x, y = digits(16)[0][:8], torch.arange(8)
    terms = []
    for gan in (plain, taught):
        torch.manual_seed(1)
        terms.append(gan.discriminator_loss(x, y))
    torch.testing.assert_close(terms[0]["adversarial"], terms[1]["adversarial"])
    torch.manual_seed(1)
    fake = plain.fakes(x, y)
    more = torch.nn.functional.cross_entropy(plain.discriminator(fake)[1], y)
    torch.testing.assert_close(terms[1]["class"], terms[0]["class"] + more)


def test_real_digits_get_the_scores_of_real_digits():
    """1,000 real digits, as many of each, in the order in which they are asked for; then with other names."""
    images, labels = digits(16)
    by_digit = [images[labels == k][:100] for k in range(10)]
    pictures = torch.stack(by_digit, 1).flatten(0, 1)
    assert torch.equal(study.asked(1000)[:12], torch.tensor([*range(10), 0, 1]))
    scores = study.scores(pictures)
    assert scores["accuracy"] == scores["agreement"] > 0.99
    assert scores["diversity"] == pytest.approx(1, abs=0.05) and scores["fid"] < 1 and scores["intra_fid"] < 1
    renamed = study.scores(torch.stack(by_digit[::-1], 1).flatten(0, 1))
    assert renamed.pop("accuracy") < 0.01
    assert renamed == pytest.approx({name: scores[name] for name in renamed})


def test_a_row_is_that_of_its_seed_and_the_random_state_stays():
    torch.manual_seed(7)
    before = torch.get_rng_state()
    one, two, other = (study.run("ACGAN", seed, updates=2) for seed in (0, 0, 1))
    assert torch.equal(torch.get_rng_state(), before)
    assert {**one, "seconds": 0} == {**two, "seconds": 0} and one["fid"] != other["fid"]
    assert list(one) == list(studies.read("conditional_digits")[0])


def test_the_recorded_table_has_every_variant_with_three_seeds():
    rows = studies.read("conditional_digits")
    assert {(row["variant"], row["seed"]) for row in rows} == {
        (name, seed) for name in study.VARIANTS for seed in range(3)
    }
    assert {row["updates"] for row in rows} == {study.UPDATES}
