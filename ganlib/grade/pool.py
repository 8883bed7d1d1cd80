"""Several sandboxes at work at once."""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress

from ganlib.grade.archive import Refused
from ganlib.grade.records import Record, Records, key
from ganlib.grade.sandbox import Limits, Sandbox, SandboxError
from ganlib.grade.submissions import Submission
from ganlib.grade.verdict import Grade, grade, nothing


class Pool:
    """Workers, each with a sandbox of its own, that grade submissions and keep records.

    A sandbox that a submission could have reached, or that ended, is replaced. The first one has to start.
    """

    def __init__(self, start: Callable[[], Sandbox], records: Records, limits: Limits, workers: int):
        self._start, self._records, self._limits, self._workers = start, records, limits, workers
        self._waiting: queue.SimpleQueue[Submission] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[Record | BaseException] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._spare: queue.SimpleQueue[Sandbox] = queue.SimpleQueue()
        self._busy: set[Sandbox] = set()
        first = start()
        self._spare.put(first)
        self.points: Mapping[str, float] = first.points

    def run(self, submissions: Iterable[Submission]) -> Iterator[Record]:
        """The records, in the order in which they are ready.

        Raises: SandboxError when sandboxes no longer start.
        """
        given = list(submissions)
        for submission in given:
            self._waiting.put(submission)
        threads = [threading.Thread(target=self._work) for _ in range(min(self._workers, len(given)))]
        for thread in threads:
            thread.start()
        try:
            for _ in given:
                record = self._done.get()
                if isinstance(record, BaseException):
                    raise record
                yield record
        finally:
            self._stopped.set()
            for sandbox in list(self._busy):
                sandbox.kill()
            for thread in threads:
                thread.join()
            self.close()

    def close(self) -> None:
        """End the sandboxes that no submission is in."""
        with suppress(queue.Empty):
            while True:
                self._spare.get_nowait().close()

    def _work(self) -> None:
        try:
            with suppress(queue.Empty):
                while not self._stopped.is_set():
                    self._grade(self._waiting.get_nowait())
        except BaseException as error:  # the main thread has to know
            self._done.put(error)
        self._stopped.wait()  # a sandbox ends with the thread that started it, and others may be using it

    def _grade(self, submission: Submission) -> None:
        """Grade one submission, unless that was done earlier."""
        try:
            content = submission.read()
        except Refused as error:
            self._keep(submission, b"", nothing(self.points, str(error), ["not read"]))
            return
        known = self._records.find(key(submission, content))
        if known:
            self._done.put(known)
        else:
            self._keep(submission, content, self._judged(submission, content))

    def _judged(self, submission: Submission, content: bytes) -> Grade:
        """The grade by a sandbox; by another one when the first is lost, which need not be the submission's doing."""
        for _ in range(2):
            sandbox = self._sandbox()
            self._busy.add(sandbox)
            if self._stopped.is_set():  # it came too late to be killed with the others
                sandbox.kill()
            try:
                outcome = sandbox.judge(content, submission.file, self._records.seed, self._limits)
            except SandboxError as error:
                if self._stopped.is_set():
                    raise
                words = f"the sandbox was lost: {error}"[:300]
                continue
            finally:
                self._busy.discard(sandbox)
            if sandbox.usable:
                self._spare.put(sandbox)
            return grade(outcome, self.points, self._limits.seconds)
        return nothing(self.points, words, ["sandbox lost"])

    def _sandbox(self) -> Sandbox:
        """A sandbox that is at rest, or a new one."""
        try:
            return self._spare.get_nowait()
        except queue.Empty:
            return self._start()

    def _keep(self, submission: Submission, content: bytes, result: Grade) -> None:
        record = Record(submission.student, submission.id, submission.file, submission.note, result)
        self._records.add(key(submission, content), record)
        self._done.put(record)
