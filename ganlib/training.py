"""The one training loop. It alternates the players and knows no paper; what they minimise is the GAN's affair."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.optim import Adam, Optimizer
from torch.optim.swa_utils import AveragedModel

from ganlib import checkpoints
from ganlib.gans import GAN, Terms


@dataclass(frozen=True)
class Round:
    """What one round did: its number (from 1) and the loss terms of the last step of each player."""

    number: int
    discriminator: Terms
    generator: Terms

    def losses(self) -> tuple[float, float]:
        """The two sums that were minimised, (discriminator, generator), as plain numbers."""
        return sum(self.discriminator.values()).item(), sum(self.generator.values()).item()


@contextmanager
def frozen(module: nn.Module):
    """Within the block the module's parameters ask for no gradient; afterwards each is as it was."""
    before = [(parameter, parameter.requires_grad) for parameter in module.parameters()]
    module.requires_grad_(False)
    try:
        yield
    finally:
        for parameter, flag in before:
            parameter.requires_grad_(flag)


def average(model: nn.Module, decay: float) -> AveragedModel:
    """A copy of ``model`` that follows it: after each update, average <- d * average + (1 - d) * current.

    d is ``decay`` (0.99 to 0.9999) in the long run and smaller at first, (1 + t) / (10 + t), so that the random initial
    weights are forgotten soon. Sampling from the average of a generator smooths the circling of the game.

    Source: Yazici et al. 2018, arXiv 1806.04498.
    """
    if not 0 < decay < 1:
        raise ValueError(f"decay = {decay}, expected a number between 0 and 1, such as 0.999")

    @torch.no_grad()
    def update(averaged: list[Tensor], current: list[Tensor], count: Tensor | int) -> None:
        step = int(count)
        torch._foreach_lerp_(averaged, current, 1 - min(decay, (1 + step) / (10 + step)))

    return AveragedModel(model, multi_avg_fn=update)


class Trainer:
    """Alternates the players of ``gan`` on ``data``: ``n_critic`` discriminator steps, then one generator step.

    ``data`` is an iterable of batches, each a tensor x or a tuple (x, y); ``ganlib.data.Batches`` is one that a run can
    resume exactly. The optimizers default to Adam(2e-4, betas (0.5, 0.999)), as in DCGAN (arXiv 1511.06434). ``ema``
    is the decay of a running average of the generator, or None for no average. ``device`` moves the GAN there
    (default: where it is). ``dtype=torch.bfloat16`` runs the losses under autocast.

    Raises: ValueError for n_critic < 1, a decay outside (0, 1), or a dtype other than None and torch.bfloat16 (float16
    would need loss scaling, which the gradient penalty does not survive).
    """

    def __init__(
        self,
        gan: GAN,
        data: Iterable,
        *,
        optimizer_d: Optimizer | None = None,
        optimizer_g: Optimizer | None = None,
        n_critic: int = 1,
        ema: float | None = None,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ):
        if n_critic < 1:
            raise ValueError(f"n_critic = {n_critic}, expected at least 1")
        if dtype not in (None, torch.bfloat16):
            raise ValueError(f"dtype = {dtype}, expected None or torch.bfloat16")
        self.device = torch.device(device) if device else next(gan.generator.parameters()).device
        self.gan, self.data, self.n_critic, self.dtype = gan.to(self.device), data, n_critic, dtype
        self.optimizer_d = optimizer_d or Adam(gan.discriminator.parameters(), 2e-4, betas=(0.5, 0.999))
        self.optimizer_g = optimizer_g or Adam(gan.generator.parameters(), 2e-4, betas=(0.5, 0.999))
        self.average = None if ema is None else average(gan.generator, ema)
        self.number = 0
        self._batches, self._batch = iter(data), None

    def _draw(self) -> tuple[Tensor, ...]:
        """The next real batch on the device; at the end of the data it begins again."""
        try:
            batch = next(self._batches)
        except StopIteration:
            self._batches = iter(self.data)
            batch = next(self._batches, None)
        if batch is None:
            raise ValueError("data yields no batches; is the data set smaller than one batch?")
        batch = (batch,) if isinstance(batch, Tensor) else batch
        self._batch = tuple(tensor.to(self.device, non_blocking=True) for tensor in batch)
        return self._batch

    def _update(self, loss: Callable[..., Terms], optimizer: Optimizer, batch: tuple[Tensor, ...]) -> Terms:
        with torch.autocast(self.device.type, self.dtype, enabled=self.dtype is not None):
            terms = loss(*batch)
        optimizer.zero_grad(set_to_none=True)
        sum(terms.values()).backward()
        optimizer.step()
        return {name: term.detach() for name, term in terms.items()}

    def discriminator_step(self) -> Terms:
        """Draw a real batch and update the discriminator once, the generator frozen; return its loss terms."""
        with frozen(self.gan.generator):
            terms = self._update(self.gan.discriminator_loss, self.optimizer_d, self._draw())
        self.gan.after_discriminator_step()
        return terms

    def generator_step(self) -> Terms:
        """Update the generator once with the latest real batch, the discriminator frozen; return its loss terms."""
        with frozen(self.gan.discriminator):
            terms = self._update(self.gan.generator_loss, self.optimizer_g, self._batch or self._draw())
        if self.average is not None:
            self.average.update_parameters(self.gan.generator)
        return terms

    def rounds(self, n: int) -> Iterator[Round]:
        """Do n rounds and yield after each one, so that the caller keeps the ``for``."""
        for _ in range(n):
            for _ in range(self.n_critic):
                discriminator = self.discriminator_step()
            generator = self.generator_step()
            self.number += 1
            yield Round(self.number, discriminator, generator)

    @property
    def generator(self) -> nn.Module:
        """The generator to sample from: the running average if there is one, else the current generator."""
        return self.gan.generator if self.average is None else self.average.module

    @torch.no_grad()
    def sample(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """Samples for noise z in evaluation mode. Draws and changes nothing, so a run may be watched freely."""
        generator = self.generator
        training = generator.training
        generator.eval()
        try:
            return generator(z.to(self.device), *(() if y is None else (y.to(self.device),)))
        finally:
            generator.train(training)

    def state_dict(self) -> dict:
        """All that the rest of the run depends on: players, optimizers, average, place in the data, random states."""
        return {
            "number": self.number,
            "gan": self.gan.state_dict(),
            "optimizer_d": self.optimizer_d.state_dict(),
            "optimizer_g": self.optimizer_g.state_dict(),
            "average": None if self.average is None else self.average.state_dict(),
            "data": self.data.state_dict() if hasattr(self.data, "state_dict") else None,
            "random": torch.get_rng_state(),
            "random_cuda": torch.cuda.get_rng_state(self.device) if self.device.type == "cuda" else None,
        }

    def load_state_dict(self, state: dict) -> None:
        """Go on from a state of ``state_dict``. The next rounds are those that the saved run would have done.

        That is exact, bit for bit on one device, when ``data`` knows its position (``ganlib.data.Batches`` does); with
        another iterable the batches start afresh.

        Raises: ValueError when only one of this trainer and the saved one keeps a running average.
        """
        if (state["average"] is None) != (self.average is None):
            kept = {True: "ema=None", False: "a running average (ema)"}
            raise ValueError(
                f"this trainer has {kept[self.average is None]}, the saved one {kept[state['average'] is None]}"
            )
        self.number = state["number"]
        self.gan.load_state_dict(state["gan"])
        self.optimizer_d.load_state_dict(state["optimizer_d"])
        self.optimizer_g.load_state_dict(state["optimizer_g"])
        if self.average is not None:
            self.average.load_state_dict(state["average"])
        if state["data"] is not None and hasattr(self.data, "load_state_dict"):
            self.data.load_state_dict(state["data"])
        self._batch = None
        torch.set_rng_state(state["random"].cpu())
        if state["random_cuda"] is not None and self.device.type == "cuda":
            torch.cuda.set_rng_state(state["random_cuda"].cpu(), self.device)

    def save(self, path: str | Path) -> Path:
        """Write the state to ``path``; a process killed meanwhile leaves the previous file whole."""
        return checkpoints.save(self.state_dict(), path)

    def load(self, path: str | Path) -> None:
        """Go on from a file written by ``save``.

        Raises: FileNotFoundError, or ValueError for a file that is no checkpoint.
        """
        self.load_state_dict(checkpoints.load(path, self.device))
