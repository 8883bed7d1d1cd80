"""A picture that follows a training run: it updates in place in a notebook and stays there as a still picture."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from time import perf_counter

import torch
from IPython.core.getipython import get_ipython
from IPython.display import display
from torch import Tensor

from ganlib.training import Round
from ganlib.viz import figures
from ganlib.viz.style import Picture

SHARE = 0.08
POINTS = 200


class TrainingView:
    """Samples now, both losses, and samples at chosen update counts, in one picture with a progress bar.

    ``sample()`` returns images (N, C, H, W) made from fixed noise: a view must draw nothing from the random stream that
    training uses, so that watching never changes a run. ``total`` is the number of updates to come; ``moments`` are the
    update counts (0 is the start) whose samples are kept in the strip below. The view draws for at most 8 % of the
    time.

    Where there is no notebook nothing is shown; ``picture`` is there anyway.

    Raises: ValueError when ``total`` is below 1.
    """

    def __init__(self, sample: Callable[[], Tensor], total: int, moments: Iterable[int] = (), columns: int = 8):
        if total < 1:
            raise ValueError(f"total = {total}, expected at least 1")
        self.sample, self.total = sample, total
        self.steps: list[int] = []
        self.losses: tuple[list[float], list[float]] = ([], [])
        self._pending: list[tuple[Tensor, ...]] = []
        self._started, self._drawing = perf_counter(), 0.0
        self._frame = _Frame(sample(), total, sorted({moment for moment in moments if moment <= total}), columns)
        self._frame.keep(0, sample)
        self._handle = display(self.picture, display_id=True) if get_ipython() else None

    @property
    def picture(self) -> Picture:
        """The picture as last drawn."""
        return self._frame.picture

    def update(self, step: int, discriminator: Tensor | float, generator: Tensor | float) -> None:
        """Tell the view that update number ``step`` is done, with the two losses of that update."""
        self._pending.append(tuple(torch.as_tensor(loss).detach() for loss in (discriminator, generator)))
        if len(self._pending) >= self.total / POINTS or step == self.total:
            self._record(step)
        self._frame.keep(step, self.sample)
        elapsed = perf_counter() - self._started
        if step == self.total or (self._handle and self._drawing < SHARE * elapsed):
            self._draw(step, elapsed)

    def watch(self, rounds: Iterable[Round]) -> Iterator[Round]:
        """Follow ``Trainer.rounds``: yields each round after taking note of it, and draws the last one at the end.

        Updates are counted from the first round that is watched, so a resumed run begins at 1 again.
        """
        step = 0
        try:
            for step, done in enumerate(rounds, start=1):
                self.update(step, *done.losses())
                yield done
        finally:
            if 0 < step < self.total:
                self._record(step)
                self._draw(step, perf_counter() - self._started)

    def losses_at(self, step: int) -> tuple[float, float]:
        """The two losses (discriminator, generator) around an update: the means of the point that covers it.

        Raises: ValueError when no point of the curves covers ``step`` yet.
        """
        if not self.steps or not 0 < step <= self.steps[-1]:
            raise ValueError(f"step = {step}, expected an update from 1 to {self.steps[-1] if self.steps else 0}")
        point = bisect_left(self.steps, step)
        return self.losses[0][point], self.losses[1][point]

    def _record(self, step: int) -> None:
        """One point of the loss curves: the mean since the last one."""
        if not self._pending:
            return
        self.steps.append(step)
        for curve, values in zip(self.losses, zip(*self._pending, strict=True), strict=True):
            curve.append(sum(map(float, values)) / len(values))
        self._pending.clear()

    def _draw(self, step: int, elapsed: float) -> None:
        before = perf_counter()
        self._frame.show(self.sample(), step, elapsed, self.steps, *self.losses)
        if self._handle:
            self._handle.update(self.picture)
        self._drawing += perf_counter() - before


class _Frame:
    """The drawn parts of a training view."""

    def __init__(self, images: Tensor, total: int, moments: list[int], columns: int):
        self.total, self.columns = total, columns
        height = 3.4 + (1.8 if moments else 0)
        self.picture = Picture(
            9, height, "Generated samples, the losses of both players, and samples at earlier updates."
        )
        rows = self.picture.add_gridspec(3 if moments else 2, 1, height_ratios=[0.07, 3, *([1.7] if moments else [])])
        self.bar = self.picture.axes_of(rows[0])
        top = rows[1].subgridspec(1, 2, width_ratios=[1, 1.35])
        self.now, self.losses = self.picture.axes_of(top[0]), self.picture.axes_of(top[1])
        cells = rows[2].subgridspec(1, len(moments)) if moments else ()
        self.strip = {moment: self.picture.axes_of(cells[i]) for i, moment in enumerate(moments)}
        for moment, ax in self.strip.items():
            self.picture.caption(ax, f"after {moment:,}" if moment else "before training")
            ax.imshow([[self.picture.theme.pale(self.picture.theme.faint)]])
            ax.set_axis_off()
        self.show(images, 0, 0.0, [], [], [])
        self.picture.draw_without_rendering()
        self.picture.set_layout_engine("none")

    def keep(self, step: int, sample: Callable[[], Tensor]) -> None:
        """If ``step`` is one of the moments, put its samples into the strip."""
        if step in self.strip:
            self.strip[step].images[0].remove()
            figures.draw_images(self.strip[step], sample()[:16], 4)

    def show(self, images: Tensor, step: int, elapsed: float, steps: list[int], *losses: list[float]) -> None:
        """Put the current samples, the loss curves and the progress into the picture."""
        self.now.clear()
        figures.draw_images(self.now, images, self.columns)
        figures.draw_losses(self.losses, steps, *losses)
        self.losses.set_xlim(0, self.total)
        theme, share = self.picture.theme, step / self.total
        self.bar.clear()
        self.bar.barh([0, 0], [1, share], color=[theme.faint, theme.text])
        self.bar.set_xlim(0, 1)
        self.bar.set_axis_off()
        left = f", about {elapsed * (1 - share) / share:.0f} s to go" if 0 < share < 1 else ""
        words = f"update {step:,} of {self.total:,}, {elapsed:.0f} s{left}" if step else "starting"
        self.picture.caption(self.bar, words, loc="left")
