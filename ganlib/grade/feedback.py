"""What a student reads, and the summary for the instructor: pages of their own that need nothing else."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from html import escape
from statistics import mean, median

from ganlib.grade.records import Record
from ganlib.grade.verdict import Row

BINS = 10
STYLE = """\
:root { color-scheme: light dark; --line: #8884; --bar: #3b7dd8; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
td.points, th.points { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
tr.part th { padding-top: 1.2rem; }
.total { font-size: 1.3rem; }
.bar { background: var(--bar); height: 1.1rem; min-width: 1px; }
.why { border-left: 3px solid var(--bar); padding-left: .6rem; margin: .2rem 0; }
td.name { white-space: nowrap; }
td.wide { width: 80%; vertical-align: middle; }"""
PAGE = """\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>{style}</style></head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"""


def page(title: str, body: str) -> bytes:
    """A page; the body is HTML, the title is text."""
    return PAGE.format(title=escape(title), style=STYLE, body=body).encode("utf-8", "backslashreplace")


def file_name(record: Record) -> str:
    """A name for a student's page: letters that every system takes, and no two students the same."""
    who = f"{record.student}\0{record.id}".encode("utf-8", "backslashreplace")
    letters = re.sub(r"[^\w-]+", "_", record.student)[:60].strip("_")
    return f"{letters or 'student'}-{record.id or hashlib.sha256(who).hexdigest()[:8]}.html"


def feedback(record: Record, points: Mapping[str, float]) -> bytes:
    """A student's page: the points of each property, and what is wrong."""
    grade = record.grade
    body = [f'<p class="total"><strong>{grade.total:g}</strong> of {sum(points.values()):g} points</p>']
    if grade.diagnosis:
        body.append(f"<p>{escape(grade.diagnosis)}</p>")
    rows = (line for part in points for line in _part(part, points[part], grade.parts[part], grade.points(part)))
    body.append(f"<table>{''.join(rows)}</table>")
    if grade.notes:
        listed = "".join(f"<li>{escape(note)}</li>" for note in grade.notes)
        body.append(f"<h2>While reading {escape(record.file)}</h2><ul>{listed}</ul>")
    return page(f"Feedback for {record.student}", "\n".join(body))


def _part(name: str, possible: float, rows: Iterable[Row], earned: float) -> Iterable[str]:
    yield f'<tr class="part"><th>{escape(name)}</th><th class="points">{earned:g} of {possible:g}</th></tr>'
    for row in rows:
        what = escape(row.name) if row.name != name else ""
        why = f'<div class="why">{escape(row.diagnosis)}</div>' if row.diagnosis else ""
        mark = "\N{CHECK MARK}" if row.earned == row.possible else ""
        if what or why:
            earned_here = f"{mark} {row.earned:g} of {row.possible:g}"
            yield f'<tr><td>{what}{why}</td><td class="points">{earned_here}</td></tr>'


def histogram(totals: Iterable[float], possible: float) -> list[tuple[str, int]]:
    """How many totals lie in each of ten bins from 0 to ``possible``, the best total in the last one."""
    counts = [0] * BINS
    for total in totals:
        counts[min(int(BINS * total / possible), BINS - 1)] += 1
    edges = [possible * edge / BINS for edge in range(BINS + 1)]
    return [(f"{low:g} to {high:g}", count) for low, high, count in zip(edges, edges[1:], counts, strict=False)]


def summary_lines(records: list[Record], points: Mapping[str, float]) -> list[str]:
    """The summary as text: how many, the average of each part, and a histogram of the totals."""
    totals = [record.grade.total for record in records]
    possible = sum(points.values())
    lines = [f"{len(records)} submissions, {sum(bool(r.grade.flags or r.note) for r in records)} with flags"]
    lines += [f"total: average {mean(totals):.1f}, median {median(totals):.1f} of {possible:g} points", ""]
    width = max(len(part) for part in points)
    for part in points:
        lines.append(f"{part:{width}}  average {mean(r.grade.points(part) for r in records):.1f} of {points[part]:g}")
    bins = histogram(totals, possible)
    most = max(count for _, count in bins)
    return [*lines, "", *(f"{name:>12}  {'#' * round(40 * count / most):40} {count}" for name, count in bins)]


def summary(records: list[Record], points: Mapping[str, float]) -> bytes:
    """The summary as a page: the histogram, the average of each part, and each student's total and flags."""
    totals = [record.grade.total for record in records]
    bins = histogram(totals, sum(points.values()))
    most = max(count for _, count in bins)
    body = ["<h2>Totals</h2><table>"]
    for name, count in bins:
        bar = f'<div class="bar" style="width:{100 * count / most:.1f}%"></div>' if count else ""
        body.append(f'<tr><td class="name">{name}</td><td class="wide">{bar}</td><td class="points">{count}</td></tr>')
    body.append("</table><h2>Parts</h2><table>")
    for part, possible in points.items():
        average = mean(record.grade.points(part) for record in records)
        body.append(f'<tr><td>{escape(part)}</td><td class="points">{average:.1f} of {possible:g} on average</td></tr>')
    body.append("</table><h2>Students</h2><table>")
    body.append('<tr><th>student</th><th>flags</th><th class="points">points</th></tr>')
    body += [_student(record) for record in records]
    return page(f"{len(records)} submissions", "\n".join([*body, "</table>"]))


def _student(record: Record) -> str:
    link = f'<a href="feedback/{escape(file_name(record), quote=True)}">{escape(record.student)}</a>'
    flags = escape("; ".join([*record.grade.flags, *filter(None, [record.note])]))
    return f'<tr><td class="name">{link}</td><td>{flags}</td><td class="points">{record.grade.total:g}</td></tr>'
