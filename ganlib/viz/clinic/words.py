"""What the ward says: of a patient, of a diagnosis, of what a treatment did, and of the whole visit."""

import re
from collections.abc import Mapping
from html import escape, unescape
from urllib.parse import quote

from ganlib.clinic import DIAGNOSES, TREATMENTS, Goal, Measure, Patient, Recording, Setup, Visit, explain, find
from ganlib.runtime import ROOT

FIELDS = {
    "lr_d": "D\u2019s learning rate",
    "lr_g": "G\u2019s learning rate",
    "n_critic": "D\u2019s updates for one of G",
    "updates": "updates",
    "batch_size": "batch size",
    "betas": "Adam\u2019s betas",
    "decay": "decay of G\u2019s moving average",
    "penalty": "the penalty on D",
    "loss": "the loss",
    "generator": "the generator",
    "discriminator": "the discriminator",
    "data": "the data that D is shown",
    "step": "the code of a round",
    "gan": "how the players are put together",
    "subject": "what is to be learned",
}
"""The fields of a ``Setup`` in words."""
SAME = 0.02  # a measure that moves by less of its size is as before


def card(patient: Patient, number: int, of: int, hinted: bool) -> str:
    """Who it is, what its owner says, and the hint if it was asked for; as HTML."""
    hint = f"<p><b>Hint:</b> {escape(patient.hint)}</p>" if hinted else ""
    says = f"<blockquote>{escape(patient.complaint)}</blockquote>"
    return f'<div class="ganlib-card"><b>Patient {number} of {of}: {named(patient.name)}</b>{says}{hint}</div>'


def said_of(patient: Patient) -> str:
    """Who it is and what its owner says, in plain words."""
    return f"{named(patient.name)}: \u201c{patient.complaint}\u201d"


def plain(html: str) -> str:
    """HTML without its tags."""
    return unescape(re.sub(r"<[^>]*>", "", html))


def answer(patient: Patient, diagnosis: str) -> str:
    """What speaks for a diagnosis or against it; as HTML."""
    name, right = escape(DIAGNOSES[diagnosis].name), diagnosis == patient.diagnosis
    verdict = f"<b>\u2713 Right: {name}.</b>" if right else f"<b>\u2717 Not this: {name}.</b>"
    return f"{verdict} {escape(explain(patient.name, diagnosis))}"


def changes(before: Setup, after: Setup) -> str:
    """What a treatment has changed in a run, in a sentence."""
    changed = [_change(name, *pair) for name, pair in before.differences(after).items()]
    return f"Changed: {'; '.join(changed)}." if changed else "It finds nothing to mend: the run is the same again."


def _change(name: str, old: object, new: object) -> str:
    words = FIELDS.get(name, name)
    return f"{words} {_value(old)} \u2192 {_value(new)}" if _plain(old) and _plain(new) else words


def _plain(value: object) -> bool:
    """Whether it is a number, several of them, or none."""
    return value is None or isinstance(value, int | float) or (isinstance(value, tuple) and all(map(_plain, value)))


def _value(value: object) -> str:
    if value is None:
        return "none"
    return f"{value:,}" if isinstance(value, int) else f"{value:g}" if isinstance(value, float) else str(value)


def outcome(patient: Patient, measures: Mapping[str, Measure], before: Recording, after: Recording) -> str:
    """All measures at the end of the run before and after a treatment, with the goals; as HTML."""
    goals = {goal.measure: goal for goal in patient.goals}
    rows = [_row("th", "measured at the end", "before", "after", "", "goal")]
    for key, measure in measures.items():
        old, new = before.outcome[key], after.outcome[key]
        said = measure.form.format(old), measure.form.format(new), _moved(measure, old, new)
        rows.append(_row("td", measure.words, *said, _goal(goals.get(key), measure, new)))
    return _table(rows)


def _moved(measure: Measure, old: float, new: float) -> str:
    """Whether a measure is better than before, by a mark and a word."""
    if new != new:
        return "\u25bc no number"
    if old == old and (abs(new - old) <= SAME * abs(old) or measure.form.format(new) == measure.form.format(old)):
        return "= as before"
    return "\u25b2 better" if old != old or (new > old) == measure.more_is_better else "\u25bc worse"


def _goal(goal: Goal | None, measure: Measure, value: float) -> str:
    return "" if goal is None else f"{_aim(goal, measure)} {_tick(goal.met({goal.measure: value}))}"


def _aim(goal: Goal, measure: Measure) -> str:
    ends = (("at least", goal.at_least), ("at most", goal.at_most))
    return " and ".join(f"{word} {measure.form.format(end)}" for word, end in ends if end is not None)


def healed(patient: Patient, measures: Mapping[str, Measure], after: Recording) -> str:
    """Whether a treatment that has run to its end heals, and which goal is missed if one is, in a sentence."""
    name = f"\u201c{TREATMENTS[after.treatment].name}\u201d"
    missed = next((goal for goal in patient.goals if not goal.met(after.outcome)), None)
    if missed is None:
        needless = patient.healthy and after.treatment != "wait"
        return f"\u2713 Well after {name}" + (", as it was before: nothing was wrong." if needless else ".")
    measure = measures[missed.measure]
    value, aim = measure.form.format(after.outcome[missed.measure]), _aim(missed, measure)
    return f"\u2717 Not healed by {name}. {_capital(measure.words)}: {value}, and {aim} would be healthy."


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def story(patient: Patient) -> str:
    """What it was, what gave it away, what heals it, where to read more, and the code; as HTML."""
    diagnosis = DIAGNOSES[patient.diagnosis]
    cures = " or ".join(f"\u201c{escape(TREATMENTS[key].name)}\u201d" for key in patient.treatments)
    parts = [
        f"<b>What it was: {escape(diagnosis.name)}.</b> {escape(' '.join(patient.explanation.split()))}",
        f"<b>What gave it away:</b> {escape(patient.clue.words)}",
        f"<b>What heals it:</b> {cures}. <b>Read again:</b> {reference(*patient.reread)}.",
    ]
    code = f"<details><summary>The code of this run</summary><pre tabindex=0>{escape(patient.source())}</pre></details>"
    return "".join(f"<p>{part}</p>" for part in parts) + code


def reference(chapter: str, section: str) -> str:
    """A chapter and its section, linked where the chapter is at hand; as HTML."""
    words = f"chapter {chapter}, \u201c{escape(section)}\u201d"
    found = next(iter(sorted((ROOT / "chapters").glob(f"{chapter}_*.ipynb"))), None)
    if found is None:
        return words
    return f'<a href="{found.name}#{quote(section.replace(" ", "-"))}" target="_blank">{words}</a>'


def state(visit: Visit, name: str) -> str:
    """How far the reader is with a patient, by a mark and a word."""
    chart = visit.charts[name]
    if chart.treatment is not None:
        return "\u2713\u00a0well" if chart.healed else "\u2717\u00a0ill"
    return "\u2026\u00a0open" if chart.diagnosis is not None else "new"


def summary(visit: Visit) -> str:
    """How many patients are done and the points so far, in a sentence."""
    done = sum(map(visit.done, visit.order))
    return f"{done} of {len(visit.order)} patients done, {visit.score} of {visit.best} points"


def score(visit: Visit) -> str:
    """The whole visit as plain text: what was said and done of each patient, the points, and what to read again."""
    lines = [f"{'patient':12}{'diagnosis':34}{'treatment':36}points"]
    for name in filter(visit.done, visit.order):
        diagnosis, treatment = _said(visit, name)
        lines.append(f"{named(name):12}{diagnosis:34}{treatment:36}{visit.points(name):>6}")
    again = [f"Read again: chapter {chapter}, {section}." for chapter, section in visit.reread()]
    return "\n".join([*lines, f"{summary(visit)}.", *again])


def score_table(visit: Visit) -> str:
    """The same as HTML; empty before a patient is done."""
    done = [*filter(visit.done, visit.order)]
    if not done:
        return ""
    rows = [_row("th", "patient", "first diagnosis", "first treatment", "points")]
    rows += [_row("td", named(name), *_said(visit, name), str(visit.points(name))) for name in done]
    again = "".join(f"<li>{reference(*place)}</li>" for place in visit.reread())
    todo = f"Read again:<ul>{again}</ul>" if again else ""
    return f"<b>{summary(visit)}.</b>{_table(rows)}{todo}"


def _said(visit: Visit, name: str) -> tuple[str, str]:
    chart, patient = visit.charts[name], find(name)
    right = chart.diagnosis == patient.diagnosis
    cured = chart.treatment == "wait" if patient.healthy else chart.healed
    diagnosis, treatment = DIAGNOSES[chart.diagnosis].name, TREATMENTS[chart.treatment].name
    return f"{_tick(right)} {diagnosis}", f"{_tick(cured)} {treatment}"


def _tick(good: bool) -> str:
    return "\u2713" if good else "\u2717"


def named(name: str) -> str:
    """A patient's name as it is written."""
    return name.replace("_", " ").capitalize()


def _row(tag: str, *cells: str) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"


def _table(rows: list[str]) -> str:
    """A table, the first row its head, that a narrow page scrolls; it does not widen the page."""
    narrow = "width: 0; min-width: 100%; overflow-x: auto"
    filled = f"<thead>{rows[0]}</thead><tbody>{''.join(rows[1:])}</tbody>"
    return f'<div style="{narrow}"><table class="ganlib-report">{filled}</table></div>'
