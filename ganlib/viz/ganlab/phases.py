"""One iteration in slow motion: the same updates, with a stop and a sentence before and after each."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field

import torch
from torch import Tensor

from ganlib.viz.ganlab.run import Run


@dataclass(frozen=True)
class Phase:
    """A moment of an iteration: what happens, in words, and the points that are in play.

    ``real`` and ``fake`` are the batches that the players see (None: the usual points stay). ``start`` is where the
    fakes come from, for the eye to follow. ``arrows`` asks for the gradients at the fakes.
    """

    words: str
    real: Tensor | None = None
    fake: Tensor | None = None
    start: Tensor | None = None
    arrows: bool = False
    alone: tuple[str, ...] = field(default=("real", "fake"))


def phases(run: Run) -> Iterator[Phase]:
    """One iteration of ``run``, phase by phase. It ends with the same parameters as ``run.iterate()``, bit for bit."""
    for k in range(run.settings.steps_d):
        yield from _discriminator_phases(run, _count("D", k, run.settings.steps_d))
    for k in range(run.settings.steps_g):
        yield from _generator_phases(run, _count("G", k, run.settings.steps_g))
    run.count()


def _count(player: str, k: int, of: int) -> str:
    return f"{player}'s update" if of == 1 else f"{player}'s update {k + 1} of {of}"


def _discriminator_phases(run: Run, name: str) -> Iterator[Phase]:
    real = run.samples.peek()
    z, fake = _preview(run, len(real))
    n = len(real)
    yield Phase(
        f"{name}. {n} noise vectors z become fakes: G maps each z to a point.",
        None,
        fake,
        run.origins(z),
        alone=("fake",),
    )
    yield Phase(f"{name}. {n} real samples join them. D is not told which are which.", real, fake)
    before = _loss(run, real, z)
    yield Phase(f"{name}. D judges them all. {_verdicts(run, real, fake)} Its loss is {before:.3f}.", real, fake)
    run.discriminator_step()
    after = _loss(run, real, z)
    yield Phase(
        f"{name}. Now D is told, and moves one step; G stands still. {_verdicts(run, real, fake)} On this "
        f"batch its loss goes from {before:.3f} to {after:.3f}.",
        real,
        fake,
    )


def _generator_phases(run: Run, name: str) -> Iterator[Phase]:
    n = run.settings.batch
    z, fake = _preview(run, n)
    yield Phase(
        f"{name}. New noise, new fakes. D stands still from now on.", None, fake, run.origins(z), alone=("fake",)
    )
    before = _loss_g(run, fake)
    yield Phase(
        f"{name}. D judges them; G's loss is {before:.3f}. Each arrow shows where a fake would have to go for "
        "that loss to fall: it is minus the gradient that comes back through D.",
        None,
        fake,
        arrows=True,
        alone=("fake",),
    )
    run.generator_step()
    moved = _generate(run, z)
    yield Phase(
        f"{name}. G moves one step. The same noise lands elsewhere; G's loss on it goes from {before:.3f} to "
        f"{_loss_g(run, moved):.3f}.",
        None,
        moved,
        fake,
        alone=("fake",),
    )


def _preview(run: Run, n: int) -> tuple[Tensor, Tensor]:
    """The noise that the next update will draw, and what G makes of it now; nothing is used up."""
    with run.stream(keep=False):
        z = run.gan.noise(n)
    return z, _generate(run, z)


@torch.no_grad()
def _generate(run: Run, z: Tensor) -> Tensor:
    """G in training mode, on a copy, so that its running statistics stay as they are."""
    return deepcopy(run.gan.generator)(z)


def _loss(run: Run, real: Tensor, z: Tensor) -> float:
    """What D pays for this batch now, penalties apart."""
    gan = deepcopy(run.gan)
    with torch.no_grad():
        return gan.loss.discriminator(gan.logits(real), gan.logits(gan.generator(z))).item()


def _loss_g(run: Run, fake: Tensor) -> float:
    gan = deepcopy(run.gan)
    with torch.no_grad():
        return gan.loss.generator(gan.logits(fake)).item()


def _verdicts(run: Run, real: Tensor, fake: Tensor) -> str:
    """What D says on average."""
    with torch.no_grad():
        on_real, on_fake = (run.judge(deepcopy(run.gan).logits(x)).mean().item() for x in (real, fake))
    return f"On average it gives the real ones {on_real:.2f} and the fakes {on_fake:.2f}."
