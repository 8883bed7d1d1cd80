"""What to compare with: the code of a straightforward script, as public repositories have it. No tricks, no mistakes.

Each loop yields after an iteration. The mathematics is that of ``ganlib.gans``, and a test holds both to the same
weights.
"""

import io
from collections.abc import Iterable, Iterator

import numpy as np
import scipy.linalg
import torch
from matplotlib.figure import Figure
from torch import Tensor, nn
from torch.optim import Adam


def gan(
    G: nn.Module, D: nn.Module, loader: Iterable, device: torch.device, lr: float = 2e-4, betas=(0.5, 0.999)
) -> Iterator[None]:
    """A GAN with the non-saturating loss; with convolutional players, DCGAN (arXiv 1511.06434)."""
    optimizer_g = Adam(G.parameters(), lr=lr, betas=betas)
    optimizer_d = Adam(D.parameters(), lr=lr, betas=betas)
    criterion = nn.BCEWithLogitsLoss()

    for (real,) in loader:
        real = real.to(device)
        ones = torch.ones(real.size(0), device=device)
        zeros = torch.zeros(real.size(0), device=device)

        optimizer_d.zero_grad()
        fake = G(torch.randn(real.size(0), G.latent_dim, device=device))
        loss_d = criterion(D(real), ones) + criterion(D(fake.detach()), zeros)
        loss_d.backward()
        optimizer_d.step()

        optimizer_g.zero_grad()
        fake = G(torch.randn(real.size(0), G.latent_dim, device=device))
        loss_g = criterion(D(fake), ones)
        loss_g.backward()
        optimizer_g.step()
        yield


def wgan_gp(
    G: nn.Module,
    D: nn.Module,
    loader: Iterable,
    device: torch.device,
    lr: float = 1e-4,
    betas=(0.0, 0.9),
    n_critic: int = 5,
    lambda_gp: float = 10.0,
) -> Iterator[None]:
    """WGAN with gradient penalty (arXiv 1704.00028)."""
    optimizer_g = Adam(G.parameters(), lr=lr, betas=betas)
    optimizer_d = Adam(D.parameters(), lr=lr, betas=betas)

    for i, (real,) in enumerate(loader, start=1):
        real = real.to(device)
        optimizer_d.zero_grad()
        fake = G(torch.randn(real.size(0), G.latent_dim, device=device)).detach()
        loss_d = D(fake).mean() - D(real).mean() + lambda_gp * compute_gradient_penalty(D, real, fake)
        loss_d.backward()
        optimizer_d.step()

        if i % n_critic == 0:
            optimizer_g.zero_grad()
            fake = G(torch.randn(real.size(0), G.latent_dim, device=device))
            loss_g = -D(fake).mean()
            loss_g.backward()
            optimizer_g.step()
            yield


def compute_gradient_penalty(D: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
    """E (|grad D(x_hat)| - 1)^2 between real and fake pictures."""
    alpha = torch.rand(real.size(0), 1, 1, 1, device=real.device)
    interpolates = (alpha * real + (1 - alpha) * fake).requires_grad_(True)
    scores = D(interpolates)
    gradients = torch.autograd.grad(
        outputs=scores,
        inputs=interpolates,
        grad_outputs=torch.ones_like(scores),
        create_graph=True,
        retain_graph=True,
        only_inputs=True,
    )[0]
    gradients = gradients.view(gradients.size(0), -1)
    return ((gradients.norm(2, dim=1) - 1) ** 2).mean()


def sample(G: nn.Module, z: Tensor) -> Tensor:
    """Samples for noise z, without gradients."""
    G.eval()
    with torch.no_grad():
        return G(z)


def frechet_distance(mu1: np.ndarray, sigma1: np.ndarray, mu2: np.ndarray, sigma2: np.ndarray) -> float:
    """The Fréchet distance by the square root of an unsymmetric matrix (arXiv 1706.08500, eq. 6)."""
    root = scipy.linalg.sqrtm(sigma1.dot(sigma2)).real
    difference = mu1 - mu2
    return difference.dot(difference) + np.trace(sigma1) + np.trace(sigma2) - 2 * np.trace(root)


def kernel_distance(x: np.ndarray, y: np.ndarray) -> float:
    """The unbiased kernel distance of two sets of one size (arXiv 1801.01401, section 4)."""
    m, d = x.shape
    xx, yy, xy = ((a.dot(b.T) / d + 1) ** 3 for a, b in ((x, x), (y, y), (x, y)))
    return (xx.sum() - np.trace(xx) + yy.sum() - np.trace(yy)) / (m * (m - 1)) - 2 * xy.mean()


def plot(x: np.ndarray, curves: list[np.ndarray], dpi: float) -> bytes:
    """A figure of 6 by 4 inches with these curves over x, drawn from nothing, as a PNG."""
    figure = Figure(figsize=(6, 4), dpi=dpi, layout="constrained")
    axes = figure.add_subplot()
    for number, y in enumerate(curves):
        axes.plot(x, y, label=f"curve {number}")
    axes.set(xlabel="x", ylabel="y", ylim=(-1, 1), title="Curves that follow a slider")
    axes.legend(loc="upper right")
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()
