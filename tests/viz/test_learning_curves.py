"""The learning curves, without a browser: fits and errors are right, curves are means, and words say what they show."""

import asyncio
from math import log

import numpy as np
import pytest
import torch
from ipywidgets import SelectionSlider
from scipy.stats import norm
from sklearn.linear_model import LogisticRegression

from ganlib import viz
from ganlib.viz import played as module
from ganlib.viz.learning_curves import Data, Linear, Pairs, logistic_regression, naive_bayes
from ganlib.viz.learning_curves.data import pairs
from ganlib.viz.learning_curves.trials import Crossing, Trials, crossing_points
from ganlib.viz.learning_curves.words import sentence

NAMES = ("naive Bayes", "logistic regression")
SMALL = {"sizes": (10, 40, 200), "d": 4}


def stream(seed=0):
    return torch.Generator().manual_seed(seed)


def make(**settings):
    return viz.LearningCurves(**SMALL | settings)


def blobs(n, generator, gap=2.0):
    """Two round classes in the plane."""
    y = torch.arange(n) % 2
    return torch.randn(n, 2, generator=generator) + gap * y[:, None], y


def first_feature(x, y):
    """A fit that learns nothing: the first coordinate is above 1, or not."""
    return lambda points: points[:, 0] > 1.0


class Noise(Data):
    """Errors that are normal with known means, whatever the models do: those of the first model exceed by ``lead``."""

    def __init__(self, lead):
        super().__init__(lambda n, generator: (n, None))
        self.lead = lead

    def errors(self, rules, generator, **settings):
        first, second = 0.1 * torch.randn(2, generator=generator)
        return [0.5 + self.lead(rules[0]) + first.item(), 0.5 + second.item()]


@pytest.mark.parametrize(("n", "d", "rho"), [(10, 20, 0.0), (40, 20, 0.9), (200, 10, 0.6), (2000, 40, 0.3), (12, 2, 0)])
def test_logistic_regression_is_scikit_learn_s(n, d, rho):
    """Also where a line separates the classes (the first two), and the ridge alone holds w."""
    x, y = pairs(n, stream(n), rho, d)
    rule = logistic_regression(x, y)
    exact = LogisticRegression(C=1e4, solver="newton-cholesky", tol=1e-10, max_iter=1000).fit(x.numpy(), y.numpy())
    scale = rule.w.norm().item()
    np.testing.assert_allclose(rule.w, exact.coef_[0], atol=1e-3 * scale)
    assert rule.b.item() == pytest.approx(exact.intercept_[0], abs=1e-3 * scale)


def test_logistic_regression_arrives_where_full_newton_steps_go_too_far():
    """Points with heavy tails: full steps alone fail for some of these clouds, and the curvature becomes singular."""
    random = stream()
    for _ in range(200):
        x = torch.randn(12, 2, generator=random).double() * 10 ** (1.5 * torch.randn(12, 1, generator=random).double())
        y = (x[:, 0] + 5 * torch.randn(12, generator=random) < 0).long()
        y[:2] = torch.tensor([0, 1])
        rule = logistic_regression(x, y)
        inputs, ridge = torch.cat([x, torch.ones(12, 1)], dim=1), torch.tensor([1e-4, 1e-4, 0])
        p = torch.sigmoid(x @ rule.w + rule.b)
        slope = inputs.T @ (p - y) + ridge * torch.cat([rule.w, rule.b[None]])
        curvature = (inputs * (p * (1 - p))[:, None]).T @ inputs + torch.diag(ridge)
        assert slope @ torch.linalg.solve(curvature, slope) < 1e-9  # twice what a Newton step would still gain


def test_naive_bayes_is_bayes_rule_for_independent_gaussians():
    x, y = pairs(40, stream(), 0.6, 4)
    x, y = x[5:], y[5:]  # the classes differ in number
    rule = naive_bayes(x, y)
    sides = [x[y == k] for k in (0, 1)]
    variance = sum(((side - side.mean(0)) ** 2).sum(0) for side in sides) / len(x) + 0.001
    points = torch.randn(50, 4, generator=stream(1), dtype=torch.float64)
    joints = [norm.logpdf(points, side.mean(0), variance.sqrt()).sum(1) + log(len(side) / len(x)) for side in sides]
    np.testing.assert_allclose(points @ rule.w + rule.b, joints[1] - joints[0], atol=1e-10)
    assert torch.equal(rule(points), torch.from_numpy(joints[1] > joints[0]).long())


@pytest.mark.parametrize("fit", [naive_bayes, logistic_regression])
def test_fits_need_both_classes(fit):
    x = torch.randn(6, 2)
    with pytest.raises(ValueError, match=r"the labels y are \[1\], expected both 0 and 1"):
        fit(x, torch.ones(6).long())
    with pytest.raises(ValueError, match=r"the labels y are \[0, 1, 2\]"):
        fit(x, torch.tensor([0, 1, 2, 0, 1, 2]))


def test_a_ridge_is_needed():
    with pytest.raises(ValueError, match="ridge = 0, expected more than 0"):
        logistic_regression(*blobs(10, stream()), ridge=0)


@pytest.mark.parametrize(("rho", "d"), [(0.0, 2), (0.6, 20), (0.9, 4), (-0.5, 6)])
def test_the_exact_error_is_the_share_of_wrong_answers(rho, d):
    x, y = pairs(200_000, stream(1), rho, d)
    for seed in range(4):
        w, b = torch.randn(d, generator=stream(seed), dtype=torch.float64), torch.tensor(0.5 * seed - 0.7).double()
        share = (Linear(w, b)(x) != y).double().mean().item()
        assert Pairs().exact(Linear(w, b), rho, d) == pytest.approx(share, abs=0.005)


def test_a_rule_without_w_is_wrong_half_of_the_time():
    assert Pairs().exact(Linear(torch.zeros(4).double(), torch.tensor(3.0).double()), 0.6, 4) == 0.5


def test_examples_are_as_described():
    x, y = pairs(100_000, stream(), 0.6, 4)
    inside = x - torch.tensor([0.35, 0.1, 0.35, 0.1]) * (2 * y[:, None] - 1)
    blocks = np.kron(np.eye(2), [[1, 0.6], [0.6, 1]])
    np.testing.assert_allclose(np.cov(inside[y == 1].T), blocks, atol=0.02)
    np.testing.assert_allclose(inside.mean(0), 0, atol=0.02)
    assert y.double().mean() == 0.5


@pytest.mark.parametrize("rho", [0.0, 0.6, 0.9])
def test_both_models_tend_to_their_limits(rho):
    data, fits = Pairs(), (naive_bayes, logistic_regression)
    limits = data.limits(fits, rho=rho, d=4)
    x, y = pairs(100_000, stream(), rho, 4)
    for fit, limit in zip(fits, limits, strict=True):
        assert data.exact(fit(x, y), rho, 4) == pytest.approx(limit, abs=2e-3)
    for seed in range(20):  # no rule does better than logistic regression's limit
        rule = Linear(torch.randn(4, generator=stream(seed)).double(), torch.tensor(0.0).double())
        assert data.exact(rule, rho, 4) >= limits[1]
    assert (limits[0] - limits[1] > 1e-3) == (rho > 0)
    assert np.isnan(data.limits([first_feature], rho=rho, d=4)).all()


def test_rules_that_are_not_linear_are_tested_on_fresh_examples():
    x, y = pairs(500, stream(), 0.6, 4)
    linear = naive_bayes(x, y)
    shares = Pairs().errors([linear, lambda x: linear(x).numpy()], stream(), rho=0.6, d=4)
    assert shares[0] == shares[1] == pytest.approx(Pairs().exact(linear, 0.6, 4), abs=0.04)
    assert (2000 * shares[0]) % 1 == pytest.approx(0)


def test_curves_are_means_with_standard_errors():
    """Against a bare loop over the same random stream."""
    lab, random, found = make(seed=3), stream(3), []
    lab.run(6)
    for _ in range(6):
        for n in lab.sizes:
            x, y = pairs(n, random, 0.6, 4)
            found.append([Pairs().exact(fit(x, y), 0.6, 4) for fit in (naive_bayes, logistic_regression)])
    found = np.array(found).reshape(6, len(lab.sizes), 2)
    np.testing.assert_allclose(lab.means, found.mean(0), atol=1e-12)
    np.testing.assert_allclose(lab.standard_errors, found.std(0, ddof=1) / 6**0.5, atol=1e-12)
    assert lab.repetitions == 6
    lead = (found[..., 0] - found[..., 1]).mean(0)
    assert lab.crossing.at == pytest.approx(float(crossing_points(lab.sizes, lead)))


def crossing_by_hand(sizes, lead):
    """One row, from the right."""
    if lead[-1] <= 0:
        return np.inf
    for i in range(len(sizes) - 2, -1, -1):
        if lead[i] <= 0:
            return np.exp(np.interp(0, lead[i : i + 2], np.log(sizes[i : i + 2])))
    return sizes[0]


def test_crossing_points():
    sizes = (10, 100, 1000)
    assert crossing_points(sizes, np.array([-1.0, -1.0, 1.0])) == pytest.approx(10**2.5)
    assert crossing_points(sizes, np.array([-1.0, 3.0, 1.0])) == pytest.approx(10**1.25)
    assert crossing_points(sizes, np.array([1.0, -1.0, 1.0])) == pytest.approx(10**2.5)  # the last one
    assert crossing_points(sizes, np.array([1.0, 1.0, 1.0])) == 10
    assert crossing_points(sizes, np.array([1.0, 1.0, -1.0])) == np.inf
    leads = np.random.default_rng(0).standard_normal((500, 6))
    sizes = (2, 5, 7, 30, 31, 1000)
    by_hand = [crossing_by_hand(sizes, lead) for lead in leads]
    np.testing.assert_allclose(crossing_points(sizes, leads), by_hand)


@pytest.mark.parametrize("repetitions", [4, 30])
def test_the_interval_holds_the_true_crossing_in_95_of_100_cases(repetitions):
    """With errors whose means are known."""
    sizes, held = (10, 100, 1000), 0
    true = {10: -0.1, 100: -0.02, 1000: 0.06}
    where = 100 * 10**0.25
    for seed in range(200):
        trials = Trials(Noise(lambda n: true[n]), [lambda n, _: n, lambda n, _: n], sizes, seed, {})
        for _ in range(3 * repetitions):
            trials.step()
        found = trials.crossing()
        held += found.low <= where <= found.high
    assert 182 <= held <= 199
    print(held)


def test_nothing_is_claimed_too_early():
    lab = make()
    assert lab.crossing is None and np.isnan(lab.means).all() and "No repetition yet" in lab.says.value
    lab.run(1)
    assert np.isnan(lab.crossing.low) and np.isnan(lab.standard_errors).all()
    assert lab.sentence().startswith("After 1 repetition: ") and "cross" not in lab.sentence()
    lab.run(1)
    assert lab.sentence().startswith("After 2 repetitions: ")


def said(lead, give):
    """The sentence after repetitions with this lead of the second model, and its standard error."""
    trials = Trials(Data(blobs), [], (10, 100, 1000), 0, {})
    trials.fits, trials._counts[:] = 3 * 1200, 1200
    trials._means[:, 2], trials._squares[:, 2] = lead, np.square(give) * 1200 * 1199
    return sentence(trials, NAMES)


@pytest.mark.parametrize(
    ("lead", "give", "words"),
    [
        ((-0.1, -0.1, 0.1), 0.001, "the curves cross at about 316 examples (95 % interval: 31"),
        ((-0.1, -0.1, -0.1), 0.001, "logistic regression has not overtaken. With 1,000 examples naive Bayes is ahead"),
        ((0.1, 0.1, -0.1), 0.001, "is ahead by 10.00 \u00b1 0.10 points."),
        ((-0.1, -0.1, 0.01), 0.01, "it is not clear yet whether logistic regression is ahead with 1,000 examples."),
        ((0.1, 0.1, 0.1), 0.001, "logistic regression is ahead with any number of examples from 10 on."),
        ((0.001, 0.1, 0.1), 0.01, "logistic regression is ahead from 1"),
    ],
)
def test_words(lead, give, words):
    assert said(lead, give).startswith("After 1,200 repetitions: ") and words in said(lead, give)


def test_the_defaults_are_the_case_of_the_chapter():
    lab = viz.LearningCurves()
    lab.run(12)
    assert lab.means[0, 0] < 0.35 and lab.crossing.low > 40 and lab.crossing.high < 320
    assert lab.means[-1, 0] - lab.means[-1, 1] > 0.03
    lab.change(rho=0.0)
    lab.run(12)
    assert lab.crossing.low == np.inf and (lab.means[3:, 0] < lab.means[3:, 1]).all()
    assert "has not overtaken" in lab.says.value


def test_equal_seeds_give_equal_curves_however_they_are_watched():
    watched, bare = make(), make()
    bare.run(4)
    for _ in range(4):
        watched.step()
        watched.draw()
        watched.still()
        assert watched.crossing is not None
    assert np.array_equal(watched.means, bare.means)
    assert not np.array_equal(make(seed=1).means, bare.means)
    other = make(seed=1)
    other.run(4)
    assert not np.array_equal(other.means, bare.means)
    bare.buttons["reset"].click()
    assert bare.repetitions == 0
    bare.run(4)
    assert np.array_equal(watched.means, bare.means)


def test_the_notebook_s_random_numbers_are_neither_used_nor_needed():
    before = torch.get_rng_state(), np.random.get_state()[1].copy()
    make().run(2)
    assert torch.equal(before[0], torch.get_rng_state()) and np.array_equal(before[1], np.random.get_state()[1])


def test_a_step_completes_a_repetition():
    lab = make()
    lab._train()
    lab.buttons["step"].click()
    assert lab.repetitions == 1 and lab._begun == 0
    lab._train()
    lab.run(2)
    assert lab.repetitions == 3 and lab._begun == 0
    with pytest.raises(ValueError, match="repetitions = 0, expected a positive integer"):
        lab.run(0)


@pytest.mark.parametrize(("name", "value"), [("rho", 0.3), ("d", 10), ("seed", 5)])
def test_every_control_sets_its_setting_and_starts_anew(name, value):
    lab = make()
    lab.run(2)
    lab.controls[name].value = value
    assert lab.settings[name] == value and lab.repetitions == 0
    lab.run(1)
    direct = make(**{name: value})
    direct.run(1)
    assert np.array_equal(lab.means, direct.means) and lab.events.box.value == ""


def test_refused_values_are_explained_and_put_back():
    lab = make()
    lab.run(1)
    lab.controls["seed"].value = -4
    assert "seed = -4, expected an integer from 0" in lab.events.box.value and lab.controls["seed"].value == 0
    for name, value in (("rho", 1.0), ("d", 7)):
        with pytest.raises(ValueError, match=f"{name} = {value}, expected"):
            lab.change(**{name: value})
    with pytest.raises(ValueError, match="depth is no setting, expected one of rho, d, seed"):
        lab.change(depth=3)
    assert lab.settings == {"rho": 0.6, "d": 4, "seed": 0} and lab.repetitions == 1
    lab.buttons["step"].click()
    assert lab.events.box.value == ""


def test_wrong_arguments_are_explained():
    for sizes in ((), (10,), (10, 10), (20, 10), (1, 10), (10.0, 20.0)):
        with pytest.raises(ValueError, match="expected two or more integers from 2 on that grow"):
            viz.LearningCurves(sizes=sizes)
    with pytest.raises(ValueError, match="models = one, expected two"):
        viz.LearningCurves(models={"one": naive_bayes})
    with pytest.raises(ValueError, match=r"rho = 1\.5, expected a correlation between -1 and 1"):
        viz.LearningCurves(rho=1.5)


def test_values_beyond_the_lists_are_welcome():
    lab = make(rho=0.45, d=6)
    for name, value in (("rho", 0.45), ("d", 6)):
        values = [choice for _, choice in lab.controls[name].options]
        assert lab.controls[name].value == value and values == sorted(values)


def test_other_data_and_other_models():
    def forgetful(x, y):
        return LogisticRegression().fit(x.numpy(), y.numpy()).predict

    models = {"a fixed rule": first_feature, "scikit-learn": forgetful}
    lab = viz.LearningCurves(blobs, models, (4, 100), choices={"gap": (2.0, 0.0)})
    lab.run(5)
    assert lab.settings == {"gap": 2.0, "seed": 0} and isinstance(lab.controls["gap"], SelectionSlider)
    np.testing.assert_allclose(lab.means[:, 0], norm.cdf(-1), atol=0.01)
    np.testing.assert_allclose(lab.means[1, 1], norm.cdf(-(2**0.5)), atol=0.02)
    lab.controls["gap"].value = 0.0
    lab.run(5)
    np.testing.assert_allclose(lab.means, 0.5, atol=0.02)
    assert "a fixed rule" in lab.table.value and "scikit-learn" in lab.figure.alt
    assert np.isnan(lab._limits).all()


def test_playing_goes_on_with_a_changed_setting(monkeypatch):
    monkeypatch.setattr(module, "STILL_AFTER_S", 0.02)

    async def main():
        lab, refreshed = make(), []
        lab.refresh = lambda: refreshed.append(lab.repetitions)
        lab.buttons["play"].click()
        assert lab.buttons["play"].description == "Pause"
        await asyncio.sleep(0.3)
        assert lab.repetitions > 0
        lab.controls["rho"].value = 0.0
        assert lab.player.playing and lab.repetitions == 0
        await asyncio.sleep(0.3)
        assert lab.repetitions > 0 and lab.settings["rho"] == 0.0 and not refreshed
        lab.speed.value = 0.1
        await asyncio.sleep(0.05)
        assert lab.player.playing
        lab.buttons["play"].click()
        held = lab._trials.fits
        await asyncio.sleep(0.2)
        assert lab._trials.fits == held and len(refreshed) == 1
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())


def test_a_player_s_step_is_one_training_set():
    """Else a click would have to wait for a whole repetition."""
    lab, drawn = make(), []
    draw = lab._data.draw
    lab._data.draw = lambda *arguments, **settings: drawn.append(arguments[0]) or draw(*arguments, **settings)
    lab.player.step()
    lab.player.step()
    assert drawn == [10, 40]


def test_what_a_model_raises_is_shown_and_stops_the_player():
    def broken(x, y):
        if len(x) > 10:
            raise RuntimeError("a slip <here>")
        return first_feature(x, y)

    async def main():
        lab = viz.LearningCurves(blobs, {"one": first_feature, "two": broken}, (10, 20))
        lab.play()
        await asyncio.sleep(0.2)
        assert "a slip &lt;here&gt;" in lab.events.box.value and not lab.player.playing

    asyncio.run(main())


def test_a_cell_that_runs_again_ends_what_it_made(cells):
    async def main():
        cells.run("curves")
        first = make()
        first.play()
        await asyncio.sleep(0.05)
        cells.run("curves")
        second = make()
        assert not first.player.playing
        second.run(2)
        await asyncio.sleep(0.01)
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert asyncio.run(main()) == set()


def test_everything_that_is_pressed_or_chosen_has_words_to_explain_it():
    lab = make()
    for control in (*lab.buttons.values(), *lab.controls.values(), lab.speed):
        assert control.tooltip and control.description


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_still_shows_both_curves_and_says_what_they_show(theme, monkeypatch):
    monkeypatch.setenv("GANLIB_THEME", theme)
    lab = make()
    lab.run(5)
    picture = lab.still()
    assert lab.sentence() in picture.alt and all(name in picture.alt for name in NAMES)
    ax = picture.axes[0]
    for k, name in enumerate(NAMES):
        line = next(line for line in ax.lines if line.get_label() == name)
        np.testing.assert_allclose(line.get_ydata(), 100 * lab.means[:, k])
        band = ax.collections[k].get_paths()[0].vertices
        low, high = (100 * (lab.means[0, k] + side * lab.standard_errors[0, k]) for side in (-1, 1))
        at_first = band[np.isclose(band[:, 0], lab.sizes[0]), 1]
        assert at_first.min() == pytest.approx(low) and at_first.max() == pytest.approx(high)
    assert line.get_linestyle() == "--" and line.get_color() == picture.theme.discriminator
    assert picture.png()[:4] == b"\x89PNG"


def test_the_crossing_is_marked_only_where_it_is_clear():
    lab = viz.LearningCurves()
    assert lab._shown()["crossing"] is None
    lab.run(12)
    upright = next(line for line in lab.still().axes[0].lines if line.get_linestyle() == ":")
    assert upright.get_visible() and upright.get_xdata()[0] == lab.crossing.at
    lab._trials.crossing = lambda: Crossing(10.0, 10.0, 30.0)
    assert lab._shown()["crossing"] is None
    lab._trials.crossing = lambda: Crossing(1900.0, 1800.0, np.inf)
    assert lab._shown()["crossing"] is None


def test_errors_above_one_half_are_in_view():
    def upside_down(x, y):
        return lambda points: points[:, 0] < 1.0

    lab = viz.LearningCurves(blobs, {"up": first_feature, "down": upside_down}, (4, 20), choices={"gap": (3.0,)})
    lab.run(2)
    ax = lab.still().axes[0]
    assert ax.get_ylim() == (0, 100) and lab.events.box.value == ""
