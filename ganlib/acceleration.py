"""The one training loop at the speed of a GPU: bfloat16, channels_last, and CUDA graphs instead of Python."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Literal, TypeVar

import torch
from torch import Tensor, nn

from ganlib.gans import GAN, Terms
from ganlib.training import Trainer, match_layout

T = TypeVar("T")
Loss = Callable[..., Terms]

WARM_UP = 3
"""Steps that run one by one before a graph is recorded: cuDNN chooses its algorithms, libraries get their memory."""


def fast_dtype(device: torch.device) -> torch.dtype | None:
    """torch.bfloat16 where the hardware multiplies it fast (NVIDIA from Ampere on, 2020), else None: float32."""
    fast = device.type == "cuda" and torch.cuda.get_device_capability(device) >= (8, 0)
    return torch.bfloat16 if fast else None


def channels_last(x: Tensor) -> Tensor:
    """Images and convolution weights with the channels innermost in memory; any other tensor as it is.

    Values and shape (N, C, H, W) stay. Tensor cores read this order; in the other one cuDNN turns each tensor around.
    """
    return x.contiguous(memory_format=torch.channels_last) if x.dim() == 4 else x


class FastTrainer(Trainer):
    """A ``Trainer`` that does the same steps faster on a CUDA device. On any other device it is ``Trainer``.

    - The players run in bfloat16 (``dtype="auto"``: where the hardware does, see ``fast_dtype``; None: in float32).
      Losses and penalties stay in float32. From the same weights and noise, a step's loss terms then agree with
      float32's within 2 % or 0.01, and its gradient within 10 % of its norm, mostly within 3 %. With None only rounding
      differs.
    - Images and weights lie channels_last.
    - After three ordinary steps, a player's loss and gradient are recorded as a CUDA graph. Later steps replay it on
      new batches and new noise, without Python in between. Optimizers, moving average and data stay outside, so
      learning rates may change at any time. Batches of another shape get a graph of their own.

    Python in a loss runs only while it is recorded. A loss that decides anew at each call, or reads a number back from
    the GPU, needs ``Trainer``; after changing a setting of the GAN, such as ``penalty_weight``, call ``record_again``.
    A GAN that ``ganlib.distributed`` spreads over several processes needs ``Trainer`` too.

    Raises: as ``Trainer``; RuntimeError in the fourth step of a player whose loss cannot be recorded.
    """

    def __init__(
        self,
        gan: GAN,
        data: Iterable,
        *,
        device: torch.device | str | None = None,
        dtype: torch.dtype | Literal["auto"] | None = "auto",
        **settings,
    ):
        device = torch.device(device) if device else next(gan.parameters()).device
        self._records = device.type == "cuda"
        if self._records:
            lay_out(gan)
        super().__init__(gan, data, device=device, dtype=fast_dtype(device) if dtype == "auto" else dtype, **settings)
        match_layout(self.optimizer_d)
        match_layout(self.optimizer_g)
        self.record_again()

    def record_again(self) -> None:
        """Forget the recorded graphs: the next steps read the GAN's settings anew."""
        self._graphs: dict[tuple, _Graph] = {}

    def _differentiate(self, loss: Loss, parameters: list[Tensor], batch: tuple[Tensor, ...]) -> Terms:
        """As in ``Trainer``, by a graph that belongs to this loss, these parameters and batches of this shape."""
        if not self._records:
            return super()._differentiate(loss, parameters, batch)
        key = (loss, *((x.shape, x.dtype) for x in batch), *map(id, parameters))
        if key not in self._graphs:
            self._graphs[key] = _Graph(super()._differentiate, loss, parameters)
        return self._graphs[key](batch)


def lay_out(module: nn.Module) -> None:
    """Turn the convolution weights of ``module`` to channels_last, in place."""
    for parameter in module.parameters():
        parameter.data = channels_last(parameter.data)


class _Graph:
    """A loss and its gradient: computed at the first calls, recorded at the next one, replayed from then on."""

    def __init__(self, differentiate: Callable, loss: Loss, parameters: list[Tensor]):
        self.differentiate, self.loss, self.parameters = differentiate, loss, parameters
        self.calls, self.replay = 0, None

    def __call__(self, batch: tuple[Tensor, ...]) -> Terms:
        """The terms on this batch; their gradient is left in the parameters."""
        self.calls += 1
        if self.calls <= WARM_UP:
            with tuned(), beside(batch[0].device):
                return self.differentiate(self.loss, self.parameters, tuple(map(channels_last, batch)))
        if self.replay is None:
            self._record(batch)
        for mine, given in zip(self.batch, batch, strict=True):
            mine.copy_(given, non_blocking=True)
        self.replay()
        for parameter, gradient in zip(self.parameters, self.gradients, strict=True):
            parameter.grad = gradient
        return {name: term.clone() for name, term in self.terms.items()}

    def _record(self, batch: tuple[Tensor, ...]) -> None:
        """Where the graph reads its batch and writes terms and gradients is fixed from here on."""
        self.batch = tuple(channels_last(x).clone() for x in batch)
        work = partial(self.differentiate, self.loss, self.parameters, self.batch)
        try:
            self.terms, self.replay = record(work, batch[0].device)
        except RuntimeError as error:
            name = getattr(self.loss, "__qualname__", repr(self.loss))
            raise RuntimeError(f"{name} cannot be recorded as a CUDA graph; train with Trainer instead") from error
        self.gradients = [parameter.grad for parameter in self.parameters]


def record(work: Callable[[], T], device: torch.device) -> tuple[T, Callable[[], None]]:
    """Record the GPU's part of ``work`` without doing it: its result, still empty, and what fills it each time."""
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, stream=torch.cuda.Stream(device)):
        result = work()
    return result, graph.replay


@contextmanager
def beside(device: torch.device) -> Iterator[None]:
    """Within the block the GPU's work is queued on a side stream, as CUDA asks for work that is recorded later."""
    stream, current = torch.cuda.Stream(device), torch.cuda.current_stream(device)
    stream.wait_stream(current)
    with torch.cuda.stream(stream):
        yield
    current.wait_stream(stream)


@contextmanager
def tuned() -> Iterator[None]:
    """Within the block cuDNN times its algorithms on each new shape and keeps the fastest."""
    before = torch.backends.cudnn.benchmark
    torch.backends.cudnn.benchmark = True
    try:
        yield
    finally:
        torch.backends.cudnn.benchmark = before
