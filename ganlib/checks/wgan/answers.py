"""The answers in a notebook: which are right, what stands in for the others, and the points so far."""

import sys
from collections.abc import Callable, MutableMapping
from typing import Any

from ganlib.checks.core import check
from ganlib.checks.wgan.assignment import PARTS

SEED = 0


class Answers:
    """The answers to the assignment that a notebook holds under the names of its parts.

    ``namespace`` holds them, by default that of the running notebook or script; an answer counts as it is when it is
    asked for. Looking at answers leaves the random streams as they were.
    """

    def __init__(self, namespace: MutableMapping[str, Any] | None = None):
        self.namespace = vars(sys.modules["__main__"]) if namespace is None else namespace
        self._stand_ins: dict[str, Any] = {}

    def is_right(self, name: str) -> bool:
        """Whether the answer of this name has all properties of its part.

        Raises: KeyError when there is no such part.
        """
        part = PARTS[name]
        try:
            part.judge(self.namespace[name], SEED)
        except (Exception, SystemExit):  # there is none, or whatever its code can raise
            return False
        return True

    def ready(self, *names: str) -> bool:
        """Whether all these answers are right. If not, say which are missing, in a sentence for the reader."""
        numbers = {name: number for number, name in enumerate(PARTS, 1)}
        missing = [f"part {numbers[name]} ({name})" for name in names if not self.is_right(name)]
        if missing:
            print(f"This cell needs {_listed(missing)}. Come back when the check of each says Correct.")
        return not missing

    def fill_in(self, name: str, solution: Callable) -> None:
        """Check a solution, as a check does; if it is right, put it under ``name`` unless the notebook's own answer is.

        The answer that it stands in for is forgotten; running its cell again brings it back.
        """
        if not check(PARTS[name].judge)(solution) or self.is_right(name):
            return
        self.namespace[name] = self._stand_ins[name] = solution
        print(f"It stands in for {name} in later cells until yours is right.")

    @staticmethod
    def tasks() -> str:
        """The parts, their points, and the properties that earn them, as a table."""
        rows = ["part  name               points   of these, for"]
        for number, (name, part) in enumerate(PARTS.items(), 1):
            heads = [f"{number:4}  {name:19}{part.points:6}", *[" " * 31] * (len(part.properties) - 1)]
            rows += [f"{head}{one.points:6}   {one.name}" for head, one in zip(heads, part.properties, strict=True)]
        return "\n".join([*rows, f"{'all parts':25}{sum(part.points for part in PARTS.values()):6}"])

    def table(self) -> str:
        """The points of each part as a grader counts them, here with known test data; a stand-in earns none."""
        total, rows = 0, []
        for number, (name, part) in enumerate(PARTS.items(), 1):
            stands_in = self.namespace.get(name) is self._stand_ins.get(name, self)
            marks = [] if stands_in else part.run(self.namespace, SEED)
            earned = sum(mark.earned for mark in marks)
            told = next((mark.diagnosis for mark in marks if mark.diagnosis), "the solution stands in" * stands_in)
            rows.append(f"{number}  {name:18}{earned:3} of {part.points:3}  {told}".rstrip())
            total += earned
        return "\n".join([*rows, f"   {'all parts':18}{total:3} of {sum(part.points for part in PARTS.values()):3}"])


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
