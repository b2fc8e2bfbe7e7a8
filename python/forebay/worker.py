"""A worker process: binds the function, and calls it on the batches that come through its ring
until the engine is gone. docs/specs/worker-protocol.md says what is exchanged.

The main thread does everything, but for a daemon thread that gives signs of life and ends the
process when the engine has died, whatever the function does meanwhile.
"""

import faulthandler
import gc
import mmap
import os
import select
import signal
import sys
import threading
from os import _exit, fstat, getpid, getppid, kill, listdir, write
from time import monotonic_ns, sleep

from forebay import binding, children, errors, wire
from forebay.errors import Refused
from forebay.meters import Collections
from forebay.resource_growth import ResourceGrowth
from forebay.ring import ALONE, SINGLY, WITHDRAWN, Ring, fence
from forebay.slot import Columns, Slot
from forebay.global_state import GlobalState

EXIT_REFUSED = 78
EXIT_FAILED = 70
EXIT_HARMED = 76
EXIT_NEAR_LIMIT = 75

BEAT_MILLIS = 200
SLEEP_MILLIS = 100
SPINS = 20
PAGE = 4096

_PR_SET_PDEATHSIG = 1
_MARK = os.environ.get("FOREBAY_WORKER")
_PROFILE = os.environ.pop("FOREBAY_PROFILE", None)

_sampler = None


def main(connection, path, memory):
    """Does what the engine asks for: to bind a function, or to work.

    path: folders in which modules are looked for; memory: bytes that the function may take.
    """
    faulthandler.enable(all_threads=False)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.path[:0] = path
    sys.argv = [""]
    kind, payload = wire.read(connection)
    initializer = None
    if kind == wire.INITIALIZE:
        initializer = wire.initializer(payload)
        kind, payload = wire.read(connection)
    try:
        if sys.byteorder != "little":
            raise Refused("Python workers need a little-endian machine")
        if kind == wire.BIND:
            _bind(connection, wire.binding(payload), path)
        elif kind == wire.CONFIGURE:
            _work(connection, wire.assignment(payload), path, memory, initializer)
        else:
            raise wire.ProtocolError("the engine sent a frame of type %d" % kind)
    except Refused as refused:
        connection.sendall(wire.frame(wire.REFUSED, wire.text(str(refused))))
        _await_end(connection)
        os._exit(EXIT_REFUSED)
    except OSError as error:
        print("the worker cannot speak to its engine: %s" % error, file=sys.stderr)
        os._exit(EXIT_FAILED)
    except MemoryError as error:
        errors.out_of_memory(error)
    except BaseException as error:
        print(errors.detail(error), file=sys.stderr)
        os._exit(EXIT_FAILED)


def _bind(connection, asked, path):
    threading.Thread(target=_watch, args=(connection,), daemon=True).start()
    reference = binding.Reference(asked.function)
    function = binding.find(reference, asked.parameters, path)
    outputs = binding.outputs(reference, function, asked)
    answer = wire.schema(outputs) + wire.text(sys.executable)
    connection.sendall(wire.frame(wire.BOUND, answer))
    _await_end(connection)
    os._exit(0)


def _await_end(connection):
    """Waits until the engine has read what it was told: it looks at who has ended first."""
    connection.settimeout(10)
    try:
        connection.recv(1)
    except OSError:
        pass


def _work(connection, assignment, path, memory, initializer):
    if assignment.engine_pid != os.getppid():
        raise Refused("the worker's parent is not the engine")
    if _PROFILE:
        _profile()
    columns = Columns(assignment)
    replies = _Replies(assignment, columns.outputs) if assignment.parts else None
    area = _attach(assignment, replies is None)
    at = assignment.control
    words = area[at : at + Ring.bytes(assignment.entries)]
    ring = Ring(
        words,
        words if replies is None else replies.words,
        assignment.entries,
        assignment.generation,
    )
    heartbeat = _Heartbeat(ring, connection, assignment.engine_pid)
    threading.stack_size(256 << 10)
    threading.Thread(target=heartbeat.beat, name="forebay-heartbeat", daemon=True).start()
    threading.stack_size(0)
    reference = binding.Reference(assignment.function)
    function = binding.find(reference, assignment.parameters, path)
    call = binding.call(reference, function, columns, assignment.stage, assignment.shape)
    if initializer is not None:
        binding.initialize(initializer[0], initializer[1], path)
    children.offer_package()
    _hide()
    gc.collect()
    gc.freeze()  # What was imported need not be looked at again.
    _limit(memory)
    call.global_state = GlobalState(function)
    call.harmed = _Harm(connection, call.global_state)
    connection.sendall(wire.frame(wire.READY))
    slots = _Slots(area, assignment, columns.count)
    try:
        _serve(connection, ring, slots, call, replies, ResourceGrowth(memory), Collections())
    except ConnectionError:
        end()


def _profile():
    global _sampler
    from forebay.sampler import Sampler

    _sampler = Sampler(_PROFILE)
    _sampler.start()


class _Slots(dict):
    """The slots of the area, made when they are first asked for."""

    def __init__(self, area, assignment, columns):
        super().__init__()
        self.area = area
        self.first = _pages(assignment.control_bytes)
        self.bytes = assignment.slot_bytes
        self.slots = assignment.slots
        self.columns = columns

    def __missing__(self, number):
        if not 0 <= number < self.slots:
            raise ValueError("there is no slot %d" % number)
        at = self.first + number * _pages(self.bytes)
        made = self[number] = Slot(number, self.area[at : at + self.bytes], self.columns)
        return made


class _Replies:
    """Memory of this worker's own, in which it answers; it can write nowhere else that is shared.

    ReplyMemory.java of the workers' protocol draws it.
    """

    ALIGNMENT = 64 << 10

    def __init__(self, assignment, outputs):
        self.outputs = outputs
        words = _rounded(Ring.bytes(assignment.entries), self.ALIGNMENT)
        self.stride = _rounded(assignment.slot_bytes, self.ALIGNMENT)
        self.first = words
        self.bytes = assignment.slot_bytes
        part = words + assignment.buffers * self.stride
        whole = assignment.parts * part
        self.memory = _map(assignment.reply, whole, True, assignment.part * part, part)
        self.words = self.memory[: Ring.bytes(assignment.entries)]

    def buffer(self, number):
        """Where an answer goes."""
        at = self.first + number * self.stride
        return self.memory[at : at + self.bytes]


def _hide():
    """Keeps the worker's own modules from being changed: functions may import `forebay` alone."""
    package = sys.modules["forebay"]
    for name in [name for name in sys.modules if name.startswith("forebay.")]:
        del sys.modules[name]
        vars(package).pop(name.partition(".")[2], None)
    sys.meta_path[:] = [each for each in sys.meta_path if type(each).__name__ != "Sources"]


class _Harm:
    """Ends the process where a record has taken from it what it needs to go on."""

    def __init__(self, connection, global_state):
        self.descriptor = connection.fileno()
        self.identity = fstat(self.descriptor)[1:3]
        self.global_state = global_state

    def __call__(self):
        try:
            whole = fstat(self.descriptor)[1:3] == self.identity
        except OSError:
            whole = False
        if not whole:
            self._end(b"Harmed: the channel to the engine was closed\n")
        if self.global_state.is_limited():
            self._end(b"Harmed: the limits of the process were lowered\n")

    @staticmethod
    def _end(words):
        try:
            write(2, words)
        finally:
            _exit(EXIT_HARMED)


def _serve(connection, ring, slots, call, replies, growth, collections):
    poller = select.poll()
    poller.register(connection, select.POLLIN)
    words = ring.words
    own = ring.own_words
    tail = Ring.TAIL
    head = 0
    while True:
        spins = SPINS
        while words[tail] == head:
            spins -= 1
            if spins <= 0 and ring.sleep(head):
                # Not longer than this: a wake-up that is lost is no more than a delay.
                if poller.poll(SLEEP_MILLIS) and not connection.recv(64):
                    end()
                ring.awake()
        fence()
        now = monotonic_ns()
        flags = ring.begin(head, now)
        if flags & WITHDRAWN:
            if ring.finish(head, now, now):
                connection.send(b"\0")
            head += 1
            continue
        slot = slots[ring.slot(head)]
        alone = ring.row(head) if flags & ALONE else -1
        seal = 0
        if replies is None:
            call.call(slot, flags & SINGLY, alone)
        else:
            if flags & (SINGLY | ALONE):
                _await_taken(ring, head)
            slot.reply_to(replies.buffer(ring.buffer(head)))
            call.call(slot, flags & SINGLY, alone)
            seal = slot.seal(replies.outputs)
        own[Ring.GC] = collections.nanos
        own[Ring.LOCK] = call.locked
        if ring.finish(head, call.began, call.ended, seal):
            connection.send(b"\0")
        head += 1
        if growth.check_limits(call.ended):
            if _sampler is not None:
                _sampler.flush()
            _exit(EXIT_NEAR_LIMIT)  # What waits in the ring goes to others.


def _await_taken(ring, head):
    """A batch that may have cost a worker finds nobody's answers in this process that it could
    spoil. If the engine is gone, the heartbeat ends the process."""
    while not ring.is_taken(head):
        sleep(0.00005)


def _attach(assignment, writable):
    total = _pages(assignment.control_bytes) + assignment.slots * _pages(assignment.slot_bytes)
    return _map(assignment.memory, total, writable, 0, total)


def _map(path, whole, writable, at, size):
    """A part of shared memory. Where it is not writable, who writes to it ends this process."""
    descriptor = os.open(path, os.O_RDWR if writable else os.O_RDONLY)
    try:
        found = os.fstat(descriptor).st_size
        if found != whole:
            raise ValueError("the shared memory %s has %d bytes, not %d" % (path, found, whole))
        access = mmap.ACCESS_WRITE if writable else mmap.ACCESS_READ
        return memoryview(mmap.mmap(descriptor, size, access=access, offset=at))
    finally:
        os.close(descriptor)


def _pages(size):
    return _rounded(size, PAGE)


def _rounded(size, unit):
    return (size + unit - 1) & -unit


def _watch(connection):
    """Ends the process when the engine has died while a function is bound."""
    poller = select.poll()
    poller.register(connection, getattr(select, "POLLRDHUP", 0))
    poller.poll()
    os._exit(0)


class _Heartbeat:
    """Gives a sign of life some times a second, and ends the process when the engine has died.

    Where the function holds the interpreter's lock, this cannot run; then the kernel ends the process
    with its parent, by PR_SET_PDEATHSIG, which belongs to the thread that sets it. But only this
    thread can end what the function has started, so the kernel is not asked while there is something.
    """

    def __init__(self, ring, connection, engine):
        self.words = ring.own_words
        self.connection = connection
        self.engine = engine
        self.prctl = None
        self.asked = False

    def beat(self):
        poller = select.poll()
        poller.register(self.connection, getattr(select, "POLLRDHUP", 0))
        self.prctl = _prctl()
        while True:
            self.words[Ring.BEAT] = monotonic_ns()
            self._ask_the_kernel(not _has_children())
            if getppid() != self.engine or poller.poll(BEAT_MILLIS):
                end()

    def _ask_the_kernel(self, wanted):
        if self.prctl is not None and wanted != self.asked:
            self.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL) if wanted else 0, 0, 0, 0)
            self.asked = wanted


def end():
    """The engine is gone: ends this process, and those that the function has started."""
    if _sampler is not None:
        _sampler.flush()
    if _MARK:
        wanted = ("FOREBAY_WORKER=" + _MARK).encode()
        for pid in _processes():
            try:
                with open("/proc/%d/environ" % pid, "rb") as environment:
                    started = wanted in environment.read().split(b"\0")
                if started and pid != getpid():
                    kill(pid, 9)
            except OSError:
                pass  # Another user's, or gone.
    _exit(0)


def _processes():
    try:
        return [int(name) for name in listdir("/proc") if name.isdigit()]
    except OSError:
        return []


def _has_children():
    try:
        for thread in listdir("/proc/self/task"):
            with open("/proc/self/task/%s/children" % thread) as children:
                if children.read(1):
                    return True
    except OSError:
        pass  # Not told here.
    return False


def _prctl():
    if not sys.platform.startswith("linux"):
        return None
    try:
        import ctypes

        return ctypes.CDLL(None).prctl
    except Exception:
        return None


def _limit(memory):
    """Limits how much memory is taken from here on, and forbids core dumps."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with open("/proc/self/statm") as statm:
            mapped = int(statm.read().split()[0]) * resource.getpagesize()
        limit = mapped + memory
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        if hard != resource.RLIM_INFINITY:
            limit = min(limit, hard)
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    except (ImportError, OSError, ValueError):
        pass  # Elsewhere than on Linux there is no such limit.
