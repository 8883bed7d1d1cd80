"""A run of the clinic, done in small pieces so that a widget stays alive, and noted on the way."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from ganlib.clinic.recordings import CURVES, PLAYERS, Recording
from ganlib.clinic.setup import Setup

NOTES, MOMENTS, PROBE = 100, 6, 64
FAR = 60_000  # the largest coordinate that is kept: half precision ends at 65,504


class Run:
    """A run of ``setup``. ``advance()`` does its next piece: one round of training, or one act of measuring.

    It has a random stream of its own: other code may draw numbers between two pieces, and neither side notices. So
    a run gives the same recording however it is cut into pieces, on one kind of processor.

    Iterating over a run does it to its end and yields after each round.
    """

    def __init__(self, setup: Setup, name: str = "", treatment: str | None = None):
        self.setup, self.name, self.treatment = setup, name, treatment
        self.total, self.done = setup.updates, 0
        self._updates: list[int] = []
        self._curves: dict[str, list[float]] = {curve: [] for curve in CURVES}
        self._moments: list[int] = []
        self._samples: list[np.ndarray] = []
        self._health: dict[str, list[float]] = {key: [] for key in setup.subject.measures}
        with torch.random.fork_rng([]):
            torch.manual_seed(setup.seed)
            self.trainer = setup.trainer()
            self._random = torch.get_rng_state()
        self._watches = {
            "discriminator": GradientWatch(self.trainer.gan.discriminator, self.trainer.optimizer_d),
            "generator": GradientWatch(self.trainer.gan.generator, self.trainer.optimizer_g),
        }
        self._pieces = self._play()

    def __len__(self) -> int:
        return self.total

    def __iter__(self) -> Iterator[int]:
        before = self.done
        while self.advance():
            if self.done != before:
                before = self.done
                yield self.done

    @property
    def finished(self) -> bool:
        """Whether all is done and measured."""
        return self._pieces is None

    def advance(self) -> bool:
        """Do the next piece; returns whether there was one."""
        if self._pieces is None:
            return False
        with self._own_randomness():
            if next(self._pieces, "end") == "end":
                self._pieces = None
        return self._pieces is not None

    @property
    def recording(self) -> Recording:
        """What is noted so far."""
        return Recording(
            self.name,
            self.treatment,
            self.total,
            np.array(self._updates, dtype=np.int32),
            {curve: np.array(values) for curve, values in self._curves.items()},
            {player: self._watches[player].norms for player in PLAYERS},
            {player: self._watches[player].layers for player in PLAYERS},
            np.array(self._moments, dtype=np.int32),
            np.stack(self._samples) if self._samples else np.zeros(0),
            {key: np.array(values) for key, values in self._health.items()},
        )

    def _play(self) -> Iterator[None]:
        """The pieces of the run, one after the other."""
        notes, moments = _spread(self.total, NOTES)[1:], _spread(self.total, MOMENTS)
        losses: list[tuple[Tensor, Tensor]] = []
        self._keep()
        yield
        while self.done < self.total:
            noted = self.done + 1 in notes
            for watch in self._watches.values():
                watch.on = noted
            losses.append(self.setup.step(self.trainer))
            self.done += 1
            if noted:
                self._note(losses)
                losses = []
            yield
            if self.done in moments:
                self._keep()
                yield

    @contextmanager
    def _own_randomness(self):
        with torch.random.fork_rng([]):
            torch.set_rng_state(self._random)
            yield
            self._random = torch.get_rng_state()

    def _note(self, losses: list[tuple[Tensor, Tensor]]) -> None:
        """One point of each curve."""
        x, *y = (part[:PROBE] for part in self.setup.real)
        fake = self._sample(PROBE, seed=1, y=y[0] if y else None)
        with untouched(self.trainer.gan) as gan:
            real_logits, fake_logits = (gan.logits(samples, *y).flatten() for samples in (x, fake))
        values = {
            "loss_d": sum(float(d) for d, _ in losses) / len(losses),
            "loss_g": sum(float(g) for _, g in losses) / len(losses),
            "real_logit": float(real_logits.mean()),
            "fake_logit": float(fake_logits.mean()),
            "accuracy": pair_accuracy(real_logits, fake_logits),
            "gradient_d": self._watches["discriminator"].total,
            "gradient_g": self._watches["generator"].total,
            "spread": _mean_distance(fake) / _mean_distance(x),
        }
        self._updates.append(self.done)
        for curve, value in values.items():
            self._curves[curve].append(value)

    def _keep(self) -> None:
        """Keep samples as they are now, and measure."""
        subject = self.setup.subject
        asked = None if subject.asked is None else subject.asked(subject.judged)
        samples = self._sample(subject.judged, seed=0, y=asked)
        self._moments.append(self.done)
        self._samples.append(_storable(samples[: subject.shown], subject.kind))
        for key, value in subject.measured(samples, self.setup.real).items():
            self._health[key].append(value)

    def _sample(self, n: int, seed: int, y: Tensor | None) -> Tensor:
        """Samples for noise that is the same in each run."""
        z = torch.randn(n, self.trainer.gan.latent_dim, generator=torch.Generator().manual_seed(seed))
        return self.trainer.sample(z, y)


@contextmanager
def untouched(module: nn.Module):
    """Within the block the module answers in the mode it is in, without gradients; afterwards it is as it was.

    In training mode batch norm uses the statistics of the batch, and notes them: that is undone, as are random draws.
    """
    before = [(buffer, buffer.clone()) for buffer in module.buffers()]
    with torch.no_grad(), torch.random.fork_rng([]):
        yield module
        for buffer, value in before:
            buffer.copy_(value)


class GradientWatch:
    """Notes, when ``on``, the norms of the gradients that an optimizer is about to use."""

    def __init__(self, player: nn.Module, optimizer: Optimizer):
        self._weights = [(name, p) for name, p in player.named_parameters() if p.dim() > 1]
        self._parameters = list(player.parameters())
        self.layers = tuple(name.rpartition(".")[0] for name, _ in self._weights)
        self.on, self.total = False, 0.0
        self._rows: list[list[float]] = []
        optimizer.register_step_pre_hook(lambda *_: self._look())

    @property
    def norms(self) -> np.ndarray:
        """The norm at each layer's weight for each time that it was noted, (K, L)."""
        return np.array(self._rows).reshape(-1, len(self.layers))

    def _look(self) -> None:
        if self.on:
            self.on = False  # of several updates in a round the first one is noted
            self.total = float(torch.cat([_gradient(p).flatten() for p in self._parameters]).norm())
            self._rows.append([float(_gradient(p).norm()) for _, p in self._weights])


def pair_accuracy(real: Tensor, fake: Tensor) -> float:
    """The share of pairs, one real and one fake, in which the real one has the higher logit; ties count half.

    Shapes: (N,) and (M,). Known as the area under the ROC curve. NaN for logits that are not finite.
    """
    if not (real.isfinite().all() and fake.isfinite().all()):
        return float("nan")
    difference = real[:, None] - fake[None, :]
    return float(((difference > 0).double() + (difference == 0).double() / 2).mean())


def _gradient(parameter: Tensor) -> Tensor:
    return torch.zeros_like(parameter) if parameter.grad is None else parameter.grad


def _mean_distance(samples: Tensor) -> float:
    return float(torch.pdist(samples.flatten(1)).mean())


def _spread(total: int, parts: int) -> list[int]:
    """0, total, and whole numbers evenly between, ``parts`` steps at most."""
    return sorted({round(total * i / parts) for i in range(parts + 1)})


def _storable(samples: Tensor, kind: str) -> np.ndarray:
    """Points as float32; images, [-1, 1], as bytes in 52 levels: small files. What is no number becomes 0."""
    if kind == "points":
        return samples.float().nan_to_num().clamp(-FAR, FAR).numpy()
    return (((samples.nan_to_num().clamp(-1, 1) + 1) * 25.5).round() * 5).byte().numpy()
