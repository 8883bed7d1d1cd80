"""``python -m ganlib.train.export RUN FILE``: a run's generator as a small file that ``models.pretrained`` reads."""

import json
import shlex
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from torch import Tensor

from ganlib import checkpoints
from ganlib.files import replacing
from ganlib.train import networks, options
from ganlib.train.folder import RunFolder


def weights(trainer_state: dict) -> dict[str, Tensor]:
    """Those that the run samples from, in float16: the moving average if it kept one, else the generator as it is."""
    averaged = trainer_state["ema"] is not None
    state, prefix = (trainer_state["ema"], "module.") if averaged else (trainer_state["gan"], "generator.")
    chosen = {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}
    return {key: value.half() if value.is_floating_point() else value for key, value in chosen.items()}


def export(run: str | Path, file: str | Path) -> dict:
    """Write the generator of the folder ``run`` to ``file``, and how it was made beside it, as JSON, which it returns.

    Raises: ValueError when the folder holds no run with a checkpoint, or a damaged one.
    """
    folder, file = RunFolder(run), Path(file)
    if not (folder.holds_a_run() and folder.checkpoint.exists()):
        raise ValueError(f"run = {run}, expected a folder with a checkpoint of python -m ganlib train")
    settings, state = folder.described("settings"), checkpoints.load(folder.checkpoint)
    kind, arguments = networks.generator_of(Namespace(**settings), tuple(folder.described("shape")))
    metrics = {name: f"{float(text):.5g}" for name, text in folder.rows()[-1].items()}
    command = f"{options.PROGRAM} {shlex.join(options.arguments(settings))}"
    made = {"command": command, "made_with": folder.described("made_with"), "metrics": metrics}
    checkpoints.save({"kind": kind.__name__, "arguments": arguments, "state": weights(state)}, file)
    with replacing(file.with_suffix(".json")) as beside:
        beside.write((json.dumps(made, indent=2) + "\n").encode())
    return made


def main(argv: list[str]) -> int:
    """Export as ``argv`` says and return 0.

    Raises: SystemExit(2), after a message, for what cannot be exported.
    """
    parser = ArgumentParser("python -m ganlib.train.export", description=__doc__)
    parser.add_argument("run", metavar="RUN", help="folder of a run, such as runs/gan-avatars")
    parser.add_argument("file", metavar="FILE", help="file to write, such as assets/generators/avatars.pt")
    arguments = parser.parse_args(argv)
    try:
        made = export(arguments.run, arguments.file)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    print(f"{arguments.file}: {Path(arguments.file).stat().st_size / 1e3:.0f} kB, {made['metrics']}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
