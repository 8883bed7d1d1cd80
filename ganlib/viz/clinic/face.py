"""Everything that is seen and pressed on the ward, and where it lies."""

from collections.abc import Mapping, Sequence
from html import escape
from textwrap import fill

import torch
from ipywidgets import HTML, Box, Button, Dropdown, Layout, SelectionSlider, VBox, Widget
from torch import Tensor

from ganlib.clinic import DIAGNOSES, TREATMENTS, Diagnosis, Recording, Treatment, Visit
from ganlib.viz.browser import Guard
from ganlib.viz.clinic import words
from ganlib.viz.clinic.bed import Bed
from ganlib.viz.clinic.sheet import WIDTH, Sheet
from ganlib.viz.clinic.thumbnails import SIDE as THUMBNAIL
from ganlib.viz.controls import ROW, row, words_box
from ganlib.viz.gallery import Gallery
from ganlib.viz.style import Picture

BUTTONS = {
    "diagnose": ("Diagnose", "stethoscope", "Commit to the chosen diagnosis"),
    "hint": ("Hint", "lightbulb-o", "A nudge where to look"),
    "treat": ("Treat", "play", "Really train the run again, treated"),
    "stop": ("Stop", "stop", "Give up this treatment; it does not count"),
    "next": ("Next patient", "arrow-right", "The next patient who is not done"),
    "reset": ("Start over", "refresh", "Forget all diagnoses, treatments and points"),
}
QUESTIONS = {
    "diagnosis": "Look at the curves and the samples. What is wrong with this run, if anything?",
    "treatment": "What should be done about it? After the diagnosis the run is really trained again, treated.",
}
COLUMN = {"flex": "1 1 400px", "max_width": "500px", "min_width": "0"}
HEAD = "180px"  # so that the curves before and after stand side by side


class Face:
    """All widgets of the ward, by name. They only show; the ward gives them their meaning."""

    def __init__(self, errors: Widget):
        self.beds = Gallery("The ward", 10, THUMBNAIL, pressable=True)
        self.before, self.after = Sheet("before"), Sheet("after")
        self.buttons = {
            name: Button(description=label, icon=icon, tooltip=tooltip, layout=Layout(width="auto"))
            for name, (label, icon, tooltip) in BUTTONS.items()
        }
        self.diagnosis, self.treatment = _choice("diagnosis", DIAGNOSES), _choice("treatment", TREATMENTS)
        self.moment = SelectionSlider(options=[("end", 0)], description="moment", layout=Layout(width="98%"))
        self.moment.style.description_width, self.moment.tooltip = "66px", "When the samples were drawn"
        self.card, self.verdict, self.score, self.errors = HTML(), HTML(), HTML(), errors
        self.says = {name: words_box() for name in ("diagnosis", "answer", "treatment", "progress", "status")}

    def rows(self) -> list[Widget]:
        """The whole face, from top to bottom; the two sheets lie below each other where there is little room."""
        some, head = self.buttons, Layout(min_height=HEAD, width="100%", justify_content="space-between")
        questions = [
            row(self.diagnosis, some["diagnose"]),
            *(self.says["diagnosis"], self.says["answer"]),
            row(self.treatment, some["treat"], some["stop"]),
            *(self.says["treatment"], self.says["progress"]),
        ]
        left = VBox([VBox([self.card, self.moment], layout=head), self.before.box], layout=Layout(**COLUMN))
        right = VBox(
            [VBox(questions, layout=Layout(min_height=HEAD, width="100%")), self.after.box], layout=Layout(**COLUMN)
        )
        columns = Box(
            [left, right], layout=Layout(**ROW | {"align_items": "flex-start", "justify_content": "space-between"})
        )
        return [
            self.beds,
            row(some["next"], some["hint"], some["reset"], self.says["status"]),
            columns,
            *(self.errors, self.verdict, self.score),
            Guard(),
        ]

    def open(self, bed: Bed) -> None:
        """Make ready for a patient."""
        last = len(bed.before.moments) - 1
        self.moment.options = [(f"{100 * i / last:.0f} %", i) for i in range(last + 1)]
        self.moment.value = last
        self.treatment.value = "" if bed.run is None else bed.run.treatment
        self.diagnosis.value = bed.diagnosis or ""

    def show_real(self, bed: Bed) -> None:
        """What D is shown as real, which a treatment may change."""
        kind, shown = bed.setup.subject.kind, bed.setup.subject.shown
        for sheet, setup in ((self.before, bed.setup), (self.after, bed.treated or bed.setup)):
            sheet.samples.open(kind, setup.real[0][:shown])

    def draw_curves(self, bed: Bed) -> None:
        """The curves of both runs, on the same axes; those that have not changed are not drawn again."""
        self.draw_before(bed)
        after = bed.after
        self.after.title("Here the treated run will grow." if after is None else TREATMENTS[after.treatment].name)
        self.after.curves(after, total=bed.total, scales=bed.scales, mark=None, cursor=self._moment_of(after))

    def draw_before(self, bed: Bed) -> None:
        """The curves of the run as its owner made it."""
        self.before.title("The run as it is.")
        shown = {"total": bed.total, "scales": bed.scales, "mark": bed.mark, "cursor": self._moment_of(bed.before)}
        self.before.curves(bed.before, **shown)

    def draw_samples(self, bed: Bed) -> None:
        """The samples of both runs at the moment that the slider says."""
        self.before.samples.show(bed.before, self.moment.value)
        self.after.samples.show(bed.after, self.moment.value)

    def draw_progress(self, bed: Bed) -> None:
        """How far it has come, in words."""
        self.says["progress"].value = bed.progress()

    def _moment_of(self, run: Recording | None) -> int | None:
        """The update of a run whose samples are shown; None where there are none."""
        kept = () if run is None else run.moments
        return int(kept[min(self.moment.value, len(kept) - 1)]) if len(kept) else None

    def draw_choices(self, bed: Bed) -> None:
        """What the chosen diagnosis and treatment mean, until there is more to say about them."""
        told = {"diagnosis": bed.diagnosis, "treatment": None if bed.run is None else bed.run.treatment}
        for name, choice, known in (
            ("diagnosis", self.diagnosis, DIAGNOSES),
            ("treatment", self.treatment, TREATMENTS),
        ):
            sentence = escape(known[choice.value].sentence) if choice.value else QUESTIONS[name]
            self.says[name].value = "" if choice.value and choice.value == told[name] else sentence

    def draw_words(self, bed: Bed, visit: Visit, playing: bool) -> None:
        """All words, and which buttons can be pressed."""
        number = visit.order.index(bed.patient.name) + 1
        self.card.value = words.card(bed.patient, number, len(visit.order), bed.hinted)
        self.says["answer"].value, self.says["progress"].value = bed.answer, bed.progress()
        self.verdict.value = bed.verdict()
        self.says["status"].value = f"{words.summary(visit)}."
        self.score.value = words.score_table(visit)
        self.set_buttons(bed, playing)

    def set_buttons(self, bed: Bed, playing: bool) -> None:
        """Say what the button would do now, and shut those that can do nothing."""
        treat, under_way = self.buttons["treat"], bed.run is not None and not bed.finished
        go_on = "Go on" if under_way else "Treat"
        treat.description, treat.icon = ("Pause", "pause") if playing else (go_on, "play")
        treat.disabled = not under_way and (bed.diagnosis is None or not self.treatment.value)
        self.treatment.disabled = under_way
        self.buttons["stop"].disabled = not under_way
        self.buttons["diagnose"].disabled = not self.diagnosis.value
        self.buttons["hint"].disabled = not bed.patient.hint or bed.hinted

    def draw_ward(self, visit: Visit, now: str, thumbnails: Sequence[Tensor]) -> None:
        """The list of patients: a small picture of each, its number, and how far the reader is with it."""
        states = [words.state(visit, name) for name in visit.order]
        captions = [f"{i}\n{state}" for i, state in enumerate(states, 1)]
        known = zip(visit.order, states, strict=True)
        labels = [f"Patient {i}, {words.named(name)}: {state}" for i, (name, state) in enumerate(known, 1)]
        self.beds.show(torch.stack([*thumbnails]), captions, labels, [visit.order.index(now)])

    def picture(self, bed: Bed) -> Picture:
        """Both runs as one picture; before any treatment the one run, with samples at several moments."""
        words_ = f"{words.said_of(bed.patient)} {words.plain(bed.progress())}".strip()
        shown = {"total": bed.total, "scales": bed.scales}
        if bed.run is None:
            picture = Picture(2 * WIDTH, 5.2, words_)
            self.before.draw_alone(picture, bed.before, mark=bed.mark, **shown)
        else:
            picture = Picture(2 * WIDTH, 8.4, words_)
            grid = picture.add_gridspec(1, 2)
            self.before.draw_on(picture, grid[0], bed.before, self.moment.value, mark=bed.mark, **shown)
            self.after.draw_on(picture, grid[1], bed.after, self.moment.value, **shown)
        picture.suptitle(fill(words_, 120), color=picture.theme.text, fontsize=10, ha="left", x=0.01)
        return picture


def _choice(name: str, known: Mapping[str, Diagnosis | Treatment]) -> Dropdown:
    options = [(f"choose a {name}", ""), *((one.name, key) for key, one in known.items())]
    choice = Dropdown(
        options=options, value="", description=name, layout=Layout(flex="1 1 190px", width="auto", min_width="0")
    )
    choice.style.description_width, choice.tooltip = "66px", f"All that a {name} can be"
    return choice
