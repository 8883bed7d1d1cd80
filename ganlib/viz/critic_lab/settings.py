"""What can be chosen in the laboratory for critics."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

from ganlib.data import toys

DATA: dict[str, Callable[[], toys.Toy]] = {
    "swiss roll": lambda: toys.SwissRoll(0.03),
    "ring": lambda: toys.ring(8, 2.0, 0.05),
    "grid": lambda: toys.grid(5, 1.0, 0.05),
}
"""The three toys of Gulrajani et al. 2017 (arXiv 1704.00028, figure 1), here all about 4 wide."""

RANGES = {
    "penalty": (1e-3, 1e3),
    "depth": (2, 16),
    "width": (2, 256),
    "batch": (2, 1024),
    "rate": (1e-6, 1.0),
    "seed": (0, 2**31 - 1),
}
CLIP_RANGE = (1e-6, 100.0)


@dataclass(frozen=True)
class Settings:
    """All settings of one comparison; equal settings give equal runs, bit for bit.

    Three critics are clipped to ``clips`` and one pays ``penalty`` (lambda) times the gradient penalty. Each has
    ``depth`` linear layers with ``width`` units between them.

    Raises: ValueError, which names the setting, for a value that is not among the choices or out of range.
    """

    data: str = "swiss roll"
    clips: tuple[float, float, float] = (0.1, 0.01, 0.001)
    penalty: float = 1.0
    depth: int = 12
    width: int = 64
    batch: int = 128
    rate: float = 1e-3
    seed: int = 0

    def __post_init__(self):
        if self.data not in DATA:
            raise ValueError(f"data = {self.data!r}, expected one of {', '.join(DATA)}")
        low, high = CLIP_RANGE
        if len(self.clips) != 3 or not all(low <= clip <= high for clip in self.clips):
            raise ValueError(f"clips = {self.clips}, expected three numbers from {low} to {high}")
        for name, (low, high) in RANGES.items():
            value, kind = getattr(self, name), type(low)
            if not isinstance(value, int | kind) or isinstance(value, bool) or not low <= value <= high:
                what = "an integer" if kind is int else "a number"
                raise ValueError(f"{name} = {value!r}, expected {what} from {low} to {high}")

    def change(self, **values: Any) -> "Settings":
        """These settings with some values replaced.

        Raises: ValueError also for a name that is no setting.
        """
        known = [field.name for field in fields(self)]
        for name in values:
            if name not in known:
                raise ValueError(f"{name} is no setting, expected one of {', '.join(known)}")
        return replace(self, **values)
