"""Chapter 06 as a reader goes through it in JupyterLab: it trains, and a right answer takes the place of a stand-in."""

import pytest
from screen import beyond, wait_for

pytestmark = pytest.mark.slow
CHAPTER = "06_wgan_gp_exercise"
STUB, CHECK = "def critic_loss(", "\n\n\nchecks.critic_loss(critic_loss);"
WRONG = f"{STUB}real_scores, fake_scores):\n    return real_scores.mean() - fake_scores.mean()"
RIGHT = f"{STUB}real_scores, fake_scores):\n    return fake_scores.mean() - real_scores.mean()"
TRAINING, STAND_IN = 'answers.ready("Critic", "critic_loss"', 'answers.fill_in("critic_loss"'


def told(reader, code):
    """What the cell with this code prints when it runs again."""
    return "".join("".join(output.get("text", "")) for output in reader.run_cell(code))


def solve(reader, source):
    """Write this into the exercise, and run it."""
    reader.fill_in(STUB, source + CHECK)
    return told(reader, STUB)


def test_nothing_goes_wrong_but_the_unsolved_exercises(reader, page):
    reader.expect_only_unsolved_exercises(9)


@pytest.mark.parametrize("code", ['trainer.rounds(updates["DCGAN"])', 'diaries["WGAN-GP"] = '])
def test_training_leaves_its_picture(reader, page, code):
    picture = reader.cell(code).locator(".jp-OutputArea-output img").first
    picture.wait_for(timeout=30_000)
    wait_for(page, lambda: picture.evaluate("image => image.naturalWidth") > 0)
    reader.look(f"chapter_06_{'dcgan' if 'DCGAN' in code else 'wgan_gp'}")


def test_an_answer_of_one_s_own_takes_the_place_of_the_solution(reader, page):
    assert "all parts           0 of 100" in told(reader, "print(answers.table())")
    assert "the sign is wrong" in solve(reader, WRONG)
    assert told(reader, TRAINING).startswith("This cell needs part 2 (critic_loss).")
    assert "It stands in for critic_loss" in told(reader, STAND_IN)
    assert "Correct: critic_loss." in solve(reader, RIGHT)
    assert told(reader, STAND_IN).strip() == "Correct: solution."
    table = told(reader, "print(answers.table())")
    assert "2  critic_loss         8 of   8" in table and "all parts           8 of 100" in table
    reader.look("chapter_06_points")


def test_a_prediction_is_compared_with_the_measurement(reader, page):
    button = reader.cell("coupled = viz.Prediction(").get_by_role("button", name="about a tenth").first
    button.click()
    wait_for(page, lambda: button.get_attribute("aria-pressed") == "true")
    assert "Your prediction: about a tenth (as measured)" in told(reader, "coupled.reveal(")


def test_a_question_can_be_read_in_a_narrow_window_and_in_the_dark(reader, page):
    reader.go_to("coupled = viz.Prediction(")
    with reader.in_the_dark(), reader.window(560, sidebar=False):
        cell = reader.cell("coupled = viz.Prediction(")
        cell.scroll_into_view_if_needed()
        assert beyond(cell, ".jp-OutputArea-output button, .jp-OutputArea-output .widget-html") == []
        reader.look("chapter_06_narrow")
        reader.cell('show("DCGAN")').scroll_into_view_if_needed()
        reader.look("chapter_06_narrow_picture")
