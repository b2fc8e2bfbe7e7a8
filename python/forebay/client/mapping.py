"""`forebay.map`: a function over records, in worker processes, in order."""

import gc
import pickle
from collections import deque
from concurrent.futures import Future
from marshal import dumps, loads
from itertools import chain
from math import isqrt
from typing import Any, Callable, Deque, Dict, Generator, Iterable, Iterator, List, Optional, Union

from forebay import CallFailed, FunctionRefused, RecordFailed, codec
from forebay.client import functions, progress as showing
from forebay.client.process import PoolProcess
from forebay.client.rows import Rows

VERSION = 1

# What a batch is to take: less than this, and the way there costs as much; more, and what is on its way
# does not fit into the processors' caches.
_TARGET_NANOS = 8_000_000
_MOST_BYTES = 128 << 10
_MOST_GROWTH = 4
_SHOWN = 200

# A reference of so many bytes fits into an argument of a command (Linux: 128 KiB), twice as long there.
_MOST_PREPARED = 32 << 10


def map(
    function: Callable[[Any], Any],
    records: Iterable[Any],
    *,
    workers: Optional[int] = None,
    timeout: Optional[float] = None,
    memory: Union[int, str] = "1GB",
    on_error: str = "raise",
    batch: Optional[int] = None,
    env: Optional[Dict[str, str]] = None,
    largest: Union[int, str] = "64MB",
    progress: Optional[bool] = None,
    executor: Optional[Any] = None,
) -> "Results":
    """The results of `function(record)` for all records, in their order.

    The function runs in worker processes: one that crashes, hangs, leaks or ends itself is replaced,
    the record is found, and all others have their results. It should not remember anything between
    calls, and may be called more than once for a record.

    function: of one record. One of a module is imported by the workers; one of a script is found by
        running its file, without what stands under `if __name__ == "__main__"`; one of a notebook, and
        a lambda, travel as code, with the values that they use as they are now.
    records: an iterable, also one without end, of dicts or of anything that can be pickled; or a frame
        of pandas, polars or pyarrow, whose rows become dicts. They are taken as results are read.
    workers: how many processes; default: a physical core each.
    timeout: seconds that a record may take; default: any time.
    memory: what a worker may map beside what its imports have mapped, as bytes or "512MB".
    on_error: "raise": the first record without a result raises RecordFailed. "collect": its results are
        left out, and the RecordFailed is appended to `Results.failures`.
    batch: records that travel together; default: some milliseconds of work, which is found out.
    env: environment variables of the workers, which have but PATH, HOME, the locale and the like.
    largest: how large a batch, or its results, may be where it crosses the border.
    progress: whether a line tells how far it is; default: on a terminal or in a notebook, after a while.
    executor: an open `forebay.Executor` that is used in place of a pool of its own, with the settings
        that it has; it stays open.

    Raises FunctionRefused and PoolFailed, before any record is taken or while results are read.

        >>> list(forebay.map(math.sqrt, [1.0, 4.0]))
        [1.0, 2.0]
    """
    settings = (workers, timeout, memory, largest, env)
    return Results("each", function, records, settings, on_error, batch, progress, executor)


def map_batches(
    function: Callable[[List[Any]], List[Any]],
    records: Iterable[Any],
    *,
    workers: Optional[int] = None,
    timeout: Optional[float] = None,
    memory: Union[int, str] = "1GB",
    on_error: str = "raise",
    batch: Optional[int] = None,
    env: Optional[Dict[str, str]] = None,
    largest: Union[int, str] = "64MB",
    progress: Optional[bool] = None,
    executor: Optional[Any] = None,
) -> "Results":
    """As `map`, for a function that takes a list of records and returns a list of as many results.

    The results come one by one, not in lists. Where the function raises for a list, it is called with
    each record alone, so the others have their results. `timeout` is for a list.
    """
    settings = (workers, timeout, memory, largest, env)
    return Results("batch", function, records, settings, on_error, batch, progress, executor)


class Results(Iterator[Any]):
    """Results in the order of their records. Close it, or use it in a `with`, if it is not read to its
    end: its worker processes end then, as they do at the end, and when it is forgotten.

    failures: with `on_error="collect"`, what went wrong so far, in order.
    """

    def __init__(self, form, function, records, settings, on_error, batch, progress, executor):
        if on_error not in ("raise", "collect"):
            raise ValueError("on_error is %r: it is 'raise' or 'collect'" % (on_error,))
        if batch is not None and batch < 1:
            raise ValueError("batch is %d: at least one record travels" % batch)
        self.failures: List[RecordFailed] = []
        reference = functions.reference(function)
        rows = Rows(records)
        run = _Run(form, functions.name(function), reference, rows, batch)
        run.failures = self.failures if on_error == "collect" else None
        self._batches = run.results(settings, executor, showing.line(progress, records))
        run.batches = self._batches
        self._results = chain.from_iterable(self._batches)

    def __iter__(self) -> Iterator[Any]:
        return self._results  # A loop over them is quicker than one over this.

    def __next__(self) -> Any:
        return next(self._results)

    def close(self) -> None:
        """Ends the worker processes."""
        self._batches.close()

    def __enter__(self) -> "Results":
        return self

    def __exit__(self, *raised: Any) -> None:
        self.close()


class _Chunk:
    """Records on their way, or, in `parts`, the smaller chunks that they were cut into."""

    __slots__ = ("first", "records", "question", "bytes", "future")

    def __init__(self, first, records):
        self.first = first
        self.records = records
        self.question = codec.encode(records)
        self.bytes = 0
        self.future: Any = None


class _Run:
    def __init__(self, form, name, reference, rows, batch):
        self.form = form
        self.name = name
        self.reference = reference
        self.rows = rows
        self.fixed = batch
        self.size = batch or 1
        self.taken = 0
        self.failures: Optional[List[RecordFailed]] = None
        self.pool: Any = None
        self.batches: Any = None

    def results(self, settings, executor, line) -> Generator[Iterable[Any], None, None]:
        if executor is None:
            reference = dumps(self.reference, 2)
            prepare = reference.hex() if len(reference) <= _MOST_PREPARED else None
            self.pool = PoolProcess(*settings, prefetch=1, prepare=prepare)
        else:
            self.pool = executor.pool_process()
        try:
            chunks: Deque[_Chunk] = deque()
            while True:
                self._fill(chunks)
                if not chunks:
                    break
                chunk = chunks.popleft()
                results = self._results_of(chunk)
                yield results
                line.advance(len(chunk.records))
        finally:
            line.end()
            if executor is None:
                self.pool.close()

    def _fill(self, chunks):
        """Sends what there is, until enough is on its way, or a result waits and records come slowly."""
        while len(chunks) < self.pool.window and not self.rows.ended:
            self._take(chunks)
            if self.rows.slow and chunks and chunks[0].future.done():
                return

    def _take(self, chunks):
        records = self.rows.take(self.size)
        if records:
            chunk = _Chunk(self.taken, records)
            self.taken += len(records)
            self._send(chunk)
            chunks.append(chunk)

    def _send(self, chunk):
        argument = dumps((VERSION, self.form, self.reference, chunk.question), 2)
        chunk.bytes = len(argument)
        chunk.future = self.pool.submit(argument)

    def _results_of(self, chunk) -> Iterable[Any]:
        try:
            answer = chunk.future.result()
        except CallFailed as failed:
            if len(chunk.records) > 1:
                return self._in_parts(chunk)
            sentence = "record %d has no result: %s" % (chunk.first, failed)
            self._failed(chunk, 0, failed.kind, sentence, failed.detail, None)
            return ()
        nanos, body, failures = loads(answer)
        if failures and failures[0][0] < 0:
            raise FunctionRefused(
                "%s cannot be called: %s%s" % (self.name, failures[0][2], _evidence(failures[0][3]))
            )
        self._learn(chunk, nanos)
        results = self._decoded(chunk, body)
        if not failures:
            return results
        return self._with_failures(chunk, results, failures)

    def _decoded(self, chunk, body):
        if body is None:
            return ()
        collecting = gc.isenabled()
        gc.disable()  # Thousands of results are no reason to look through all that there is.
        try:
            return codec.items(*codec.columns(body, chunk.question[1]))
        finally:
            if collecting:
                gc.enable()

    def _with_failures(self, chunk, results, failures):
        rest = iter(results)
        at = 0
        for place, kind, sentence, trace, pickled in failures:
            while at < place:
                yield next(rest)
                at += 1
            at += 1
            whole = "record %d has no result: %s %s" % (
                chunk.first + place,
                self.name,
                "rejected it: " + sentence if kind == "rejected" else sentence,
            )
            self._failed(chunk, place, kind, whole, trace, _unpickled(pickled))
        yield from rest

    def _failed(self, chunk, place, kind, sentence, detail, cause):
        record = chunk.records[place]
        shown = repr(record)
        if len(shown) > _SHOWN:
            shown = shown[:_SHOWN] + "…"
        failed = RecordFailed(
            sentence + "; it is " + shown + _evidence(detail),
            kind,
            detail,
            chunk.first + place,
            record,
        )
        failed.__cause__ = cause
        if self.failures is None:
            self._end()
            raise failed
        self.failures.append(failed)

    def _end(self):
        """After what is raised there are no more results."""
        try:
            self.batches.close()
        except ValueError:
            pass  # It runs just now, and what is raised ends it.

    def _in_parts(self, chunk):
        """A batch has cost workers, or was too large: smaller ones, down to the records to blame."""
        count = len(chunk.records)
        size = max(1, isqrt(count)) if count > 16 else 1
        parts = [
            _Chunk(chunk.first + begin, chunk.records[begin : begin + size])
            for begin in range(0, count, size)
        ]
        for part in parts:
            self._send(part)
        for part in parts:
            yield from self._results_of(part)

    def _learn(self, chunk, nanos):
        if self.fixed is not None:
            return
        count = len(chunk.records)
        wanted = count * _TARGET_NANOS // max(nanos, 1)
        fitting = count * _MOST_BYTES // chunk.bytes
        self.size = max(1, min(wanted, fitting, _MOST_GROWTH * max(count, self.size)))


def _unpickled(written):
    try:
        return pickle.loads(written) if written else None
    except Exception:
        return None  # Of a module that is not here; what it said is in the sentence.


def _evidence(detail):
    return "\n" + detail.rstrip() if detail else ""
