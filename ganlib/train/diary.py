"""What a run shows and writes down on its way: a progress bar, samples, metrics, checkpoints."""

import io
from time import monotonic

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from tqdm import tqdm

from ganlib.train.data import Data
from ganlib.train.folder import RunFolder
from ganlib.train.measures import SAMPLES, measures
from ganlib.training import Round, Trainer
from ganlib.viz import Picture, draw_points, mosaic

SHOWN = {"pictures": 64, "points": 1000}
LEAST_SIDE = 64  # smaller pictures are enlarged by a whole factor
BAR_S = 1.0


class Diary:
    """Follows a run without touching it: fixed noise, and no draw from the random streams that training uses."""

    def __init__(self, trainer: Trainer, data: Data, folder: RunFolder, steps: int, seed: int):
        self.trainer, self.data, self.folder = trainer, data, folder
        noise = torch.Generator().manual_seed(seed)
        self.z = torch.randn(SAMPLES, trainer.gan.latent_dim or 0, generator=noise)  # translators take none
        self.measures = measures(data)
        self.shown = SHOWN["points" if data.toy else "pictures"]
        self.bar = tqdm(total=steps, initial=trainer.number, unit="step", disable=None, dynamic_ncols=True)
        self._terms: dict[str, Tensor] = {}
        self._count, self._told = 0, monotonic()

    def begin(self) -> None:
        """Before the first step: what real samples look like, and what the untrained generator makes."""
        if not self.data.toy:
            self.folder.add_samples("real", png(*self.data.real_sheet(self.shown)))
        self._draw(self._samples(self.shown))

    def note(self, done: Round) -> None:
        """Take in the losses of a round; show them now and then."""
        terms = {f"d_{name}": term for name, term in done.discriminator.items()}
        terms |= {f"g_{name}": term for name, term in done.generator.items()}
        self._terms = {name: term + self._terms.get(name, 0) for name, term in terms.items()}
        self._count += 1
        self.bar.update()
        if not self.bar.disable and monotonic() - self._told > BAR_S:
            d, g = done.losses()
            self.bar.set_postfix_str(f"D {d:.3g}, G {g:.3g}")
            self._told = monotonic()

    def record(self) -> None:
        """Write samples, metrics (the losses are means since the last line) and, at the end, the checkpoint.

        Raises: FloatingPointError when the run has diverged; the last checkpoint then stays.
        """
        row = {name: (term / self._count).item() for name, term in self._terms.items()}
        fakes = self._samples(SAMPLES)
        self._check(row, fakes)
        with torch.random.fork_rng([]):  # whatever a measure draws, the run does not see it
            for measure in self.measures:
                row |= measure(fakes)
        self._draw(fakes)
        self.folder.add_row({"step": self.trainer.number} | row)
        self.trainer.save(self.folder.checkpoint)
        self._terms, self._count = {}, 0
        words = "  ".join(f"{name} {value:.4g}" for name, value in row.items())
        self.bar.write(f"step {self.trainer.number:,}  {words}")

    def end(self) -> None:
        """Close the bar and say where everything is."""
        self.bar.close()
        print(f"{self.folder.path}: at step {self.trainer.number:,}", flush=True)

    def _check(self, losses: dict[str, float], fakes: Tensor) -> None:
        broken = [name for name, value in losses.items() if not np.isfinite(value)]
        if not fakes.isfinite().all():
            broken.append("samples")
        if broken:
            raise FloatingPointError(f"diverged before step {self.trainer.number:,}: no finite {', '.join(broken)}")

    def _samples(self, n: int) -> Tensor:
        return self.data.fakes(self.trainer, self.z[:n])

    def _draw(self, fakes: Tensor) -> None:
        if self.data.toy:
            picture = scatter(self.data.some(self.shown), fakes[: self.shown])
        else:
            picture = png(*self.data.sheet(self.trainer, self.z[: self.shown], fakes))
        self.folder.add_samples(f"{self.trainer.number:06d}", picture)


def png(images: Tensor, columns: int) -> bytes:
    """Images (N, C, H, W) in [-1, 1] as a grid, small ones enlarged by a whole factor so that each pixel shows."""
    factor = max(1, LEAST_SIDE // images.shape[-1])
    large = images.repeat_interleave(factor, dim=2).repeat_interleave(factor, dim=3)
    sheet = (mosaic(large, columns) * 255).round().astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(sheet).save(file, "PNG")
    return file.getvalue()


def scatter(real: Tensor, fake: Tensor) -> bytes:
    """Real and generated points (N, 2), on axes that the real ones alone decide, so that pictures can be compared."""
    picture = Picture(5, 5, "Real and generated points")
    ax = picture.axes_of()
    draw_points(ax, real, fake)
    low, high = real.min(0).values, real.max(0).values
    margin = 0.25 * (high - low).max()
    for limits, start, end in zip((ax.set_xlim, ax.set_ylim), low - margin, high + margin, strict=True):
        limits(start.item(), end.item())
    return picture.png(1.0)
