"""Right and wrong answers to exercises, and the tests that they all have to pass."""

import pytest

from ganlib import checks


class Bank:
    """``exercises``: name to (parameters, wrong answers, right answers); ``scope`` is what an answer may use.

    An answer is the body of a function. Wrong ones, {label: (body, diagnosis)}, must get their diagnosis, a regular
    expression; right ones, {label: body}, must pass.
    """

    def __init__(self, exercises, **scope):
        self.parameters = {name: parameters for name, (parameters, _, _) in exercises.items()}
        self.wrong = {f"{n}, {label}": (n, *case) for n, (_, w, _) in exercises.items() for label, case in w.items()}
        self.right = {f"{n}, {label}": (n, body) for n, (_, _, r) in exercises.items() for label, body in r.items()}
        self.scope = scope

    def answer(self, name, body):
        """The function that somebody handed in."""
        scope = dict(self.scope)
        exec(f"def {name}({self.parameters[name]}):\n    {body}", scope)
        return scope[name]

    def passes(self, name, body):
        """Whether the check takes the answer for right."""
        return getattr(checks, name)(self.answer(name, body)) is True

    def tests(self):
        """A test of all wrong answers, and one of all right ones."""

        @pytest.mark.parametrize(("name", "body", "diagnosis"), self.wrong.values(), ids=self.wrong)
        def test_wrong(name, body, diagnosis):
            with pytest.raises(checks.CheckFailed, match=diagnosis):
                self.passes(name, body)

        @pytest.mark.parametrize(("name", "body"), self.right.values(), ids=self.right)
        def test_right(name, body, capsys):
            assert self.passes(name, body)
            assert capsys.readouterr().out == f"Correct: {name}.\n"

        return test_wrong, test_right
