"""The Forebay process behind a pool, and the pipes to it."""

import atexit
import os
import struct
import subprocess
import sys
import threading
from collections import deque
from concurrent.futures import Future
from typing import Any, Deque, Dict, List, Optional, Tuple, Union

from forebay import CallFailed, FunctionRefused, PoolFailed
from forebay.client import installation

_HEADER = struct.Struct("<ibq")
_CALL, _CANCEL, _READY, _RESULT, _FAILED, _REFUSED = range(6)
_PIPE_BYTES = 1 << 20
_END_SECONDS = 5

# What the workers' variables are called in the environment of the process that starts them.
_ENVIRONMENT = "FOREBAY_WORKERS_"

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


def byte_count(amount: Union[int, str]) -> int:
    """`512 << 20` as it is; "512MB", "2 GiB" as powers of 1024."""
    if isinstance(amount, (int, float)):
        return int(amount)
    if not isinstance(amount, str):
        raise ValueError("%r is no amount of memory: write it as '512MB' or '2GB'" % (amount,))
    number = amount.strip().rstrip("iBb").rstrip("i")
    unit = number[-1:].upper() if number[-1:].isalpha() else ""
    try:
        return int(float(number[: len(number) - len(unit)]) * _UNITS[unit])
    except (KeyError, ValueError):
        raise ValueError("%r is no amount of memory: write it as '512MB' or '2GB'" % amount) from None


class PoolProcess:
    """Calls of bytes in the worker processes of a Forebay of its own. Thread-safe.

    A thread reads what comes back, and completes the futures. Not more calls are handed over than
    the pool has slots: the others wait here.
    """

    def __init__(
        self,
        workers: Optional[int],
        timeout: Optional[float],
        memory: Union[int, str],
        largest: Union[int, str],
        env: Optional[Dict[str, str]],
        prefetch: int,
        prepare: Optional[str] = None,
    ):
        if workers is not None and workers < 1:
            raise ValueError("workers is %d: at least one is needed" % workers)
        if timeout is not None and timeout <= 0:
            raise ValueError("timeout is %r: it is seconds, more than 0" % timeout)
        if not sys.executable:
            raise PoolFailed("this Python does not know its own interpreter, which workers need")
        self.workers = workers or os.cpu_count() or 1
        self.window = 4 * self.workers
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._waiting: Deque[Tuple[int, Any]] = deque()  # Guarded by _lock, as those below.
        self._pending: Dict[int, Future] = {}
        self._handed = 0
        self._last = 0
        self._closed = False
        self._ready: Future = Future()
        arguments = [
            *("--python", sys.executable, "--in-flight", str(self.window)),
            *("--memory", str(byte_count(memory)), "--slot-bytes", str(byte_count(largest))),
            *("--prefetch", str(prefetch)),
        ]
        if workers is not None:
            arguments += ["--workers", str(workers)]
        if timeout is not None:
            arguments += ["--timeout-nanos", str(int(timeout * 1e9))]
        for folder in sys.path:
            arguments += ["--path", os.path.abspath(folder)]
        if prepare is not None:
            arguments += ["--prepare", prepare]
        self._start(arguments, env or {})

    def _start(self, arguments: List[str], env: Dict[str, str]):
        command = installation.command() + ["python-pool"] + arguments
        try:
            # A session of its own: Ctrl-C is for this process, which ends that one.
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,
                # Not on its command line, which every user of the machine may read.
                env=dict(os.environ, **{_ENVIRONMENT + each: str(env[each]) for each in env}),
            )
        except OSError as error:
            raise PoolFailed("%s cannot be started: %s" % (command[0], error)) from error
        self._to: Any = self.process.stdin
        self._from: Any = os.fdopen(os.dup(self.process.stdout.fileno()), "rb", 1 << 16)
        self.process.stdout.close()
        self._enlarge()
        atexit.register(self.close)
        self._reader = threading.Thread(target=self._read, name="forebay-results", daemon=True)
        self._reader.start()
        try:
            self._ready.result()
        except BaseException:
            self.close()
            raise

    def _enlarge(self):
        try:
            import fcntl

            for pipe in (self._to, self._from):
                fcntl.fcntl(pipe.fileno(), 1031, _PIPE_BYTES)  # F_SETPIPE_SZ
        except (ImportError, OSError):
            pass  # Elsewhere than on Linux, or above the user's limit.

    def submit(self, argument: bytes, future: Optional[Future] = None) -> Future:
        """A future of the result's bytes; fails with CallFailed or PoolFailed."""
        future = Future() if future is None else future
        with self._lock:
            if self._closed:
                raise PoolFailed("the pool is closed: no call is made any more")
            self._last += 1
            call = future.forebay_call = self._last  # type: ignore[attr-defined]
            self._pending[call] = future
            if self._handed >= self.window:
                self._waiting.append((call, argument))
                return future
            self._handed += 1
        self._write(_CALL, call, argument)
        return future

    def cancel(self, future: Future) -> None:
        """Kills the worker that runs the call; a call that waits is forgotten."""
        call = future.forebay_call  # type: ignore[attr-defined]
        with self._lock:
            for each in self._waiting:
                if each[0] == call:
                    self._waiting.remove(each)
                    self._pending.pop(call, None)
                    return
            known = call in self._pending
        if known:
            self._write(_CANCEL, call, b"")

    def _write(self, kind, call, payload):
        header = _HEADER.pack(len(payload), kind, call)
        try:
            with self._writing:
                parts = [memoryview(header), memoryview(payload)]
                while parts:
                    written = os.writev(self._to.fileno(), parts)
                    while parts and written >= len(parts[0]):
                        written -= len(parts.pop(0))
                    if parts:
                        parts[0] = parts[0][written:]
        except (OSError, ValueError):
            pass  # It has ended, as the thread that reads finds out, too.

    def _read(self):
        try:
            while True:
                header = self._from.read(_HEADER.size)
                if len(header) < _HEADER.size:
                    break
                length, kind, call = _HEADER.unpack(header)
                payload = self._from.read(length)
                if len(payload) < length:
                    break
                if kind == _READY:
                    self._ready.set_result(None)
                elif kind == _REFUSED:
                    sentence = payload.decode("utf-8", "replace")
                    self._ready.set_exception(FunctionRefused(sentence))
                else:
                    self._answered(kind, call, payload)
        except (OSError, ValueError):
            pass  # Closed here.
        finally:
            self._ended()

    def _answered(self, kind, call, payload):
        with self._lock:
            future = self._pending.pop(call, None)
            following = self._waiting.popleft() if self._waiting else None
            if following is None:
                self._handed -= 1
        if following is not None:
            self._write(_CALL, *following)
        if future is not None:
            _settle(future, *((payload, None) if kind == _RESULT else (None, _failure(payload))))

    def _ended(self):
        with self._lock:
            pending = list(self._pending.values())
            self._pending.clear()
            self._waiting.clear()
            closed = self._closed
            self._closed = True
        sentence = "the pool was closed before the call had ended" if closed else self._why_ended()
        for future in pending:
            _settle(future, None, PoolFailed(sentence))
        if not self._ready.done():
            self._ready.set_exception(PoolFailed(sentence))

    def _why_ended(self):
        try:
            code = self.process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            code = None
        return (
            "Forebay has ended with exit code %s, and its workers with it: what it has said is on the"
            " standard error output" % code
        )

    def close(self) -> None:
        """Kills what runs, and waits until the process has ended."""
        with self._lock:
            self._closed = True
        atexit.unregister(self.close)
        with self._writing:
            self._to.close()  # At the end of its input it ends its workers, and itself.
        # A process that was forked meanwhile may hold the pipe: then it is told so.
        for end in (lambda: None, self.process.terminate, self.process.kill):
            end()
            try:
                self.process.wait(_END_SECONDS)
                break
            except subprocess.TimeoutExpired:
                continue
        if threading.current_thread() is not self._reader:
            self._reader.join(_END_SECONDS)
        self._from.close()


def _settle(future, result, failure):
    if not future.set_running_or_notify_cancel():
        return
    if failure is None:
        future.set_result(result)
    else:
        future.set_exception(failure)


def _failure(payload):
    kind, sentence, detail = payload.decode("utf-8", "replace").split("\0", 2)
    # There are no stages here.
    sentence = sentence.replace("stage python gave up a record that ", "it ")
    sentence = sentence.replace("stage python", "the pool").replace("the stage", "the pool")
    if kind == "UNAVAILABLE":
        return PoolFailed(sentence)
    kinds = {"LOST": "lost", "TIMED_OUT": "timed_out", "TOO_LARGE": "too_large"}
    return CallFailed(sentence, kinds.get(kind, "raised"), detail)
