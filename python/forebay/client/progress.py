"""A line that tells how far it is, in plain text, on a terminal and in a notebook."""

import sys
from time import monotonic
from typing import Any, Optional

_FIRST_SECONDS = 2.0
_SECONDS = 0.5


class Line:
    """Written over and over on the standard error output; nothing is written in the first seconds."""

    def __init__(self, total: Optional[int], shown: bool):
        self._total = total
        self._shown = shown
        self._began = monotonic()
        self._next = self._began + _FIRST_SECONDS
        self._count = 0
        self._width = 0

    def advance(self, count: int) -> None:
        self._count += count
        if self._shown and monotonic() >= self._next:
            self._next = monotonic() + _SECONDS
            self._write()

    def end(self) -> None:
        if self._width:
            self._write()
            sys.stderr.write("\n")
            sys.stderr.flush()

    def _write(self):
        seconds = monotonic() - self._began
        text = "%s records, %s/s, %d s" % (
            format(self._count, ","),
            format(int(self._count / max(seconds, 1e-9)), ","),
            seconds,
        )
        if self._total:
            text = "%3d %% · %s" % (100 * self._count // self._total, text)
        sys.stderr.write("\r" + text.ljust(self._width))
        sys.stderr.flush()
        self._width = len(text)


def line(wanted: Optional[bool], records: Any) -> Line:
    """wanted: None for where somebody looks."""
    try:
        total = len(records)
    except TypeError:
        total = None
    return Line(total, is_watched() if wanted is None else wanted)


def is_watched():
    if "ipykernel" in sys.modules:
        return True
    try:
        return sys.stderr.isatty()
    except AttributeError:
        return False
