"""Generative classifiers with Gaussian classes: p(x, y) = p(y) N(x; mu_y, Sigma_y). All in float64."""

import torch
from torch import Generator, Tensor
from torch.distributions import MultivariateNormal
from torch.nn.functional import one_hot


class GaussianClassifier:
    """A model of points and labels together, fitted by maximum likelihood. A subclass says what Sigma_y may be.

    After ``fit`` it has ``priors`` (k,), ``means`` (k, d) and ``covariances`` (k, d, d). ``ridge``, in squared units of
    x, is added to every variance, so that single or collinear points have a density; 0 is exact maximum likelihood.

    Raises: ValueError for a negative ``ridge``.
    """

    def __init__(self, ridge: float = 1e-6):
        if not ridge >= 0:
            raise ValueError(f"ridge = {ridge}, expected 0 or more")
        self.ridge = ridge

    def fit(self, x: Tensor, y: Tensor) -> "GaussianClassifier":
        """Fit to points x (n, d) with labels y (n,), integers from 0 to k - 1 that all occur. Returns itself.

        Raises: ValueError for other shapes or labels, or for a class without points.
        """
        x, y = torch.as_tensor(x), torch.as_tensor(y)
        if y.shape != x.shape[:1] or y.is_floating_point() or y.numel() == 0 or y.min() < 0:
            raise ValueError(f"y has shape {tuple(y.shape)} and type {y.dtype}, expected one label 0, 1, ... per point")
        return self.fit_soft(x, one_hot(y.long()))

    def fit_soft(self, x: Tensor, responsibilities: Tensor) -> "GaussianClassifier":
        """Fit where point i belongs to class j with weight r_ij >= 0: the M step of EM. Returns itself.

        p(y=j) = R_j / sum R with R_j = sum_i r_ij; mu_j = sum_i r_ij x_i / R_j; Sigma as the subclass says.

        Shapes: x (n, d), responsibilities (n, k). One-hot rows make it ``fit``; a row of zeros leaves its point out.

        Raises: ValueError for other shapes, negative or infinite numbers, a class without weight, or, with a ridge of
        0, points whose Gaussian would have no density.

        Source: Dempster et al. 1977, J. R. Stat. Soc. B 39; Nigam et al. 2000, Machine Learning 39 (unlabelled data).
        """
        x, r = torch.as_tensor(x).double(), torch.as_tensor(responsibilities).double()
        if x.dim() != 2 or r.dim() != 2 or len(x) != len(r) or not x.isfinite().all():
            raise ValueError(
                f"x has shape {tuple(x.shape)} and responsibilities {tuple(r.shape)}, expected finite (n, d) and (n, k)"
            )
        weights = r.sum(0)
        if not (r >= 0).all() or not (weights > 0).all() or not weights.isfinite().all():
            raise ValueError(f"the classes have weights {weights.tolist()}, expected each class to have some, none < 0")
        self.priors = weights / weights.sum()
        self.means = r.T @ x / weights[:, None]
        centred = x - self.means[:, None]  # (k, n, d)
        scatters = torch.einsum("nk,kni,knj->kij", r, centred, centred) / weights[:, None, None]
        self.covariances = self._restrict(scatters) + self.ridge * torch.eye(x.shape[1], dtype=x.dtype)
        if torch.linalg.cholesky_ex(self.covariances).info.any():
            raise ValueError(f"ridge = {self.ridge}, expected more: the points of a class lie in a line or a plane")
        return self

    def log_joint(self, x: Tensor) -> Tensor:
        """log p(x, y) = log p(y) + log N(x; mu_y, Sigma_y) in nats. Shapes: x (n, d) to (n, k), a column per class."""
        x = torch.as_tensor(x).double()
        if x.dim() != 2 or x.shape[1] != self.means.shape[1]:
            raise ValueError(f"x has shape {tuple(x.shape)}, expected (n, {self.means.shape[1]})")
        roots = torch.linalg.cholesky(self.covariances)
        gaussians = MultivariateNormal(self.means, scale_tril=roots, validate_args=False)
        return self.priors.log() + gaussians.log_prob(x[:, None])

    def log_density(self, x: Tensor) -> Tensor:
        """log p(x) = log sum_y p(x, y) in nats. Shapes: x (n, d) to (n,)."""
        return self.log_joint(x).logsumexp(1)

    def posterior(self, x: Tensor) -> Tensor:
        """p(y | x) = p(x, y) / p(x), Bayes' rule. Shapes: x (n, d) to (n, k), whose rows sum to 1."""
        return self.log_joint(x).softmax(1)

    def sample(self, n: int, generator: Generator | None = None) -> tuple[Tensor, Tensor]:
        """n draws from the joint: y ~ p(y), then x ~ N(mu_y, Sigma_y). Shapes: x (n, d) and y (n,), integers."""
        y = torch.multinomial(self.priors, n, replacement=True, generator=generator)
        z = torch.randn(n, self.means.shape[1], dtype=torch.float64, generator=generator)
        roots = torch.linalg.cholesky(self.covariances)
        return self.means[y] + (roots[y] @ z[:, :, None]).squeeze(2), y

    def _restrict(self, scatters: Tensor) -> Tensor:
        """Each class's own covariance (k, d, d) to the likeliest one that the model allows, ridge apart."""
        raise NotImplementedError


class LDA(GaussianClassifier):
    """Linear discriminant analysis: all classes share one covariance, so log p(0 | x) - log p(1 | x) is linear in x.

    Source: Fisher 1936, Annals of Eugenics 7; Hastie et al. 2009, The Elements of Statistical Learning, section 4.3.
    """

    def _restrict(self, scatters: Tensor) -> Tensor:
        return torch.einsum("k,kij->ij", self.priors, scatters).expand_as(scatters)


class QDA(GaussianClassifier):
    """Quadratic discriminant analysis: each class has a covariance of its own; the decision line is a conic.

    Source: Hastie et al. 2009, The Elements of Statistical Learning, section 4.3.
    """

    def _restrict(self, scatters: Tensor) -> Tensor:
        return scatters


class NaiveBayes(GaussianClassifier):
    """Gaussian naive Bayes: within a class the coordinates are independent, so each covariance is diagonal.

    Source: Ng and Jordan 2001, "On discriminative vs. generative classifiers", NeurIPS 14.
    """

    def _restrict(self, scatters: Tensor) -> Tensor:
        return torch.diag_embed(scatters.diagonal(dim1=1, dim2=2))
