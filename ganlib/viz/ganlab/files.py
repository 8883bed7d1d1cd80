"""Runs as JSON: settings and curves to read, and the whole state, so that a run goes on exactly where it stopped."""

import base64
import io
import json
from dataclasses import asdict
from math import isfinite, nan
from pathlib import Path

import torch

from ganlib.checkpoints import replacing
from ganlib.viz.ganlab.run import Run, Yours
from ganlib.viz.ganlab.settings import Settings

FORMAT = "ganlib laboratory run"
VERSION = 1


def dumps(run: Run) -> str:
    """The run as JSON text. Values that are not finite become null."""
    with run.stream(keep=False):
        state = run.trainer.state_dict()
        buffer = io.BytesIO()
        torch.save(state, buffer)
    content = {
        "format": FORMAT,
        "version": VERSION,
        "settings": asdict(run.settings),
        "iteration": run.iteration,
        "drawn": None if run.drawn is None else run.drawn.tolist(),
        "last": run.last,
        "losses": run.losses.state(),
        "distances": run.distances.state(),
        "state": base64.b64encode(buffer.getvalue()).decode("ascii"),
    }
    return json.dumps(_map(content, lambda x: None if isinstance(x, float) and not isfinite(x) else x), allow_nan=False)


def loads(text: str | bytes, yours: Yours | None = None) -> Run:
    """The run that ``dumps`` wrote; its next iterations are those that the saved one would have done.

    A run with the reader's own players, loss or data needs the same ``yours`` again.

    Raises: ValueError for anything that is no such text, or does not fit ``yours``. No code in the text is run.
    """
    try:
        content = json.loads(text)
        if content["format"] != FORMAT or content["version"] != VERSION:
            raise ValueError
        settings = Settings(**content["settings"])
        drawn = None if content["drawn"] is None else torch.tensor(content["drawn"], dtype=torch.float32)
        state = torch.load(io.BytesIO(base64.b64decode(content["state"])), map_location="cpu", weights_only=True)
    except (KeyError, TypeError) as error:
        raise ValueError(f"run: not a file that the laboratory saved ({type(error).__name__}: {error})") from error
    except Exception as error:  # damaged bytes can make torch.load raise nearly anything
        raise ValueError(f"run: not a file that the laboratory saved, or damaged. {error}") from error
    run = Run(settings, yours, drawn)
    try:
        _go_on(run, content, state)
    except ValueError:
        raise
    except Exception as error:  # whatever else stands in the place of numbers
        raise ValueError(f"run: not a file that the laboratory saved, or damaged. {error}") from error
    return run


def _go_on(run: Run, content: dict, state: dict) -> None:
    """Bring a fresh run to where the saved one stood."""
    with run.stream():
        run.trainer.load_state_dict(state)
    run.iteration = int(content["iteration"])
    read = _map({name: content[name] for name in ("last", "losses", "distances")}, lambda x: nan if x is None else x)
    run.last = {name: float(read["last"][name]) for name in run.last}
    run.losses.load(read["losses"])
    run.distances.load(read["distances"])


def _map(value, change):
    """``change`` applied to everything in nested lists and dicts."""
    if isinstance(value, dict):
        return {key: _map(inner, change) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_map(inner, change) for inner in value]
    return change(value)


def save(run: Run, path: str | Path) -> Path:
    """Write the run to ``path``, all of it or nothing. The folder is made if it is missing."""
    path = Path(path)
    with replacing(path) as file:
        file.write((dumps(run) + "\n").encode())
    return path
