"""Somebody who works in JupyterLab with a browser, and the JupyterLab that she or he works in."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from screen import at_rest, is_paused, wait_for

from ganlib.build import CHAPTERS
from ganlib.runtime import ROOT

START_S = 90
RUN_S = 300
SCREEN = {"width": 1280, "height": 1000}
UNTIL_FREE = """\
import os, time
for _ in range(1200):
    if os.path.exists("free"):
        break
    time.sleep(0.05)
"""
EXECUTE = "code => { jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({ code }); }"
OUTPUTS = """() => [...jupyterapp.shell.currentWidget.content.model.cells]
    .flatMap(cell => cell.type === 'code' ? cell.outputs.toJSON() : [])"""


@contextmanager
def served(command, home, folder=ROOT, **variables):
    """The address of the JupyterLab that ``python`` with this command starts in a folder; its own files go to home."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variables |= {
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "GANLIB_STRICT": "0",  # as a reader has it
        "GANLIB_BUDGET": "quick",  # nbval runs the chapters in full
    }
    environment = {**os.environ, **{name: str(value) for name, value in variables.items()}}
    environment.pop("GANLIB_THEME", None)
    options = ["--no-browser", "--ip=127.0.0.1", f"--port={port}", "--IdentityProvider.token="]
    options += ["--ServerApp.password=", "--LabApp.expose_app_in_browser=True"]
    options += ["--ServerApp.disable_check_xsrf=True"]  # the tests themselves shut kernels down
    with open(home / "log", "w") as log:
        words = [sys.executable, *command, *options]
        server = subprocess.Popen(words, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_it_answers(address + "/api/status", home / "log")
        yield address
    finally:
        server.terminate()
        server.wait(20)


def wait_until_it_answers(address, log):
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

    def settle(self, seconds=60):
        """Wait until the kernel has answered all that it was asked, and then had nothing to do for a while.

        So also messages that sliders held back are done.
        """
        answered = """async ms => { window.busy = performance.now();
            const late = new Promise((_, fail) => setTimeout(() => fail(Error('the kernel does not answer')), ms));
            const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session;
            await Promise.race([kernel.requestKernelInfo(), late]); }"""
        quiet = """ms => { const session = jupyterapp.shell.currentWidget.sessionContext.session;
            if (session.kernel.status !== 'idle') window.busy = performance.now();
            return performance.now() - window.busy > ms; }"""
        self.page.evaluate(answered, 1000 * seconds)
        self.page.wait_for_function(quiet, arg=500, timeout=1000 * seconds)

    def show(self, name, code, selector):
        """Run the code in a notebook of its own; the first part of the page that fits the selector."""
        self.write(name, code)
        self.open(name)
        self.run_all()
        place = self.page.locator(selector).first
        place.wait_for(timeout=60_000)
        return place

    def run_chapter(self, slug):
        """Open a chapter and run it from top to bottom; returns its page."""
        shutil.copy(CHAPTERS / f"{slug}.ipynb", self.folder)
        self.open(f"{slug}.ipynb")
        self.run_all()
        return self.page

    def outputs(self, kind=None):
        """The outputs of all cells, or those of a kind: "error", or a stream's name."""
        found = self.page.evaluate(OUTPUTS)
        return [one for one in found if kind in (None, one["output_type"], one.get("name"))]

    def expect_only_unsolved_exercises(self, number):
        """Nothing has gone wrong in the chapter but so many exercises, and their solutions are right."""
        assert self.outputs("error") + self.outputs("stderr") == []
        printed = "".join("".join(output["text"]) for output in self.outputs("stdout"))
        assert printed.count("Not yet: ") == printed.count("Correct: ") == number

    def fill_in(self, code, source):
        """Replace the first cell with this code, as somebody who selects all and types."""
        cell = self.cell(code)
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(source)

    def save(self):
        """Save the notebook by keyboard."""
        self.page.keyboard.press("Control+s")
        self.page.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")

    def run_cell(self, code):
        """Run the first cell with this code; what it puts out."""
        self.go_to(code)
        return self.page.evaluate("""async () => { await jupyterapp.commands.execute('notebook:run-cell');
            return jupyterapp.shell.currentWidget.content.activeCell.model.outputs.toJSON(); }""")

    def cell(self, code):
        """The first cell with this code, in view."""
        self.go_to(code)
        return self.page.locator(".jp-Cell.jp-mod-active")

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

    def pause(self, place, read):
        """Press Pause; what ``read`` reads once the last frame is there."""
        self.press(place, "Pause")
        wait_for(place, lambda: is_paused(place))
        return at_rest(place, read)

    @contextmanager
    def busy_kernel(self):
        """Within the block the kernel does nothing that it is asked for."""
        free, busy = self.folder / "free", self.page.get_by_text("Python 3 (ipykernel) | Busy")
        free.unlink(missing_ok=True)
        self.page.evaluate(EXECUTE, UNTIL_FREE)
        busy.wait_for()
        try:
            yield
            assert busy.is_visible()
        finally:
            free.touch()

    def look(self, name, part=None):
        """Keep a picture of the page, or of a part of it, in the folder ``GANLIB_SCREENSHOTS``, for people to see."""
        folder = os.environ.get("GANLIB_SCREENSHOTS")
        if folder:
            (part or self.page).screenshot(path=os.path.join(folder, f"{name}.png"))

    def forget_kernels(self):
        """Shut down all kernels, as closing JupyterLab does."""
        for session in json.loads(urllib.request.urlopen(self.address + "/api/sessions", timeout=30).read()):
            address = f"{self.address}/api/sessions/{session['id']}"
            urllib.request.urlopen(urllib.request.Request(address, method="DELETE"), timeout=30)

    def open_again(self, name):
        """Save the notebook that is open and open it without its kernel; the picture that it shows then."""
        self.page.wait_for_timeout(1500)  # the still follows a second after the pause
        self.save()
        self.forget_kernels()
        self.open(name)
        picture = self.page.locator(".ganlib-still img")
        picture.wait_for(timeout=20_000)
        assert not any(lost.is_visible() for lost in self.page.get_by_text("model not found").all())
        return picture

    @contextmanager
    def window(self, width, height=1000, sidebar=True):
        """For a while a window of another size, without JupyterLab's left sidebar where that is said."""
        toggle = "() => jupyterapp.commands.execute('application:toggle-left-area')"
        self.page.set_viewport_size({"width": width, "height": height})
        if not sidebar:
            self.page.evaluate(toggle)
        self.page.wait_for_timeout(700)
        try:
            yield
        finally:
            if not sidebar:
                self.page.evaluate(toggle)
            self.page.set_viewport_size(SCREEN)

    @contextmanager
    def in_the_dark(self):
        """For a while JupyterLab's dark theme."""
        self.use_theme("JupyterLab Dark")
        try:
            yield
        finally:
            self.use_theme("JupyterLab Light")

    def use_theme(self, name):
        """JupyterLab Light or JupyterLab Dark."""
        self.page.evaluate("name => jupyterapp.commands.execute('apputils:change-theme', {theme: name})", name)
        light = "true" if name.endswith("Light") else "false"
        self.page.wait_for_function(f"() => document.body.dataset.jpThemeLight === '{light}'")
        self.page.wait_for_function("() => !document.querySelector('#jupyterlab-splash')")


@contextmanager
def reading(chromium, address, folder):
    """A reader at a screen of 1280 x 1000, on whose pages nothing fails."""
    context = chromium.new_context(viewport=SCREEN, accept_downloads=True)
    visitor = Reader(context.new_page(), address, folder)
    try:
        yield visitor
    finally:
        context.close()
        visitor.forget_kernels()
    assert visitor.problems == []
