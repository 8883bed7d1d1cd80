"""The one training loop. It alternates the players and knows no paper; what they minimise is the GAN's affair."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
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

    def losses(self) -> tuple[Tensor, Tensor]:
        """The two sums that were minimised, (discriminator, generator), on the device: ``float()`` makes numbers."""
        return sum(self.discriminator.values()), sum(self.generator.values())


@contextmanager
def frozen(module: nn.Module):
    """Within the block the module's parameters ask for no gradient; afterwards each is as it was."""
    asking = [parameter for parameter in module.parameters() if parameter.requires_grad]
    for parameter in asking:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in asking:
            parameter.requires_grad_(True)


@contextmanager
def evaluation(module: nn.Module):
    """Within the block the module is in evaluation mode without gradients; afterwards each part is as it was.

    Looking at a network so changes nothing of it: batch norm keeps its statistics, spectral norm its vectors.
    """
    before = [(part, part.training) for part in module.modules()]
    module.eval()
    try:
        with torch.no_grad():
            yield module
    finally:
        for part, flag in before:
            part.training = flag


class MovingAverage(AveragedModel):
    """What ``ema`` returns: PyTorch's averaged model, which here updates without waiting for a GPU."""

    def __init__(self, model: nn.Module, decay: float):
        super().__init__(model)
        self.decay = decay

    @torch.no_grad()
    def update_parameters(self, model: nn.Module) -> None:
        """Move the average towards ``model`` as it is now; the first call copies it."""
        t = int(self.n_averaged)  # a tensor on the CPU, wherever the model is
        d = min(self.decay, (1 + t) / (10 + t)) if t > 0 else 0.0
        torch._foreach_lerp_(list(self.module.parameters()), list(model.parameters()), 1 - d)
        for averaged, current in zip(self.module.buffers(), model.buffers(), strict=True):
            averaged.copy_(current)
        self.n_averaged += 1


def ema(model: nn.Module, decay: float) -> MovingAverage:
    """An exponential moving average of ``model``: after each update, average <- d * average + (1 - d) * current.

    d is ``decay`` (0.99 to 0.9999) in the long run and smaller at first, (1 + t) / (10 + t), so that the random initial
    weights are forgotten soon. Buffers, such as batch norm's statistics, are copied. Sampling from the average of a
    generator smooths the circling of the game. Call ``update_parameters(model)`` after each update of the model.

    Raises: ValueError when ``decay`` is not between 0 and 1.

    Source: Yazici et al. 2018, arXiv 1806.04498; the smaller d at first is TensorFlow's ExponentialMovingAverage.
    """
    if not 0 < decay < 1:
        raise ValueError(f"decay = {decay}, expected a number between 0 and 1, such as 0.999")
    return MovingAverage(model, decay)


def match_layout(optimizer: Optimizer) -> None:
    """Lay an optimizer's tensors out in memory as their parameters are, channels_last or not.

    PyTorch does not when it loads a state, and a fused step, which goes through both in memory order, would then pair
    wrong numbers in silence.
    """
    for parameter, state in optimizer.state.items():
        for name, value in state.items():
            if isinstance(value, Tensor) and value.shape == parameter.shape and value.stride() != parameter.stride():
                state[name] = torch.empty_like(parameter, dtype=value.dtype).copy_(value)


class Trainer:
    """Alternates the players of ``gan`` on ``data``: ``n_critic`` discriminator steps, then one generator step.

    ``data`` is an iterable of batches, each a tensor x or a tuple (x, y); ``ganlib.data.Batches`` is one that a run can
    resume exactly. The optimizers default to Adam(2e-4, betas (0.5, 0.999)), as in DCGAN (arXiv 1511.06434), fused: all
    weights in one call. ``decay`` asks for a moving average of the generator (see ``ema``); None keeps none. ``device``
    moves the GAN there (default: where it is). ``dtype=torch.bfloat16`` runs the players under autocast; losses and
    penalties stay in float32.

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
        decay: float | None = None,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ):
        if n_critic < 1:
            raise ValueError(f"n_critic = {n_critic}, expected at least 1")
        if dtype not in (None, torch.bfloat16):
            raise ValueError(f"dtype = {dtype}, expected None or torch.bfloat16")
        self.device = torch.device(device) if device else next(gan.parameters()).device
        self.gan, self.data, self.n_critic, self.dtype = gan.to(self.device), data, n_critic, dtype
        self.optimizer_d = optimizer_d or Adam(gan.discriminator.parameters(), 2e-4, betas=(0.5, 0.999), fused=True)
        self.optimizer_g = optimizer_g or Adam(gan.generator.parameters(), 2e-4, betas=(0.5, 0.999), fused=True)
        self.ema = None if decay is None else ema(gan.generator, decay)
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
            raise ValueError(
                "data yields no (more) batches, expected an iterable that can be gone through again and again"
            )
        batch = (batch,) if isinstance(batch, Tensor) else batch
        if not isinstance(batch, list | tuple):
            raise TypeError(f"data yields a {type(batch).__name__}, expected a tensor x or a tuple of tensors (x, y)")
        self._batch = tuple(tensor.to(self.device, non_blocking=True) for tensor in batch)
        return self._batch

    def _update(self, loss: Callable[..., Terms], optimizer: Optimizer, batch: tuple[Tensor, ...]) -> Terms:
        """One step of one player: the gradient of what it minimises, then its optimizer."""
        parameters = [p for group in optimizer.param_groups for p in group["params"] if p.requires_grad]
        terms = self._differentiate(loss, parameters, batch)
        optimizer.step()
        return terms

    def _differentiate(self, loss: Callable[..., Terms], parameters: list[Tensor], batch: tuple[Tensor, ...]) -> Terms:
        """Leave the gradient of the terms' sum in ``parameters``, and in nothing else; return the terms."""
        for parameter in parameters:
            parameter.grad = None
        with torch.autocast(self.device.type, self.dtype) if self.dtype else nullcontext():
            terms = loss(*batch)
        sum(terms.values()).backward(inputs=parameters)
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
        if self.ema is not None:
            self.ema.update_parameters(self.gan.generator)
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
        """The generator to sample from: its moving average if there is one, else the current generator."""
        return self.gan.generator if self.ema is None else self.ema.module

    def sample(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """Samples for noise z in evaluation mode. Changes nothing, so a run may be watched freely."""
        condition = () if y is None else (y.to(self.device),)
        with evaluation(self.generator) as generator:
            return generator(z.to(self.device), *condition)

    def state_dict(self) -> dict:
        """All that the rest of the run depends on: players, optimizers, average, data and latest batch, random states.

        It holds the live tensors; ``copy.deepcopy`` it to keep it in memory while training goes on.
        """
        return {
            "number": self.number,
            "gan": self.gan.state_dict(),
            "optimizer_d": self.optimizer_d.state_dict(),
            "optimizer_g": self.optimizer_g.state_dict(),
            "ema": None if self.ema is None else self.ema.state_dict(),
            "data": self.data.state_dict() if hasattr(self.data, "state_dict") else None,
            "batch": None if self._batch is None else list(self._batch),
            "random": torch.get_rng_state(),
            "random_device": self._device_module.get_rng_state() if self._device_module else None,
        }

    def load_state_dict(self, state: dict) -> None:
        """Go on from a state of ``state_dict``. The next rounds are those that the saved run would have done.

        That is exact, bit for bit on one device, when ``data`` knows its place (``ganlib.data.Batches`` does); other
        iterables start afresh.

        Raises: ValueError when the state is none of a trainer, or of one with another data set or with other ``decay``.
        """
        self._check(state)
        if state["data"] is not None:
            self.data.load_state_dict(state["data"])
        self._batches, self.number = iter(self.data), state["number"]
        self._batch = None if state["batch"] is None else tuple(tensor.to(self.device) for tensor in state["batch"])
        self.gan.load_state_dict(state["gan"])
        for name in ("optimizer_d", "optimizer_g"):
            getattr(self, name).load_state_dict(state[name])
            match_layout(getattr(self, name))
        if self.ema is not None:
            self.ema.load_state_dict(state["ema"])
        torch.set_rng_state(state["random"].cpu())
        if self._device_module and state["random_device"] is not None:
            self._device_module.set_rng_state(state["random_device"].cpu())

    def _check(self, state: dict) -> None:
        """Refuse a state that does not fit before anything is changed."""
        mine = self.state_dict()
        if set(state) != set(mine):
            raise ValueError(f"the state holds {sorted(state)}, expected that of a Trainer: {sorted(mine)}")
        for name, words in (("ema", "a moving average (decay)"), ("data", "data that knows its place")):
            if (state[name] is None) != (mine[name] is None):
                kept = "has" if state[name] is not None else "has not"
                raise ValueError(f"the saved run {kept} {words}, unlike this one")
        shapes = {name: tuple(tensor.shape) for name, tensor in state["gan"].items()}
        for name, tensor in mine["gan"].items():
            if shapes.get(name) != tuple(tensor.shape):
                raise ValueError(f"{name} has shape {shapes.get(name)} in the state, expected {tuple(tensor.shape)}")

    @property
    def _device_module(self):
        """torch.cuda or torch.mps, whose random state belongs to the run; None on the CPU."""
        return None if self.device.type == "cpu" else torch.get_device_module(self.device)

    def save(self, path: str | Path) -> Path:
        """Write the state to ``path``; a process killed meanwhile leaves the previous file whole."""
        return checkpoints.save(self.state_dict(), path)

    def load(self, path: str | Path) -> None:
        """Go on from a file written by ``save``.

        Raises: FileNotFoundError, or ValueError for a file that is no checkpoint of such a run.
        """
        self.load_state_dict(checkpoints.load(path))
