"""`forebay.Executor`: the standard executor, in worker processes that may die."""

import threading
from concurrent.futures import Executor as _Executor
from concurrent.futures import Future
from marshal import dumps, loads
import pickle
from typing import Any, Callable, Dict, Optional, Set, Union

from forebay import CallFailed, FunctionRefused, PoolFailed
from forebay.client import functions
from forebay.client.mapping import VERSION, _evidence, _unpickled
from forebay.client.process import PoolProcess


class Executor(_Executor):
    """A `concurrent.futures.Executor` whose calls may crash, hang or leak.

    `submit(function, *arguments, **keywords)` returns a future; arguments and results are pickled. The
    function is named as for `forebay.map`. A call that ends its worker is made once more, by another
    one, and fails with CallFailed if it costs that, too; an exception of the function's is raised as it
    is. `Future.cancel()` kills the worker of a call that runs. In asyncio: `await
    loop.run_in_executor(executor, function, argument)`, or `asyncio.wrap_future`; a task that is
    cancelled kills its call.

    workers, timeout (seconds a call), memory, largest, env: as for `forebay.map`. The processes start
    with the first call. Inside of `with`, or until `shutdown`.
    """

    def __init__(
        self,
        workers: Optional[int] = None,
        *,
        timeout: Optional[float] = None,
        memory: Union[int, str] = "1GB",
        largest: Union[int, str] = "64MB",
        env: Optional[Dict[str, str]] = None,
    ):
        self._settings = (workers, timeout, memory, largest, env)
        self._lock = threading.Lock()
        self._pool: Optional[PoolProcess] = None  # Guarded by _lock, as those below.
        self._calls: Set[Future] = set()
        self._ended = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        reference = functions.reference(fn)
        body = pickle.dumps((args, kwargs), 5)
        argument = dumps((VERSION, "task", reference, body), 2)
        pool = self.pool_process()
        call = _Call(pool, functions.name(fn))
        with self._lock:
            self._calls.add(call)
        call.add_done_callback(self._done)
        try:
            pool.submit(argument, call.sent)
        except BaseException:
            call.cancel()  # Nobody else ends it, and shutdown() waits for all.
            raise
        return call

    def map(self, fn, *iterables, timeout=None, chunksize=1):
        """As of the standard executor: a call for each element. `chunksize` says nothing: for many small
        records use `forebay.map(function, records, executor=self)`."""
        return super().map(fn, *iterables, timeout=timeout)

    def pool_process(self) -> PoolProcess:
        """The processes, started if they are not yet."""
        with self._lock:
            if self._ended:
                raise RuntimeError("the executor was shut down: no call is made any more")
            if self._pool is None:
                self._pool = PoolProcess(*self._settings, prefetch=0)
            return self._pool

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Takes no more calls. wait: until those that were submitted have ended; otherwise they are
        cancelled. cancel_futures: cancels those that were submitted, also those that run."""
        with self._lock:
            self._ended = True
            calls = list(self._calls)
            pool = self._pool
        if cancel_futures or not wait:
            for call in calls:
                call.cancel()
        for call in calls:
            call.wait()
        if pool is not None:
            pool.close()

    def _done(self, call):
        with self._lock:
            self._calls.discard(call)


class _Call(Future):
    """What the caller has; `sent` is what the pool completes with bytes."""

    def __init__(self, pool, name):
        super().__init__()
        self._pool = pool
        self._name = name
        self._over = threading.Event()
        self.sent: Future = Future()
        self.sent.add_done_callback(self._complete)

    def cancel(self) -> bool:
        """Stops the call, also if it runs; False only if it has ended."""
        if not super().cancel():
            return False
        if hasattr(self.sent, "forebay_call"):
            self._pool.cancel(self.sent)
        self._over.set()
        return True

    def wait(self):
        """Until the call has ended or was cancelled."""
        self._over.wait()

    def _complete(self, sent):
        try:
            if not self.set_running_or_notify_cancel():
                return
            try:
                self.set_result(self._received(sent.result()))
            except BaseException as failure:
                self.set_exception(failure)
        finally:
            self._over.set()

    def _received(self, answer):
        _, body, failures = loads(answer)
        if not failures:
            return pickle.loads(body)
        place, kind, sentence, detail, pickled = failures[0]
        if place < 0:
            raise FunctionRefused("%s cannot be called: %s%s" % (self._name, sentence, _evidence(detail)))
        raised = _unpickled(pickled)
        failed = CallFailed("%s %s%s" % (self._name, sentence, _evidence(detail)), kind, detail)
        if raised is None:
            raise failed
        raised.__cause__ = failed  # The traceback of the worker.
        raise raised
