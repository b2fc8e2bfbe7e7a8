"""What calls of both kinds of functions have in common: times, rejections, the search for rows."""

from array import array
from os import _exit, register_at_fork
from sys import getrecursionlimit, setrecursionlimit
from time import monotonic_ns, process_time_ns, thread_time_ns

from forebay import RecordRejected, errors
from forebay.errors import WrongReturn
from forebay.meters import RunDelay
from forebay.slot import FILTERED, KEPT, REJECTED, SHAPES


class Rejected:
    """A row that goes to dead letter."""

    __slots__ = ("reason", "detail")

    def __init__(self, reason, detail=""):
        self.reason = reason
        self.detail = detail


class Left:
    """A row that is left out."""

    __slots__ = ()


LEFT = Left()

# To read the CPU clock costs as much as some records do: not for every small batch.
_WORTH_NANOS = 100_000
_SAMPLE = 16


_forked = False


def _in_child():
    global _forked
    _forked = True


register_at_fork(after_in_child=_in_child)


class Call:
    """A function that is called on slots. Subclasses say how.

    The outcome of a row is a tuple of its output values, a list of such tuples where a row becomes
    several, LEFT, or Rejected.
    """

    def __init__(self, name, function, columns, stage, shape):
        self.name = name
        self.function = function
        self.stage = stage
        self.same = shape == "SAME"
        self.any = shape == "ANY"
        self.shape = SHAPES[shape]
        self.began = self.ended = self._service = self._calls = 0
        self.recursion = getrecursionlimit()
        self.harmed = None  # Ends the process if it is not what it was.
        self.global_state = None
        self.locked = 0  # Nanoseconds that calls have waited for the interpreter's lock.
        self._run_delay = RunDelay()

    def call(self, slot, singly, alone=-1):
        """Calls the function on the rows of the slot and ends the call there.

        alone: the only row that is called, and not answered for; -1 for all.
        """
        slot.begin()
        self._calls += 1
        measured = self._service >= _WORTH_NANOS or self._calls % _SAMPLE == 2
        if measured:
            delay = self._run_delay.nanos()
            process = process_time_ns()
            cpu = thread_time_ns()
        self.began = monotonic_ns()
        output_rows = slot.rows
        marks = rejections = None
        if alone >= 0:
            self.singly(slot, (alone,))
            overflow = alone
        elif singly:
            overflow, output_rows, marks, rejections = self._settle(
                slot, self.singly(slot, range(slot.rows))
            )
        else:
            ordinary, result = self.ordinary(slot)
            if ordinary:
                overflow = result
            else:
                overflow, output_rows, marks, rejections = self._settle(slot, result)
        self.ended = monotonic_ns()
        self._service = service = self.ended - self.began
        if overflow is None:
            if measured:
                cpu = thread_time_ns() - cpu
                self._locked(service - cpu, process_time_ns() - process - cpu)
                delay = self._run_delay.since(delay)
            else:
                cpu = delay = -1
            slot.done(self.stage, self.shape, output_rows, marks, rejections, service, cpu, delay)
        else:
            slot.overflowed(self.stage, self.shape, output_rows, overflow, service)

    def _locked(self, waited, others):
        """This thread has waited while other threads of this process computed for so long. If they
        did so one at a time, it is the interpreter's lock that has kept this one from it."""
        if 0 < others <= 1.2 * waited:
            self.locked += min(waited, others)

    def invoke(self, rows):
        """Calls the function."""
        try:
            return self.function(rows)
        finally:
            if getrecursionlimit() < self.recursion:
                setrecursionlimit(self.recursion)  # This code needs it, too.
            if _forked:
                _exit(0)  # A child must not go on as if it were the worker.

    def ordinary(self, slot):
        """Calls the function on all rows. (True, overflow) if every row has its outputs, written;
        (False, outcomes) otherwise."""
        raise NotImplementedError

    def part(self, slot, begin, end):
        """Calls the function on these rows; returns their outcomes, or raises."""
        raise NotImplementedError

    def singly(self, slot, rows):
        """Calls the function on one row at a time, with the crash cursor on it."""
        outcomes = []
        for row in rows:
            slot.cursor(row)
            outcomes += self.search(slot, row, row + 1)
            if self.harmed is not None:
                self.harmed()
        slot.cursor(-1)
        return outcomes

    def search(self, slot, begin, end):
        """The outcomes of rows; where the function raises, of halves, down to the guilty ones."""
        try:
            return self.part(slot, begin, end)
        except BaseException as error:
            raised = error
        # Not while it is handled: it would be the context of every exception to come.
        return self.settle(raised, slot, begin, end)

    def settle(self, error, slot, begin, end):
        """The outcomes of rows that made the function raise."""
        if isinstance(error, MemoryError):
            errors.out_of_memory(error)
        if errors.is_exhaustion(error):
            errors.exhausted(error)
        if end - begin > 1:
            middle = (begin + end) // 2
            return self.search(slot, begin, middle) + self.search(slot, middle, end)
        if self.global_state is not None and not isinstance(error, RecordRejected):
            self.harmed()
            outcome = self.global_state.again(lambda: self.part(slot, begin, end))
            if outcome is not None:
                return outcome
        if isinstance(error, RecordRejected):
            return [Rejected(str(error) or "rejected by the function " + self.name)]
        if isinstance(error, WrongReturn):
            return [self.wrong(error)]
        return [
            Rejected(
                "the function %s raised %s" % (self.name, errors.headline(error)),
                errors.detail(error),
            )
        ]

    def wrong(self, error):
        return Rejected("the function %s %s" % (self.name, error))

    def _settle(self, slot, outcomes):
        """Writes outcomes; returns overflow, output rows, marks and rejections."""
        marks = bytearray(slot.rows)
        rejections = []
        outputs = []
        origins = []
        empty = tuple([writer.nothing for writer in self.writers])
        for row, outcome in enumerate(outcomes):
            if type(outcome) is tuple:
                outputs.append(outcome)
                origins.append(row)
            elif type(outcome) is list and outcome:
                outputs += outcome
                origins += [row] * len(outcome)
            else:
                if type(outcome) is Rejected:
                    marks[row] = REJECTED
                    rejections.append((row, outcome.reason, outcome.detail))
                else:
                    marks[row] = FILTERED
                if not self.any:
                    outputs.append(empty)
                    origins.append(row)
        overflow = None
        if self.any:
            if len(outputs) > slot.capacity:
                return origins[slot.capacity], slot.capacity, None, None
            slot.reply[slot.origins : slot.origins + 4 * len(origins)] = _int32(origins)
        for values, writer in zip(zip(*outputs), self.writers):
            first = writer.write(slot, values)
            if first is not None and (overflow is None or first < overflow):
                overflow = first
        if not outputs:
            for writer in self.writers:
                writer.write(slot, ())
        if overflow is not None:
            overflow = origins[overflow]
        if marks.count(KEPT) == len(marks):
            marks = None
        return overflow, len(outputs), marks, rejections


def _int32(values):
    return memoryview(array("i", values)).cast("B")
