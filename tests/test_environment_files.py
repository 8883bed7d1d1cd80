"""The files that describe the environment: ``pyproject.toml`` lists the requirements, and the others agree with it."""

import json
import os
import re
import shutil
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from jupyter_core.paths import jupyter_path

from ganlib import environment
from ganlib.environment import release, requirements

ROOT = Path(environment.__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA_NAMES = {"pytorch": "torch", "pytorch-cpu": "torch", "matplotlib-base": "matplotlib"}
SETTINGS = json.loads((ROOT / "assets" / "jupyterlab_settings.json").read_text(encoding="utf-8"))
SCRIPTS = [".ci/run", "binder/postBuild", "binder/start"]


def conda(name):
    """The packages of a conda environment with their floors, under the names that pip uses."""
    lines = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))["dependencies"]
    by_pip = [line for part in lines if isinstance(part, dict) for line in part["pip"] if line != "-e ."]
    by_conda = [line for line in lines if isinstance(line, str)]
    packages = [re.fullmatch(r"([\w-]+)(?:>=|=)?([\d.]*)", line) for line in by_conda + by_pip]
    return {CONDA_NAMES.get(match[1], match[1]): match[2] for match in packages}


@pytest.mark.parametrize("name, extras", [("environment.yml", ("lab", "test")), ("binder/environment.yml", ("lab",))])
def test_conda_asks_for_the_same(name, extras):
    packages = conda(name)
    python = packages.pop("python")
    packages.pop("pip")
    assert packages == requirements(ROOT, extras)
    assert release(python) >= release(PROJECT["requires-python"].removeprefix(">="))


def test_binder_takes_the_small_pytorch():
    assert "pytorch-cpu" in (ROOT / "binder/environment.yml").read_text(encoding="utf-8")


def test_constraints_pin_every_requirement_to_an_allowed_version():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [re.match(r"([\w.-]+)==(\S+)", line).groups() for line in lines if not line.startswith("#")]
    for name, floor in requirements(ROOT, ("lab", "test", "oracle")).items():
        versions = [version for pinned, version in pins if pinned == name]
        assert versions and all(release(version) >= release(floor) for version in versions), name


def test_constraints_name_no_host():
    assert "://" not in (ROOT / "constraints.txt").read_text(encoding="utf-8")


@pytest.mark.skipif(os.name == "nt", reason="scripts of Linux machines")
@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_are_executable_and_parse(name):
    assert os.access(ROOT / name, os.X_OK)
    assert subprocess.run(["bash", "-n", ROOT / name]).returncode == 0


@pytest.mark.parametrize("plugin", SETTINGS)
def test_jupyterlab_knows_the_settings(plugin):
    extension, name = plugin.split(":")
    found = [Path(path, extension, name + ".json") for path in jupyter_path("lab", "schemas")]
    schema = json.loads(next(path for path in found if path.is_file()).read_text(encoding="utf-8"))["properties"]
    for key, value in SETTINGS[plugin].items():
        choices = [choice["const"] for choice in schema[key].get("oneOf", [])] or [True, False]
        assert value in choices and value != schema[key]["default"], key


def test_installing_brings_the_settings_to_jupyterlab():
    try:
        files = metadata.files("ganlib")
    except metadata.PackageNotFoundError:
        pytest.skip("the package is not installed, only on the path")
    assert any(str(file).endswith("etc/jupyter/labconfig/default_setting_overrides.json") for file in files)


def test_the_public_address_is_written_once():
    """Only ``pyproject.toml`` holds it; notebooks and the README's block between comments are generated from there."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("not a git checkout")
    address = PROJECT["urls"]["Repository"]
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for path in (ROOT / name for name in tracked.split("\0") if name):
        if path.suffix == ".ipynb" or path == ROOT / "pyproject.toml" or not path.is_file():
            continue
        content = path.read_bytes().decode(errors="ignore")
        if path == ROOT / "README.md":
            content = re.sub(r"<!--[^>]*begin.*?<!--[^>]*end", "", content, flags=re.DOTALL | re.IGNORECASE)
        assert address not in content, path
