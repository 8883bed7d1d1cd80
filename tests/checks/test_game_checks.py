"""The checks of a step of the game and of the accuracy know the mistakes and refuse no right answer."""

import numpy as np
import pytest
import torch

from ganlib import checks

PLAY_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": ("x = x - lr * y; y = y + lr * x", "returned None"),
    "both at once": ("return x - lr * y, y + lr * x", "both moved at once"),
    "y first": ("y = y + lr * x; x = x - lr * y; return x, y", "y moved first"),
    "both descend": ("x = x - lr * y; y = y - lr * x; return x, y", "both go down the slope"),
    "both ascend": ("x = x + lr * y; y = y + lr * x; return x, y", "both go up the slope"),
    "roles swapped": ("x = x + lr * y; y = y - lr * x; return x, y", "roles are swapped"),
    "own coordinate as slope": ("return x - lr * x, y + lr * y", "slopes are mixed up"),
    "x y as slope": ("x = x - lr * x * y; y = y + lr * x * y; return x, y", "move along x y itself"),
    "wrong order": ("x = x - lr * y; return y + lr * x, x", "wrong order"),
    "no lr": ("x = x - y; y = y + x; return x, y", "multiply each by lr"),
    "y stays": ("return x - lr * y, y", "x moved and y did not"),
    "x stays": ("new = x - lr * y; return x, y + lr * new", "y moved and x did not"),
    "one number": ("return x - lr * y", "expected two numbers"),
    "a dictionary": ("return {'x': x, 'y': y}", "expected two numbers"),
    "twice the step": ("x = x - 2 * lr * y; y = y + 2 * lr * x; return x, y", r"from x = 1.0, y = 0.5 .* expected"),
}
PLAY_RIGHT = {
    "two lines": "x = x - lr * y; y = y + lr * x; return x, y",
    "one line": "return x - lr * y, y + lr * (x - lr * y)",
    "a list": "x -= lr * y; y += lr * x; return [x, y]",
    "numpy": "m = np.array([[1, -lr], [lr, 1 - lr**2]]); return tuple(m @ np.array([x, y]))",
    "tensors": "x = x - lr * torch.tensor(y); return x, y + lr * x",
    "autograd": (
        "x, y = (torch.tensor(float(a), requires_grad=True) for a in (x, y)); (g,) = torch.autograd.grad(x * y, x); "
        "x = (x - lr * g).detach().requires_grad_(True); (g,) = torch.autograd.grad(x * y, y); return x, y + lr * g"
    ),
}

ACCURACY_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": ("((r > 0).float().mean() + (f < 0).float().mean()) / 2", "returned None"),
    "threshold 1/2 on logits": ("return ((r > .5).float().mean() + (f < .5).float().mean()) / 2", "compared with 1/2"),
    "sigmoid above 0": ("return ((r.sigmoid() > 0).float().mean() + (f.sigmoid() < 0).float().mean()) / 2", "exceeds"),
    "real only": ("return (r > 0).float().mean()", "only the real samples"),
    "fakes only": ("return (f < 0).float().mean()", "only the fakes"),
    "fakes called real": ("return ((r > 0).float().mean() + (f > 0).float().mean()) / 2", "when D calls it real"),
    "errors": ("return ((r < 0).float().mean() + (f > 0).float().mean()) / 2", "D gets wrong"),
    "per cent": ("return 50 * ((r > 0).float().mean() + (f < 0).float().mean())", "per cent"),
    "a count": ("return (r > 0).sum() + (f < 0).sum()", "number of samples"),
    "a sum of shares": ("return (r > 0).float().mean() + (f < 0).float().mean()", "sum of the two shares"),
    "not averaged": ("return torch.cat([r > 0, f < 0])", "expected one number"),
    "the probabilities": ("return (r.sigmoid().mean() + 1 - f.sigmoid().mean()) / 2", "compare first, then average"),
    "pairs": ("return (r > f).float().mean()", "each real sample is compared with a fake"),
    "all pairs": ("return (r[:, None] > f).float().mean()", "it gives .* expected 0.75"),
    "average of booleans": ("return torch.cat([r > 0, f < 0]).mean()", "stopped with NotImplementedError: mean"),
}
ACCURACY_RIGHT = {
    "two means": "return ((r > 0).float().mean() + (f < 0).float().mean()) / 2",
    "probabilities": "return ((r.sigmoid() > .5).double().mean() + (f.sigmoid() <= .5).double().mean()) / 2",
    "labels": (
        "labels = torch.cat([torch.ones(len(r)), torch.zeros(len(f))]); "
        "return ((torch.cat([r, f]) > 0).float() == labels).float().mean().item()"
    ),
    "counts": "return ((r > 0).sum().item() + (f < 0).sum().item()) / (len(r) + len(f))",
    "numpy": "return np.mean(np.concatenate([r.numpy() > 0, f.numpy() < 0]))",
    "plain Python": "return (sum(a > 0 for a in r.tolist()) + sum(a < 0 for a in f.tolist())) / (2 * len(r))",
}


def answer(name, arguments, body):
    scope = {"torch": torch, "np": np}
    exec(f"def {name}({arguments}):\n    {body}", scope)
    return scope[name]


@pytest.mark.parametrize(("body", "diagnosis"), PLAY_WRONG.values(), ids=PLAY_WRONG)
def test_wrong_plays_get_the_diagnosis_that_fits(body, diagnosis):
    with pytest.raises(checks.CheckFailed, match=diagnosis):
        checks.play(answer("play", "x, y, lr", body))


@pytest.mark.parametrize("body", PLAY_RIGHT.values(), ids=PLAY_RIGHT)
def test_right_plays_pass(body, capsys):
    assert checks.play(answer("play", "x, y, lr", body)) is True
    assert capsys.readouterr().out == "Correct: play.\n"


@pytest.mark.parametrize(("body", "diagnosis"), ACCURACY_WRONG.values(), ids=ACCURACY_WRONG)
def test_wrong_accuracies_get_the_diagnosis_that_fits(body, diagnosis):
    with pytest.raises(checks.CheckFailed, match=diagnosis):
        checks.accuracy(answer("accuracy", "r, f", body))


@pytest.mark.parametrize("body", ACCURACY_RIGHT.values(), ids=ACCURACY_RIGHT)
def test_right_accuracies_pass(body, capsys):
    assert checks.accuracy(answer("accuracy", "r, f", body)) is True
    assert capsys.readouterr().out == "Correct: accuracy.\n"


def test_no_false_alarm_in_many_runs():
    for _ in range(100):
        assert all(checks.play(answer("play", "x, y, lr", body)) for body in PLAY_RIGHT.values())
        assert all(checks.accuracy(answer("accuracy", "r, f", body)) for body in ACCURACY_RIGHT.values())
