"""What holds for every chapter, besides that it runs (nbval runs it)."""

import ast
import re
from collections import Counter

import nbformat
import pytest

from ganlib import build

README = build.README.read_text(encoding="utf-8")
SOURCES = build.sources([])


@pytest.fixture(params=SOURCES, ids=lambda path: path.stem)
def source(request):
    return request.param


@pytest.fixture
def stored(source):
    return nbformat.read(source.with_suffix(".ipynb"), as_version=4)


def code_cells(nb):
    return [cell for cell in nb.cells if cell.cell_type == "code"]


def test_source_and_notebook_agree(source, stored):
    """If this fails: python -m ganlib build NN."""
    fresh = build.notebook(source)
    assert [c.source for c in stored.cells] == [c.source for c in fresh.cells]
    assert [c.id for c in stored.cells] == [c.id for c in fresh.cells]
    assert [c.metadata for c in stored.cells] == [c.metadata for c in fresh.cells]


def test_every_notebook_has_its_source():
    assert sorted(build.CHAPTERS.glob("*.ipynb")) == [source.with_suffix(".ipynb") for source in SOURCES]


def test_the_stored_run_is_complete_and_in_order(stored):
    counts = [cell.execution_count for cell in code_cells(stored)]
    assert counts == list(range(1, len(counts) + 1))


def test_nothing_went_wrong_in_the_stored_run(stored):
    for cell in code_cells(stored):
        for output in cell.outputs:
            assert output.output_type != "error", cell.source
            assert output.get("name") != "stderr", output.text


def test_cells_are_short(stored):
    for cell in code_cells(stored):
        lines = [line for line in cell.source.splitlines() if line.strip() and not line.strip().startswith("#")]
        assert len(lines) <= 30, cell.source


def made_by(statement):
    """The names that a statement of a cell binds to a function, a class or a prediction."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return [statement.name]
    if isinstance(statement, ast.Assign) and ast.unparse(statement.value).startswith("viz.Prediction("):
        return [ast.unparse(target) for target in statement.targets]
    return []


def test_a_cell_can_be_run_again_after_all_others(stored):
    """A name for two functions, or for two predictions, would then mean the later one."""
    cells = [ast.parse(re.sub(r"(?m)^[%!].*$", "", cell.source)) for cell in code_cells(stored)]
    names = Counter(name for cell in cells for statement in cell.body for name in made_by(statement))
    assert [name for name, times in names.items() if times > 1 and name != "solution"] == []


def test_first_comes_the_title_then_the_set_up(stored):
    assert re.match(r"# \d\d · ", stored.cells[0].source)
    assert "**Time**" in stored.cells[0].source
    assert stored.cells[1].metadata.tags == ["setup"]


def test_every_exercise_begins_unsolved_and_has_a_solution_folded_away(stored):
    exercises = [cell for cell in code_cells(stored) if "exercise" in cell.metadata.get("tags", [])]
    solutions = [cell for cell in code_cells(stored) if "solution" in cell.metadata.get("tags", [])]
    assert exercises and len(exercises) == len(solutions)
    for cell in exercises:
        assert "still raises NotImplementedError" in cell.outputs[0].text
        assert "raises-exception" in cell.metadata.tags  # strict: a stub must fail and the run goes on
    for cell in solutions:
        assert cell.metadata.jupyter.source_hidden
        assert cell.source.startswith("# BEGIN SOLUTION\n") and cell.source.endswith("# END SOLUTION")
        assert cell.outputs[0].text.startswith("Correct: ")


def test_every_picture_has_words(stored):
    for cell in code_cells(stored):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                assert "<" not in output.data["text/plain"] and len(output.data["text/plain"].split()) >= 3


def test_the_cover_is_the_picture_of_the_stored_run(stored, source):
    assert (build.COVERS / f"{source.stem}.png").read_bytes() == build.cover(stored)


def test_links_in_the_prose_lead_to_files(stored, source):
    for cell in stored.cells:
        if cell.cell_type == "markdown":
            for target in re.findall(r"\]\((?!https?:|#)([^)\s]+)\)", cell.source):
                assert (source.parent / target).exists(), target


def test_the_readme_lists_exactly_the_chapters_there_are():
    listed = re.findall(r"\]\(chapters/(\w+)\.ipynb\)", README)
    assert sorted(set(listed)) == [source.stem for source in SOURCES]


def test_the_readme_s_badges_are_up_to_date():
    assert build.with_badges(README) == README
    assert "mybinder.org" in README


def test_files_named_in_the_readme_exist():
    for target in re.findall(r"(?:\]\(|src=\")(?!https?:|#)([^)\"\s]+)", README):
        assert (build.ROOT / target).exists(), target
