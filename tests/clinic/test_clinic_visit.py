"""The score of a visit."""

import pytest

from ganlib import clinic
from ganlib.clinic import Visit

ILL, HEALTHY = "carla", "omar"
GOOD = {"modes": 8, "high_quality": 0.9, "reverse_kl": 0.0}
BAD = {"modes": 1, "high_quality": 0.9, "reverse_kl": 2.0}


def test_a_perfect_visit_has_all_points_and_nothing_to_read_again():
    visit = Visit([ILL, HEALTHY])
    assert visit.best == 8 and visit.score == 0 and not visit.finished
    assert visit.diagnose(ILL, "collapse") and visit.treat(ILL, "penalty", GOOD)
    assert visit.diagnose(HEALTHY, "healthy") and visit.treat(HEALTHY, "wait", GOOD)
    assert visit.score == visit.best and visit.finished and visit.reread() == []


def test_a_wrong_diagnosis_costs_its_points_and_names_what_to_read():
    visit = Visit([ILL])
    assert not visit.diagnose(ILL, "dropping")
    assert visit.reread() == []  # not before the patient is done
    visit.treat(ILL, "penalty", GOOD)
    assert visit.score == 2 and visit.reread() == [clinic.find(ILL).reread]


def test_a_treatment_counts_by_its_outcome_and_not_by_its_name():
    visit = Visit([ILL])
    assert not visit.treat(ILL, "penalty", BAD)
    assert visit.points(ILL) == 0
    other = Visit([ILL])
    assert other.treat(ILL, "average", GOOD)
    assert other.points(ILL) == 2


def test_a_needless_treatment_of_the_healthy_costs_a_point_even_if_no_harm_is_done():
    visit = Visit([HEALTHY])
    visit.diagnose(HEALTHY, "healthy")
    visit.treat(HEALTHY, "strengthen_d", GOOD)
    assert visit.score == 1


def test_only_the_first_answer_counts():
    visit = Visit([ILL])
    visit.diagnose(ILL, "healthy")
    assert visit.diagnose(ILL, "collapse")  # it is right, but too late
    visit.treat(ILL, "wait", BAD)
    assert visit.treat(ILL, "penalty", GOOD)
    assert visit.score == 0


def test_a_broken_run_heals_nobody():
    nothing = dict.fromkeys(GOOD, float("nan"))
    assert not Visit([ILL]).treat(ILL, "penalty", nothing)


def test_all_patients_are_seen_by_default():
    assert Visit().order == [one.name for one in clinic.patients()]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda visit: visit.diagnose("nobody", "collapse"), "name = 'nobody'"),
        (lambda visit: visit.diagnose(ILL, "flu"), "diagnosis = 'flu'"),
        (lambda visit: visit.treat(ILL, "tea", GOOD), "treatment = 'tea'"),
        (lambda visit: visit.points(HEALTHY), f"name = '{HEALTHY}', expected one of {ILL}"),
    ],
)
def test_unknown_names_are_refused(answer, said):
    with pytest.raises(ValueError, match=said):
        answer(Visit([ILL]))
