"""A JupyterLab of its own and a headless Chromium; skipped, with the reason, where either is missing."""

import shutil
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol
from readers import reading, served

from ganlib.runtime import ROOT

HERE = Path(__file__).parent
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
QUIET = [
    *["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
    *["--disable-background-networking", "--disable-component-update"],
]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    """A page that was too slow on a busy machine gets a second chance, and the summary's warnings say so.

    It begins with a new browser and kernel, so that nothing of the first attempt disturbs it.
    """
    if item.path.parent != HERE:
        return None  # to pytest
    names = {"nodeid": item.nodeid, "location": item.location}
    item.ihook.pytest_runtest_logstart(**names)
    reports = runtestprotocol(item, nextitem=nextitem, log=False)
    failed = [report for report in reports if report.failed]
    if failed:
        item.warn(pytest.PytestWarning(f"a second chance after: {failed[0].longreprtext.strip()[-300:]}"))
        pytest.CallInfo.from_call(lambda: item.session._setupstate.teardown_exact(None), when="teardown")
        item._initrequest()
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(**names)
    return True


@pytest.fixture(scope="session")
def chromium():
    """A running Chromium that the machine brings; the tests download none."""
    playwright = pytest.importorskip("playwright.sync_api")
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        pytest.skip("no Chromium or Chrome on this machine's path")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def jupyterlab(tmp_path_factory):
    """The address of a JupyterLab with settings and a folder of notebooks of its own, and that folder."""
    pytest.importorskip("jupyterlab")
    home = tmp_path_factory.mktemp("lab")
    folder = home / "notebooks"
    folder.mkdir()
    command = ["-m", "jupyterlab", f"--ServerApp.root_dir={folder}", "--allow-root"]
    with served(command, home, PYTHONPATH=ROOT) as address:
        yield address, folder


@pytest.fixture(scope="module")
def reader(chromium, jupyterlab):
    """A reader of the notebooks in a folder, the same for all tests of a file."""
    with reading(chromium, *jupyterlab) as visitor:
        yield visitor


@pytest.fixture(scope="module")
def page(reader, request):
    """The page of the chapter that the file of tests names as ``CHAPTER``, run from top to bottom."""
    return reader.run_chapter(request.module.CHAPTER)
