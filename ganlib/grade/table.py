"""The table of grades, as a spreadsheet reads it."""

import csv
import io
from collections.abc import Iterable, Mapping

from ganlib.grade.records import Record

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def table(records: Iterable[Record], points: Mapping[str, float]) -> bytes:
    """CSV with a line for each record: student, id, file, points of each part, total, diagnosis, seconds, flags.

    It begins with a byte order mark, by which spreadsheets know that it is UTF-8: read it as ``utf-8-sig``.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["student", "id", "file", *map(harmless, points), "total", "diagnosis", "seconds", "flags"])
    for record in records:
        writer.writerow(_line(record, points))
    return text.getvalue().encode("utf-8-sig", "backslashreplace")


def _line(record: Record, points: Mapping[str, float]) -> list[str | float]:
    grade = record.grade
    words = (harmless(text) for text in (record.student, record.id, record.file))
    flags = "; ".join([*grade.flags, *([record.note] if record.note else [])])
    earned = [grade.points(part) for part in points]
    return [*words, *earned, grade.total, harmless(grade.told()), f"{grade.seconds:.2f}", harmless(flags)]


def harmless(text: str) -> str:
    """The text on one line, and never a formula.

    Source: OWASP, CSV Injection: a cell that begins with one of these characters is computed by spreadsheets.
    """
    line = " ".join(text.split())
    return f"'{line}" if line.startswith(FORMULA) else line
