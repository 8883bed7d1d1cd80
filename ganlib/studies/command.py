"""The command line of a study: all variants, all seeds, one table."""

import argparse
from collections.abc import Callable, Iterable

import torch

from ganlib.studies.tables import Row, path_of, read, record, write


def command(
    name: str, variants: Iterable[str], run: Callable[[str, int], Row], arguments: list[str] | None = None
) -> None:
    """Measure all variants with all seeds, on one thread, and write the table; its other rows are kept.

    Seeds are the outer loop, in the table too, so that a command that is stopped leaves whole comparisons.
    """
    series(name, variants, lambda variant, seed: [run(variant, seed)], arguments)


def series(
    name: str,
    variants: Iterable[str],
    runs: Callable[[str, int], Iterable[Row]],
    arguments: list[str] | None = None,
    seeds: Iterable[int] = (0, 1, 2),
) -> None:
    """``command`` for trainings that leave several rows each, such as one at each of several budgets."""
    seeds = list(seeds)
    variants = list(variants)
    parser = argparse.ArgumentParser(f"python -m ganlib.studies.{name}", description=f"Writes {path_of(name).name}.")
    parser.add_argument("--seeds", type=int, nargs="+", default=seeds, help=f"default: {' '.join(map(str, seeds))}")
    parser.add_argument(
        "--variants", nargs="+", default=variants, choices=variants, metavar="NAME", help="default: all"
    )
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(1)
    again = {(variant, seed) for variant in chosen.variants for seed in chosen.seeds}
    earlier = read(name) if path_of(name).is_file() else []
    keep = [row for row in earlier if row["variant"] in variants and (row["variant"], row["seed"]) not in again]
    measured = (row for seed in chosen.seeds for variant in chosen.variants for row in runs(variant, seed))
    rows = record(name, measured, keep)
    write(sorted(rows, key=lambda row: (row["seed"], variants.index(row["variant"]))), path_of(name))
