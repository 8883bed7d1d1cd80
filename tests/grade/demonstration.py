"""A class of 200 is graded, killed in the middle, and graded on: ``python tests/grade/demonstration.py FOLDER``.

It writes the submissions into FOLDER, grades them once without a break for the time, then once more with ``kill -9``
when half is done, and prints what was given beside what each submission earns. It ends with 1 when anything differs.
"""

import argparse
import csv
import os
import subprocess
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path

from wgan_class import Student, classroom, hand_in

ROOT = Path(__file__).parents[2]
TICKS = os.sysconf("SC_CLK_TCK")


def grader(folder: Path, out: Path) -> subprocess.Popen:
    """Start grading."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "ganlib.grade", str(folder), "--out", str(out), "--workers", "2"]
    return subprocess.Popen(command, env=environment)


def processor_seconds(pid: str) -> dict[str, float]:
    """What a process, and each that it has started and that is still there, have used so far."""
    found = {}
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        found[pid] = sum(map(int, words[11:13])) / TICKS
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found |= processor_seconds(child)
    except OSError:
        pass  # it has ended meanwhile
    return found


def timed(process: subprocess.Popen) -> tuple[float, float]:
    """Wait for a grader: its seconds on the wall and of processors."""
    started, used = time.monotonic(), {}

    def follow() -> None:
        while process.poll() is None:
            for pid, seconds in processor_seconds(str(process.pid)).items():
                used[pid] = max(used.get(pid, 0.0), seconds)
            time.sleep(0.2)

    thread = threading.Thread(target=follow)
    thread.start()
    if process.wait() != 0:
        raise SystemExit("the grader failed")
    taken = time.monotonic() - started
    thread.join()
    return taken, sum(used.values())


def killed(folder: Path, out: Path, number: int) -> tuple[int, int]:
    """Kill a grader when half is done and start it again: how many records it had, and how many of them it kept."""
    kept = out.with_suffix("") / "records"
    process = grader(folder, out)
    while process.poll() is None and len(list(kept.glob("*.json"))) < number // 2:
        time.sleep(0.05)
    process.kill()
    process.wait()
    before = {path: path.stat().st_mtime_ns for path in kept.glob("*.json")}
    timed(grader(folder, out))
    return len(before), sum(path.exists() and path.stat().st_mtime_ns == then for path, then in before.items())


def rows(out: Path) -> dict[str, dict[str, str]]:
    """The lines of a table of grades, by student. Raises SystemExit when one is there twice."""
    with open(out, encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    found = {line["student"]: line for line in lines}
    if len(found) != len(lines):
        raise SystemExit("a student has two lines")
    return found


def compared(students: dict[str, Student], given: dict[str, dict[str, str]]) -> int:
    """Print a line for each kind of submission; returns how many parts' points differ from what they earn."""
    kinds, wrong = defaultdict(list), 0
    for name, student in students.items():
        kinds[student.kind].append(name)
    print(f"\n{'kind':20} {'number':>6} {'earned':>8} {'given':>8}  flags")
    for kind, names in kinds.items():
        earned = sum(sum(students[name].points.values()) for name in names) / len(names)
        got = sum(float(given[name]["total"]) for name in names) / len(names)
        flags = sorted({given[name]["flags"] for name in names} - {""})
        print(f"{kind:20} {len(names):6} {earned:8.2f} {got:8.2f}  {'; '.join(flags)[:90]}")
        for name in names:
            differ = [p for p, points in students[name].points.items() if float(given[name][p]) != points]
            wrong += len(differ)
            if differ:
                print(f"    {name}: {', '.join(differ)} differ: {given[name]['diagnosis'][:120]}")
    return wrong


def main() -> int:
    """Make, grade, kill, grade, compare."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, help="an empty folder")
    parser.add_argument("--number", type=int, default=200)
    parser.add_argument("--layout", choices=("moodle", "canvas"), default="moodle")
    arguments = parser.parse_args()
    students = classroom(arguments.number)
    handed_in = arguments.folder / "class"
    hand_in(students, handed_in, arguments.layout)
    wall, used = timed(grader(handed_in, arguments.folder / "grades.csv"))
    had, kept = killed(handed_in, arguments.folder / "resumed.csv", arguments.number)
    given, again = rows(arguments.folder / "grades.csv"), rows(arguments.folder / "resumed.csv")
    wrong = compared(students, given)
    points = [(name, line["total"]) for name, line in sorted(given.items())]
    same = points == [(name, line["total"]) for name, line in sorted(again.items())]
    load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    print(f"\n{len(given)} of {len(students)} submissions have a line; {wrong} points of parts differ")
    print(f"{wall:.0f} s, {used:.0f} s of processors, 2 workers, load {load}")
    print(f"killed after {had} records: {kept} of them kept as they were, the rest graded; the same grades: {same}")
    return int(wrong > 0 or not same or kept != had or set(given) != set(students))


if __name__ == "__main__":
    sys.exit(main())
