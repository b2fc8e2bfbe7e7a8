"""The worker's side of its ring, which Ring.java of the workers' protocol draws."""

import threading

MAGIC = 0x47524246
VERSION = 1
LINE = 64
SINGLY = 1
WITHDRAWN = 2
ALONE = 4

_barrier = threading.Lock()
_barrier.acquire()


class Ring:
    """Words that each side reads while the other writes.

    An item of a memoryview of 8 or 4 bytes is copied as a whole, so no word is seen half written;
    `fence` keeps the accesses before it before those behind it. The words that this side writes may
    lie elsewhere than the others, at the same places.
    """

    # Places of 8-byte words.
    GENERATION = 2
    TAIL = 8
    TAKEN = 9
    HEAD = 16
    BEGUN = 17
    BEGAN = 18
    WAKE = 24
    BEAT = 40
    GC = 41
    LOCK = 42
    ENTRIES = 48
    # Places of 4-byte words.
    SLEEPING = 64

    def __init__(self, memory, answers, entries, generation):
        self.words = memory.cast("q")
        self.halves = memory.cast("i")
        self.own_words = answers.cast("q")
        self.own_halves = answers.cast("i")
        self.mask = entries - 1
        if (
            self.halves[0] != MAGIC
            or self.halves[1] != VERSION
            or self.halves[2] != entries
            or self.words[self.GENERATION] != generation
        ):
            raise ValueError("there is no ring of this worker in the shared memory")

    @staticmethod
    def bytes(entries):
        return 6 * LINE + entries * LINE

    def entry(self, position):
        """The place of the entry's first 8-byte word."""
        return self.ENTRIES + (position & self.mask) * 8

    def slot(self, position):
        return self.halves[2 * self.entry(position) + 2]

    def buffer(self, position):
        """Where the answer goes, if the stage is protected."""
        return self.halves[2 * self.entry(position) + 4]

    def flags(self, position):
        return self.halves[2 * self.entry(position) + 3]

    def row(self, position):
        """The record that an entry with the flag ALONE is about."""
        return self.halves[2 * self.entry(position) + 5]

    def begin(self, position, nanos):
        """Says that the entry is begun, unless it was withdrawn; returns its flags."""
        flags = self.flags(position)
        if not flags & WITHDRAWN:
            self.own_words[self.BEGAN] = nanos
            fence()
            self.own_words[self.BEGUN] = position + 1
        return flags

    def finish(self, position, began, ended, seal=0):
        """Says that the entry is done; whether the engine wants a byte through the socket."""
        own = self.own_words
        entry = self.entry(position)
        own[entry + 4] = began
        own[entry + 5] = ended
        own[entry + 6] = self.words[entry]
        own[entry + 7] = seal
        fence()
        own[self.HEAD] = position + 1
        fence()
        return self.words[self.WAKE] == position + 1

    def is_taken(self, position):
        """Whether all answers before this position were taken."""
        return self.words[self.TAKEN] >= position

    def sleep(self, head):
        """Says that the worker sleeps; false if there is an entry at `head` after all."""
        self.own_halves[self.SLEEPING] = 1
        fence()
        if self.words[self.TAIL] != head:
            self.own_halves[self.SLEEPING] = 0
            return False
        return True

    def awake(self):
        self.own_halves[self.SLEEPING] = 0


def fence(release=_barrier.release, acquire=_barrier.acquire):
    """A full fence, for the main thread only.

    Python has none of its own. A release followed by an acquire is one: nothing before the release
    may come after it, nothing behind the acquire before it, and the two keep their order.
    """
    release()
    acquire()
