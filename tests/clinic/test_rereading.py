"""What a reader is told to read again is there."""

import re

import pytest

from ganlib import clinic
from ganlib.runtime import ROOT

PLACES = {name: one.reread for name, one in clinic.DIAGNOSES.items()}
PLACES |= {patient.name: patient.reread for patient in clinic.patients()}


@pytest.mark.parametrize(("chapter", "section"), PLACES.values(), ids=PLACES)
def test_the_section_is_a_heading_of_the_chapter(chapter, section):
    (source,) = (ROOT / "chapters").glob(f"{chapter}_*.py")
    assert section in re.findall(r"^# #{2,3} (.+)$", source.read_text(encoding="utf-8"), re.MULTILINE)
