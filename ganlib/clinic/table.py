"""What treatments did to the patients: ``python -m ganlib.clinic outcomes`` writes ``assets/clinic/outcomes.csv``."""

from collections.abc import Iterable
from time import process_time
from typing import NamedTuple

from ganlib.clinic.offers import recording, treat
from ganlib.clinic.recordings import FOLDER
from ganlib.clinic.ward import Patient, find, patients
from ganlib.studies import tables
from ganlib.studies.tables import Row

TABLE = FOLDER / "outcomes.csv"


class Outcome(NamedTuple):
    """One run to its end: the ``treatment``'s key, "" for none, whether it ``healed``, and all measures by key.

    ``seconds`` of CPU time are those of the run with its measuring; NaN for a recording, which is read.
    """

    patient: str
    treatment: str
    healed: bool
    measures: dict[str, float]
    seconds: float


def planned(patient: Patient) -> tuple[str, ...]:
    """The rows of a patient: as recorded, then the treatments that heal, then the tempting one."""
    return ("", *patient.treatments, patient.tempting)


def outcome(patient: Patient, treatment: str) -> Outcome:
    """Run a treatment to its end; for "" read the recording."""
    if not treatment:
        measured, seconds = recording(patient.name).outcome, float("nan")
    else:
        start = process_time()
        measured = treat(patient.name, treatment).outcome
        seconds = round(process_time() - start, 1)
    return Outcome(patient.name, treatment, patient.healed(measured), measured, seconds)


def record(names: Iterable[str]) -> None:
    """Run what is planned for some patients and write the table after each run; rows of the others are kept."""
    names, order = list(names), [one.name for one in patients()]
    earlier = outcomes() if TABLE.is_file() else []
    done = [kept for kept in earlier if kept.patient in order and kept.patient not in names]
    for name in names:
        for treatment in planned(find(name)):
            done.append(outcome(find(name), treatment))
            rows = [_row(one) for one in sorted(done, key=lambda one: order.index(one.patient))]
            tables.write(rows, TABLE)
            print(", ".join(map(str, _row(done[-1]).values())), flush=True)


def outcomes() -> list[Outcome]:
    """The rows of the table, by patient.

    Raises: FileNotFoundError when it is not made yet; ``python -m ganlib.clinic outcomes`` makes it.
    """
    return [_read(row) for row in tables.read(TABLE)]


def _row(one: Outcome) -> Row:
    """The columns of the table; the measures in one of them, as ``key=value`` with spaces between."""
    measures = " ".join(f"{key}={value:.6g}" for key, value in one.measures.items())
    return one._asdict() | {"healed": int(one.healed), "measures": measures}


def _read(row: Row) -> Outcome:
    pairs = (pair.split("=") for pair in row["measures"].split())
    measures = {key: float(value) for key, value in pairs}
    return Outcome(**row | {"healed": bool(row["healed"]), "measures": measures})
