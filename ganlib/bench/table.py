"""The report: one table for people, one object for programs."""

import os
import platform
from pathlib import Path

import torch

from ganlib.acceleration import fast_dtype
from ganlib.bench.cases import Case, Settings
from ganlib.bench.measure import Times

CONTENDERS = ("ours", "plain", "floor")
RATIOS = ("plain", "floor")
COLUMNS = ("", "ours ms", "plain ms", "floor ms", "ours/plain", "ours/floor", "turns", "load", "samples/s")
WIDTHS = (32, 10, 10, 10, 21, 21, 7, 6, 11)


def load() -> float | None:
    """How many processes wanted to compute in the last minute, on average; None where the system does not say."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def circumstances(settings: Settings, cpu_time: bool) -> dict:
    """What was measured on and how: names, versions and counts."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "device": str(settings.device),
        "gpu": torch.cuda.get_device_name(settings.device) if settings.device.type == "cuda" else None,
        "threads": torch.get_num_threads(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "dtype": str(fast_dtype(settings.device) or torch.float32).removeprefix("torch."),
        "width": settings.width,
        "batch_size": settings.batch_size,
        "clock": "processor time" if cpu_time else "wall clock",
    }


def processor() -> str:
    """The processor's name, as far as the system tells it."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def entry(name: str, case: Case, times: Times, settings: Settings) -> dict:
    """All numbers of a line; times in milliseconds, each as its quartiles."""
    shown = list(times.seconds)
    seconds = times.of("ours").median
    return {
        "name": name,
        "what": case.what,
        "turns": len(times.seconds["ours"]),
        "ms": {contender: [1000 * s for s in times.of(contender)] for contender in shown},
        "ratio": {other: list(times.ratio("ours", other)) for other in shown if other != "ours"},
        "samples_per_second": case.samples(settings) / seconds if case.samples else None,
        "load": load(),
    }


def heading(facts: dict) -> str:
    """What was measured on and how, and the names of the columns."""
    return (
        "{system}, {processor}, {cores} cores, Python {python}, torch {torch}\n"
        "device {device}{named}, threads {threads}, ours in {dtype}, {clock}; "
        "convolutional players of width {width}, {batch_size} pictures in a batch\n\n{columns}"
    ).format(
        **facts,
        named=f" ({facts['gpu']})" if facts["gpu"] else "",
        columns="".join(map(_cell, COLUMNS, WIDTHS)),
    )


def line(entry: dict) -> str:
    """One line of the table, and one below for each published package, with its time in the place of the plain one."""
    busy = "" if entry["load"] is None else f"{entry['load']:.1f}"
    rate = f"{entry['samples_per_second']:,.0f}" if entry["samples_per_second"] else ""
    numbers = [*(_time(entry, name) for name in CONTENDERS), *(_ratio(entry, name) for name in RATIOS)]
    rows = [(entry["what"], *numbers, str(entry["turns"]), busy, rate)]
    for name in [name for name in entry["ms"] if name not in CONTENDERS]:
        rows.append((f"  by {name}", "", _time(entry, name), "", _ratio(entry, name)))
    return "\n".join("".join(map(_cell, row, WIDTHS)).rstrip() for row in rows)


LEGEND = (
    "ours: this course. plain: a straightforward script. floor: the step's convolutions and matrix products alone.\n"
    "by ...: a published package's own function, in the column of the plain one.\n"
    "Times are medians. Contenders take turns; a ratio is the median over the turns (in brackets its quartiles).\n"
    "load: how many processes wanted to compute in the minute before. On a busy machine, trust the ratios."
)


def _time(entry: dict, name: str) -> str:
    return f"{entry['ms'][name][1]:.2f}" if name in entry["ms"] else ""


def _ratio(entry: dict, other: str) -> str:
    if other not in entry["ratio"]:
        return ""
    low, median, high = entry["ratio"][other]
    return f"{median:.2f} ({low:.2f} to {high:.2f})"


def _cell(words: str, width: int) -> str:
    """Words at the left of the first column, at the right of the others."""
    return words.ljust(width) if width == WIDTHS[0] else words.rjust(width)
