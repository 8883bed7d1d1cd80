"""One run in several processes, one for each GPU, that together do what one process would do.

Every process holds both players and takes its share of each batch; DistributedDataParallel averages the gradients.
Random numbers are drawn for the joined batch in every process, from one and the same state, and each process keeps its
own rows. So losses and parameters are those of one process on the joined batch, to rounding, whatever the number of
processes: a run may be saved by two of them and resumed by four. PyTorch's ``torchrun`` starts the processes.
"""

import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple, NoReturn, TypeVar

import torch
from torch import Tensor, distributed, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.parallel import DistributedDataParallel
from torch.overrides import TorchFunctionMode

from ganlib.gans import GAN, Terms

T = TypeVar("T")
SIZED = (torch.rand, torch.randn)
LIKE = (torch.rand_like, torch.randn_like)
DRAWS = (*SIZED, *LIKE, torch.randint)


class Place(NamedTuple):
    """Which of how many processes this is (``rank`` counts from 0), and the device it computes on."""

    rank: int
    processes: int
    device: torch.device


@contextmanager
def group(device: torch.device) -> Iterator[Place]:
    """Within the block this process works with the others that ``torchrun`` started; started alone, it is 0 of 1.

    On ``cuda`` each process of a machine takes a GPU of its own and talks by NCCL; on ``cpu`` by Gloo.

    Raises: ValueError when a machine has more processes than GPUs, or for other devices.
    """
    if not distributed.is_available() or not distributed.is_torchelastic_launched():
        yield Place(0, 1, device)
        return
    if device.type == "cuda":
        device = _own_gpu(int(os.environ["LOCAL_RANK"]))
        distributed.init_process_group("cpu:gloo,cuda:nccl", device_id=device)
    elif device.type == "cpu":
        distributed.init_process_group("gloo")
    else:
        raise ValueError(f"device = {device}, expected cuda or cpu for several processes")
    try:
        yield Place(distributed.get_rank(), distributed.get_world_size(), device)
        distributed.barrier()  # nobody leaves while others still talk
    finally:
        distributed.destroy_process_group()


def leave(code: int) -> NoReturn:
    """End this process with an exit code: at once where ``torchrun`` started it, otherwise as Python does.

    When Python takes PyTorch 2.15's communication down, one exit in twenty or so is aborted, and ``torchrun`` then
    calls a run failed that has saved everything.
    """
    if distributed.is_available() and distributed.is_torchelastic_launched():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _own_gpu(local_rank: int) -> torch.device:
    """The GPU with this process's number on its machine."""
    if local_rank >= torch.cuda.device_count():
        raise ValueError(f"process {local_rank} finds {torch.cuda.device_count()} GPUs, expected one for each process")
    torch.cuda.set_device(local_rank)
    return torch.device("cuda", local_rank)


def from_rank_zero(call: Callable[[], T]) -> T:
    """What ``call()`` returns in process 0, in every process. An exception there is raised in all of them."""
    if not distributed.is_initialized():
        return call()
    answer: list = [None, None]
    if distributed.get_rank() == 0:
        try:
            answer[0] = call()
        except Exception as error:
            answer[1] = error
    distributed.broadcast_object_list(answer, device=torch.device("cpu"))
    if answer[1] is not None:
        raise answer[1]
    return answer[0]


def anyone(flag: bool) -> bool:
    """Whether ``flag`` is true in any process: all of them must ask, and get the same answer."""
    if not distributed.is_initialized():
        return flag
    votes = torch.tensor(int(flag))
    distributed.all_reduce(votes)
    return votes.item() > 0


class JoinedDraws(TorchFunctionMode):
    """Within the block a random tensor with ``rows`` rows holds this process's rows of a draw for the joined batch.

    That is so for ``torch.rand``, ``randn``, ``randint``, ``rand_like`` and ``randn_like``. Draws with another number
    of rows are the same in every process. Dropout knows nothing of rows: all processes use one mask.
    """

    def __init__(self, rows: int, rank: int, processes: int):
        super().__init__()
        self.rows, self.processes, self.mine = rows, processes, slice(rank * rows, (rank + 1) * rows)

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if function not in DRAWS:
            return function(*args, **kwargs)
        if function in LIKE:
            like, *args = args
            if like.shape[:1] != (self.rows,):
                return function(like, *args, **kwargs)
            return function(torch.cat([like] * self.processes), *args, **kwargs)[self.mine]
        size, args = _size(function, args, kwargs)
        if size[:1] != (self.rows,):
            return function(*args, **kwargs | {"size": size})
        return function(*args, **kwargs | {"size": (self.rows * self.processes, *size[1:])})[self.mine]


def _size(function: Callable, args: tuple, kwargs: dict) -> tuple[tuple[int, ...], tuple]:
    """The size that a draw asks for in one of its forms, and its other positional arguments."""
    if "size" in kwargs:
        return tuple(kwargs["size"]), args
    if function in SIZED and all(isinstance(n, int) for n in args):
        return args, ()
    return tuple(args[-1]), args[:-1]


class _PlayerLoss(nn.Module):
    """What one player minimises, as a module, so that DistributedDataParallel sees one forward for each backward."""

    def __init__(self, player: nn.Module, loss: Callable[..., Terms]):
        super().__init__()
        self.player, self.loss = player, loss

    def forward(self, *batch: Tensor) -> Terms:
        """The named terms on this process's share of the batch."""
        with JoinedDraws(len(batch[0]), distributed.get_rank(), distributed.get_world_size()):
            return self.loss(*batch)


class _Joined(torch.autograd.Function):
    """The mean over the processes. Each one's own value gets the gradient, which DistributedDataParallel averages."""

    @staticmethod
    def forward(ctx, values: Tensor) -> Tensor:
        mean = values / distributed.get_world_size()
        distributed.all_reduce(mean)
        return mean

    @staticmethod
    def backward(ctx, gradient: Tensor) -> Tensor:
        return gradient


def _joined_loss(player: nn.Module, loss: Callable[..., Terms]) -> Callable[..., Terms]:
    parallel = DistributedDataParallel(_PlayerLoss(player, loss))

    def joined(*batch: Tensor) -> Terms:
        terms = parallel(*batch)
        return dict(zip(terms, _Joined.apply(torch.stack(list(terms.values()))).unbind(), strict=True))

    return joined


def distribute(gan: GAN) -> GAN:
    """Make the losses of ``gan`` those of the joined batch, in all processes of the group, and return it.

    Call it when ``gan`` is on its device, before making optimizers; then a ``Trainer`` trains it like any other, on
    data that yields this process's share (``Batches(..., share=(rank, processes))``). Each term of a loss must be an
    average over samples. Batch norm takes its statistics from the joined batch (``SyncBatchNorm``, on GPUs alone).

    Raises: ValueError when a network on the CPU has batch norm, or when there are weights outside the two players,
    whose gradients nobody would average.
    """
    players = {id(weight) for player in (gan.generator, gan.discriminator) for weight in player.parameters()}
    stray = [name for name, weight in gan.named_parameters() if id(weight) not in players]
    if stray:
        raise ValueError(f"{type(gan).__name__} has weights outside its players: {', '.join(stray)}")
    if any(isinstance(part, _BatchNorm) for part in gan.modules()):
        if next(gan.parameters()).device.type != "cuda":
            raise ValueError(
                "batch norm in several processes needs GPUs (SyncBatchNorm); "
                "on the CPU use one process, or another norm: none, layer or instance"
            )
        nn.SyncBatchNorm.convert_sync_batchnorm(gan)
    warnings.filterwarnings("ignore", "Grad strides do not match bucket view")  # convolutions to one channel; no error
    gan.discriminator_loss = _joined_loss(gan.discriminator, gan.discriminator_loss)
    gan.generator_loss = _joined_loss(gan.generator, gan.generator_loss)
    return gan
