"""Checks of chapter 00."""

import torch
from torch import Tensor, nn

from ganlib.checks.core import check, expect
from ganlib.runtime import device


class RecordingGenerator(nn.Module):
    """A tiny generator that remembers the noise it was given and what it made of it."""

    def __init__(self, latent_dim: int):
        super().__init__()
        self.latent_dim = latent_dim
        self.scale = nn.Parameter(torch.ones(1))
        self.noise: list[Tensor] = []
        self.made: list[Tensor] = []

    def forward(self, z: Tensor) -> Tensor:
        """z (N, latent_dim) to pictures (N, 1, 4, 4) that depend on every entry of z."""
        expect(isinstance(z, Tensor), f"the generator was given a {type(z).__name__}, expected a tensor of noise.")
        here, there = z.device.type, self.scale.device.type
        expect(
            here == there, f"the noise is on {here} and the generator on {there}: pass device=device to torch.randn."
        )
        self.noise.append(z.detach().clone())
        waves = torch.outer(torch.arange(1.0, 17.0), torch.arange(1.0, z.shape[-1] + 1)).sin().to(z.device)
        pictures = (self.scale * (z @ waves.T)).tanh().view(-1, 1, 4, 4)
        self.made.append(pictures.detach().clone())
        return pictures


def _pictures(fake_batch) -> None:
    """Right noise goes in, and the generator's pictures come out as they are, without a gradient."""
    for n, latent_dim in ((3, 5), (1, 2), (64, 16)):
        generator = RecordingGenerator(latent_dim).to(device())
        fakes = fake_batch(generator, n)
        expect(fakes is not None, "the function returned None: does it end with return?")
        expect(isinstance(fakes, Tensor), f"it returned a {type(fakes).__name__}, expected a tensor of pictures.")
        expect(len(generator.noise) > 0, "the generator was never called: pass it the noise, generator(z).")
        shape, wanted = tuple(generator.noise[-1].shape), (n, latent_dim)
        expect(
            shape == wanted,
            f"for n = {n} and latent_dim = {latent_dim} the noise has shape {shape}, expected {wanted}: "
            "use n and generator.latent_dim, not fixed numbers.",
        )
        _as_made(fakes, generator.made[-1])


def _as_made(fakes: Tensor, made: Tensor) -> None:
    expect(
        fakes.shape == made.shape and torch.equal(fakes.detach(), made),
        f"what it returned (shape {tuple(fakes.shape)}) is not what the generator made of the noise "
        f"(shape {tuple(made.shape)}): return generator(z) as it is.",
    )
    expect(
        not fakes.requires_grad,
        "the pictures still carry a gradient. They are only to be looked at: make them under torch.no_grad().",
    )


def _noise(fake_batch) -> None:
    """The noise is drawn anew for each picture and each call, from N(0, I)."""
    generator = RecordingGenerator(8).to(device())
    fake_batch(generator, 4096)
    fake_batch(generator, 4096)
    first, second = generator.noise[0], generator.noise[-1]
    expect(not torch.equal(first, second), "two calls gave the same noise: draw it anew in every call, without a seed.")
    expect(
        not torch.equal(first[0], first[1]),
        "all pictures of a batch come from one noise vector: draw n of them, torch.randn(n, latent_dim).",
    )
    z = torch.cat([first, second]).double()
    low, high, mean, std = z.min().item(), z.max().item(), z.mean().item(), z.std().item()
    expect(
        max(abs(low), abs(high)) > 3.5,
        f"the noise lies between {low:.1f} and {high:.1f}, like a uniform draw (torch.rand). Use torch.randn: N(0, 1).",
    )
    expect(abs(mean) < 0.05, f"the noise has mean {mean:.2f}, expected 0: z ~ N(0, I).")
    expect(abs(std - 1) < 0.05, f"the noise has standard deviation {std:.2f}, expected 1: z ~ N(0, I).")
    tails = z.pow(4).mean().item()
    expect(abs(tails - 3) < 0.5, f"the noise is not normal: E z^4 is {tails:.1f}, and 3 for N(0, 1). Use torch.randn.")


@check
def fake_batch(answer) -> None:
    """Judge ``fake_batch(generator, n)``: n pictures from fresh z ~ N(0, I) of shape (n, latent_dim), no gradient.

    The noise has 65,536 entries, so a right answer misses the bounds on its mean and spread with odds below 10^-18.
    """
    _pictures(answer)
    _noise(answer)
