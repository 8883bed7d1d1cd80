"""``python -m ganlib build [NN ...]``: chapters from percent source to executed notebook.

What people edit is ``chapters/NN_slug.py``; what Colab, Binder, GitHub and the tests read is
``chapters/NN_slug.ipynb``.
"""

import base64
import hashlib
import io
import os
import re
import sys
import tomllib
from pathlib import Path
from time import perf_counter

import jupytext
import nbformat
import numpy as np
from nbclient import NotebookClient
from nbformat import NotebookNode
from PIL import Image

from ganlib.runtime import ASSETS, ROOT

VIEW = "application/vnd.jupyter.widget-view+json"

CHAPTERS = ROOT / "chapters"
COVERS = ASSETS / "pictures"
README = ROOT / "README.md"
CELL_TIMEOUT_S = 900
INVISIBLE = 1.0  # mean error of a colour, of 255

SETUP = """\
# On Colab this fetches the course, once. Anywhere else it does nothing.
import sys

if "google.colab" in sys.modules:
    from pathlib import Path
    from subprocess import run

    course = Path("/content/course")
    if not course.exists():
        run(["git", "clone", "--depth=1", "{repository}", course], check=True)
    sys.path.insert(0, str(course))"""

COLAB = "https://colab.research.google.com/github/{owner}/blob/main/chapters/{slug}.ipynb"
BINDER = "https://mybinder.org/v2/gh/{owner}/HEAD?urlpath=lab/tree/chapters/{slug}.ipynb"
COLAB_BADGE = "https://colab.research.google.com/assets/colab-badge.svg"
BINDER_BADGE = "https://mybinder.org/badge_logo.svg"


def repository() -> str:
    """The course's public address, from ``[project.urls]`` in pyproject.toml: the one place where it stands."""
    with open(ROOT / "pyproject.toml", "rb") as file:
        return tomllib.load(file)["project"]["urls"]["Repository"]


def links(slug: str) -> tuple[str, str]:
    """The addresses that open a chapter on Colab and on Binder."""
    owner = "/".join(repository().rstrip("/").split("/")[-2:])
    return COLAB.format(owner=owner, slug=slug), BINDER.format(owner=owner, slug=slug)


def sources(numbers: list[str]) -> list[Path]:
    """The chapter sources with these numbers ('00', '0', '7'), or all of them.

    Raises: ValueError for a number that no chapter has.
    """
    found = {path.name[:2]: path for path in sorted(CHAPTERS.glob("[0-9][0-9]_*.py"))}
    wanted = [number.zfill(2) for number in numbers] or list(found)
    unknown = [number for number in wanted if number not in found]
    if unknown:
        raise ValueError(f"chapter {', '.join(unknown)} does not exist, expected one of {', '.join(found)}")
    return [found[number] for number in wanted]


def notebook(source: Path) -> NotebookNode:
    """The notebook of a chapter's source, not executed. The same source gives the same bytes."""
    nb = jupytext.read(source, fmt="py:percent")
    nb.metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    nb.nbformat, nb.nbformat_minor = 4, 5
    seen: dict[str, int] = {}
    for cell in nb.cells:
        cell.source = cell.source.replace("# {{setup}}", SETUP.format(repository=repository()))
        colab, binder = links(source.stem)  # words, not badges: a chapter looks right without a network
        cell.source = cell.source.replace("{{links}}", f"[Open in Colab]({colab}) · [Open in Binder]({binder})")
        cell.id = hashlib.sha256(cell.source.encode()).hexdigest()[:12]
        seen[cell.id] = seen.get(cell.id, 0) + 1
        if seen[cell.id] > 1:
            cell.id += f"-{seen[cell.id]}"
    return nb


def execute(nb: NotebookNode) -> None:
    """Run every cell in a fresh kernel in ``chapters/``, as a reader on the CPU would (checks print)."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    settings = {"GANLIB_STRICT": "0", "GANLIB_THEME": "light", "GANLIB_BUDGET": "full", "GANLIB_DEVICE": "cpu"}
    client = NotebookClient(
        nb,
        timeout=CELL_TIMEOUT_S,
        kernel_name="python3",
        resources={"metadata": {"path": str(CHAPTERS)}},
        record_timing=False,
        coalesce_streams=True,
    )
    client.execute(env=os.environ | settings | {"PYTHONPATH": path})


def clean(nb: NotebookNode) -> None:
    """Drop what a stored chapter cannot use: widgets, of which only the still stays, and who ran it and when."""
    nb.metadata.pop("widgets", None)
    nb.metadata.language_info = {"name": "python"}
    for cell in nb.cells:
        cell.metadata.pop("execution", None)
        if "outputs" in cell:
            cell.outputs = [output for output in cell.outputs if VIEW not in output.get("data", {})]
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "ganlib-still" in data.get("text/html", ""):
                del data["text/html"]  # made for JupyterLab; the same is there as a picture or as words
            if "image/png" in data:
                data["image/png"] = base64.b64encode(smaller(base64.b64decode(data["image/png"]))).decode("ascii")


def smaller(png: bytes) -> bytes:
    """The picture in 256 colours where nobody sees the difference, in a third of the bytes."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    reduced = picture.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    error = np.abs(np.asarray(picture, dtype=int) - np.asarray(reduced.convert("RGB"), dtype=int))
    buffer = io.BytesIO()
    reduced.save(buffer, "png", optimize=True)
    return buffer.getvalue() if error.mean() < INVISIBLE and buffer.tell() < len(png) else png


def write(nb: NotebookNode, path: Path) -> None:
    """Write the notebook, all of it or nothing."""
    nbformat.validate(nb)
    temporary = path.with_suffix(".ipynb.tmp")
    temporary.write_text(nbformat.writes(nb) + "\n", encoding="utf-8", newline="\n")
    os.replace(temporary, path)


def cover(nb: NotebookNode) -> bytes:
    """The picture by which the README shows a chapter: the output of its cell tagged ``cover``, as PNG.

    Raises: ValueError when there is no such cell, or it shows no picture.
    """
    for cell in nb.cells:
        if "cover" in cell.metadata.get("tags", []):
            for output in cell.outputs:
                if "image/png" in output.get("data", {}):
                    return base64.b64decode(output.data["image/png"])
    raise ValueError("no cell tagged 'cover' shows a picture; tag one, the README needs it")


def with_badges(readme: str) -> str:
    """The README's text with its badge block made anew for the first chapter."""
    begin, end = "<!-- begin badges: made by python -m ganlib build -->", "<!-- end badges -->"
    colab, binder = links(sources([])[0].stem)
    badges = f"[![Open in Colab]({COLAB_BADGE})]({colab})\n[![Open in Binder]({BINDER_BADGE})]({binder})"
    block = f"{begin}\n{badges}\n{end}"
    return re.sub(f"{begin}.*{end}", lambda _: block, readme, flags=re.DOTALL)


def build(source: Path) -> float:
    """Build one chapter; return the seconds that its execution took."""
    nb = notebook(source)
    started = perf_counter()
    execute(nb)
    seconds = perf_counter() - started
    clean(nb)
    picture = cover(nb)
    write(nb, source.with_suffix(".ipynb"))
    (COVERS / f"{source.stem}.png").write_bytes(picture)
    return seconds


def main(argv: list[str]) -> int:
    """Build the chapters with the given numbers, or all, and the README's badges. Returns the exit code."""
    try:
        chosen = sources(argv)
    except ValueError as error:
        print(f"ganlib build: {error}", file=sys.stderr)
        return 2
    README.write_text(with_badges(README.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    for source in chosen:
        print(f"{source.stem} ...", flush=True)
        print(f"{source.stem} built in {build(source):.0f} s", flush=True)
    return 0
