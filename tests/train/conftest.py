"""Each test trains in a folder of its own, and is judged by few samples, to be fast."""

import pytest

from ganlib.train import diary, measures, told


@pytest.fixture(autouse=True)
def small_runs_in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in (diary, measures):
        monkeypatch.setattr(name, "SAMPLES", 300)
    monkeypatch.setattr(told, "JUDGED", 40)
