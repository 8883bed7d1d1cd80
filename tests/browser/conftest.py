"""A JupyterLab of its own and a headless Chromium; skipped, with the reason, where either is missing."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from ganlib.runtime import ROOT

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
QUIET = [
    *["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
    *["--disable-background-networking", "--disable-component-update"],
]
START_S = 90
RUN_S = 180


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
def jupyterlab(tmp_path_factory):
    """The address of a JupyterLab with settings and a folder of notebooks of its own, and that folder."""
    pytest.importorskip("jupyterlab")
    home = tmp_path_factory.mktemp("lab")
    folder = home / "notebooks"
    folder.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variables = {
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "PYTHONPATH": ROOT,
        "GANLIB_STRICT": "0",  # as a reader has it
        "GANLIB_BUDGET": "quick",  # nbval runs the chapters in full
    }
    environment = {**os.environ, **{name: str(value) for name, value in variables.items()}}
    environment.pop("GANLIB_THEME", None)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--allow-root"]
    command += [
        "--IdentityProvider.token=",
        "--ServerApp.password=",
        f"--ServerApp.root_dir={folder}",
        "--LabApp.expose_app_in_browser=True",
    ]
    with open(home / "log", "w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address + "/api/status", home / "log")
        yield address, folder
    finally:
        server.terminate()
        server.wait(20)


def wait_for(address, log):
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(address, timeout=2)
            return
        except OSError:
            time.sleep(0.25)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


class Reader:
    """Somebody who works in JupyterLab with a browser. Names of buttons are what is written on them."""

    def __init__(self, page, address, folder):
        self.page, self.address, self.folder = page, address, folder
        self.problems = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))

    def write(self, name, *cells):
        """Put a notebook with these cells into the folder."""
        nb = new_notebook(cells=[new_code_cell(cell) for cell in cells])
        nb.metadata.kernelspec = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
        nbformat.write(nb, self.folder / name)

    def open(self, name):
        """Open a notebook and wait for its kernel."""
        self.page.goto(f"{self.address}/lab/tree/{name}?reset")
        self.page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for(timeout=60_000)
        self.page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)

    def menu(self, *names):
        """Choose from JupyterLab's menu."""
        for name in names:
            self.page.get_by_role("menuitem", name=name, exact=True).click()

    def run_all(self, seconds=RUN_S):
        """Run all cells and wait until the last one is done."""
        self.page.evaluate(
            "() => { jupyterapp.commands.execute('notebook:run-all-cells').then(() => window.ran = 1); }"
        )
        self.page.wait_for_function("() => window.ran", timeout=1000 * seconds)

    def go_to(self, code):
        """Bring the first cell with this code into view; JupyterLab keeps only cells near the view in the page."""
        go = """code => { const notebook = jupyterapp.shell.currentWidget.content;
            const index = notebook.widgets.findIndex(c => c.model.sharedModel.source.includes(code));
            notebook.activeCellIndex = index;
            return notebook.scrollToItem(index, 'start'); }"""
        self.page.evaluate(go, code)
        self.page.wait_for_timeout(500)

    def laboratory(self):
        """The first laboratory on the page, once its scene is there."""
        self.page.locator(".ganlib-lab canvas").first.wait_for(timeout=30_000)
        return self.page.locator(".ganlib-lab").first

    def press(self, place, name):
        """Click the button with these words, whatever icon stands before them."""
        place.get_by_role("button", name=re.compile(rf"^\W*{re.escape(name)}$")).click()

    def look(self, name, part=None):
        """Keep a picture of the page, or of a part of it, in the folder ``GANLIB_SCREENSHOTS``, for people to see."""
        folder = os.environ.get("GANLIB_SCREENSHOTS")
        if folder:
            (part or self.page).screenshot(path=os.path.join(folder, f"{name}.png"))

    def forget_kernels(self):
        """Shut down all kernels, as closing JupyterLab does."""
        for session in json.loads(urllib.request.urlopen(self.address + "/api/sessions").read()):
            token = self.page.evaluate("() => document.cookie.match(/_xsrf=([^;]*)/)[1]")
            self.page.evaluate(
                "([id, token]) => fetch('/api/sessions/' + id, {method: 'DELETE', headers: {'X-XSRFToken': token}})",
                [session["id"], token],
            )

    def use_theme(self, name):
        """JupyterLab Light or JupyterLab Dark."""
        self.page.evaluate("name => jupyterapp.commands.execute('apputils:change-theme', {theme: name})", name)
        light = "true" if name.endswith("Light") else "false"
        self.page.wait_for_function(f"() => document.body.dataset.jpThemeLight === '{light}'")
        self.page.wait_for_function("() => !document.querySelector('#jupyterlab-splash')")


@pytest.fixture(scope="module")
def reader(chromium, jupyterlab):
    """A reader at a screen of 1280 x 1000, the same for all tests of a file."""
    context = chromium.new_context(viewport={"width": 1280, "height": 1000}, accept_downloads=True)
    visitor = Reader(context.new_page(), *jupyterlab)
    yield visitor
    context.close()
    assert not visitor.problems
