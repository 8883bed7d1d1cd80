"""A notebook's cells, as the widgets that they make see them."""

from types import SimpleNamespace

import pytest

from ganlib.viz import events


class Cells:
    """Says which cell runs. Each call of ``run`` is one execution of it."""

    def __init__(self):
        self.request, self._runs = {}, 0

    def run(self, name, code=""):
        """From now on the cell ``name`` runs (None: an application that sends no names)."""
        self._runs += 1
        metadata = {} if name is None else {"cellId": name}
        self.request = {"header": {"msg_id": self._runs}, "metadata": metadata, "content": {"code": code}}


@pytest.fixture
def cells(monkeypatch):
    """A notebook in which one cell after the other runs."""
    notebook = Cells()
    shell = SimpleNamespace(kernel=True, get_parent=lambda: notebook.request)
    monkeypatch.setattr(events, "get_ipython", lambda: shell)
    monkeypatch.setattr(events, "_RUNNING", {})
    return notebook
