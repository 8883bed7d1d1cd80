"""Tables of single trainings: CSV files with one row for each variant and seed."""

import csv
import io
from collections.abc import Iterable
from math import nan, sqrt
from pathlib import Path
from statistics import fmean, stdev
from typing import NamedTuple

from ganlib.files import replacing
from ganlib.runtime import ASSETS

FOLDER = ASSETS / "studies"
Row = dict[str, str | int | float]
"""One training: what was varied, the seed, what was measured and what it cost, by the names of the columns."""


def path_of(name: str) -> Path:
    """Where the table of a study lies: ``assets/studies/NAME.csv``."""
    return FOLDER / f"{name}.csv"


def record(name: str, rows: Iterable[Row], keep: Iterable[Row] = ()) -> list[Row]:
    """Do the trainings of a study one by one: print each row as it comes and write the table after each.

    ``rows`` yields a row when its training is done. Rows of ``keep``, such as those of an earlier run, come first.
    """
    done = list(keep)
    for row in rows:
        done.append(row)
        write(done, path_of(name))
        print(", ".join(f"{column} {_text(value)}" for column, value in row.items()), flush=True)
    return done


def write(rows: list[Row], path: Path) -> Path:
    """Write rows with the same columns as CSV, all of them or nothing; numbers keep six digits.

    Raises: ValueError for no rows, or rows whose columns differ.
    """
    if not rows or any(list(row) != list(rows[0]) for row in rows):
        raise ValueError(f"rows have columns {sorted({tuple(row) for row in rows})}, expected the same in all of them")
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({column: _text(value) for column, value in row.items()} for row in rows)
    with replacing(path) as file:
        file.write(text.getvalue().encode())
    return path


def read(table: str | Path) -> list[Row]:
    """The rows of a table, by the name of its study or by its path. What looks like a number is one.

    Raises: FileNotFoundError when there is no such table; ``python -m ganlib.studies.NAME`` makes it.
    """
    path = path_of(table) if isinstance(table, str) else table
    with open(path, newline="", encoding="utf-8") as file:
        return [{name: _number(value) for name, value in row.items()} for row in csv.DictReader(file)]


class Mean(NamedTuple):
    """The mean of ``n`` numbers and its standard error s / sqrt(n), NaN for a single one."""

    mean: float
    error: float
    n: int

    def __str__(self) -> str:
        return f"{self.mean:.3g} ± {self.error:.2g}"


def mean(values: Iterable[float]) -> Mean:
    """The mean of some numbers and its standard error s / sqrt(n), where s has n - 1 in its denominator."""
    values = list(values)
    return Mean(fmean(values), stdev(values) / sqrt(len(values)) if len(values) > 1 else nan, len(values))


def summary(rows: Iterable[Row], measure: str, by: str = "variant") -> dict[str | int | float, Mean]:
    """The mean of a measure over the rows of each group, in the order in which the groups appear."""
    groups: dict[str | int | float, list[float]] = {}
    for row in rows:
        groups.setdefault(row[by], []).append(row[measure])
    return {group: mean(values) for group, values in groups.items()}


def _text(value: str | int | float) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _number(text: str) -> str | int | float:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
