"""Functions over records: a list of dicts in, a list of dicts out."""

from json import loads

from forebay import errors
from forebay.calls import LEFT, Call
from forebay.columns import Reader, Writer, shown
from forebay.errors import WrongReturn
from forebay.wire import Field

# Undeclared members whose text was seen are not parsed again, as long as they are not many.
_MOST_KNOWN_EXTRAS = 4096


class RecordCall(Call):
    """Builds dicts from columns, calls the function, and writes the output columns from dicts.

    The ordinary case (every row has a dict, with the output keys, and nothing else but what it had
    before) is checked and written column by column; anything else row by row.
    """

    def __init__(self, name, function, columns, stage, shape):
        super().__init__(name, function, columns, stage, shape)
        self.readers = [Reader(field, at) for field, at in columns.view]
        self.writers = [Writer(field, at) for field, at in columns.outputs]
        self.names = [field.name for field, _ in columns.view]
        self.outputs = [field.name for field, _ in columns.outputs]
        self.passed = [name for name in self.names if name not in self.outputs]
        self.added = len([name for name in self.outputs if name not in self.names])
        self.members = len(self.names) + self.added
        self.extras = None
        if columns.extras is not None:
            self.extras = Reader(Field("forebay:extras", "string", True), columns.extras)
        self.known_extras = {}
        self.build = _builder(self.names)
        self.take = _taker(self.outputs)
        self.passes = _comparer([(self.names.index(name), name) for name in self.passed])
        self.columns = ()
        self.texts = None

    def ordinary(self, slot):
        self.read(slot)
        rows = slot.rows
        if rows == 0:
            for writer in self.writers:
                writer.write(slot, ())
            return True, None
        try:
            records = self.records(0, rows)
            returned = self.invoke(records)
            self.check(returned, rows)
        except BaseException as error:
            raised = error
        else:
            return self._ordinary(slot, returned, rows)
        self.read(slot)  # The function may have changed lists among the values.
        return False, self.settle(raised, slot, 0, rows)

    def _ordinary(self, slot, returned, rows):
        try:
            overflow = self._write(slot, returned, rows)
            if overflow is not _NOT_ORDINARY:
                return True, overflow
        except MemoryError as error:
            errors.out_of_memory(error)
        except Exception:
            pass  # Some row is out of the ordinary: which one and why is found out below.
        return False, [self._outcome(row, value) for row, value in enumerate(returned)]

    def singly(self, slot, rows):
        self.read(slot)
        return super().singly(slot, rows)

    def part(self, slot, begin, end):
        returned = self.invoke(self.records(begin, end))
        self.check(returned, end - begin)
        return [self._outcome(begin + i, value) for i, value in enumerate(returned)]

    def read(self, slot):
        self.columns = [reader.values(slot) for reader in self.readers]
        if self.extras is not None:
            texts = self.extras.values(slot)
            self.texts = texts if any(texts) else None

    def records(self, begin, end):
        columns = self.columns
        if end - begin < len(columns[0] if columns else ()):
            columns = [column[begin:end] for column in columns]
        records = self.build(columns) if columns else [{} for _ in range(end - begin)]
        if self.texts is not None:
            for record, text in zip(records, self.texts[begin:end]):
                if text:
                    record.update(self._parsed(text)[0])
        return records

    def _parsed(self, text):
        members = self.known_extras.get(text)
        if members is None:
            parsed = loads("{" + text + "}")
            members = parsed, len([name for name in parsed if name not in self.outputs])
            if all(type(value) not in (dict, list) for value in parsed.values()):
                if len(self.known_extras) >= _MOST_KNOWN_EXTRAS:
                    self.known_extras.clear()
                self.known_extras[text] = members
        return members

    def check(self, returned, rows):
        if type(returned) is not list and not isinstance(returned, (list, tuple)):
            raise WrongReturn(
                "returned %s in place of a list: let it return a list with one dict for each record"
                % shown(returned)
            )
        if len(returned) != rows:
            raise WrongReturn(
                "returned %d records for %d: let it return one for each record, in their order%s"
                % (len(returned), rows, _FORMS)
            )

    def _write(self, slot, returned, rows):
        sizes = set(map(len, returned))
        if sizes == {len(self.outputs)}:
            pass  # Nothing but the outputs.
        elif not self.passes(returned, self.columns):
            return _NOT_ORDINARY
        elif self.texts is not None:
            if not self._pass_extras(returned):
                return _NOT_ORDINARY
        elif sizes != {self.members}:
            return _NOT_ORDINARY
        taken = self.take(returned)
        for values, writer in zip(taken, self.writers):
            kinds = set(map(type, values))
            if not kinds <= writer.kinds_or_none:
                return _NOT_ORDINARY
        overflow = None
        for values, writer in zip(taken, self.writers):
            first = writer.write(slot, values)
            if first is not None and (overflow is None or first < overflow):
                overflow = first
        return overflow

    def _pass_extras(self, returned):
        members = self.members
        for each, text in zip(returned, self.texts):
            extras, added = self._parsed(text) if text else _NO_EXTRAS
            if len(each) != members + added or not extras.items() <= each.items():
                return False
        return True

    # ------------------------------------------------------------------ row by row

    def _outcome(self, row, value):
        try:
            if isinstance(value, dict):
                return self._values(row, value)
            return [self._values(row, each) for each in self.made(value)] or LEFT
        except WrongReturn as wrong:
            return self.wrong(wrong)
        except MemoryError as error:
            errors.out_of_memory(error)
        except Exception as error:
            return self.wrong("returned what cannot be read: " + errors.headline(error))

    def made(self, value):
        """The dicts that the function returned for one record."""
        if isinstance(value, dict):
            return [value]
        if value is None and not self.same:
            return []
        if isinstance(value, (list, tuple)) and self.any:
            for each in value:
                if not isinstance(each, dict):
                    raise WrongReturn("returned %s among the records of one" % shown(each))
            return value
        raise WrongReturn(
            "returned %s in place of a dict for a record: let it return a dict for each%s"
            % (shown(value), _FORMS)
        )

    def _values(self, row, returned):
        for name in self.outputs:
            if name not in returned:
                raise WrongReturn(
                    "returned a record without '%s': let it return %s for every record"
                    % (name, " and ".join(["'" + each + "'" for each in self.outputs]))
                )
        for name, value in returned.items():
            if name not in self.outputs:
                self._check_passed(row, name, value)
        return tuple([writer.convert(returned[writer.field.name]) for writer in self.writers])

    def _check_passed(self, row, name, value):
        if name in self.names:
            before = self.columns[self.names.index(name)][row]
        else:
            text = self.texts[row] if self.texts is not None else None
            extras = self._parsed(text)[0] if text else {}
            if name not in extras:
                raise WrongReturn(
                    "returned '%s', which is not one of its outputs: declare it under outputs, with"
                    " a ? behind its type if it may be None" % name
                )
            before = extras[name]
        if value is before or value == before or (value != value and before != before):
            return
        raise WrongReturn(
            "changed '%s' from %s to %s, but that is not one of its outputs: give the result"
            " another name, or declare '%s' under outputs" % (name, shown(before), shown(value), name)
        )


_NOT_ORDINARY = object()
_NO_EXTRAS = {}, 0
_FORMS = " (None for one that is left out if the stage says rows: fewer)"


# The loops over rows are compiled for the columns at hand: a dict display with constant keys costs
# a third of dict(zip(names, values)).


def _builder(names):
    variables = ["v%d" % i for i in range(len(names))]
    members = ", ".join(["%r: %s" % (name, v) for name, v in zip(names, variables)])
    return _compiled(
        "lambda columns: [{%s} for %s in zip(*columns)]" % (members, ", ".join(variables) + ",")
        if names
        else "lambda columns: []"
    )


def _taker(names):
    lists = ["[each[%r] for each in returned]" % name for name in names]
    return _compiled("lambda returned: [%s]" % ", ".join(lists))


def _comparer(passed):
    tests = [
        "[each[%r] for each in returned] == list(columns[%d])" % (name, i) for i, name in passed
    ]
    return _compiled("lambda returned, columns: " + (" and ".join(tests) or "True"))


def _compiled(source):
    return eval(compile(source, "<forebay.rows>", "eval"), {})
