"""Neighbours: constructed cases, exact expectations, invariances; other libraries stand in ``oracle``."""

from math import pi, prod

import pytest
import torch
from torch import Tensor

from ganlib.metrics import Manifold, density_coverage, memorisation, nearest, neighbours, precision_recall


def line(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)[:, None]


def normal(n: int, d: int, seed: int) -> Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def uniform(n: int, d: int, seed: int) -> Tensor:
    return torch.rand(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


REAL = line(0, 1, 2, 3, 10)  # second neighbours are 2, 1, 1, 2 and 8 away


def test_a_ball_reaches_the_kth_other_point():
    assert Manifold(REAL, k=2).radii.tolist() == [2, 1, 1, 2, 8]
    assert Manifold(REAL, k=4).radii.tolist() == [10, 9, 8, 7, 10]


def test_counts_and_reached_by_hand():
    balls = Manifold(REAL, k=2)  # [-2, 2], [0, 2], [1, 3], [1, 5], [2, 18]
    assert balls.counts(line(-2.1, -2, 0, 2, 4, 18, 18.1)).tolist() == [0, 1, 2, 5, 2, 1, 0]
    assert balls.reached(line(4, 1.5)).tolist() == [True, True, True, True, True]
    assert balls.reached(line(4)).tolist() == [False, False, False, True, True]


def test_all_four_numbers_by_hand():
    fake = line(-1, 2.5, 2.5, 30)  # second neighbours are 3.5, 3.5, 3.5 and 27.5 away
    scores = precision_recall(REAL, fake, k=2)
    assert scores == (3 / 4, 1.0)  # the outlier's ball, [2.5, 57.5], holds 3 and 10; the others 0, 1, 2 and 3
    assert density_coverage(REAL, fake, k=2) == (pytest.approx((1 + 3 + 3 + 0) / (2 * 4)), 4 / 5)
    assert str(scores) == "precision 0.750, recall 1.000"
    assert str(density_coverage(REAL, fake, k=2)) == "density 0.875, coverage 0.800"


def test_precision_and_recall_swap_with_the_sets():
    real, fake = normal(300, 4, 0), normal(200, 4, 1) * 0.5
    one, other = precision_recall(real, fake), precision_recall(fake, real)
    assert one == other[::-1] and one.precision > one.recall + 0.2


def copies(real: Tensor, fake: Tensor) -> tuple[float, ...]:
    return memorisation(real, fake, 1.5 * fake[:40] - 0.5 * fake[40:80])


@pytest.mark.parametrize("metric", [precision_recall, density_coverage, copies])
def test_order_rotation_shift_and_scale_change_nothing(metric):
    real, fake = normal(150, 6, 2), normal(120, 6, 3) + 0.5
    q = torch.linalg.qr(normal(6, 6, 4)).Q
    assert metric(real, fake) == metric(real @ q * 7 + 100, fake @ q * 7 + 100)
    assert metric(real.flip(0), fake) == metric(real, fake)


def test_features_far_from_zero_lose_no_digits():
    real, fake = normal(200, 8, 5), normal(200, 8, 6)
    far = [x.float().double() + 1e6 for x in (real, fake)]
    assert precision_recall(*far) == precision_recall(real.float(), fake.float())
    assert density_coverage(*far) == density_coverage(real.float(), fake.float())


@pytest.mark.parametrize("d", [1, 2, 5])
def test_half_of_a_cube_is_half_precise_and_twice_as_dense(d):
    """Fakes on [0, 1]^d, real ones on its half: half of the fakes are right, and all of the half is covered."""
    real, fake = uniform(4000, d, 7), uniform(4000, d, 8)
    real[:, 0] /= 2
    scores, others = precision_recall(real, fake), density_coverage(real, fake)
    assert scores.recall > 0.93
    assert scores.precision == pytest.approx(0.5, abs=0.02 if d == 1 else 0.12)
    assert others.density == pytest.approx(0.5, abs=0.04)
    assert others.coverage == pytest.approx(1 - (2 / 3) ** 5, abs=0.03)  # next to a real point, 2 in 3 are real


def test_separate_balls_are_worth_nothing_and_equal_ones_everything():
    ball = normal(300, 3, 9)
    ball /= ball.norm(dim=1, keepdim=True)
    assert precision_recall(ball, ball + 9) == density_coverage(ball, ball + 9) == (0, 0)
    assert precision_recall(ball, ball) == (1, 1) and density_coverage(ball, ball).coverage == 1
    assert density_coverage(ball, ball).density >= 1 + 1 / 5  # each fake lies on a real point


@pytest.mark.parametrize(("n", "m", "k", "d"), [(12, 12, 5, 2), (20, 7, 3, 4), (8, 30, 2, 1)])
def test_expectations_for_one_distribution_are_exact(n, m, k, d):
    """Density 1, coverage by the hypergeometric formula, for any distribution: means of 500 small samples."""
    scores = torch.tensor(
        [density_coverage(normal(n, d, i) ** 3, normal(m, d, 9000 + i) ** 3, k) for i in range(500)],
        dtype=torch.float64,
    )
    expected = torch.tensor([1, 1 - prod((n - i) / (n + m - i) for i in range(1, k + 1))])
    errors = scores.std(0) / 500**0.5
    assert ((scores.mean(0) - expected).abs() < 4 * errors).all() and errors.max() < 0.03


def test_equal_points_lie_in_each_other_s_balls():
    """In float32, as networks make them, in many dimensions: |a|^2 + |b|^2 - 2 <a, b> is not 0 there."""
    points = torch.randn(7, 500, generator=torch.Generator().manual_seed(0)) * 30
    real = points.repeat(4, 1)
    assert Manifold(real, k=3).radii.abs().max() == 0 and Manifold(real, k=4).radii.min() > 100
    assert precision_recall(real, real) == (1, 1)
    assert density_coverage(real, points[:3], k=3) == (pytest.approx(4 / 3), pytest.approx(3 / 7))
    rounded = points * (1 + 2e-7)  # another batch size in the network
    assert precision_recall(real, rounded.repeat(4, 1)) == (1, 1)


def test_a_generator_that_makes_one_picture_only():
    """All fakes are one real sample: perfectly precise, and nothing is recalled but that sample."""
    real = normal(50, 3, 0)
    fake = real[:1].expand(40, 3)
    assert Manifold(fake).counts(fake[:2]).tolist() == [40, 40]
    assert precision_recall(real, fake) == (1, 1 / 50)
    assert precision_recall(torch.zeros(9, 2), torch.zeros(7, 2)) == (1, 1)


def test_an_outlier_raises_precision_and_not_density():
    real, fake = normal(200, 2, 10), normal(200, 2, 11) + 40
    outlier = torch.cat([real, torch.full((1, 2), 80.0, dtype=torch.float64)])
    assert precision_recall(real, fake).precision == 0 and precision_recall(outlier, fake).precision == 1
    assert density_coverage(outlier, fake).density == pytest.approx(1 / 5)


def test_blocks_change_nothing(monkeypatch):
    real, fake, new = normal(90, 5, 12), normal(70, 5, 13), normal(40, 5, 14)
    whole = precision_recall(real, fake), density_coverage(real, fake), memorisation(real, fake, new)
    monkeypatch.setattr(neighbours, "BLOCK", 200)
    assert whole == (precision_recall(real, fake), density_coverage(real, fake), memorisation(real, fake, new))


def test_no_more_distances_than_said_are_held(monkeypatch):
    shapes = []
    squared = neighbours._squared_distances
    monkeypatch.setattr(neighbours, "BLOCK", 3000)
    monkeypatch.setattr(
        neighbours, "_squared_distances", lambda a, b, **more: shapes.append(len(a) * len(b)) or squared(a, b, **more)
    )
    precision_recall(normal(250, 2, 0), normal(400, 2, 1))
    assert max(shapes) <= 3000 and sum(shapes) == 250**2 + 400**2 + 2 * 250 * 400


def test_nearest_by_hand():
    found = nearest(line(0.4, 9, 2), REAL)
    assert found.index.tolist() == [0, 4, 2]
    assert found.distance.tolist() == pytest.approx([0.4, 1, 0])
    assert nearest(REAL.float(), REAL).distance.max() == 0


def test_memorisation_by_hand():
    """Held-out samples lie 1 to 20 away from the training set, fakes at 0, 1, 10.5 and 20."""
    held_out = line(*range(1, 21))
    scores = memorisation(line(0), line(0, -1, 10.5, 20), held_out)
    assert scores.nearer == pytest.approx((20 + 19.5 + 10 + 0.5) / 80)
    assert scores.standard_error == pytest.approx(((4 + 20 + 1) / (12 * 4 * 20)) ** 0.5)
    assert scores.z == pytest.approx((scores.nearer - 0.5) / scores.standard_error)
    assert scores.too_near == 1 / 4  # of 21 distances, only a fake's that is the smallest is among the lowest 5 %
    assert str(scores) == "nearer 0.625 (0.5 is honest), +0.8 standard errors, 25.0% too near"


def test_honest_samplers_are_neutral_whatever_the_training_set():
    """Means over 400 honest samplers: nearer 1/2 and z of variance 1 exactly, too near at most 5 %."""
    train = normal(50, 3, 0) * 0.3 + 1  # a training set that tells little of the distribution
    scores = [memorisation(train, normal(60, 3, 2 * i + 1), normal(39, 3, 2 * i + 2)) for i in range(400)]
    nearer, z = (torch.tensor([getattr(s, name) for s in scores]) for name in ("nearer", "z"))
    assert nearer.mean() == pytest.approx(0.5, abs=4 * nearer.std().item() / 20)
    assert z.mean() == pytest.approx(0, abs=0.2) and z.std() == pytest.approx(1, abs=0.12)
    assert torch.tensor([s.too_near for s in scores]).mean() == pytest.approx(2 / 40, abs=0.008)


@pytest.mark.parametrize("noise", [0.0, 0.01, 0.1])
def test_copies_are_caught_with_noise_too(noise):
    train, new = normal(500, 10, 1), normal(300, 10, 2)
    scores = memorisation(train, train[:200] + noise * normal(200, 10, 3), new)
    assert scores.nearer > 0.99 and scores.z > 10 and scores.too_near > 0.99


def test_copies_among_garbage_are_found_one_by_one():
    """Half copies, half far away: their ranks cancel, so only ``too_near`` tells."""
    train = normal(500, 10, 1)
    scores = memorisation(train, torch.cat([train[:100], 20 * normal(100, 10, 3)]), normal(300, 10, 2))
    assert scores.nearer == pytest.approx(0.5, abs=0.01) and scores.too_near == 0.5


def test_bad_and_far_fakes_are_no_copies():
    scores = memorisation(normal(200, 4, 1), normal(100, 4, 2) + 20, normal(100, 4, 3))
    assert scores.nearer == 0 and scores.z < -10 and scores.too_near == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: precision_recall(x, x[:, :2]), r"fake has shape \(8, 2\), expected \(N, 3\)"),
        (lambda x: precision_recall(x, x[:3]), "k = 3 with 3 points, expected from 1 to the number of points less one"),
        (lambda x: precision_recall(x, x, k=0), "k = 0 with 8 points"),
        (lambda x: density_coverage(x, x, k=8), "k = 8 with 8 points"),
        (lambda x: density_coverage(x[0], x), r"real has shape \(3,\), expected \(N, d\)"),
        (lambda x: density_coverage(x, x[:0]), r"fake has shape \(0, 3\), expected \(N, d\) with N at least 1"),
        (lambda x: precision_recall(x / 0, x), "real holds NaN or infinity"),
        (lambda x: Manifold(x).counts(x * torch.nan), "x holds NaN"),
        (lambda x: nearest(x, x[:, :1]), r"others has shape \(8, 1\), expected \(N, 3\)"),
        (lambda x: memorisation(x, x, x), "held_out has 8 samples, expected at least 19"),
        (lambda x: memorisation(x, x, torch.ones(20, 2)), r"held_out has shape \(20, 2\), expected \(N, 3\)"),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call(torch.rand(8, 3))


@pytest.mark.gpu
def test_a_gpu_gives_the_same_and_keeps_its_tensors():
    real, fake, new = normal(500, 64, 1).float(), normal(400, 64, 2).float(), normal(100, 64, 3).float()
    for metric in (precision_recall, density_coverage):
        assert metric(real.cuda(), fake.cuda()) == pytest.approx(metric(real, fake), abs=2e-3)
    assert memorisation(real.cuda(), fake.cuda(), new) == pytest.approx(memorisation(real, fake, new), abs=2e-3)
    assert Manifold(real.cuda()).radii.is_cuda and nearest(fake, real.cuda()).index.device.type == "cpu"


def test_the_area_of_a_ball_bounds_recall():
    """One point cannot be a manifold, but two fakes have balls around each other: recall is their area."""
    fake = torch.tensor([[0.0, 0.0], [1.0, 0.0]], dtype=torch.float64)
    real = uniform(6000, 2, 0) * 4 - torch.tensor([1.5, 2])
    union = 4 * pi / 3 + 3**0.5 / 2  # of two discs of radius 1, each through the other's centre
    assert precision_recall(real, fake, k=1).recall == pytest.approx(union / 16, abs=0.02)
