"""Widgets of the course beside those they are made from."""

import importlib
import pkgutil

import pytest
from ipywidgets import Widget

from ganlib import viz

THEIRS = {"ipywidgets", "traitlets", "anywidget"}
MEANT = {"FigureWidget": {"close"}}  # what a class replaces on purpose


def widgets():
    """All classes of widgets that the course defines."""
    modules = [importlib.import_module(found.name) for found in pkgutil.walk_packages(viz.__path__, "ganlib.viz.")]
    classes = {kind for module in modules for kind in vars(module).values() if isinstance(kind, type)}
    return sorted((k for k in classes if issubclass(k, Widget) and k.__module__.startswith("ganlib")), key=str)


def functions(kind, packages):
    """Names of the functions that a class has from some packages."""
    bases = [base for base in kind.__mro__ if base.__module__.partition(".")[0] in packages]
    return {name for base in bases for name, value in vars(base).items() if callable(value) and name[:2] != "__"}


@pytest.mark.parametrize("kind", widgets(), ids=lambda kind: kind.__name__)
def test_no_function_of_a_widget_replaces_one_of_ipywidgets(kind):
    """Such as ``_compare``, which ipywidgets calls when it draws a widget."""
    replaced = functions(kind, {"ganlib"}) & functions(kind, THEIRS)
    assert replaced <= MEANT.get(kind.__name__, set())
