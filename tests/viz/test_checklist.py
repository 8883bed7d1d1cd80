"""The checklist is drawn whole, in both themes, and its words say all that it shows."""

import pytest

from ganlib.viz.checklist import QUESTIONS, checklist_diagram


@pytest.fixture(params=["light", "dark"])
def picture(request, monkeypatch):
    monkeypatch.setenv("GANLIB_THEME", request.param)
    return checklist_diagram()


def test_every_question_and_every_answer_is_in_the_words(picture):
    for question in QUESTIONS:
        assert question.question in picture.alt
        assert all(line in picture.alt for line in question.otherwise.split("\n"))


def test_no_words_leave_their_box_or_meet_others(picture):
    picture.canvas.draw()
    ax = picture.axes[0]
    boxes = [words.get_window_extent() for words in ax.texts]
    frames = [patch.get_window_extent() for patch in ax.patches]
    outside = ax.get_window_extent()
    for box in boxes:
        assert outside.x0 <= box.x0 and box.x1 <= outside.x1 and outside.y0 <= box.y0 and box.y1 <= outside.y1
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[i + 1 :])
    inside = [
        any(f.x0 < b.x0 and b.x1 < f.x1 and f.y0 < b.y0 and b.y1 < f.y1 for f in frames)
        for b, words in zip(boxes, ax.texts, strict=True)
        if words.get_text() not in ("yes", "no")
    ]
    assert all(inside) and len(inside) == 3 * len(QUESTIONS) + 1
