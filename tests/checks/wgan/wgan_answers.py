"""Answers as students write them, and what is asked of a check for a wrong and for a right one."""

import re
import textwrap

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

from ganlib import losses
from ganlib.checks import CheckFailed
from ganlib.checks.wgan import PARTS
from ganlib.training import frozen

STUB = "raise NotImplementedError"


def answer(head, body, **names):
    """What a student's cell defines: ``head`` is the line with its name, ``body`` what follows."""
    scope = {"torch": torch, "nn": nn, "F": F, "spectral_norm": spectral_norm, "frozen": frozen, "losses": losses}
    scope |= names
    exec(f"{head}\n{textwrap.indent(textwrap.dedent(body), '    ')}", scope)
    return scope[re.match(r"(?:def|class) (\w+)", head)[1]]


def marks(part, wrong, seed):
    return PARTS[part].run({part: wrong}, seed)


def earned(part, wrong, seed=1):
    return sum(mark.earned for mark in marks(part, wrong, seed))


def refused(check, part, wrong, diagnosis):
    """The check tells the diagnosis; with other test data a property is lost, for the same reason."""
    with pytest.raises(CheckFailed, match=diagnosis):
        check(wrong)
    for seed in (1, 2):
        lost = [mark for mark in marks(part, wrong, seed) if mark.earned < mark.possible]
        assert lost
        assert re.search(diagnosis, lost[0].diagnosis), lost


def accepted(check, part, right, capsys):
    """The check says so, and nothing else; every point is earned."""
    assert check(right) is True
    assert capsys.readouterr().out == f"Correct: {part}.\n"
    assert all(mark.earned == mark.possible and not mark.diagnosis for mark in marks(part, right, 1))


def never_alarmed(part, answers, repeats=300):
    """Right answers in turn, each time with other test data, another global seed and another default dtype."""
    dtype = torch.get_default_dtype()
    try:
        for seed in range(repeats):
            torch.manual_seed(seed)
            torch.set_default_dtype((torch.float32, torch.float64, torch.bfloat16)[seed % 3])
            PARTS[part].judge(answers[seed % len(answers)], seed)
    finally:
        torch.set_default_dtype(dtype)
