"""From source to notebook."""

import io
from base64 import b64encode

import nbformat
import numpy as np
import pytest
from PIL import Image

from ganlib import build

SOURCE = """\
# %% [markdown]
# # 00 · A title
# {{links}}

# %% tags=["setup"]
# {{setup}}

# %%
import os

print(os.environ["GANLIB_STRICT"], os.environ["GANLIB_BUDGET"], os.path.basename(os.getcwd()))
6 * 7

# %%
6 * 7

# %% tags=["cover"]
from ganlib import viz

viz.Picture(1, 1, "an empty square")
"""


@pytest.fixture
def source(tmp_path, monkeypatch):
    chapters = tmp_path / "chapters"
    chapters.mkdir()
    monkeypatch.setattr(build, "CHAPTERS", chapters)
    monkeypatch.setattr(build, "COVERS", tmp_path)
    path = chapters / "00_small.py"
    path.write_text(SOURCE, encoding="utf-8")
    (chapters / "07_other.py").write_text(SOURCE, encoding="utf-8")
    return path


def test_the_same_source_gives_the_same_notebook_with_cells_of_their_own(source):
    nb = build.notebook(source)
    assert nbformat.writes(nb) == nbformat.writes(build.notebook(source))
    ids = [cell.id for cell in nb.cells]
    assert len(set(ids)) == len(ids) == 5
    nbformat.validate(nb)


def test_the_public_address_comes_from_pyproject(source, monkeypatch):
    monkeypatch.setattr(build, "repository", lambda: "https://github.com/somebody/something")
    title, setup, *_ = build.notebook(source).cells
    assert "github/somebody/something/blob/main/chapters/00_small.ipynb" in title.source
    assert '"--depth=1", "https://github.com/somebody/something", course]' in setup.source
    assert "{{" not in title.source + setup.source
    readme = build.with_badges("a\n<!-- begin badges: made by python -m ganlib build -->\nold\n<!-- end badges -->\nb")
    assert "old" not in readme and "gh/somebody/something/HEAD" in readme
    assert readme.startswith("a\n") and readme.endswith("\nb")
    assert build.with_badges(readme) == readme


def test_the_first_cell_runs_as_python_here_and_does_nothing(source):
    scope = {}
    exec(build.notebook(source).cells[1].source, scope)
    assert set(scope) <= {"__builtins__", "sys"}


def test_a_built_chapter_holds_its_outputs_and_nothing_of_the_moment(source, monkeypatch):
    monkeypatch.setenv("GANLIB_BUDGET", "quick")
    build.build(source)
    nb = nbformat.read(source.with_suffix(".ipynb"), as_version=4)
    code = [cell for cell in nb.cells if cell.cell_type == "code"]
    assert code[1].outputs[0].text == "0 full chapters\n"
    assert code[1].outputs[1].data["text/plain"] == "42"
    assert all("execution" not in cell.metadata for cell in code)
    assert set(nb.metadata) == {"kernelspec", "language_info"}
    assert list(source.parent.glob("*.tmp")) == []
    assert build.COVERS.joinpath("00_small.png").read_bytes().startswith(b"\x89PNG")


def test_a_chapter_without_a_cover_is_refused(source):
    source.write_text(SOURCE.replace("cover", "back"), encoding="utf-8")
    with pytest.raises(ValueError, match="no cell tagged 'cover'"):
        build.build(source)
    assert not source.with_suffix(".ipynb").exists()


def test_a_failing_chapter_leaves_the_old_notebook(source):
    target = source.with_suffix(".ipynb")
    target.write_text("old")
    source.write_text(SOURCE + "\n# %%\nraise RuntimeError('no')\n", encoding="utf-8")
    with pytest.raises(Exception, match="RuntimeError"):
        build.build(source)
    assert target.read_text() == "old"


def as_png(pixels):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "png")
    return buffer.getvalue()


def as_pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def test_pictures_get_smaller_where_nobody_sees_it():
    x, y = np.meshgrid(np.linspace(-1, 1, 400), np.linspace(-1, 1, 300))
    ramp = (1 + np.sin(3 * x + 2 * y) * np.cos(4 * y)) / 2
    tint = np.stack([255 - 40 * ramp, 255 - 90 * ramp, 255 - 120 * ramp], axis=-1).astype(np.uint8)
    png = as_png(tint)
    small = build.smaller(png)
    assert len(small) < len(png) and np.abs(as_pixels(small) - tint).max() <= 4
    noise = as_png(np.random.default_rng(0).integers(0, 256, (90, 90, 3), dtype=np.uint8))
    assert build.smaller(noise) == noise  # 256 colours would show


def test_of_a_widget_only_the_still_is_stored():
    noise = as_png(np.random.default_rng(0).integers(0, 256, (9, 90, 3), dtype=np.uint8))
    picture = b64encode(noise).decode()
    live = {build.VIEW: {"model_id": "x"}, "text/plain": "live"}
    still = {"text/html": '<div class="ganlib-still"><img></div>', "image/png": picture, "text/plain": "A curve."}
    table = {"text/html": "<table></table>", "text/plain": "a table"}
    outputs = [nbformat.v4.new_output("display_data", data) for data in (live, still, table)]
    cell = nbformat.v4.new_code_cell("w", outputs=outputs)
    cell.metadata.execution = {"iopub.execute_input": "2026-01-01T00:00:00Z"}
    nb = nbformat.v4.new_notebook(cells=[cell], metadata={"widgets": {"state": {}}})
    build.clean(nb)
    assert [output.data for output in cell.outputs] == [{"image/png": picture, "text/plain": "A curve."}, table]
    assert "widgets" not in nb.metadata and "execution" not in cell.metadata


def test_chapters_are_chosen_by_number(source):
    assert [path.stem for path in build.sources([])] == ["00_small", "07_other"]
    assert [path.stem for path in build.sources(["7"])] == ["07_other"]
    with pytest.raises(ValueError, match="chapter 03 does not exist, expected one of 00, 07"):
        build.sources(["3"])


def test_an_unknown_chapter_ends_the_command_with_2(source, capsys):
    assert build.main(["42"]) == 2
    assert "chapter 42 does not exist" in capsys.readouterr().err
