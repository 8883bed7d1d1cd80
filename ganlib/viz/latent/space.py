"""A generator as a map from latent vectors to pictures, whatever device, precision and mode it is in."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from ganlib.training import evaluation

CHUNK = 128  # images made at a time


class LatentSpace:
    """Latent vectors and the images that ``generate`` makes of them with ``generator``.

    Vectors are kept in double precision on the CPU, so that a slider's 0.3 stays 0.3; ``ready`` gives them to the
    generator as it needs them. Draws come from a random stream of its own.

    Raises: ValueError for a generator without ``latent_dim``, a seed that is none, or output that is no image.
    """

    def __init__(self, generator: nn.Module, seed: int, generate: Callable[..., Tensor] | None = None):
        self.generator, self.generate = generator, generate or generator
        self.dim = getattr(generator, "latent_dim", None)
        if not isinstance(self.dim, int) or self.dim < 1:
            raise ValueError(
                f"generator is a {type(generator).__name__} with latent_dim = {self.dim!r}, "
                "expected a network that maps z of shape (N, latent_dim) to images and knows its latent_dim"
            )
        if not isinstance(seed, int) or not 0 <= seed < 2**63:
            raise ValueError(f"seed = {seed!r}, expected an integer from 0 to 2**63 - 1")
        self._stream = torch.Generator().manual_seed(seed)

    def draw(self, n: int) -> Tensor:
        """n latent vectors z ~ N(0, I): (n, d)."""
        return torch.randn(n, self.dim, generator=self._stream, dtype=torch.float64)

    def ready(self, z: Tensor) -> Tensor:
        """``z`` on the generator's device in its precision."""
        like = next(self.generator.parameters(), torch.zeros(0))
        return z.to(like.device, like.dtype)

    def vector(self, z: Tensor, name: str = "z") -> Tensor:
        """``z`` as this class keeps vectors.

        Raises: ValueError when it is no finite vector (d,).
        """
        z = torch.as_tensor(z).detach().to("cpu", torch.float64)
        if z.shape != (self.dim,) or not z.isfinite().all():
            raise ValueError(f"{name} has shape {tuple(z.shape)}, expected ({self.dim},) and finite numbers")
        return z.clone()

    def images(self, z: Tensor, *given: Tensor) -> Tensor:
        """Images (n, C, H, W) of vectors (n, d), on the CPU. The generator is in evaluation mode for so long.

        ``given`` are tensors (n, ...) that ``generate`` takes beside z.

        Raises: ValueError when what comes out is not n finite images of 1 or 3 channels.
        """
        batches = [tensor.split(CHUNK) for tensor in (self.ready(z), *given)]
        with evaluation(self.generator):
            parts = [self.generate(*batch) for batch in zip(*batches, strict=True)]
        for part, asked in zip(parts, z.split(CHUNK), strict=True):
            if part.dim() != 4 or part.shape[1] not in (1, 3) or len(part) != len(asked):
                raise ValueError(
                    f"generator maps z of shape {tuple(asked.shape)} to {tuple(part.shape)}, "
                    "expected images (N, C, H, W) with C = 1 or 3"
                )
        images = torch.cat(parts).detach().float().cpu()
        if not images.isfinite().all():
            raise ValueError("generator makes images with NaN or infinite pixels, expected numbers in [-1, 1]")
        return images

    def effects(self, n: int = 8) -> Tensor:
        """How much a step of 1 along each axis changes a picture: E mean |G(z + e_i) - G(z)| over n draws of z: (d,).

        Pixels lie in [-1, 1], so 2 is black to white everywhere.
        """
        z = self.draw(n)
        before = self.images(z)
        return torch.stack([(self.images(z + step) - before).abs().mean() for step in torch.eye(self.dim)])
