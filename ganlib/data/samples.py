"""Endless fresh samples of a toy, for runs that never see a point twice."""

import torch
from torch import Tensor

from ganlib.data.toys import Toy

__all__ = ["Samples"]


class Samples:
    """Batches (batch_size, 2) drawn anew from ``toy``, without end; a run can be stopped and resumed exactly.

    They come from a random stream of their own that starts at ``seed``; the global one is never touched.

    Raises: ValueError when batch_size is not a positive integer.
    """

    def __init__(self, toy: Toy, batch_size: int, seed: int = 0) -> None:
        if not isinstance(batch_size, int) or batch_size < 1:
            raise ValueError(f"batch_size = {batch_size!r}, expected a positive integer")
        self.toy, self.batch_size = toy, batch_size
        self._generator = torch.Generator().manual_seed(seed)

    def __iter__(self) -> "Samples":
        return self

    def __next__(self) -> Tensor:
        return self.toy.sample(self.batch_size, self._generator)

    def peek(self) -> Tensor:
        """The batch that will come next."""
        state = self._generator.get_state()
        batch = next(self)
        self._generator.set_state(state)
        return batch

    def state_dict(self) -> dict[str, Tensor]:
        """Where the random stream stands."""
        return {"random": self._generator.get_state()}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        """Go on from a saved state."""
        self._generator.set_state(state["random"].cpu())
