"""The run itself: prepare it, train, stop when asked to, and say how to go on."""

import os
import shlex
import signal
import sys
import textwrap
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import torch

from ganlib import __version__, checkpoints, distributed
from ganlib.acceleration import FastTrainer
from ganlib.distributed import Place
from ganlib.runtime import seed_everything
from ganlib.train import networks, options, recipes, sources
from ganlib.train.data import Data
from ganlib.train.diary import Diary
from ganlib.train.folder import RunFolder
from ganlib.training import Round, Trainer


def main(argv: list[str]) -> int:
    """Train as ``argv`` says. Returns 0 when done, 1 for a run that diverged, 128 + n when signal n stopped it.

    Raises: SystemExit(2), after a message, for what cannot be done.
    """
    if not argv or argv[0] in ("-h", "--help"):
        print(options.overview())
        return 0 if argv else 2
    with ExitStack() as stack:
        with refusals():
            device = torch.device(options.parse(argv).device)
            place = stack.enter_context(distributed.group(device))
            settings = distributed.from_rank_zero(lambda: settled(argv))
            if not settings.fast:
                stack.enter_context(same_bits())
            data = distributed.from_rank_zero(lambda: sources.load(settings))
            trainer = make_trainer(settings, data, place)
            folder = stack.enter_context(closing(RunFolder(settings.out)))
            diary = open_run(folder, settings, trainer, data, place)
        try:
            return train(settings, trainer, diary)
        except FloatingPointError as error:
            if diary:
                before = f"; {folder.checkpoint} is from before" if folder.checkpoint.exists() else ""
                print(f"ganlib train: {error}{before}", file=sys.stderr)
            return 1


@contextmanager
def refusals() -> Iterator[None]:
    """Within the block, what is wrong with arguments or files is said in one line and ends the process; Ctrl-C too."""
    try:
        yield
    except KeyboardInterrupt:
        raise SystemExit(128 + signal.SIGINT) from None
    except (ValueError, OSError, RuntimeError) as error:
        print(f"ganlib train: {error}", file=sys.stderr)
        raise SystemExit(2) from error


@contextmanager
def same_bits() -> Iterator[None]:
    """Within the block kernels are asked for that always add in the same order, so that a GPU resumes exactly too."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    fill, before = torch.utils.deterministic.fill_uninitialized_memory, torch.get_deterministic_debug_mode()
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.utils.deterministic.fill_uninitialized_memory = False
    try:
        yield
    finally:
        torch.set_deterministic_debug_mode(before)
        torch.utils.deterministic.fill_uninitialized_memory = fill


def settled(argv: list[str]) -> Namespace:
    """The complete settings; those of the run to resume where ``argv`` leaves them open.

    Raises: ValueError when they do not go together, or the folder holds a run that nobody spoke of.
    """
    given = options.parse(argv)
    folder = RunFolder(given.out)
    if folder.holds_a_run() and not (given.resume or given.overwrite):
        raise ValueError(f"{given.out} holds a run: --resume goes on with it, --overwrite puts a new one in its place")
    stored = folder.stored() if given.resume else None
    settings = options.parse(argv, stored)
    if settings.data is None:
        raise ValueError(f"--data is missing, and {given.out} holds no run to go on with")
    options.complete(settings)
    options.check_same(settings, stored or {})
    return settings


def make_trainer(settings: Namespace, data: Data, place: Place) -> Trainer:
    """The trainer at its start: the same in every process but for its share of the data.

    Raises: ValueError for what the networks, the data or the trainer refuse.
    """
    if settings.fast and place.processes > 1:
        raise ValueError("--fast means nothing for several processes: each records its steps for itself alone")
    seed_everything(settings.seed)
    gan = networks.build(settings, data.shape, data.counts).to(place.device)
    if place.processes > 1:
        distributed.distribute(gan)
    share = (place.rank, place.processes)
    kind = FastTrainer if settings.fast else Trainer
    return kind(
        gan,
        data.batches(settings.batch_size, settings.seed, settings.workers or 0, share, place.device),
        **recipes.optimizers(settings, gan),
        n_critic=settings.n_critic,
        decay=settings.decay,
        device=place.device,
        dtype=torch.bfloat16 if settings.dtype == "bfloat16" else None,
    )


def open_run(folder: RunFolder, settings: Namespace, trainer: Trainer, data: Data, place: Place) -> Diary | None:
    """Begin the run or go on with it; return the diary that process 0 keeps.

    Raises: ValueError or OSError when the folder or its checkpoint cannot be used.
    """
    state = distributed.from_rank_zero(lambda: saved_state(folder, settings))
    if state is not None:
        trainer.load_state_dict(state)
    if place.rank > 0:
        return None
    made_with = {"ganlib": __version__, "torch": torch.__version__}
    made_with |= {"device": str(place.device), "processes": place.processes}
    folder.describe(options.kept(settings), data.shape, made_with)
    words = ", ".join(f"{name} {value}" for name, value in options.kept(settings).items() if value is not None)
    print(f"{settings.out}: from step {trainer.number:,} on {place.device}\n{textwrap.fill(words, 100)}", flush=True)
    diary = Diary(trainer, data, folder, settings.steps, settings.seed)
    if state is None:
        diary.begin()
    return diary


def saved_state(folder: RunFolder, settings: Namespace) -> dict | None:
    """Claim the folder; return the state that its run goes on from, None for a run that begins."""
    folder.claim()
    if settings.resume and folder.checkpoint.exists():
        return checkpoints.load(folder.checkpoint)
    folder.clear()
    return None


def train(settings: Namespace, trainer: Trainer, diary: Diary | None) -> int:
    """Train to the end, or until a signal comes, and return the exit code.

    Raises: FloatingPointError when the run has diverged, in all processes.
    """
    stopped = False
    with stop_signals() as signals:
        rounds = trainer.rounds(settings.steps - trainer.number)
        for done in annealed(rounds, settings, trainer) if settings.anneal else rounds:
            if diary:
                diary.note(done)
            stopped = distributed.anyone(bool(signals))
            if stopped or done.number % settings.every == 0 or done.number == settings.steps:
                distributed.from_rank_zero(lambda: diary.record())
            if stopped:
                break
    if diary:
        diary.end()
    if not stopped:
        return 0
    if diary:
        command = [*options.PROGRAM.split(), settings.name, "--out", settings.out, "--resume"]
        print(f"Stopped. To go on: {shlex.join(command)}", flush=True)
    return 128 + (signals or [signal.SIGTERM])[0]


def annealed(rounds: Iterator[Round], settings: Namespace, trainer: Trainer) -> Iterator[Round]:
    """The same rounds with learning rates that fall linearly in the second half of the steps, towards 0 at the end."""
    rates = (trainer.optimizer_d, settings.lr_d), (trainer.optimizer_g, settings.lr_g)
    while trainer.number < settings.steps:
        share = min(1.0, 2 * (1 - trainer.number / settings.steps))
        for optimizer, rate in rates:
            for group in optimizer.param_groups:
                group["lr"] = share * rate
        yield next(rounds)


@contextmanager
def stop_signals() -> Iterator[list[int]]:
    """Within the block SIGINT (Ctrl-C) and SIGTERM are noted in a list, not obeyed; a second Ctrl-C is obeyed."""
    received: list[int] = []

    def note(number: int, frame: object) -> None:
        received.append(number)
        if number == signal.SIGINT:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
