"""The files of a run: whole at any moment, whatever kills the process."""

import csv
import io
import json
from pathlib import Path
from typing import IO

from ganlib import checkpoints
from ganlib.environment import lock


class RunFolder:
    """settings.json, then, again and again, samples/NNNNNN.png, metrics.csv and checkpoint.pt, in this order.

    Each file is replaced as a whole. The checkpoint comes last, so all that came before it is there; what was written
    after it is written again, with the same content, when the run goes on. One process at a time may hold the folder.
    """

    def __init__(self, path: str | Path):
        self.path = Path(path)
        self.settings, self.checkpoint = self.path / "settings.json", self.path / "checkpoint.pt"
        self.metrics, self.samples = self.path / "metrics.csv", self.path / "samples"
        self._lock: IO | None = None

    def holds_a_run(self) -> bool:
        """Whether a run was begun here."""
        return any(path.exists() for path in (self.settings, self.checkpoint, self.metrics))

    def stored(self) -> dict | None:
        """The settings of the run here; None when none was begun.

        Raises: ValueError when they are missing or damaged.
        """
        if not self.holds_a_run():
            return None
        return self.described("settings")

    def described(self, what: str) -> dict | list:
        """What ``describe`` wrote: the ``settings``, the ``shape`` or what it was ``made_with``.

        Raises: ValueError when it is missing or damaged.
        """
        try:
            return json.loads(self.settings.read_text(encoding="utf-8"))[what]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{self.settings} is missing or damaged, so the run cannot go on") from error

    def claim(self) -> None:
        """Make the folder and hold it until ``close``, or the end of this process however it comes.

        Raises: ValueError when another process holds it; OSError when it cannot be made.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        self._lock = open(self.path / ".lock", "a")
        if not lock(self._lock):
            raise ValueError(f"another process is training in {self.path}")

    def close(self) -> None:
        """Let go of the folder."""
        if self._lock:
            self._lock.close()

    def clear(self) -> None:
        """Remove the files of an earlier run, and no others."""
        for path in (self.checkpoint, self.metrics, self.settings, *self.samples.glob("*.png")):
            path.unlink(missing_ok=True)

    def describe(self, settings: dict, shape: tuple[int, ...], made_with: dict) -> None:
        """Write down what the run is made with; ``shape`` is that of a sample."""
        description = {"settings": settings, "shape": shape, "made_with": made_with}
        self._write(self.settings, json.dumps(description, indent=2) + "\n")

    def add_samples(self, name: str, png: bytes) -> None:
        """Write a picture of samples."""
        with checkpoints.replacing(self.samples / f"{name}.png") as file:
            file.write(png)

    def add_row(self, row: dict[str, int | float]) -> None:
        """Add a line to the metrics, in the place of lines of its ``step`` and later ones, which a killed run left."""
        rows = [*(earlier for earlier in self.rows() if int(earlier["step"]) < row["step"]), row]
        text = io.StringIO()
        writer = csv.DictWriter(text, list(dict.fromkeys(name for line in rows for name in line)), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        self._write(self.metrics, text.getvalue())

    def rows(self) -> list[dict[str, str]]:
        """The lines of the metrics so far, as text."""
        if not self.metrics.exists():
            return []
        return list(csv.DictReader(io.StringIO(self.metrics.read_text(encoding="utf-8"))))

    @staticmethod
    def _write(path: Path, text: str) -> None:
        with checkpoints.replacing(path) as file:
            file.write(text.encode())
