"""The data sets that the command knows by name, and folders: which of them go with which kind of GAN."""

from argparse import Namespace
from pathlib import Path
from typing import NamedTuple

from ganlib.train import alone, told
from ganlib.train.alone import Source
from ganlib.train.data import Coded, Data
from ganlib.train.recipes import plain, task_of


class Task(NamedTuple):
    """What a kind of GAN can be trained on: data sets by name, and what a folder must hold, if it may be one."""

    words: str
    sources: dict[str, Source]
    folder: Source | None = None
    folder_words: str = ""


def _coded(source: Source) -> Source:
    def load(settings: Namespace) -> Data:
        data = source.load(settings)
        return Coded(data.name, data.items, style=data.style)

    return Source(load, source.defaults)


_PICTURES = {name: source for name, source in alone.SOURCES.items() if source.pictures}
TASKS = {
    "samples": Task("samples alone", alone.SOURCES, alone.FOLDER, "pictures"),
    "codes": Task(
        "pictures alone", {name: _coded(source) for name, source in _PICTURES.items()}, _coded(alone.FOLDER), "pictures"
    ),
    "labels": Task(
        "pictures with labels", told.LABELS | told.CAPTIONS, told.CLASSES_OF_A_FOLDER, "a subfolder for each class"
    ),
    "captions": Task("pictures with captions", told.CAPTIONS),
    "attributes": Task("pictures with attributes", told.ATTRIBUTES),
    "pairs": Task("pairs of pictures", told.PAIRS, told.PAIRS_OF_A_FOLDER, "train/ with pairs A|B side by side"),
    "domains": Task("two sets of pictures", told.DOMAINS, told.DOMAINS_OF_A_FOLDER, "trainA/ and trainB/"),
}
OPTIONS = sorted(
    {
        option
        for task in TASKS.values()
        for known in (*task.sources.values(), task.folder)
        if known
        for option in known.defaults
    }
)


def choices(task: str) -> str:
    """What there is for a kind of data, in words."""
    task = TASKS[task]
    return ", ".join([*task.sources, *([f"a folder ({task.folder_words})"] if task.folder else [])])


def canonical(data: str, name: str) -> str:
    """The name of a known data set as it is written here, or else the full path of a folder.

    Raises: ValueError when it is nothing that the GAN called ``name`` can be trained on.
    """
    task = TASKS[task_of(name)]
    names = {plain(known): known for known in task.sources}
    if plain(data) in names and Path(data).name == data:
        return names[plain(data)]
    if not task.folder or not Path(data).is_dir():
        no_folder = " is no folder, and" if task.folder else " is"
        raise ValueError(f"data = {data!r}{no_folder} none of {', '.join(task.sources)}: {name} needs {task.words}")
    return str(Path(data).resolve())


def source(settings: Namespace) -> Source:
    """The source behind the canonical name in the settings."""
    task = TASKS[task_of(settings.name)]
    return task.sources.get(settings.data, task.folder)


def load(settings: Namespace) -> Data:
    """The data of the settings.

    Raises: ValueError, OSError or RuntimeError, as the loaders do.
    """
    return source(settings).load(settings)
