"""Two densities in the reader's hands: what is shown is what the theory says, for any sliders."""

import re
from math import log

import numpy as np
import pytest
import torch
from scipy.integrate import quad

from ganlib import viz
from ganlib.data.mixtures import Mixture
from ganlib.viz.densities import drawing
from ganlib.viz.densities.panel import GROUPS, PRESETS, SLIDERS, YOUR_OWN, DensityPanel


def explorer(**settings):
    return viz.DensityExplorer(**settings)


def numbers(widget):
    """JSD, 2 JSD - 2 log 2 and V as they are shown."""
    return [float(number) for number in re.findall(r"<b>(-?[\d.]+)</b>", widget.numbers.value.replace("\u2212", "-"))]


def layer(canvas, name):
    return next(layer for layer in canvas._scene if layer.name == name).values.reshape(-1, 2)


def density(mixture):
    parts = list(zip(mixture.weights, mixture.means, mixture.stds, strict=True))
    return lambda x: sum(w * np.exp(-(((x - m) / s) ** 2) / 2) / s / np.sqrt(2 * np.pi) for w, m, s in parts)


@pytest.mark.parametrize("name", PRESETS)
def test_the_numbers_are_those_of_an_independent_integration(name):
    widget = explorer()
    widget.panel.presets.value = name
    p, q = map(density, widget.panel.mixtures)

    def integrand(x):
        a, b = p(x), q(x)
        return sum(u * np.log(u / (a + b)) for u in (a, b) if u > 0)

    value = quad(integrand, -20, 20, limit=500, points=[-4, -3, -2, 0, 2, 3, 4])[0]
    js, by_js, by_value = numbers(widget)
    assert by_value == pytest.approx(value, abs=2e-6) and by_js == by_value
    assert js == pytest.approx(value / 2 + log(2), abs=2e-6)


def test_every_slider_moves_its_density_and_nothing_else():
    """Start where all parts have weight, so that each of them shows."""
    start = Mixture((-1.0, 1.0), (0.6, 1.2), (0.5, 0.5))
    for kind in GROUPS:
        for name, (_, high, _) in SLIDERS.items():
            widget = explorer(p=start, q=start)
            before = {which: layer(widget.scene, which).copy() for which in GROUPS}
            widget.panel.sliders[kind, name].value = high
            moved = {which for which in GROUPS if not np.array_equal(before[which], layer(widget.scene, which))}
            assert moved == {kind}, (kind, name)
            assert widget.panel.presets.value == YOUR_OWN


def test_the_drawn_curves_are_the_densities_and_their_share():
    widget = explorer()
    p, q = map(density, widget.panel.mixtures)
    x, best = layer(widget.verdict, "best").T
    np.testing.assert_allclose(layer(widget.scene, "real")[:, 1], p(x), atol=1e-6)
    np.testing.assert_allclose(layer(widget.scene, "fake")[:, 1], q(x), atol=1e-6)
    np.testing.assert_allclose(best, p(x) / (p(x) + q(x)), atol=1e-5)


@pytest.mark.parametrize("place", [-6.0, -2.3, 0.0, 1.0, 6.0])
def test_the_objective_at_the_chosen_x_has_its_maximum_at_the_optimal_answer(place):
    widget = explorer()
    widget.x.value = place
    p, q = map(density, widget.panel.mixtures)
    answer = p(place) / (p(place) + q(place))
    y, objective = layer(widget.pointwise, "objective").T
    assert abs(y[objective.argmax()] - answer) < 0.004
    best = layer(widget.pointwise, "best")[0]
    assert best == pytest.approx([answer, objective.max()], abs=0.015)
    assert layer(widget.verdict, "answer")[0] == pytest.approx([place, answer], abs=1e-5)
    assert (
        f"At x = {place:.1f}".replace("-", "\u2212") in widget.at_x.value
        and f"<b>{answer:.4f}</b>" in widget.at_x.value
    )
    assert layer(widget.scene, "here")[:, 0].tolist() == pytest.approx([place, place])


def test_a_preset_is_one_change_and_a_moved_slider_ends_it():
    calls = []
    panel = DensityPanel(lambda: calls.append(panel.mixtures), lambda function: function)
    panel.presets.value = "far apart"
    assert calls == [PRESETS["far apart"]]
    panel.sliders["fake", "mean 1"].value = 1.0
    assert len(calls) == 2 and panel.presets.value == YOUR_OWN
    panel.sliders["fake", "mean 1"].value = 3.0
    assert panel.presets.value == "far apart"


@pytest.mark.parametrize("pair", PRESETS.values(), ids=PRESETS)
def test_densities_come_back_from_the_sliders_as_they_were(pair):
    panel = DensityPanel(lambda: None, lambda function: function)
    panel.put(*pair)
    assert panel.mixtures == pair


def test_a_browser_s_rounding_leaves_a_preset_what_it_is():
    """Its slider says 0.6000000000000001 for 0.4 and two steps of 0.1."""
    panel = DensityPanel(lambda: None, lambda function: function)
    panel.sliders["real", "deviation 1"].set_state({"value": 0.4 + 2 * 0.1})
    panel.sliders["real", "weight"].set_state({"value": 10 * 0.05 + 1e-16})
    assert panel.presets.value == "two hills, one wide fake" and panel.mixtures == PRESETS[panel.presets.value]


def test_a_single_gaussian_fits_the_sliders():
    widget = explorer(p=Mixture((1.0,), (0.5,)), q=Mixture((-1.0, 2.0), (1.0, 0.5), (1.0, 3.0)), x=-2.0)
    p, q = widget.panel.mixtures
    x = torch.linspace(-5, 5, 101)
    torch.testing.assert_close(p.log_density(x), Mixture((1.0,), (0.5,)).log_density(x))
    assert q.weights == (0.25, 0.75) and widget.x.value == -2.0 and widget.panel.presets.value == YOUR_OWN


def test_what_the_sliders_cannot_show_is_named():
    with pytest.raises(ValueError, match="the real mean 1 is 7, expected a number from -4 to 4"):
        explorer(p=Mixture((7.0,), (1.0,)))
    with pytest.raises(ValueError, match=r"the fake deviation 1 is 0\.1, expected"):
        explorer(q=Mixture((0.0,), (0.1,)))
    with pytest.raises(ValueError, match="the mixture has 3 Gaussians, expected one or two"):
        explorer(p=Mixture((0.0, 1.0, 2.0), (1.0, 1.0, 1.0)))
    with pytest.raises(ValueError, match=r"x = 9\.0, expected a number from -6 to 6"):
        explorer(x=9.0)


def test_both_densities_stay_in_the_picture():
    for std in (0.4, 2.0):
        p, q = Mixture((0.0,), (std,)), Mixture((1.0,), (2.0,))
        low, high = drawing.density_edges(p, q)
        top = max(mixture.log_density(drawing.SEEN).exp().max().item() for mixture in (p, q))
        assert low < 0 and 1.1 * top < high


def test_the_still_says_what_it_shows():
    widget = explorer()
    widget.panel.presets.value = "equal"
    picture = widget.still()
    assert "V(G, D*) is -1.386 and JSD 0.000" in picture.alt
    assert len(picture.axes) == 3 and picture.png()[:4] == b"\x89PNG"
