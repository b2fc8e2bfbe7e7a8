"""Whether a worker has taken so much of what it may take that another one had better go on."""

import gc
from os import O_CLOEXEC, O_RDONLY, listdir, open, pread
from time import monotonic_ns

try:
    import resource
except ImportError:
    resource = None  # Windows.

from forebay.global_state import moved

_LOOK_NANOS = 1_000_000
_COUNT_NANOS = 250_000_000
_COLLECT_NANOS = 1_000_000_000
_SHARE = 0.75
_MOST_THREADS = 512


class ResourceGrowth:
    """Memory, descriptors and threads against what there was after the first call.

    What the function keeps from its first call on, a model for example, is no sign of a leak.
    """

    def __init__(self, memory):
        self.limit = self._mapped_at_first = 0
        self.base = self.descriptors = self.threads = None
        self.looked = self.counted = self.collected = 0
        try:
            self.statm = moved(open("/proc/self/statm", O_RDONLY | O_CLOEXEC))
            self.page = resource.getpagesize()
            self.limit = self._mapped() + memory
            self.most_descriptors = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        except (AttributeError, OSError):
            self.statm = None  # Not Linux: others look after it.

    def check_limits(self, now):
        """Whether the process should end, after a call."""
        if self.statm is None or now - self.looked < _LOOK_NANOS:
            return False
        self.looked = now
        try:
            return self._has_grown(now) or self._has_many(now)
        except (OSError, ValueError):
            self.statm = None  # Somebody has closed the descriptor.
            return False

    def _has_grown(self, now):
        mapped = self._mapped()
        if self.base is None:
            self.base = mapped
        most = self.base + _SHARE * (self.limit - self.base)
        if mapped <= most:
            return False
        if now - self.collected < _COLLECT_NANOS:
            return True
        self.collected = now
        gc.collect()
        return self._mapped() > most

    def _has_many(self, now):
        if now - self.counted < _COUNT_NANOS:
            return False
        self.counted = monotonic_ns()
        descriptors = len(listdir("/proc/self/fd"))
        threads = len(listdir("/proc/self/task"))
        if self.descriptors is None:
            self.descriptors, self.threads = descriptors, threads
        room = self.most_descriptors - self.descriptors
        return (
            descriptors > self.descriptors + room / 2 or threads > self.threads + _MOST_THREADS
        )

    def _mapped(self):
        return int(pread(self.statm, 64, 0).split()[0]) * self.page
