"""What a cell stores besides a live widget: a picture or words, and the rules that show one of the two."""

import io
from base64 import b64decode

import pytest
from PIL import Image

from ganlib import viz
from ganlib.viz import browser


class Handle:
    """What IPython's ``display`` returns for an output that can be updated."""

    def __init__(self, shown, display_id):
        self.shown, self.display_id = shown, display_id

    def update(self, data, raw, metadata):
        self.shown.append((data, metadata))


@pytest.fixture
def shown(monkeypatch):
    """The outputs of a cell, as (data, metadata)."""
    outputs = []

    def display(data, raw, metadata, display_id=None):
        outputs.append((data, metadata))
        return Handle(outputs, "first" if display_id is True else display_id)

    monkeypatch.setattr(browser, "display", display)
    return outputs


def canvas():
    return viz.Canvas("Points <and> a line.", (-1, 1), (-2, 2), width=300, height=200)


def test_a_cell_stores_the_widget_and_its_picture(shown):
    widget = canvas()
    widget._ipython_display_()
    (live, _), (still, metadata) = shown
    assert live[browser.VIEW]["model_id"] == widget.model_id and "image/png" not in live
    assert still["text/plain"] == "Points <and> a line." and metadata["image/png"]["alt"] == still["text/plain"]
    assert Image.open(io.BytesIO(b64decode(still["image/png"]))).size == (600, 400)
    assert still["image/png"] in still["text/html"] and "Points &lt;and&gt; a line." in still["text/html"]


def test_stills_of_a_widget_that_is_shown_twice_have_one_name(shown):
    widget = canvas()
    names = []
    for _ in range(2):
        widget._ipython_display_()
        names.append(widget._still_handle.display_id)
    assert names == ["first", "first"]


def test_a_question_is_stored_in_words(shown):
    viz.Prediction("Is 1 < 2?", ["yes", "no"])._ipython_display_()
    (_, _), (still, _) = shown
    assert "Is 1 < 2?" in still["text/plain"] and "( ) no" in still["text/plain"]
    assert "Is 1 &lt; 2?" in still["text/html"]


def test_the_still_can_be_brought_up_to_date(shown):
    widget = canvas()
    widget.refresh()  # not shown yet: nothing to do
    assert shown == []
    widget._ipython_display_()
    widget.show([viz.layers.points("real", [[0.0, 0.0]], "real", size=9)])
    widget.refresh()
    assert len(shown) == 3 and shown[2][0]["image/png"] != shown[1][0]["image/png"]


def test_a_box_of_live_widgets_is_stored_as_one(shown):
    viz.GANLab(width_g=4, width_d=4, batch=8)._ipython_display_()
    assert len(shown) == 2 and shown[0][0]["text/plain"] == browser.LIVE


def test_the_rules_name_the_classes_that_the_scripts_set():
    assert 'classList.add("ganlib-live")' in str(browser.Guard._esm)
    for rule in (".jp-OutputArea-child:has(.ganlib-live) + .jp-OutputArea-child:has(.ganlib-still)", ".ganlib-still"):
        assert rule in browser.STYLES
    assert ".ganlib-still" in browser._still_html("") and 'class="ganlib-still"' in browser._still_html("")


def test_files_for_the_reader_go_through_the_browser():
    guard, sent = browser.Guard(), []
    guard.send = lambda content, buffers: sent.append((content, buffers))
    guard.download("run.json", "application/json", b"{}")
    assert sent == [({"do": "download", "name": "run.json", "mime": "application/json"}, [b"{}"])]
