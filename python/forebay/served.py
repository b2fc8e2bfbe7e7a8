"""The worker's side of the Python package: calls functions of any name on what `codec` has written.

An argument and a result of the pool are bytes, each one value through `marshal`:

    argument   (VERSION, form, function, body)
    result     (nanoseconds, body, failures)

form: "each" (a function of one record), "batch" (of a list of them) or "task" (body: pickled arguments
and keywords). function: a reference, see `_find`. failures: of each record without a result its place,
kind, sentence, traceback and, pickled, the exception, or b"".
"""

import builtins
import gc
import pickle
import sys
from marshal import dumps, loads
from time import perf_counter_ns

from forebay import RecordRejected
from forebay.codec import columns, encode, given, items
from forebay.errors import detail, headline, is_exhaustion

VERSION = 1
# How marshal begins a tuple of four.
MARK = b"(\4\0\0\0"

# Where a batch makes thousands of objects, the collector looks at them a dozen times in vain.
gc.set_threshold(50_000, 20, 50)

_functions = {}


def call(argument):
    """What the pool calls; before its start once with made-up bytes."""
    if not argument.startswith(MARK):
        return b""
    version, form, reference, body = loads(argument)
    if version != VERSION:
        return _refused("the Python package and this Forebay are of different versions")
    try:
        function = _find(reference)
    except BaseException as error:
        return _refused("it cannot be imported in a worker: it raised " + headline(error), error)
    if form == "task":
        return _task(function, body)
    return dumps(_FORMS[form](function, body), 2)


def prepare(reference):
    """Imports the function's module, before the worker's memory is limited."""
    try:
        _find(loads(bytes.fromhex(reference)))
    except BaseException:
        pass  # The first call says it.


def _refused(sentence, error=None):
    return dumps((0, None, [(-1, "refused", sentence, detail(error) if error else "", b"")]), 2)


def _each(function, body):
    keys, values = columns(body)
    results = []
    failures = []
    records = items(keys, values)
    rest = iter(records)
    began = perf_counter_ns()
    while True:
        try:
            results.extend(map(function, rest))
            if len(results) + len(failures) == len(records):
                break
            # To extend(), a StopIteration of the function's is the end of the records.
            raise StopIteration
        except BaseException as error:
            failures.append(_failure(len(results) + len(failures), error))
    return _answer(began, results, failures, given(body, values))


def _batch(function, body):
    keys, values = columns(body)
    began = perf_counter_ns()
    try:
        results = _called(function, items(keys, values))
        return _answer(began, results, [], given(body, values))
    except BaseException as error:
        _pass_on(error)
    results = []
    failures = []
    for place, record in enumerate(items(*columns(body))):
        try:
            results += _called(function, [record])
        except BaseException as error:
            failures.append(_failure(place, error))
    return _answer(began, results, failures, None)


class _WrongReturn(Exception):
    pass


def _called(function, records):
    count = len(records)
    returned = function(records)
    if not isinstance(returned, (list, tuple)):
        raise _WrongReturn(
            "returned %s, not a list: let it return a list with one result for each record, or use"
            " forebay.map for a function of one record" % type(returned).__name__
        )
    if len(returned) != count:
        raise _WrongReturn(
            "returned %d results for %d records: let it return one for each, in their order"
            % (len(returned), count)
        )
    return list(returned)


_FORMS = {"each": _each, "batch": _batch}


def _answer(began, results, failures, question):
    nanos = perf_counter_ns() - began
    if not results:
        return nanos, None, failures
    try:
        return nanos, encode(results, None if failures else question), failures
    except Exception:
        return _sendable(nanos, results, failures)


def _sendable(nanos, results, failures):
    """Some result cannot be pickled: which one."""
    sent = []
    failed = dict((failure[0], failure) for failure in failures)
    rest = iter(results)
    for place in range(len(results) + len(failures)):
        if place in failed:
            continue
        result = next(rest)
        try:
            encode([result])
            sent.append(result)
        except Exception as error:
            failed[place] = place, "returned", "returned what cannot be sent: " + headline(error), "", b""
    body = encode(sent) if sent else None
    return nanos, body, [failed[place] for place in sorted(failed)]


def _pass_on(error):
    """Without memory, descriptors or threads the worker is of no use to other calls."""
    if isinstance(error, MemoryError) or is_exhaustion(error):
        raise error


def _failure(place, error):
    _pass_on(error)
    if isinstance(error, _WrongReturn):
        return place, "returned", str(error), "", b""
    if isinstance(error, RecordRejected):
        return place, "rejected", str(error), "", b""
    return place, "raised", "raised " + headline(error), detail(error), _pickled(error)


def _pickled(error):
    try:
        written = pickle.dumps(error, 5)
        pickle.loads(written)  # Some are written and cannot be read.
        return written
    except BaseException:
        return b""


def _task(function, body):
    began = perf_counter_ns()
    try:
        arguments, keywords = pickle.loads(body)
        result = function(*arguments, **keywords)
        return dumps((perf_counter_ns() - began, pickle.dumps(result, 5), []), 2)
    except BaseException as error:
        return dumps((perf_counter_ns() - began, None, [_failure(0, error)]), 2)


# ------------------------------------------------------------------ functions


def _find(reference):
    """("name", module, qualified name); ("main", file, qualified name): of a script, which is run as
    `multiprocessing` does; ("code", …): of a notebook, see `_made`."""
    function = _functions.get(reference)
    if function is None:
        how, where, name = reference
        if how == "code":
            function = _made(where)
        else:
            function = _script(where) if how == "main" else _imported(where)
            for part in name.split("."):
                function = getattr(function, part)
        if len(_functions) >= 256:
            _functions.clear()
        _functions[reference] = function
    return function


def _imported(name):
    builtins.__import__(name)
    return sys.modules[name]


def _script(file):
    main = sys.modules.get("__mp_main__")
    if main is None:
        import runpy

        main = type(sys)("__mp_main__")
        sys.modules["__mp_main__"] = sys.modules["__main__"] = main
        try:
            main.__dict__.update(runpy.run_path(file, run_name="__mp_main__"))
        except BaseException:
            del sys.modules["__mp_main__"]  # The next one is told why, too.
            raise
    return main


def _made(functions):
    """Makes functions of their code, and returns the first: a tuple of (name, code, pickled defaults, globals, closure),
    where a global or a cell is ("module", name), ("function", place) or ("value", pickled)."""
    from types import CellType, FunctionType

    made = []
    scopes = []
    for own_name, code, pickled, _, closure in functions:
        scope = {"__builtins__": builtins, "__name__": "__main__"}
        defaults, keyword_defaults = pickle.loads(pickled)
        cells = tuple([CellType() for _ in closure])
        function = FunctionType(code, scope, own_name, defaults, cells)
        function.__kwdefaults__ = keyword_defaults
        made.append(function)
        scopes.append((scope, cells))

    def value(how, what):
        if how == "module":
            return _imported(what)
        return made[what] if how == "function" else pickle.loads(what)

    for (scope, cells), (_, _, _, names, closure) in zip(scopes, functions):
        for each, how, what in names:
            scope[each] = value(how, what)
        for cell, (how, what) in zip(cells, closure):
            cell.cell_contents = value(how, what)
    return made[0]
