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
    real, start = run.samples.peek(), run.random
    n = len(real)
    before, z, fake = _rehearse(run, "discriminator", real, start)
    yield Phase(
        f"{name}. {n} noise vectors z become fakes: G maps each z to a point.",
        None,
        fake,
        run.origins(z),
        alone=("fake",),
    )
    yield Phase(f"{name}. {n} real samples join them. D is not told which are which.", real, fake)
    yield Phase(f"{name}. D judges them all. {_verdicts(run, real, fake)} Its loss is {before:.3f}.", real, fake)
    run.discriminator_step()
    after, *_ = _rehearse(run, "discriminator", real, start)
    yield Phase(
        f"{name}. Now D is told, and moves one step; G stands still. {_verdicts(run, real, fake)} On this "
        f"batch its loss goes from {before:.3f} to {after:.3f}.",
        real,
        fake,
    )


def _generator_phases(run: Run, name: str) -> Iterator[Phase]:
    batch, start = run.latest_batch(), run.random
    before, z, fake = _rehearse(run, "generator", batch, start)
    yield Phase(
        f"{name}. New noise, new fakes. D stands still from now on.", None, fake, run.origins(z), alone=("fake",)
    )
    yield Phase(
        f"{name}. D judges them; G's loss is {before:.3f}. Each arrow shows where a fake would have to go for "
        "that loss to fall: it is minus the gradient that comes back through D, whose length is "
        f"{run.gradient(fake[: len(run.real)]).norm(dim=1).mean():.3f} on average.",
        None,
        fake,
        arrows=True,
        alone=("fake",),
    )
    run.generator_step()
    after, _, moved = _rehearse(run, "generator", batch, start)
    yield Phase(
        f"{name}. G moves one step. The same noise lands elsewhere; G's loss on it goes from {before:.3f} to "
        f"{after:.3f}.",
        None,
        moved,
        fake,
        alone=("fake",),
    )


def _rehearse(run: Run, player: str, batch: Tensor, start: Tensor) -> tuple[float, Tensor, Tensor]:
    """(loss, z, fakes) of a player's update on this batch and random state, with the players as they are now.

    It happens on a copy, so nothing is used up, and running statistics stay as they are.
    """
    gan, seen = deepcopy(run.gan), []
    gan.generator.register_forward_hook(lambda _, given, made: seen.append((given[0].detach(), made.detach())))
    with run.stream(keep=False, start=start):
        terms = getattr(gan, f"{player}_loss")(batch)
    return sum(terms.values()).item(), *seen[-1]


@torch.no_grad()
def _verdicts(run: Run, real: Tensor, fake: Tensor) -> str:
    """What D says on average."""
    with run.stream(keep=False):
        on_real, on_fake = (run.judge(deepcopy(run.gan).logits(x)).mean().item() for x in (real, fake))
    return f"On average it gives the real ones {on_real:.2f} and the fakes {on_fake:.2f}."
