"""Forebay in Python: calls functions in worker processes that may crash, hang or leak.

`forebay.map(function, records)` yields results in order; `forebay.map_batches` is the same for
functions from lists to lists; `forebay.Executor` is a `concurrent.futures.Executor`;
`forebay.run("plant.yaml")` runs a pipeline. Functions may raise `RecordRejected`.

Workers have this module, too, but not `forebay.client`: what is not for functions raises there.
"""

__all__ = [
    "CallFailed",
    "Executor",
    "ForebayError",
    "FunctionRefused",
    "PoolFailed",
    "RecordFailed",
    "RecordRejected",
    "Results",
    "RunFailed",
    "map",
    "map_batches",
    "run",
]


class RecordRejected(Exception):
    """Sends the record to dead letter with this reason, and without a traceback."""


class ForebayError(Exception):
    """What Forebay raises in the process that called it."""


class FunctionRefused(ForebayError, ValueError):
    """The function cannot be called in another process; nothing was called."""


class PoolFailed(ForebayError, RuntimeError):
    """There is no Forebay, it did not start, it ended, or its workers die one after another."""


class CallFailed(ForebayError):
    """A call of an `Executor` has no result.

    kind: "lost" (its worker crashed, ended itself or ran out of memory, twice), "timed_out",
    "too_large" or "raised" (an exception that cannot be sent); detail: the evidence, a text.
    """

    def __init__(self, message, kind="lost", detail=""):
        super().__init__(message)
        self.kind = kind
        self.detail = detail

    def __reduce__(self):
        return type(self), (str(self), self.kind, self.detail)


class RecordFailed(CallFailed):
    """A record has no result: `record` as it was given, at place `index`, from 0.

    kind: as for `CallFailed`; "rejected" where the function raised `RecordRejected`; "returned"
    where it returned another number of results than it got records. Where the function raised, that
    exception is the `__cause__`, if it can be sent.
    """

    def __init__(self, message, kind="lost", detail="", index=-1, record=None):
        super().__init__(message, kind, detail)
        self.index = index
        self.record = record

    def __reduce__(self):
        return type(self), (str(self), self.kind, self.detail, self.index, self.record)


class RunFailed(ForebayError):
    """A pipeline failed, or was refused; `summary` is a dict, empty where nothing was started."""

    def __init__(self, message, exit_code=1, summary=None):
        super().__init__(message)
        self.exit_code = exit_code
        self.summary = summary or {}

    def __reduce__(self):
        return type(self), (str(self), self.exit_code, self.summary)


class _NotHere:
    """What is asked of this package in a worker: a module of the user's names it, nobody calls it."""

    def __init__(self, name):
        self.name = name

    def __call__(self, *arguments, **keywords):
        raise RuntimeError(
            "forebay.%s was called in a worker process: put what starts a pool under"
            " if __name__ == '__main__'" % self.name
        )


TYPE_CHECKING = False  # Without the import of typing, which workers would pay for.
if TYPE_CHECKING:
    from forebay.client import Executor, Results, map, map_batches, run


def __getattr__(name):
    if name not in __all__:
        raise AttributeError("module 'forebay' has no attribute %r" % name)
    try:
        from importlib import import_module

        found = getattr(import_module("forebay.client"), name)
    except ModuleNotFoundError as missing:
        if missing.name != "forebay.client":
            raise
        found = _NotHere(name)
    globals()[name] = found
    return found
