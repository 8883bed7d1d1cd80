"""The command line of the clinic."""

import argparse
from time import process_time

import torch

from ganlib.clinic import offers, recordings, table
from ganlib.clinic.ward import find, patients


def record(names: list[str]) -> None:
    """Run patients as they are, and keep the recordings."""
    for name in names:
        start = process_time()
        run = offers.run(name)
        for _ in run:
            pass
        path = recordings.save(run.recording, recordings.path_of(name))
        measured = ", ".join(f"{key} {value:.3g}" for key, value in run.recording.outcome.items())
        print(f"{name}: {measured}; {process_time() - start:.1f} s, {path.stat().st_size / 1000:.0f} kB", flush=True)


COMMANDS = {
    "record": (record, "run patients as they are, and write assets/clinic/NAME.npz"),
    "outcomes": (table.record, "run the treatments of patients, and write assets/clinic/outcomes.csv"),
}


def main(arguments: list[str] | None = None) -> None:
    """``record [NAMES]`` or ``outcomes [NAMES]``: by default all patients."""
    parser = argparse.ArgumentParser("python -m ganlib.clinic", description="Makes the files of the clinic anew.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (_, words) in COMMANDS.items():
        command = commands.add_parser(name, help=words)
        command.add_argument("names", nargs="*", metavar="NAME", help="default: all patients")
    chosen = parser.parse_args(arguments)
    names = [find(name).name for name in chosen.names] or [one.name for one in patients()]
    torch.set_num_threads(1)
    COMMANDS[chosen.command][0](names)
