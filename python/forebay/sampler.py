"""Samples what a worker spends its CPU time on, where the engine has asked for it.

A timer of the process's CPU time interrupts the main thread, whose handler looks at all stacks:
nothing is traced, no call gets slower, and waiting is not sampled. A sample weighs what its thread
has computed since the sample before. While code in C runs, the handler has to wait; all that it
took goes to the Python function that has called it. A thread that samples would have to wait for
the interpreter's lock, and would mostly see where the function lets go of it.

The stacks go to files PREFIX-N.collapsed, one every few seconds with what came since the one
before, so that a worker that is killed takes no more than that with it.
"""

import os
import sys
import threading
from signal import ITIMER_PROF, SIGPROF, setitimer, signal
from sys import _current_frames
from time import clock_gettime_ns, process_time_ns, sleep

TICK = 0.01
FILE_SECONDS = 2

# Calls of the handler, on top of whatever the function has called.
DEPTH = 20
LEAST_NANOS = 200_000
REST_NANOS = 1_000_000
MOST_FRAMES = 200
MOST_STACKS = 5_000
MOST_LABELS = 20_000

# What Forebay's profile takes for the standard library: whoever calls it has its time.
_OF_PYTHON = " (python)"
_ELSEWHERE = ("[threads outside of Python, or ended]",)
_MORE = ("[further stacks]",)
_LIBRARY = os.path.dirname(os.__file__) + os.sep


class Sampler:
    """Of this process; what it computes from now on is accounted for."""

    def __init__(self, prefix):
        self._process = os.getpid()
        self._prefix = "%s-%d" % (prefix, self._process)
        self._main = threading.get_ident()
        self._threads = threading._active
        self._labels = {}
        self._stacks = {}
        self._files = 0
        self._lock = threading.Lock()
        self._computed = {self._process: _cpu_nanos(self._process)}
        self._since = process_time_ns()
        self._accounted = 0

    def start(self):
        sys.setrecursionlimit(sys.getrecursionlimit() + DEPTH)
        signal(SIGPROF, self._tick)
        setitimer(ITIMER_PROF, TICK, TICK)
        threading.stack_size(256 << 10)
        threading.Thread(target=self._run, name="forebay-sampler", daemon=True).start()
        threading.stack_size(0)

    def _tick(self, number, frame):
        """On the main thread, wherever it is: it must not fail, and not wait."""
        try:
            if self._lock.acquire(False):
                try:
                    self._sample(frame)
                finally:
                    self._lock.release()
        except Exception:
            pass  # No room for a sample: the next one has its time.

    def _run(self):
        try:
            while True:
                sleep(FILE_SECONDS)
                with self._lock:
                    self._write()
        except Exception as error:
            print("the profile of this worker ends here: %r" % error, file=sys.stderr)

    def flush(self):
        """Writes what there is: the process is about to end. Waits for nobody for long."""
        if self._process == os.getpid() and self._lock.acquire(timeout=1):
            try:
                self._write()
            finally:
                self._lock.release()

    def _sample(self, interrupted):
        waiting = self._account(self._process, interrupted)
        for ident, frame in _current_frames().items():
            number = getattr(self._threads.get(ident), "native_id", None)
            if number is not None and ident != self._main:
                waiting += self._account(number, frame)
        rest = process_time_ns() - self._since - self._accounted - waiting
        if rest > REST_NANOS:
            # Elsewhere than on Linux nobody tells what one thread has computed.
            linux = sys.platform == "linux"
            self._add(_ELSEWHERE if linux else self._stack(interrupted), rest)

    def _account(self, number, frame):
        """Adds what a thread has computed; how much of it has to wait for more."""
        now = _cpu_nanos(number)
        before = self._computed.get(number, 0)
        spent = now - before if now >= before else now  # Another thread of the same number.
        if spent < LEAST_NANOS:
            return max(0, spent)
        self._computed[number] = now
        self._add(self._stack(frame), spent)
        return 0

    def _add(self, stack, nanos):
        if stack not in self._stacks and len(self._stacks) >= MOST_STACKS:
            stack = _MORE
        self._stacks[stack] = self._stacks.get(stack, 0) + nanos
        self._accounted += nanos

    def _stack(self, frame):
        """The labels of the frames, the innermost first."""
        stack = []
        while frame is not None and len(stack) < MOST_FRAMES:
            code = frame.f_code
            label = self._labels.get(code)
            if label is None:
                if len(self._labels) >= MOST_LABELS:
                    self._labels.clear()
                label = self._labels[code] = _label(frame)
            stack.append(label)
            frame = frame.f_back
        return tuple(stack)

    def _write(self):
        """One more file; where there is no room, its content waits for the next one."""
        if not self._stacks:
            return
        path = "%s-%d" % (self._prefix, self._files)
        try:
            with open(path + ".tmp", "w", encoding="utf-8", errors="replace") as file:
                for stack, nanos in self._stacks.items():
                    file.write("%s %d\n" % (";".join(reversed(stack)), nanos))
            os.rename(path + ".tmp", path + ".collapsed")
        except OSError:
            try:
                os.unlink(path + ".tmp")
            except OSError:
                pass  # There never was one.
            return
        self._files += 1
        self._stacks.clear()


def _label(frame):
    code = frame.f_code
    name = getattr(code, "co_qualname", code.co_name)
    label = "%s.%s" % (frame.f_globals.get("__name__", "?"), name)
    return label.replace(";", ":").replace("\n", " ") + (_OF_PYTHON if _is_library(code) else "")


def _is_library(code):
    path = code.co_filename
    if path.startswith("<frozen "):
        return True
    return path.startswith(_LIBRARY) and "-packages" + os.sep not in path


def _cpu_nanos(thread):
    """What a thread has computed, by its number; -1 where that is not told, or it has ended."""
    try:
        return clock_gettime_ns((~thread << 3) | 6)  # As pthread_getcpuclockid() of Linux does.
    except OSError:
        return -1
