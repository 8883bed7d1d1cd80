"""A recorded run as one picture."""

import numpy as np
import pytest
import torch

from ganlib import clinic, viz


@pytest.fixture(scope="module")
def points():
    return clinic.recording("kofi"), clinic.find("kofi").setup().subject.real[0]


@pytest.fixture(scope="module")
def images():
    return clinic.recording("mia"), clinic.find("mia").setup().subject.real[0]


def titles(picture):
    return [ax.get_title() or ax.get_title(loc="left") for ax in picture.axes]


def test_the_last_samples_are_always_among_those_shown(points):
    for moments in (1, 2, 3):
        shown = [title for title in titles(viz.run_overview(*points, "words", moments)) if title.startswith("samples")]
        assert len(shown) == moments and shown[-1] == f"samples after {points[0].total:,} updates"


def test_real_points_lie_behind_the_fakes_and_real_images_follow_them(points, images):
    assert "real" not in titles(viz.run_overview(*points, "words"))
    picture = viz.run_overview(*images, "words")
    assert titles(picture)[-1] == "real" and len(picture.axes[-1].images) == 1


def test_far_samples_do_not_move_the_view(points):
    run, real = points
    away = clinic.Recording(**vars(run) | {"samples": run.samples + np.float32(1000)})
    near, far = (viz.run_overview(recording, real, "words").axes[-1].get_xlim() for recording in (run, away))
    assert near == far and near[0] < real.min() and real.max() < near[1]


def test_the_words_are_the_ones_given(points):
    picture = viz.run_overview(*points, "Curves and points.")
    assert picture.alt == "Curves and points." and len(picture.png(1)) > 10_000


@pytest.mark.parametrize("moments", [0, 7, 20])
def test_a_number_of_moments_that_was_not_kept_is_refused(points, moments):
    with pytest.raises(ValueError, match=f"moments = {moments}, expected from 1 to 6"):
        viz.run_overview(*points, "words", moments)


def test_samples_are_those_of_the_moment(images):
    run, real = images
    changed = clinic.Recording(
        **vars(run)
        | {"samples": np.where(np.arange(7)[:, None, None, None, None] == 6, 0, run.samples).astype(np.uint8)}
    )
    before, after = (viz.run_overview(recording, torch.as_tensor(real), "words", 2) for recording in (run, changed))
    at = [i for i, title in enumerate(titles(before)) if title.startswith("samples")]
    pixels = [[picture.axes[i].images[0].get_array() for i in at] for picture in (before, after)]
    assert np.array_equal(pixels[0][0], pixels[1][0]) and not np.array_equal(pixels[0][1], pixels[1][1])
