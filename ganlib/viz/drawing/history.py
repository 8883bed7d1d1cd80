"""Undo and redo."""

from collections.abc import Hashable

UNDOABLE = 100


class History:
    """A state that changes in gestures, each of which can be taken back and done again.

    ``now`` is the present state. Changes of one ``gesture`` in a row are taken back together.
    """

    def __init__(self, now: bytes):
        self.now, self._past, self._future, self._gesture = now, [], [], None

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether something taken back can be done again."""
        return bool(self._future)

    def change(self, state: bytes, gesture: Hashable = None) -> None:
        """Let the state be another one. What has been taken back is then forgotten."""
        if state == self.now:
            return
        if gesture is None or gesture != self._gesture:
            self._past = [*self._past, self.now][-UNDOABLE:]
        self.now, self._gesture, self._future = state, gesture, []

    def undo(self) -> bool:
        """Take the last gesture back; False if there was none."""
        return self._move(self._past, self._future)

    def redo(self) -> bool:
        """Do again what was last taken back; False if there is nothing."""
        return self._move(self._future, self._past)

    def _move(self, taken: list[bytes], left: list[bytes]) -> bool:
        if not taken:
            return False
        left.append(self.now)
        self.now, self._gesture = taken.pop(), None
        return True
