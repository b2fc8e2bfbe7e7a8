"""What a worker measures besides its calls' own times."""

import gc
import os
from time import monotonic_ns


class RunDelay:
    """How long this thread could have run but had no core: the second number of its schedstat."""

    def __init__(self):
        self.file = -2  # Not opened yet.

    def nanos(self):
        """Since the thread began; -1 where nobody tells."""
        if self.file == -1:
            return -1
        try:
            if self.file == -2:
                self.file = os.open("/proc/thread-self/schedstat", os.O_RDONLY | os.O_CLOEXEC)
            return int(os.pread(self.file, 96, 0).split()[1])
        except (OSError, ValueError, IndexError):
            self.file = -1  # Not told here, or the function has closed what is not its own.
            return -1

    def since(self, before):
        """How much came since then; -1 if that is not known."""
        now = self.nanos() if before >= 0 else -1
        return max(0, now - before) if now >= 0 else -1


class Collections:
    """How long garbage collections have lasted, in nanoseconds."""

    def __init__(self):
        self.nanos = 0
        self._began = 0
        gc.callbacks.append(self._collect)

    def _collect(self, phase, info):
        if phase == "start":
            self._began = monotonic_ns()
        else:
            self.nanos += monotonic_ns() - self._began
