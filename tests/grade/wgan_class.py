"""A class that hands in the WGAN-GP assignment: right answers, slips, attacks, odd files, and what each one earns."""

import io
import json
import random
import zipfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from wgan_submissions import ATTACKS, IMPORTS, RIGHT, SLIPS, STYLES, TRAINING

from ganlib.checks.wgan import PARTS
from ganlib.grade.exercises import CHAPTERS

SEED = 5


class Student(NamedTuple):
    """What a student hands in, by the name of the file, of what kind it is, and what it earns for each part."""

    kind: str
    file: str
    content: bytes
    points: dict[str, float]


def classroom(number: int, seed: int = 0) -> dict[str, Student]:
    """The students of a class by name: a tenth attacks, a tenth hands in odd files, the others work."""
    rng = random.Random(seed)
    attacks, odd, styles = list(ATTACKS), list(odd_files()), list(STYLES)
    found = {}
    for place in range(number):
        turn = place // 10
        if place % 10 == 9:
            made = attack(attacks[turn % len(attacks)])
        elif place % 10 == 8:
            made = odd_files()[odd[turn % len(odd)]]
        elif place % 10 < 3:
            made = working("right", RIGHT | STYLES[styles[place % len(styles)]])
        else:
            made = working("slips", slipped(rng))
        found[f"Student {place:03} {made.kind}"] = made
    return found


def slipped(rng: random.Random) -> dict[str, str]:
    """Right answers but for one to four slips."""
    parts = dict(RIGHT)
    for name in rng.sample(list(SLIPS), rng.randint(1, 4)):
        parts[name] = parts[name].replace(*rng.choice(SLIPS[name]))
    return parts


def working(kind: str, parts: dict[str, str]) -> Student:
    """A notebook with these answers; what they earn is found without the grader."""
    return Student(kind, "06_wgan_gp_exercise.ipynb", notebook(parts.values()), points(tuple(parts.values())))


def attack(name: str) -> Student:
    """A notebook that attacks the grader; its answers are worth nothing."""
    code = [ATTACKS[name], *(f"def {part}(*a, **k):\n    return 0" for part in RIGHT)]
    return Student(name, "06_wgan_gp_exercise.ipynb", notebook(code), dict.fromkeys(PARTS, 0.0))


def odd_files() -> dict[str, Student]:
    """Files that are no notebooks, or not what they seem, by kind."""
    whole = notebook(RIGHT.values())
    files = {
        "unsolved": ("a.ipynb", released(), False),
        "in a zip": ("a.zip", zipped({"work/a.ipynb": whole}), True),
        "as Python": ("a.py", "\n\n".join([IMPORTS, *RIGHT.values()]).encode(), True),
        "cut": ("a.ipynb", whole[: len(whole) // 2], False),
        "not text": ("a.py", b"x = '\xff\xfe'", False),
        "empty": ("a.ipynb", b"", False),
        "a list": ("a.ipynb", b"[1, 2]", False),
        "old format": ("a.ipynb", json.dumps({"worksheets": [{"cells": []}], "nbformat": 3}).encode(), False),
        "nested": ("a.ipynb", b'{"cells":' * 100_000, False),
        "a bomb": ("a.zip", zipped({"a.ipynb": bytes(64 << 20)}), False),
        "leads out": ("a.zip", zipped({"../../a.ipynb": whole}), False),
        "zip in zip": ("a.zip", zipped({"b.zip": zipped({"a.ipynb": whole})}), False),
        "no zip": ("a.zip", b"PK\x03\x04 and no more", False),
        "a report": ("a.pdf", b"%PDF-1.7", False),
        "large": ("a.ipynb", b" " * (33 << 20), False),
    }
    full = {name: float(part.points) for name, part in PARTS.items()}
    none = dict.fromkeys(PARTS, 0.0)
    return {kind: Student(kind, name, text, full if right else none) for kind, (name, text, right) in files.items()}


@cache
def points(parts: tuple[str, ...]) -> dict[str, float]:
    """What answers earn for each part, by the checks alone."""
    namespace: dict = {"__name__": "answers"}
    for text in (IMPORTS, *parts):
        exec(text, namespace)
    return {name: float(sum(mark.earned for mark in part.run(namespace, SEED))) for name, part in PARTS.items()}


def notebook(parts) -> bytes:
    """What students are given, with these code cells after it, and training that is never to be run."""
    made = nbformat.reads(released().decode(), as_version=4)
    made.cells += [new_code_cell(text) for text in (IMPORTS, *parts, TRAINING)]
    return nbformat.writes(made).encode()


@cache
def released() -> bytes:
    """The notebook that students are given; a small one of the same form where the chapter is not there."""
    source = next(CHAPTERS.glob("06_*.py"), None)
    if source is None:
        cells = [new_code_cell("import sys", metadata={"tags": ["setup"]}), new_markdown_cell("Words.")]
        return nbformat.writes(new_notebook(cells=cells)).encode()
    from ganlib.assign.release import prepare

    return nbformat.writes(prepare(source).student).encode()


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip with these files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def hand_in(students: dict[str, Student], folder: Path, layout: str = "moodle") -> None:
    """Write what the students hand in, as Moodle or Canvas exports it."""
    for place, (name, student) in enumerate(students.items()):
        if layout == "moodle":
            target = folder / f"{name}_{place}_assignsubmission_file" / student.file
        else:
            target = folder / f"{name}_{place}_{1000 + place}_{student.file}"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(student.content)
