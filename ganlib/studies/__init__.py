"""Measurements that take longer than a chapter: many short trainings, each a row of a table in ``assets/studies``.

A study is a module with ``VARIANTS`` and ``run(variant, seed, ...)``, which does one training and returns its row.
``python -m ganlib.studies.NAME`` does them all and writes ``assets/studies/NAME.csv``; a chapter reads the table
(``studies.read``), sums it up (``studies.ratios``, ``studies.differences``), and may run a single row again.
"""

from ganlib.studies.effects import Effect, Interval, differences, interval, ratios
from ganlib.studies.rankings import PairedDifference, beats, best_of, intervals, pairwise, winners, wrong_order
from ganlib.studies.tables import Mean, Row, mean, path_of, read, record, summary, write

__all__ = [
    "Effect",
    "Interval",
    "Mean",
    "PairedDifference",
    "Row",
    "beats",
    "best_of",
    "differences",
    "interval",
    "intervals",
    "mean",
    "pairwise",
    "path_of",
    "ratios",
    "read",
    "record",
    "summary",
    "winners",
    "write",
    "wrong_order",
]
