"""Gaussian classifiers against scikit-learn, SciPy, invariances and their own samples."""

import numpy as np
import pytest
import torch
from scipy import stats
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.naive_bayes import GaussianNB

from ganlib.models import LDA, QDA, NaiveBayes

MODELS = [LDA, QDA, NaiveBayes]


def data(d=3, k=3, n=90, seed=0):
    """k classes of unequal sizes, with means and covariances of their own."""
    g = torch.Generator().manual_seed(seed)
    y = torch.cat([torch.arange(k).repeat(d + 2), torch.randint(k, (n,), generator=g).clamp_min(1)])
    roots = torch.randn(k, d, d, generator=g, dtype=torch.float64) + torch.eye(d)
    means = 2 * torch.randn(k, d, generator=g, dtype=torch.float64)
    z = torch.randn(len(y), d, 1, generator=g, dtype=torch.float64)
    return means[y] + (roots[y] @ z).squeeze(2), y


def oracle(model, x, y):
    """scikit-learn's classifier of the same kind. Its QDA divides by n or n - 1, as the version goes: made equal."""
    if model is LDA:
        return LinearDiscriminantAnalysis(solver="lsqr").fit(x, y)
    if model is NaiveBayes:
        return GaussianNB(var_smoothing=0).fit(x, y)
    found = QuadraticDiscriminantAnalysis(store_covariance=True).fit(x, y).covariance_
    scaled = x.clone()
    for label in y.unique():
        own = x[y == label]
        excess = np.trace(found[label]) / own.var(0, correction=0).sum()
        scaled[y == label] = own.mean(0) + (own - own.mean(0)) / excess**0.5
    return QuadraticDiscriminantAnalysis().fit(scaled, y)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("d", [1, 2, 5])
def test_the_posterior_is_scikit_learn_s(model, d):
    x, y = data(d)
    expected = oracle(model, x, y).predict_proba(x.numpy())
    torch.testing.assert_close(model(ridge=0).fit(x, y).posterior(x), torch.from_numpy(expected), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("model", MODELS)
def test_the_joint_is_prior_times_gaussian_of_scipy(model):
    x, y = data()
    fitted = model(ridge=0).fit(x, y)
    for label in range(3):
        own = x[y == label].numpy()
        covariance = {
            LDA: sum(np.cov(x[y == j].numpy().T, bias=True) * float((y == j).sum()) for j in range(3)) / len(y),
            QDA: np.cov(own.T, bias=True),
            NaiveBayes: np.diag(own.var(0)),
        }[model]
        expected = np.log(len(own) / len(y)) + stats.multivariate_normal(own.mean(0), covariance).logpdf(x)
        np.testing.assert_allclose(fitted.log_joint(x)[:, label], expected, rtol=1e-9)
    torch.testing.assert_close(fitted.log_density(x), fitted.log_joint(x).exp().sum(1).log())
    torch.testing.assert_close(fitted.posterior(x).sum(1), torch.ones(len(x), dtype=torch.float64))


@pytest.mark.parametrize("model", MODELS)
def test_the_density_integrates_to_one(model):
    x, y = data(2, 2)
    fitted = model().fit(x, y)
    axis = torch.linspace(-25, 25, 1001, dtype=torch.float64)
    grid = torch.cartesian_prod(axis, axis)
    assert fitted.log_density(grid).exp().sum().item() * (axis[1] - axis[0]).item() ** 2 == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("model", MODELS)
def test_the_fit_is_the_likeliest_of_its_kind(model):
    """No small change of means, covariances or priors within the model makes the points likelier."""
    x, y = data(2, 2)
    fitted = model(ridge=0).fit(x, y)
    best = fitted.log_joint(x).gather(1, y[:, None]).sum()
    g = torch.Generator().manual_seed(1)
    for _ in range(30):
        other = model(ridge=0).fit(x, y)
        noise = 0.05 * torch.randn(2, 2, 2, generator=g, dtype=torch.float64)
        change = torch.eye(2) + {LDA: noise[:1], QDA: noise, NaiveBayes: noise * torch.eye(2)}[model]
        other.means = other.means + 0.05 * torch.randn(2, 2, generator=g, dtype=torch.float64)
        other.covariances = change @ other.covariances @ change.mT
        other.priors = (other.priors.log() + 0.05 * torch.randn(2, generator=g, dtype=torch.float64)).softmax(0)
        assert other.log_joint(x).gather(1, y[:, None]).sum() < best


@pytest.mark.parametrize("model", MODELS)
def test_samples_have_the_model_s_moments(model):
    x, y = data(2)
    fitted = model().fit(x, y)
    n = 40_000
    drawn, labels = fitted.sample(n, torch.Generator().manual_seed(3))
    assert drawn.shape == (n, 2) and drawn.dtype == torch.float64 and labels.shape == (n,)
    for label in range(3):
        own, share = drawn[labels == label], fitted.priors[label]
        assert len(own) / n == pytest.approx(share.item(), abs=5 * (share * (1 - share) / n).sqrt().item())
        covariance = fitted.covariances[label]
        error = (own.mean(0) - fitted.means[label]) @ torch.linalg.inv(covariance) @ (own.mean(0) - fitted.means[label])
        assert len(own) * error < 25  # chi squared with 2 degrees of freedom
        torch.testing.assert_close(own.T.cov(), covariance, rtol=0, atol=0.08 * covariance.diagonal().max().item())
    again, _ = fitted.sample(n, torch.Generator().manual_seed(3))
    assert torch.equal(drawn, again)
    state = torch.get_rng_state()
    fitted.sample(5, torch.Generator().manual_seed(0))
    assert torch.equal(state, torch.get_rng_state())


def test_what_each_model_restricts():
    x, y = data(3, 3)
    lda, qda, bayes = (model(ridge=0).fit(x, y) for model in MODELS)
    assert torch.equal(lda.covariances[0], lda.covariances[2]) and not torch.equal(
        qda.covariances[0], qda.covariances[2]
    )
    off = ~torch.eye(3, dtype=torch.bool)
    assert (bayes.covariances[:, off] == 0).all() and (qda.covariances[:, off].abs() > 1e-3).all()
    torch.testing.assert_close(bayes.covariances.diagonal(dim1=1, dim2=2), qda.covariances.diagonal(dim1=1, dim2=2))
    here, there = x[:40], x[40:80]  # linear: the value at a midpoint is the mean of the values
    odds = [joint[:, 0] - joint[:, 1] for joint in map(lda.log_joint, (here, there, (here + there) / 2))]
    torch.testing.assert_close(odds[2], (odds[0] + odds[1]) / 2)


@pytest.mark.parametrize("model", [LDA, QDA])
def test_the_posterior_does_not_depend_on_units_or_axes(model):
    x, y = data()
    change = torch.tensor([[2.0, 1.0, 0.0], [0.0, 0.5, 3.0], [1.0, 0.0, -1.0]], dtype=torch.float64)
    before = model(ridge=0).fit(x, y)
    moved = x @ change.T + 7
    after = model(ridge=0).fit(moved, y)
    torch.testing.assert_close(after.posterior(moved), before.posterior(x))
    stretch = torch.linalg.slogdet(change).logabsdet
    torch.testing.assert_close(after.log_density(moved), before.log_density(x) - stretch)


@pytest.mark.parametrize("model", MODELS)
def test_soft_labels(model):
    """One-hot rows are labels; weights are repetitions; a row of zeros is no point."""
    x, y = data(2)
    hard, weights = model().fit(x, y), torch.nn.functional.one_hot(y).double()
    for name in ("priors", "means", "covariances"):
        assert torch.equal(getattr(hard, name), getattr(model().fit_soft(x, weights), name))
    twice = torch.cat([torch.arange(len(x)), torch.arange(10)])
    weights[:10] *= 2
    weights[-7:] = 0
    keep = twice[twice < len(x) - 7]
    expected, got = model().fit(x[keep], y[keep]), model().fit_soft(x, weights)
    for name in ("priors", "means", "covariances"):
        torch.testing.assert_close(getattr(got, name), getattr(expected, name))


@pytest.mark.parametrize("model", MODELS)
def test_em_never_makes_the_points_less_likely(model):
    """An M step after an E step: the log likelihood of points without labels rises or stays (Dempster et al. 1977)."""
    x, _ = data(2, 2)
    fitted = model(ridge=0).fit(x, (x[:, 0] > x[:, 0].median()).long())
    likelihoods = []
    for _ in range(30):
        likelihoods.append(fitted.log_density(x).sum())
        fitted.fit_soft(x, fitted.posterior(x))
    steps = torch.stack(likelihoods).diff()
    assert (steps > -1e-9).all() and steps[0] > 1e-3


@pytest.mark.parametrize("model", MODELS)
def test_few_points_and_points_on_a_line_do_not_crash(model):
    alone = model().fit(torch.tensor([[0.0, 0.0], [1.0, 1.0]]), torch.tensor([0, 1]))
    line = model().fit(torch.arange(12.0).view(6, 2), torch.tensor([0, 0, 0, 1, 1, 1]))
    for fitted in (alone, line):
        assert fitted.log_density(torch.randn(5, 2)).isfinite().all() and fitted.sample(3)[0].isfinite().all()
    assert torch.equal(alone.covariances[0], 1e-6 * torch.eye(2, dtype=torch.float64))


def test_float32_and_lists_are_welcome_and_computed_in_float64():
    x, y = data(2)
    lists = QDA().fit(x.float().tolist(), y.int())
    assert lists.log_density(x.float()).dtype == lists.means.dtype == torch.float64


def test_bad_input_is_named():
    x, y = data(2)
    with pytest.raises(ValueError, match=r"ridge = -1, expected 0 or more"):
        LDA(-1)
    with pytest.raises(ValueError, match=r"ridge = nan"):
        LDA(float("nan"))
    for wrong in (y[:-1], y.double(), y - 1, y[:0]):
        with pytest.raises(ValueError, match="expected one label 0, 1"):
            LDA().fit(x, wrong)
    with pytest.raises(ValueError, match=r"the classes have weights \[.*0\.0.*\], expected each class to have some"):
        LDA().fit(x, y * 2)
    with pytest.raises(ValueError, match="expected each class to have some, none < 0"):
        LDA().fit_soft(x, -torch.ones(len(x), 2))
    with pytest.raises(ValueError, match=r"x has shape \(\d+, 2\) and responsibilities \(3, 2\)"):
        LDA().fit_soft(x, torch.ones(3, 2))
    with pytest.raises(ValueError, match="ridge = 0, expected more"):
        QDA(0).fit(torch.tensor([[0.0, 0], [1, 0], [2, 0], [5, 1], [4, 3], [3, 3]]), torch.tensor([0, 0, 0, 1, 1, 1]))
    with pytest.raises(ValueError, match="expected finite"):
        LDA().fit(x * torch.nan, y)
    for method in ("log_joint", "log_density", "posterior"):
        with pytest.raises(ValueError, match=r"x has shape \(4, 3\), expected \(n, 2\)"):
            getattr(LDA().fit(x, y), method)(torch.zeros(4, 3))
