"""What is said about an exception: the same words in every run."""

import errno
import re
import sys
from os import _exit, path, write
from traceback import format_exception

MOST_MESSAGE = 1000
MOST_FRAMES = 40
MOST_DETAIL_BYTES = 8 << 10

EXIT_OUT_OF_MEMORY = 3
EXIT_EXHAUSTED = 74

# Files of this package: `<forebay.calls>` in a worker.
_OWN_FILE = __file__.rpartition("errors")[0]
_LAST_WORDS = b"\nMemoryError: the worker has reached its limit of memory\n"


class Refused(Exception):
    """The function cannot be used; the message is one sentence for the person who wrote it."""


class WrongReturn(Exception):
    """The function returned what it must not; the message says it behind the function's name."""


def headline(error):
    """Class and message, in one line of bounded length."""
    kind = type(error)
    name = kind.__qualname__
    if kind.__module__ not in ("builtins", "__main__"):
        name = kind.__module__ + "." + name
    try:
        message = str(error)
    except Exception:
        message = ""  # The message is the user's code, too.
    message = " ".join(_without_addresses(message).split())
    if len(message) > MOST_MESSAGE:
        message = message[:MOST_MESSAGE] + "…"
    return name + ": " + message if message else name


def detail(error):
    """The traceback from the function on, with its causes."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(_OWN_FILE):
        trace = trace.tb_next
    lines = format_exception(type(error), error, trace, limit=MOST_FRAMES)
    text = _without_addresses("".join(lines).rstrip())
    utf8 = text.encode("utf-8", "backslashreplace")
    if len(utf8) > MOST_DETAIL_BYTES:
        half = MOST_DETAIL_BYTES // 2 - 8
        utf8 = utf8[:half] + "\n…\n".encode() + utf8[-half:]
    return utf8.decode("utf-8", "ignore")


def where(error):
    """The line that raised, as far as it is the user's: ` (features.py, line 7)`."""
    if isinstance(error, SyntaxError) and error.filename:
        return " (%s, line %s)" % (path.basename(error.filename), error.lineno)
    place = ""
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if not file.startswith("<"):
            place = " (%s, line %s)" % (path.basename(file), trace.tb_lineno)
        trace = trace.tb_next
    return place


def _without_addresses(text):
    return re.sub(r" at 0x[0-9a-fA-F]+", " at 0x…", text)


def out_of_memory(error):
    """Ends the process as one that has no memory left, telling where that was."""
    _end(error, _LAST_WORDS, EXIT_OUT_OF_MEMORY)


def is_exhaustion(error):
    """Whether the process has run out of something that records before this one may have taken."""
    if isinstance(error, OSError):
        return error.errno in (errno.EMFILE, errno.ENFILE)
    return isinstance(error, RuntimeError) and "can't start new thread" in str(error)


def exhausted(error):
    """Ends the process as one that has no descriptors or threads left, telling where that was."""
    words = "\nExhausted: %s\n" % headline(error)
    _end(error, words.encode("utf-8", "backslashreplace"), EXIT_EXHAUSTED)


def _end(error, words, code):
    try:
        write(2, detail(error).encode("utf-8", "backslashreplace"))
    except BaseException:
        pass
    try:
        sys.stdout.flush()
    except BaseException:
        pass
    try:
        write(2, words)
    finally:
        _exit(code)
