"""The command line of ``python -m ganlib bench``."""

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path
from time import perf_counter, process_time

import torch
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from ganlib import checkpoints, runtime
from ganlib.bench import table
from ganlib.bench.cases import CASES, SLOW, Case, Settings
from ganlib.bench.measure import Times, Watch, take_turns

WARM_UP = 5  # calls on a GPU: algorithms are chosen, graphs recorded


def main(argv: list[str]) -> int:
    """Measure what ``argv`` asks for, print the table, and return 0.

    Raises: SystemExit(2), after a message, for arguments that mean nothing.
    """
    arguments = parse(argv)
    torch.set_num_threads(arguments.threads)
    torch.backends.cudnn.benchmark = True  # for the plain script too, as PyTorch's own DCGAN example has it
    settings = Settings(arguments.device, arguments.width, arguments.batch_size)
    facts, entries = table.circumstances(settings, arguments.cpu_time), []
    print(table.heading(facts), flush=True)
    with threadpool_limits(arguments.threads), tqdm(arguments.only, leave=False) as names:
        for name in names:
            names.set_description(CASES[name].what)
            entries.append(table.entry(name, CASES[name], measure(CASES[name], settings, arguments), settings))
            tqdm.write(table.line(entries[-1]))
    print(f"\n{table.LEGEND}")
    if arguments.json:
        with checkpoints.replacing(arguments.json) as file:
            file.write(json.dumps(facts | {"lines": entries}, indent=1).encode())
    return 0


def measure(case: Case, settings: Settings, arguments: Namespace) -> Times:
    """Let the contenders of a case take turns."""
    device = settings.device
    wait = torch.get_device_module(device).synchronize if device.type != "cpu" else Watch().wait
    watch = Watch(process_time if arguments.cpu_time else perf_counter, wait)
    amount = {"seconds": 0.0, "least": 2} if arguments.quick else {"seconds": 30.0, "least": case.turns}
    return take_turns(case.contenders(settings), watch, warm_up=1 if device.type == "cpu" else WARM_UP, **amount)


def parse(argv: list[str]) -> Namespace:
    """The arguments, complete."""
    usual = [name for name in CASES if name not in SLOW]
    parser = ArgumentParser(
        prog="python -m ganlib bench", description="How fast the course is, and how fast it could be."
    )
    parser.add_argument("--only", nargs="+", choices=CASES, metavar="NAME", help=f"these lines: {', '.join(CASES)}")
    parser.add_argument("--quick", action="store_true", help="two turns a line instead of half a minute")
    parser.add_argument("--full", action="store_true", help=f"lines that take minutes too: {', '.join(SLOW)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all numbers to FILE")
    parser.add_argument("--device", help="cpu, cuda, cuda:1 or mps (default: the fastest here)")
    parser.add_argument("--threads", type=positive, default=1, help="of the processor (default: 1, as in the chapters)")
    parser.add_argument("--cpu-time", action="store_true", help="time that others take does not count; one thread only")
    parser.add_argument("--width", type=positive, help="of the convolutional players (default: 32; 64 on a GPU)")
    parser.add_argument("--batch-size", type=positive, default=64, help="pictures in a batch (default: 64)")
    arguments = parser.parse_args(argv)
    try:
        arguments.device = torch.device(arguments.device) if arguments.device else runtime.device()
        torch.zeros(1, device=arguments.device)
    except (RuntimeError, ValueError, AssertionError) as error:
        parser.error(f"--device {arguments.device}: {str(error).splitlines()[0]}")
    if arguments.cpu_time and (arguments.device.type != "cpu" or arguments.threads > 1):
        parser.error("--cpu-time counts one thread of the processor, expected --device cpu and --threads 1")
    arguments.width = arguments.width or (32 if arguments.device.type == "cpu" else 64)
    arguments.only = arguments.only or (list(CASES) if arguments.full else usual)
    return arguments


def positive(words: str) -> int:
    """A whole number from 1 on."""
    number = int(words)
    if number < 1:
        raise ValueError
    return number
