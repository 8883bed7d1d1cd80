"""The plain loops do the same mathematics as the course: the same numbers from the same seed, in float64."""

import sys
from functools import partial

import numpy as np
import pytest
import torch

from ganlib import metrics
from ganlib.bench import baseline, published
from ganlib.bench.cases import (
    DCGAN,
    WGAN_GP,
    Settings,
    frechet_of_few,
    frechet_published,
    picture_players,
    pictures,
    sampling,
)
from ganlib.data import Batches, toys
from ganlib.gans import GAN
from ganlib.models import MLPDiscriminator, MLPGenerator
from ganlib.training import Trainer

SMALL = Settings(torch.device("cpu"), width=4, batch_size=8)


@pytest.fixture(autouse=True)
def double_precision():
    """A script names no dtype, so the default is changed under it."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


def both(method, players, data, rounds=4):
    """The GAN that the trainer leaves behind, and that of the plain loop, after so many iterations."""
    ours, theirs = players(), players()
    torch.manual_seed(1)
    for _ in method.trainer(Trainer, ours, data()).rounds(rounds):
        pass
    torch.manual_seed(1)
    loop = method.plain(theirs.generator, theirs.discriminator, data(), torch.device("cpu"), method.lr, method.betas)
    for _ in range(rounds):
        next(loop)
    return ours, theirs


def doubles(batches):
    for (x,) in batches:
        yield (x.double(),)


@pytest.mark.parametrize("method", [DCGAN, WGAN_GP], ids=["dcgan", "wgan-gp"])
@pytest.mark.parametrize("size", [8, 16])
def test_convolutional_players_end_at_the_same_weights(method, size):
    def players():
        return picture_players(method, size, SMALL)

    start = players()
    ours, theirs = both(method, players, lambda: doubles(pictures(size, SMALL)))
    torch.testing.assert_close(ours.state_dict(), theirs.state_dict(), rtol=1e-9, atol=1e-12)
    moved = [a - b for a, b in zip(ours.parameters(), start.parameters(), strict=True) if a.dim() == 4]
    assert min(difference.abs().max() for difference in moved) > 1e-6


def test_players_of_points_end_at_the_same_weights():
    def players():
        torch.manual_seed(0)
        return GAN(MLPGenerator(2, (2,), width=8), MLPDiscriminator((2,), width=8))

    x = toys.ring().sample(256, torch.Generator().manual_seed(0)).double()
    ours, theirs = both(DCGAN, players, lambda: Batches(x, 32), rounds=20)
    torch.testing.assert_close(ours.state_dict(), theirs.state_dict(), rtol=1e-9, atol=1e-12)


def test_the_plain_loop_has_the_paper_s_settings_by_default():
    assert (baseline.gan.__defaults__, baseline.wgan_gp.__defaults__) == (
        (DCGAN.lr, DCGAN.betas),
        (WGAN_GP.lr, WGAN_GP.betas, WGAN_GP.n_critic, 10.0),
    )


def test_the_plain_frechet_distance_agrees():
    random = torch.Generator().manual_seed(0)
    a, b = (metrics.gaussian_statistics(torch.randn(40, 6, generator=random)) for _ in range(2))
    plain = baseline.frechet_distance(*(x.numpy() for x in (*a, *b)))
    assert plain == pytest.approx(metrics.frechet_distance(*a, *b), rel=1e-9)


def test_the_plain_kernel_distance_agrees():
    a, b = torch.randn(40, 6).double(), torch.randn(40, 6).double() + 0.3
    assert baseline.kernel_distance(a.numpy(), b.numpy()) == pytest.approx(metrics.kid(a, b).value, rel=1e-9)


@pytest.mark.parametrize("contenders", [partial(frechet_published, 20), partial(frechet_of_few, 12, 20)])
def test_published_packages_measure_the_same(contenders):
    """Where they are installed; the square root of a singular matrix is right to a few digits only."""
    values = {name: call() for name, call in contenders(SMALL).items()}
    assert {"ours", "plain"} <= values.keys()
    for name, value in values.items():
        assert value == pytest.approx(values["ours"], rel=1e-4), name


def test_packages_that_are_not_installed_are_left_out(monkeypatch):
    for package in ("torch_fidelity", "pytorch_fid"):
        monkeypatch.setitem(sys.modules, package, None)  # importing it raises ModuleNotFoundError
        monkeypatch.delitem(sys.modules, f"{package}.metric_fid", raising=False)
        monkeypatch.delitem(sys.modules, f"{package}.fid_score", raising=False)
    assert published.frechet_distances() == {}


def test_samples_agree():
    contenders = sampling(8, SMALL)
    torch.testing.assert_close(contenders["ours"](), contenders["plain"]())


def test_the_plain_figure_is_a_picture_that_follows_its_values():
    x = np.linspace(0, 1, 5)
    first, second = (baseline.plot(x, [y], dpi=50) for y in (x, -x))
    assert first.startswith(b"\x89PNG") and first != second
