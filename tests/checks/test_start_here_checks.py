"""The check of chapter 00 knows the mistakes and refuses no right answer."""

import re

import numpy as np
import pytest
import torch

from ganlib import checks

D = "generator.latent_dim"
WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "forgot to return": (f"torch.no_grad()(generator)(torch.randn(n, {D}))", "returned None"),
    "uniform noise": (f"return generator(torch.rand(n, {D}))", "torch.randn"),
    "uniform noise from -1 to 1": (f"return generator(2 * torch.rand(n, {D}) - 1)", "uniform"),
    "fixed batch size": (f"return generator(torch.randn(64, {D}))", r"shape \(64, 5\), expected \(3, 5\)"),
    "fixed latent size": ("return generator(torch.randn(n, 16))", "not fixed numbers"),
    "swapped shape": (f"return generator(torch.randn({D}, n))", r"expected \(3, 5\)"),
    "noise of image shape": ("return generator(torch.randn(n, 1, 4, 4))", "the noise has shape"),
    "returns the noise": (f"z = torch.randn(n, {D}); generator(z); return z", "not what the generator made"),
    "never asks the generator": ("return torch.randn(n, 1, 4, 4)", "never called"),
    "one vector for all": (f"return generator(torch.randn(1, {D}).expand(n, -1))", "one noise vector"),
    "seeded": (f"torch.manual_seed(0); return generator(torch.randn(n, {D}))", "without a seed"),
    "wide noise": (f"return generator(2 * torch.randn(n, {D}))", "standard deviation 2"),
    "shifted noise": (f"return generator(1 + torch.randn(n, {D}))", "has mean"),
    "constant noise": (f"return generator(torch.zeros(n, {D}))", "same noise"),
    "heavy tails": (f"return generator(torch.distributions.Laplace(0., .5 ** .5).sample((n, {D})))", "not normal"),
    "rescaled pictures": (f"return generator(torch.randn(n, {D})) / 2 + 0.5", "not what the generator made"),
    "flattened pictures": (f"return generator(torch.randn(n, {D})).flatten(1)", "not what the generator made"),
    "noise on another device": (f"return generator(torch.zeros(n, {D}, device='meta'))", "noise is on meta and"),
    "a list": (f"return list(generator(torch.randn(n, {D})))", "returned a list"),
    "numpy noise": (f"return generator(np.random.randn(n, {D}))", "given a ndarray"),
    "an error of its own": ("return generator(torch.randn(n, latent))", "NameError"),
}
RIGHT = {
    "detach": f"return generator(torch.randn(n, {D})).detach()",
    "two arguments to size": f"return generator(torch.randn([n, {D}]))",
    "normal": f"return generator(torch.normal(0.0, 1.0, size=(n, {D})))",
    "empty then fill": f"z = torch.empty(n, {D}).normal_(); return generator(z)",
    "from numpy": f"z = torch.from_numpy(np.random.randn(n, {D})).float(); return generator(z)",
    "one by one": f"z = torch.stack([torch.randn({D}) for _ in range(n)]); return generator(z)",
}


def answer(body, no_grad=True):
    scope = {"torch": torch, "np": np}
    exec(f"def fake_batch(generator, n):\n    {body}", scope)
    return torch.no_grad()(scope["fake_batch"]) if no_grad else scope["fake_batch"]


@pytest.mark.parametrize(("body", "diagnosis"), WRONG.values(), ids=WRONG)
def test_wrong_answers_get_the_diagnosis_that_fits(body, diagnosis):
    with pytest.raises(checks.CheckFailed, match=diagnosis):
        checks.fake_batch(answer(body))


def test_a_gradient_left_in_the_pictures_is_noticed():
    with pytest.raises(checks.CheckFailed, match=re.escape("torch.no_grad()")):
        checks.fake_batch(answer(f"return generator(torch.randn(n, {D}))", no_grad=False))


@pytest.mark.parametrize("body", RIGHT.values(), ids=RIGHT)
def test_right_answers_pass(body, capsys):
    assert checks.fake_batch(answer(body)) is True
    assert capsys.readouterr().out == "Correct: fake_batch.\n"


def test_no_false_alarm_in_many_runs():
    right = answer(RIGHT["from numpy"])
    for seed in range(300):
        np.random.seed(seed)
        assert checks.fake_batch(right)


def test_a_check_judges_the_same_answer_on_the_same_noise_each_time():
    seen = []

    def recording(generator, n):
        seen.append(torch.randn(n, generator.latent_dim))
        return generator(seen[-1]).detach()

    for _ in range(2):
        torch.rand(3)
        checks.fake_batch(recording)
    half = len(seen) // 2
    assert all(torch.equal(a, b) for a, b in zip(seen[:half], seen[half:], strict=True))


def test_a_check_prints_where_it_is_not_strict(monkeypatch, capsys):
    monkeypatch.setenv("GANLIB_STRICT", "0")
    assert checks.fake_batch(answer("raise NotImplementedError")) is False
    assert "Not yet: fake_batch still raises" in capsys.readouterr().out


def test_a_long_diagnosis_is_printed_in_lines_that_break_between_words(monkeypatch, capsys):
    monkeypatch.setenv("GANLIB_STRICT", "0")
    words = "a-word " * 40 + "x" * 99 + "\n\n    a line of its own"
    assert checks.core.check(lambda answer: checks.core.expect(False, words))(len) is False
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2:] == ["", "    a line of its own"]
    assert " ".join(lines).split() == ["Not", "yet:", *words.split()]  # whole words, all of them
    assert 80 < max(len(line) for line in lines if line.endswith("a-word")) <= 88


def test_a_check_leaves_the_random_stream_alone():
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    checks.fake_batch(answer(RIGHT["normal"]))
    assert torch.equal(torch.rand(1), expected)
