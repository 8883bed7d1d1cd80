"""From what a sandbox left, which nobody has vouched for, to a grade."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from ganlib.grade.sandbox import RESULT_BYTES, Outcome

TEXT = 1000


@dataclass(frozen=True)
class Row:
    """A property of an answer: the points earned and possible, and what is wrong."""

    name: str
    earned: float
    possible: float
    diagnosis: str = ""


@dataclass(frozen=True)
class Grade:
    """The rows of each part, what is wrong with the submission as a whole, and what a person should look at."""

    parts: Mapping[str, tuple[Row, ...]]
    diagnosis: str = ""
    flags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    def points(self, part: str) -> float:
        """The points of a part, rounded to hundredths."""
        return round(sum(row.earned for row in self.parts[part]), 2)

    @property
    def total(self) -> float:
        """The points of all parts."""
        return round(sum(self.points(part) for part in self.parts), 2)

    def told(self) -> str:
        """The first diagnosis of each part on one line, or what is wrong with the whole."""
        wrong = {part: [row.diagnosis for row in rows if row.diagnosis] for part, rows in self.parts.items()}
        return self.diagnosis or "; ".join(f"{part}: {words[0]}" for part, words in wrong.items() if words)

    def as_plain(self) -> dict:
        """The grade in types that JSON has."""
        return asdict(self)


def from_plain(plain: Mapping) -> Grade:
    """The grade that ``as_plain`` gave."""
    parts = {part: tuple(Row(**row) for row in rows) for part, rows in plain["parts"].items()}
    return Grade(**{**plain, "parts": parts, "flags": tuple(plain["flags"]), "notes": tuple(plain["notes"])})


def nothing(points: Mapping[str, float], diagnosis: str, flags: Iterable[str] = (), seconds: float = 0.0) -> Grade:
    """A grade of 0 for all parts."""
    parts = {part: (Row(part, 0.0, possible),) for part, possible in points.items()}
    return Grade(parts, diagnosis, tuple(flags), seconds=seconds)


def grade(outcome: Outcome, points: Mapping[str, float], limit: float) -> Grade:
    """The grade of an outcome; ``points`` are those of each part, ``limit`` the seconds that it had."""
    if outcome.ended == "time":
        return nothing(points, f"stopped after {limit:g} s: something in it does not end", ["time"], outcome.seconds)
    if outcome.ended != "done":
        return nothing(points, f"its process ended by itself ({outcome.ended})", ["ended"], outcome.seconds)
    try:
        left = _vouched(outcome)
        for why in ("unreadable", "refused"):
            if why in left:
                return nothing(points, _text(left[why]), [why], outcome.seconds)
        parts = {part: tuple(_row(row) for row in left["parts"][part]) for part in points}
        found = _findings(left)
        notes = tuple(_text(note) for note in left["notes"][:50])
        flags = tuple(_text(flag) for flag in left["flags"][:50])
        for part, rows in parts.items():
            if sum(row.possible for row in rows) > points[part] + 0.01:
                raise ValueError(f"more points than {part} has")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        told = f"the result is not what the grader wrote ({type(error).__name__})"
        return nothing(points, told, ["forged result"], outcome.seconds)
    if found:
        return nothing(points, "it changed what judges it: " + "; ".join(found), [*found, *flags], outcome.seconds)
    return Grade(parts, _loading(parts, notes), flags, notes, outcome.seconds)


def _vouched(outcome: Outcome) -> dict:
    """The result, if it carries the secret of this run."""
    if len(outcome.result) > RESULT_BYTES:
        raise ValueError("too long")
    left = json.loads(outcome.result)
    if left["nonce"] != outcome.nonce:
        raise ValueError("another secret")
    return left


def _row(row: list) -> Row:
    """A row, with points that make sense."""
    name, got, possible, diagnosis = row
    if not (math.isfinite(got) and math.isfinite(possible) and 0 <= got <= possible):
        raise ValueError("points that make no sense")
    return Row(_text(name), float(got), float(possible), _text(diagnosis))


def _findings(left: Mapping) -> list[str]:
    """What shows that the judge was tampered with."""
    found = [f"replaced {_text(name)}" for name in left["changed"]]
    found += [f"a wrong answer passed {_text(part)}" for part in left["canaries"]]
    return found + [f"looked into the grader by {_text(what)}" for what in dict.fromkeys(map(_text, left["spied"]))]


def _loading(parts: Mapping[str, tuple[Row, ...]], notes: tuple[str, ...]) -> str:
    """When nothing at all was earned, what went wrong while loading is the better diagnosis."""
    nothing_earned = not any(row.earned for rows in parts.values() for row in rows)
    return f"no part earned points; first trouble: {notes[0]}" if nothing_earned and notes else ""


def _text(words: object) -> str:
    return str(words)[:TEXT]
