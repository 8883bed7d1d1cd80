"""Learning rates that fall towards the end of a training."""

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

from ganlib.training import Trainer


def annealed(trainer: Trainer, updates: int) -> Trainer:
    """The same trainer, with rates that stay for half of ``updates`` updates and then fall linearly to 0.

    Each player's rate follows its own updates, so ``trainer.rounds`` needs no change.

    Source: Zhu et al. 2017, arXiv 1703.10593, section 7.1.
    """
    for optimizer in (trainer.optimizer_d, trainer.optimizer_g):
        _follow(optimizer, updates)
    return trainer


def _follow(optimizer: Optimizer, updates: int) -> None:
    schedule = LambdaLR(optimizer, lambda done: max(0.0, min(1.0, 2 * (1 - done / updates))))
    optimizer.register_step_post_hook(lambda *_: schedule.step())
