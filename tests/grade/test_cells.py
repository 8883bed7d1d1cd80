"""From bytes to code cells, and from cells to what is executed and flagged."""

import ast
import json

import pytest

from ganlib.grade.inside.cells import Cell, Unreadable, code_cells
from ganlib.grade.inside.flags import flags, reaching
from ganlib.grade.inside.statements import Selection


def notebook(*cells, **more):
    made = [{"cell_type": "code", "source": cell, "metadata": {}} if isinstance(cell, str) else cell for cell in cells]
    return json.dumps({"cells": made, "nbformat": 4, "nbformat_minor": 5, "metadata": {}, **more}).encode()


def kept(source, needed=()):
    statements = Selection(needed).kept(Cell(1, source).tree().body)
    return [ast.unparse(statement) for statement in statements]


def test_a_notebook_s_code_cells_with_their_tags():
    prose = {"cell_type": "markdown", "source": "# words", "metadata": {}}
    lines = {"cell_type": "code", "source": ["a = 1\n", "b = 2"], "metadata": {"tags": ["setup"]}}
    assert code_cells(notebook(prose, "x = 1", lines), "a.ipynb") == [
        Cell(1, "x = 1"),
        Cell(2, "a = 1\nb = 2", ("setup",)),
    ]


def test_a_python_file_in_percent_format():
    text = '\ufeffimport torch\n# %% [markdown]\n# no code: x = (\n# %% tags=["setup"]\nimport sys\n# %%\ny = "é"\n'
    cells = code_cells(text.encode(), "a.PY")
    assert [cell.source.strip() for cell in cells] == ["import torch", "import sys", 'y = "é"']
    assert [cell.tags for cell in cells] == [(), ("setup",), ()]


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"x = '\xff\xfe'", "not UTF-8"),
        (notebook("x = 1")[:-30], "no whole notebook"),
        (b"[]", "no whole notebook"),
        (b"null", "no whole notebook"),
        (b'{"worksheets": []}', "no whole notebook"),
        (b'{"cells": 3}', "no whole notebook"),
        (b'{"cells": [{"cell_type": "code"}]}', "no whole notebook"),
        (b'{"cells": [{"cell_type": "code", "source": 7}]}', "no whole notebook"),
        (b'{"cells": [{"cell_type": "code", "source": "", "metadata": {"tags": 5}}]}', "no whole notebook"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"cells":' * 100_000, "nested too deeply"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value,
)
def test_what_cannot_be_read_is_said(content, words):
    with pytest.raises(Unreadable, match=words):
        code_cells(content, "a.py" if words == "not UTF-8" else "a.ipynb")


@pytest.mark.parametrize(
    "source, names",
    [
        ("%matplotlib inline\nx = 1", {"x"}),
        ("!pip install torch\nx = 1", {"x"}),
        ("x = 1\nx?", {"x"}),
        ("%%time\nx = 1", {"x"}),
        ("%%bash\nrm -rf /\nx = 1", set()),
        ("if True:\n    %load_ext autoreload\nx = 1", {"x"}),
        ("y = 7\nx = (y\n     % 4)", {"x", "y"}),
    ],
)
def test_magics_are_taken_out_and_nothing_else(source, names):
    scope = {}
    exec(compile(Cell(1, source).tree(), "cell", "exec"), scope)
    assert scope.keys() - {"__builtins__"} == names
    assert scope.get("x", 1) in (1, 3)


def test_no_python_is_an_error_of_the_cell():
    for source in ("def f(:", "(" * 100_000, "x = 1\0"):
        with pytest.raises((SyntaxError, ValueError, MemoryError, RecursionError)):
            Cell(1, source).tree()


IMPORTS = "import torch\nimport torch.nn as nn\nfrom ganlib import runtime\nfrom ganlib.data import avatars\n"


@pytest.mark.parametrize(
    "statement",
    [
        "def f(x):\n    return x",
        "class A(nn.Module):\n    pass",
        "latent_dim = 100",
        "a, b = (1, 2)",
        "sizes = [2 ** k for k in range_]",
        "settings: dict = {'lr': 0.0002, **more}",
        "device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')",
        "device = runtime.device()",
        "criterion = nn.BCEWithLogitsLoss()",
        "penalty = lambda critic, real, fake: 0",
        "f = torch.no_grad()(g)",
        "name = f'run {latent_dim}'",
    ],
)
def test_definitions_and_constants_are_executed(statement):
    assert kept(IMPORTS + statement)[4:] == [ast.unparse(ast.parse(statement))]


@pytest.mark.parametrize(
    "statement",
    [
        "train(G, D)",
        "losses = train(G, D)",
        "G = Generator(100).to(device)",
        "optimizer = torch.optim.Adam(G.parameters())",
        "images = avatars(32)",
        "for step in range(100):\n    pass",
        "while True:\n    pass",
        "with torch.no_grad():\n    x = G(z)",
        "torch.allclose = print",
        "settings['lr'] = 1",
        "x += 1",
        "del torch",
        "assert False",
        "raise SystemExit",
        "if checks.f(f):\n    train()",
        "if True:\n    train()",
        "try:\n    train()\nexcept Exception:\n    pass",
        "x = [train() for _ in range(9)]",
        "x = (y := 3)",
    ],
)
def test_training_is_not(statement):
    assert kept(IMPORTS + statement)[4:] == []


def test_branches_keep_what_may_be_kept():
    source = "if torch.cuda.is_available():\n    device = 'cuda'\n    train()\nelse:\n    train()\n    device = 'cpu'"
    assert kept(IMPORTS + source)[4] == "if torch.cuda.is_available():\n    device = 'cuda'\nelse:\n    device = 'cpu'"
    tried = "try:\n    import fancy\n    train()\nexcept ImportError:\n    fancy = None"
    assert kept(tried) == ["try:\n    import fancy\nexcept ImportError:\n    fancy = None"]


def test_a_needed_name_is_executed_however_it_is_made():
    assert kept("penalty = make(10)", needed=["penalty"]) == ["penalty = make(10)"]
    assert kept("other = make(10)", needed=["penalty"]) == []


@pytest.mark.parametrize(
    "source, expected",
    [
        ("import os, torch", ["imports os"]),
        ("from subprocess import run", ["imports subprocess.run"]),
        ("from ganlib.checks import core", ["imports ganlib.checks.core"]),
        ("from ganlib.losses import gradient_penalty as gp", ["imports ganlib.losses.gradient_penalty"]),
        ("from ganlib import losses\ndef f(*a): return losses.gradient_penalty(*a)", ["uses .gradient_penalty"]),
        ("def f(): return eval('1')", ["calls eval"]),
        ("from ganlib.gans import WGANGP", ["imports ganlib.gans.WGANGP"]),
        ("def f(a, b): return losses.wasserstein.discriminator(a, b)", ["uses .wasserstein"]),
        ("from ganlib.gans import GAN\nfrom ganlib import studies", []),
        ("class A:\n    def __torch_function__(self): return 1", ["defines __torch_function__"]),
        ("def f(e): return e.__traceback__", ["uses .__traceback__"]),
        ("class A:\n    torch.nn.functional.relu = None", ["assigns torch.nn.functional.relu"]),
        ("def f():\n    import os\n    import os", ["imports os"]),
        ("def f(p):\n    p.grad = None\n    self.x = 1", []),
        ("from ganlib import checks, losses, runtime\nfrom ganlib.checks import wgan", []),
        ("class A(nn.Module):\n    def __init__(self):\n        super().__init__()", []),
    ],
)
def test_flags(source, expected):
    assert flags(ast.parse(source).body, {"gradient_penalty"}) == expected


def test_what_a_cell_imports_wherever_it_does():
    source = "import a.b, c as d\ndef f():\n    from e.f import g, h as i\n    from . import j"
    assert Cell(1, source).imports() == ["a.b", "c", "e.f", "e.f.g", "e.f.h"]
    assert Cell(1, "import (").imports() == []


def test_names_that_reach_into_memory_are_seen_in_code_and_in_texts():
    for source in (
        "class A:\n    __array_interface__ = 1",
        "setattr(a, '__array_struct__', 1)",
        "a.__array_interface__",
    ):
        assert reaching(Cell(1, source).nodes()) != []
    assert reaching(Cell(1, "'an __array_interface__ is'\n__array__ = 1").nodes()) == []
