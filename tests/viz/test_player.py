"""Callbacks and the player: one thread, slices, errors shown, nothing left running."""

import asyncio
import os
import signal
import threading
import time

import pytest

from ganlib.viz import player as player_module
from ganlib.viz.events import Events, replace_predecessor
from ganlib.viz.player import Player


class Counter:
    """A player's work: it counts, and knows its threads."""

    def __init__(self, fail_at=None):
        self.steps = self.drawn = 0
        self.fail_at, self.threads = fail_at, set()

    def step(self):
        time.sleep(0.001)
        self.steps += 1
        self.threads.add(threading.get_ident())
        if self.steps == self.fail_at:
            raise RuntimeError("a slip <here>")

    def draw(self):
        self.drawn += 1


def playing(script, **settings):
    """Run ``script(player, counter)``, a coroutine function, in an event loop; no task may be left after it."""

    async def main():
        counter = Counter(**settings)
        player = Player(counter.step, counter.draw, Events())
        await script(player, counter)
        await asyncio.sleep(0.01)
        return counter, player, asyncio.all_tasks() - {asyncio.current_task()}

    counter, player, tasks = asyncio.run(main())
    assert not tasks and not player.playing
    return counter, player


def test_play_and_pause():
    async def script(player, counter):
        player.play()
        player.play()  # once is enough
        await asyncio.sleep(0.15)
        assert player.playing and counter.steps > 0
        player.pause()
        at_pause = counter.steps
        await asyncio.sleep(0.1)
        assert counter.steps == at_pause and not player.playing
        player.play()
        await asyncio.sleep(0.05)
        assert counter.steps > at_pause
        player.pause()

    playing(script)


def test_a_pause_from_within_a_step_holds_at_once():
    async def script(player, counter):
        def step():
            counter.step()
            if counter.steps == 3:
                player.pause()

        player.step = step
        player.play()
        await asyncio.sleep(0.1)
        assert counter.steps == 3

    playing(script)


def test_an_exception_stops_it_and_is_shown():
    async def script(player, counter):
        player.play()
        await asyncio.sleep(0.1)

    counter, player = playing(script, fail_at=5)
    assert counter.steps == 5
    assert "RuntimeError: a slip &lt;here&gt;" in player.events.box.value and "line" in player.events.box.value


def test_frames_are_at_most_twelve_a_second_and_slices_leave_room():
    async def script(player, counter):
        others = 0
        player.play()
        end = time.perf_counter() + 0.5
        while time.perf_counter() < end:
            await asyncio.sleep(0)
            others += 1
        player.pause()
        assert others >= 5
        assert 2 <= counter.drawn <= 12 * 0.5 + 3

    playing(script)


def test_slow_motion_draws_every_step_and_waits():
    async def script(player, counter):
        player.interval = 0.05
        player.play()
        await asyncio.sleep(0.23)
        assert 3 <= counter.steps <= 5 and counter.drawn >= counter.steps
        player.pause()

    playing(script)


def test_callbacks_from_another_thread_run_on_the_loop_s_thread():
    async def script(player, counter):
        handle = player.events.handler(lambda change: player.play() if change else player.pause())
        for change in (True, False):
            thread = threading.Thread(target=handle, args=(change,))
            thread.start()
            await asyncio.sleep(0.06)
            thread.join()
        assert counter.threads == {threading.get_ident()} and counter.steps > 0

    playing(script)


def test_an_error_of_a_callback_from_another_thread_is_shown():
    async def script(player, counter):
        counter.fail_at = 1
        thread = threading.Thread(target=player.events.handler(lambda change: counter.step()), args=(None,))
        thread.start()
        await asyncio.sleep(0.06)
        thread.join()
        assert "a slip" in player.events.box.value

    playing(script)


def test_what_comes_too_soon_is_drawn_once_later():
    async def script(player, counter):
        draw = player.events.paced(counter.draw)
        for _ in range(20):
            draw()
        assert counter.drawn == 1
        await asyncio.sleep(0.3)
        assert counter.drawn == 2
        draw()
        assert counter.drawn == 3

    playing(script)


def test_without_a_loop_it_runs_to_the_end_and_draws_it():
    counter = Counter()
    player = Player(counter.step, counter.draw, Events())
    player.run(5)
    assert counter.steps == 5 and counter.drawn >= 1
    with pytest.raises(RuntimeError, match=r"use run\(n\)"):
        player.play()
    for n in (0, -1, 2.0):
        with pytest.raises(ValueError, match="n = "):
            player.run(n)
    assert counter.steps == 5


@pytest.fixture
def idle_kernel():
    """Interrupts are ignored, as a kernel has it while no cell runs."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(os.name == "nt", reason="interrupts are sent otherwise there")
def test_an_interrupt_on_an_idle_kernel_pauses_whatever_plays(idle_kernel):
    async def script(player, counter):
        other = Player(Counter().step, lambda: None, player.events)
        for _ in range(2):
            player.play()
            other.play()
            await asyncio.sleep(0.05)
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(0.1)
            assert not player.playing and not other.playing and counter.steps > 0
        os.kill(os.getpid(), signal.SIGINT)  # nothing plays: nothing happens

    playing(script)


def test_the_handler_of_a_running_cell_is_left_alone():
    async def script(player, counter):
        before = signal.getsignal(signal.SIGINT)
        player.play()
        await asyncio.sleep(0.05)
        assert signal.getsignal(signal.SIGINT) is before
        player.pause()

    playing(script)


def test_a_cell_that_runs_again_stops_all_that_it_started(cells):
    stopped = []

    def make(kind, words):
        replace_predecessor(kind, lambda: stopped.append(words))

    cells.run("a")
    make("GANLab", "first")
    make("GANLab", "second of the same run")
    cells.run("b")
    make("GANLab", "other cell")
    cells.run("a")
    make("Figure", "other kind")
    assert stopped == []
    make("GANLab", "third")
    make("GANLab", "fourth")
    assert stopped == ["first", "second of the same run"]
    cells.run("a")
    make("GANLab", "fifth")
    assert stopped[2:] == ["third", "fourth"]


def test_a_cell_without_an_id_is_known_by_its_text_and_a_callback_is_no_cell(cells):
    stopped = []
    for _ in range(2):
        cells.run(None, "lab")
        replace_predecessor("GANLab", lambda: stopped.append("by text"))
    assert stopped == ["by text"]
    for _ in range(2):
        cells.run(None, "")
        replace_predecessor("GANLab", lambda: stopped.append("made by a click"))
    assert stopped == ["by text"]


def test_expensive_frames_come_less_often(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(player_module, "perf_counter", lambda: clock[0])

    def draw():
        clock[0] += 0.5

    player = Player(lambda: None, draw, Events())
    assert player._timed_draw() >= 0.5 / player_module.DRAWING_SHARE
    player.share = 0.5
    assert player._timed_draw() == pytest.approx(clock[0] + 0.5 / 0.5)
