"""Finds the function that a stage names, and what it returns, before any record is read."""

import importlib
import os
import sys

from forebay import arrays, errors, sample
from forebay.calls import Rejected
from forebay.errors import Refused, WrongReturn
from forebay.records import RecordCall
from forebay.slot import Columns, Slot
from forebay.wire import Field

_GENERATOR = 0x20
_ASYNC = 0x80 | 0x100 | 0x200

# What a value shows of the type of its column.
_INFERRED = (
    (bool, "bool"),
    (int, "int64"),
    (float, "float64"),
    (str, "string"),
    ((bytes, bytearray), "binary"),
)


class Reference:
    """`python:package.module.function`, `…@columns`, `…@numpy` or `…@arrow`, taken apart."""

    def __init__(self, text):
        name, _, form = text.partition("@")
        self.name = name[len("python:") :]
        self.form = form or None
        self.module, _, self.function = self.name.rpartition(".")
        # @each: one record at a time. +value, +result: it takes, or returns, the value of the column
        # of that name in place of a record.
        parts = form.split("+") if form else []
        self.each, self.value, self.result = [part in parts for part in ("each", "value", "result")]
        if parts and not set(parts) - {"each", "list", "value", "result"}:
            self.form = None
        elif form not in ("",) + arrays.FORMS:
            raise Refused(
                "the function %s ends in @%s: a function gets records, one at a time with @each, or"
                " arrays with @columns, @numpy or @arrow" % (self.name, form)
            )
        if not self.module or not all(part.isidentifier() for part in self.name.split(".")):
            raise Refused(
                "'%s' does not name a Python function: write python:module.function" % text
            )


def find(reference, parameters, path):
    """The function, checked; raises Refused."""
    module = _module(reference, path)
    function = getattr(module, reference.function, None)
    if function is None:
        raise Refused(
            "the module '%s' (%s) has no function '%s'%s"
            % (
                reference.module,
                getattr(module, "__file__", "built in"),
                reference.function,
                _nearest(reference.function, _functions(module), "it has no function at all"),
            )
        )
    _check(reference, function)
    if not parameters:
        return function
    import functools

    return functools.partial(function, **parameters)


def call(reference, function, columns, stage, shape):
    """How the function is called."""
    if reference.form is None:
        function = _adapted(reference, function)
        return RecordCall(reference.name, function, columns, stage, shape)
    form = arrays.form(reference.form)
    return arrays.ColumnCall(reference.name, function, columns, stage, shape, form)


def _adapted(reference, function):
    """A function from records to records made of one that wants something else."""
    if not (reference.each or reference.value or reference.result):
        return function

    def adapted(records):
        given = [record["value"] for record in records] if reference.value else records
        returned = [function(each) for each in given] if reference.each else function(given)
        if reference.result and isinstance(returned, (list, tuple)):
            returned = [{"result": each} for each in returned]
        return returned

    return adapted


def initialize(function, parameters, path):
    """Calls what is to be called before the first call; raises Refused."""
    reference = Reference(function)
    try:
        find(reference, parameters, path)()
    except Refused as refused:
        raise Refused("the initializer cannot be used: %s" % refused) from None
    except BaseException as error:
        raise Refused(
            "the initializer %s raised %s%s: no call is made before it succeeds"
            % (reference.name, errors.headline(error), errors.where(error))
        ) from error


# ------------------------------------------------------------------ the module


def _module(reference, path):
    wanted = reference.module
    try:
        return importlib.import_module(wanted)
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if wanted == missing or wanted.startswith(missing + "."):
            raise _no_module(reference, missing, path) from None
        raise Refused(
            "the module '%s' cannot be imported: it needs the module '%s', which %s does not have"
            "%s: install it there, or name another interpreter with the stage's key python"
            % (wanted, missing, sys.executable, errors.where(error))
        ) from None
    except BaseException as error:
        raise Refused(
            "the module '%s' cannot be imported: it raised %s%s"
            % (wanted, errors.headline(error), errors.where(error))
        ) from error


def _no_module(reference, missing, path):
    parent, _, last = missing.rpartition(".")
    if parent and reference.module == missing:
        owner = sys.modules.get(parent)
        if owner is not None and isinstance(getattr(owner, last, None), type):
            return Refused(
                "the function '%s' is inside of the class '%s': move it to the top level of its"
                " module, where workers can find it" % (reference.name, missing)
            )
        if owner is not None and callable(getattr(owner, last, None)):
            return Refused(
                "'%s' is inside of the function '%s': move it to the top level of its module, where"
                " workers can find it" % (reference.function, missing)
            )
    places = list(getattr(sys.modules.get(parent), "__path__", [])) if parent else path
    known = [name for place in places for name in _modules(place)]
    searched = " or ".join(["'%s'" % place for place in places]) or "the interpreter's own folders"
    nearest = _nearest(last, known, None)
    return Refused(
        "there is no module '%s' in %s%s"
        % (missing, searched, nearest or ": check its name, or add its folder to pythonPath")
    )


def _modules(folder):
    try:
        names = os.listdir(folder or ".")
    except OSError:
        return
    for name in names:
        if name.endswith(".py"):
            yield name[:-3]
        elif os.path.isfile(os.path.join(folder, name, "__init__.py")):
            yield name


def _functions(module):
    return [
        name
        for name, value in vars(module).items()
        if callable(value) and not isinstance(value, type) and not name.startswith("_")
    ]


def _nearest(name, known, none):
    import difflib

    folded = {each.lower(): each for each in known}
    close = difflib.get_close_matches(name.lower(), folded, 1, 0.6)
    if close:
        return ": did you mean '%s'?" % folded[close[0]]
    if known and none is not None:
        return ": it has %s" % ", ".join(sorted(known)[:8])
    return ": " + none if none else ""


def _check(reference, function):
    code = getattr(function, "__code__", None)
    flags = code.co_flags if code is not None else 0
    qualified = getattr(function, "__qualname__", "")
    what = None
    if not callable(function):
        what = "is %s, not a function: name a function" % _article(type(function).__name__)
    elif isinstance(function, type):
        what = "is a class: name a function that takes the list of records"
    elif "<lambda>" in qualified:
        what = "is a lambda: write it with def, at the top level of its module"
    elif "<locals>" in qualified:
        what = (
            "is defined inside of %s: move it to the top level of its module (a decorator's wrapper"
            " gets the right name by functools.wraps)" % qualified.split(".<locals>")[0]
        )
    elif flags & _ASYNC:
        what = "is async: a function of a cpu stage computes and does not wait, write it with def"
    elif flags & _GENERATOR:
        what = "is a generator: let it return a list in place of yielding"
    if what:
        raise Refused("the function %s %s" % (reference.name, what))


def _check_signature(reference, function):
    import inspect

    given = getattr(function, "keywords", {})
    try:
        signature = inspect.signature(getattr(function, "func", function))
    except (TypeError, ValueError):
        return  # Written in C.
    try:
        signature.bind(object(), **given)
    except TypeError as error:
        raise Refused(
            "the function %s%s cannot be called with %s%s: %s"
            % (
                reference.name,
                signature,
                "the columns" if reference.form else "the list of records",
                " and the parameters " + ", ".join(sorted(given)) if given else "",
                error,
            )
        ) from None


def _article(word):
    return ("an " if word[:1].lower() in "aeiou" else "a ") + word


# ------------------------------------------------------------------ what it returns


def outputs(reference, function, binding):
    """The columns that the function adds or replaces: as declared, or as it shows when it is tried.

    A declared function is tried, too: what it returns has to be as declared; but it may raise,
    since the records are made up.
    """
    _check_signature(reference, function)
    if reference.form is not None and binding.shape != "SAME":
        raise Refused(
            "the function %s returns columns, which have a value for each row: remove 'rows', or"
            " let it take and return records" % reference.name
        )
    if binding.outputs is not None:
        _try_declared(reference, function, binding)
        return binding.outputs
    attempt = _Attempt(reference, function, binding, [])
    try:
        shown = attempt.shown()
    except WrongReturn as wrong:
        raise Refused("the function %s %s" % (reference.name, wrong)) from None
    except BaseException as error:
        raise Refused(
            "the outputs of the function %s cannot be found out, because it raised %s%s for made-up"
            " records: declare them, such as outputs: { feature: float64 }"
            % (reference.name, errors.headline(error), errors.where(error))
        ) from error
    fields = [Field(name, _inferred(reference, name, values), False) for name, values in shown]
    before = {field.name: field for field in binding.input}
    for i, field in enumerate(fields):
        if field.name in before:
            # What takes the place of a column keeps its type where the values are of it.
            fields[i] = field._replace(type=_kept(before[field.name].type, field.type))
    return fields


def _kept(before, shown):
    fitting = {
        "int64": ("int32", "timestamp-ms", "timestamp-us", "timestamp-ns"),
        "float64": ("float32",),
    }
    return before if before in fitting.get(shown, ()) else shown


def _try_declared(reference, function, binding):
    attempt = _Attempt(reference, function, binding, binding.outputs)
    outcomes = attempt.outcomes()
    for outcome in outcomes:
        if isinstance(outcome, Rejected) and attempt.is_wrong(outcome):
            raise Refused(outcome.reason)


def _inferred(reference, name, values):
    types = set()
    for value in values:
        for kind, column in _INFERRED:
            if isinstance(value, kind):
                types.add(column)
                break
        else:
            if isinstance(value, (list, tuple)) and all(
                isinstance(each, (int, float)) for each in value
            ):
                types.add("list-float64")
            else:
                types.add("%s" % type(value).__name__)
    if types == {"int64", "float64"}:
        types = {"float64"}
    kind = types.pop() if len(types) == 1 else None
    if kind in ("bool", "int64", "float64", "string", "binary", "list-float64"):
        return kind
    raise Refused(
        "the function %s returns %s for '%s', which does not tell the column's type: declare it,"
        " such as outputs: { %s: float64? }"
        % (
            reference.name,
            "now this type, now that" if kind is None else _article(kind),
            name,
            name,
        )
    )


class _Attempt:
    """A call with made-up records."""

    def __init__(self, reference, function, binding, declared):
        fields = [Field("forebay:partition", "int32", False)]
        fields.append(Field("forebay:sequence", "int64", False))
        contents = [[0] * sample.ROWS, list(range(sample.ROWS))]
        for field in binding.input:
            fields.append(field)
            contents.append(sample.values(field))
        for field in declared:
            fields.append(field)
            contents.append(None)
        stage = _Stage(binding.input, [declared])
        columns = Columns(stage)
        self.input = binding.input
        self.reference = reference
        self.call = call(reference, function, columns, 0, binding.shape)
        self.memory = sample.slot(fields, contents, sample.ROWS)
        self.slot = Slot(0, memoryview(self.memory), columns.count)
        self.slot.begin()
        self._wrong = set()
        self.call.wrong = self._note_wrong

    def _note_wrong(self, error):
        rejected = Rejected("the function %s %s" % (self.reference.name, error))
        self._wrong.add(rejected.reason)
        return rejected

    def is_wrong(self, rejected):
        return rejected.reason in self._wrong

    def outcomes(self):
        """What becomes of each record."""
        ordinary, result = self.call.ordinary(self.slot)
        return [] if ordinary else result

    def shown(self):
        """The names and values that the function returns beside what it was given."""
        if self.reference.form is None:
            return self._shown_records()
        batch = arrays.Batch(self.slot, self.call.readers, self.call.form, 0, sample.ROWS)
        returned = self.call.function(batch)
        names = [name for name in self.call.mapping(returned) if not batch.passed(name, returned)]
        for name in names:
            self.call.check_length(name, returned[name], batch)
        return [(name, self.call.form.values(returned[name])) for name in names]

    def _shown_records(self):
        call = self.call
        call.read(self.slot)
        before = call.records(0, sample.ROWS)
        returned = call.function(call.records(0, sample.ROWS))
        call.check(returned, sample.ROWS)
        shown = {}
        for row, each in enumerate(returned):
            for made in call.made(each):
                for name, value in made.items():
                    if not isinstance(name, str):
                        raise WrongReturn("returned a record with the key %r, not a text" % (name,))
                    if name not in before[row] or value != before[row][name]:
                        shown.setdefault(name, []).append(value)
        return list(shown.items())


class _Stage:
    extras = False
    stage = 0

    def __init__(self, input, stages):
        self.input = input
        self.stages = stages
