"""Functions over columns: a mapping of names to columns in, a mapping of names to columns out."""

from collections.abc import Mapping

from forebay import errors
from forebay.calls import Call
from forebay.columns import CODES, Reader, Writer, bits, shown
from forebay.errors import Refused, WrongReturn
from forebay.slot import DICTIONARY

FORMS = ("columns", "numpy", "arrow")


class Batch(Mapping):
    """The columns of some rows by name, made when they are first asked for.

    They lie in shared memory and belong to the function only during the call.
    """

    def __init__(self, slot, readers, form, begin, end):
        self._slot = slot
        self._readers = readers
        self._form = form
        self._begin = begin
        self._end = end
        self._made = {}
        self._views = []

    @property
    def rows(self):
        """How many rows there are."""
        return self._end - self._begin

    def valid(self, name):
        """Which rows have a value: a list of booleans, or None if all have one."""
        reader = self._readers[name]
        if not self._slot.state(reader.column)[1] or not reader.field.nullable:
            return None
        validity = self._slot.places[reader.column][0]
        return bits(self._slot.memory, validity, self._slot.rows)[self._begin : self._end]

    def __getitem__(self, name):
        column = self._made.get(name)
        if column is None:
            column = self._made[name] = self._form.column(self, self._readers[name])
        return column

    def __iter__(self):
        return iter(self._readers)

    def __len__(self):
        return len(self._readers)

    def passed(self, name, returned):
        """Whether what was returned under this name is the column that was given under it."""
        return name in self._made and returned[name] is self._made[name]

    def fixed(self, reader):
        """The values of a column of fixed width where they lie, not to be written to."""
        code = CODES[reader.field.type]
        data = self._slot.places[reader.column][3]
        width = 8 if code in "qd" else 4
        memory = self._slot.memory
        part = memory[data + width * self._begin : data + width * self._end].toreadonly()
        view = part.cast(code)
        self._views += [view, part]
        return view

    def values(self, reader):
        """A list of Python values."""
        return list(reader.values(self._slot)[self._begin : self._end])

    def raw(self, at, size):
        """Bytes of the slot, not to be written to."""
        view = self._slot.memory[at : at + size].toreadonly()
        self._views.append(view)
        return view

    def release(self):
        """The call is over: what the function has kept must not show another batch."""
        self._made.clear()
        for view in self._views:
            try:
                view.release()
            except BufferError:
                pass  # An array was made of it, which nobody can take back.


class Memoryviews:
    """Columns of fixed width as memoryviews, the others as lists."""

    def column(self, batch, reader):
        if reader.field.type in CODES:
            return batch.fixed(reader)
        return batch.values(reader)

    def exact(self, values, field):
        """The values as bytes of the column's fixed width, or None if they are not such."""
        code = CODES.get(field.type)
        if code is None:
            return None
        try:
            view = memoryview(values)
        except TypeError:
            return None
        if view.ndim != 1 or view.format.lstrip("@=<") not in _SAME[code]:
            return None
        return view.cast("B") if view.c_contiguous else view.tobytes()

    def values(self, values, field=None):
        """The values as a list; field: the column that they are for, where that is known."""
        if hasattr(values, "tolist"):
            return values.tolist()
        if isinstance(values, (str, bytes, dict)):
            raise TypeError
        return list(values)


class Numpy(Memoryviews):
    """Columns as numpy arrays; floats that are null are NaN, other nulls are told by valid()."""

    def __init__(self):
        self.numpy = _imported("numpy", "numpy")

    def column(self, batch, reader):
        numpy = self.numpy
        kind = reader.field.type
        if kind not in CODES:
            values = batch.values(reader)
            if kind == "bool":
                return numpy.array([bool(value) for value in values], dtype=bool)
            array = numpy.empty(len(values), dtype=object)
            array[:] = [numpy.array(v) for v in values] if kind == "list-float64" else values
            return array
        array = numpy.frombuffer(batch.fixed(reader), dtype=CODES[kind])
        if kind.startswith("float"):
            valid = batch.valid(reader.field.name)
            if valid is not None:
                array = numpy.where(valid, array, numpy.nan)
        return array

    def exact(self, values, field):
        numpy = self.numpy
        code = CODES.get(field.type)
        if code is None or not isinstance(values, numpy.ndarray):
            return super().exact(values, field)
        if isinstance(values, numpy.ma.MaskedArray) or values.ndim != 1:
            return None
        if values.dtype.kind == "M" and field.type.startswith("timestamp"):
            unit = field.type[-2:]
            values = values.astype("datetime64[%s]" % unit).view("i8")
        if not numpy.can_cast(values.dtype, code, "safe") or values.dtype.kind == "b":
            return None
        return memoryview(numpy.ascontiguousarray(values, dtype=code)).cast("B")


class Arrow(Memoryviews):
    """Columns as pyarrow arrays."""

    def __init__(self):
        self.arrow = _imported("pyarrow", "arrow")

    def column(self, batch, reader):
        arrow = self.arrow
        slot = batch._slot
        rows = slot.rows
        encoding, nulls, entries = slot.state(reader.column)
        validity, offsets, dictionary, data, size = slot.places[reader.column]
        buffer = lambda at, size: arrow.py_buffer(batch.raw(at, size))
        bitmap = None
        if nulls and reader.field.nullable:
            bitmap = buffer(validity, (rows + 7) // 8)
        kind = reader.field.type
        if kind in CODES or kind == "bool":
            width = 8 * rows if CODES.get(kind, "?") in "qd" else 4 * rows
            bytes_used = (rows + 7) // 8 if kind == "bool" else width
            made = arrow.Array.from_buffers(
                self._type(kind), rows, [bitmap, buffer(data, bytes_used)]
            )
        elif encoding == DICTIONARY:
            indices = arrow.Array.from_buffers(
                arrow.int32(), rows, [bitmap, buffer(offsets, 4 * rows)]
            )
            words = arrow.Array.from_buffers(
                arrow.string(),
                entries,
                [None, buffer(dictionary, 4 * entries + 4), buffer(data, size)],
            )
            made = arrow.DictionaryArray.from_arrays(indices, words)
        elif kind == "list-float64":
            ends = buffer(offsets, 4 * rows + 4)
            count = memoryview(ends).cast("i")[rows]
            numbers = arrow.Array.from_buffers(
                arrow.float64(), count, [None, buffer(data, 8 * count)]
            )
            made = arrow.Array.from_buffers(
                self._type(kind), rows, [bitmap, ends], children=[numbers]
            )
        else:
            made = arrow.Array.from_buffers(
                self._type(kind), rows, [bitmap, buffer(offsets, 4 * rows + 4), buffer(data, size)]
            )
        return made.slice(batch._begin, batch._end - batch._begin)

    def _type(self, kind):
        arrow = self.arrow
        if kind.startswith("timestamp"):
            return arrow.timestamp(kind[-2:])
        if kind == "list-float64":
            return arrow.list_(arrow.field("item", arrow.float64(), nullable=False))
        return {
            "bool": arrow.bool_,
            "int32": arrow.int32,
            "int64": arrow.int64,
            "float32": arrow.float32,
            "float64": arrow.float64,
            "string": arrow.string,
            "binary": arrow.binary,
        }[kind]()

    def exact(self, values, field):
        arrow = self.arrow
        if isinstance(values, arrow.ChunkedArray):
            values = values.combine_chunks()
        if not isinstance(values, arrow.Array):
            return super().exact(values, field)
        code = CODES.get(field.type)
        if code is None or values.null_count or values.type != self._type(field.type):
            return None
        width = 8 if code in "qd" else 4
        view = memoryview(values.buffers()[1])
        return view[width * values.offset : width * (values.offset + len(values))]

    def values(self, values, field=None):
        arrow = self.arrow
        if isinstance(values, (arrow.Array, arrow.ChunkedArray)):
            if arrow.types.is_timestamp(values.type):
                if field is not None and field.type.startswith("timestamp"):
                    values = values.cast(self._type(field.type))  # In the unit of the column.
                values = values.cast(arrow.int64())
            return values.to_pylist()
        return super().values(values)


# The codes under which a buffer may say that it holds values of a code.
_SAME = {"i": ("i",), "q": ("q", "l"), "f": ("f",), "d": ("d",)}


def form(name):
    """How columns are given to a function."""
    return {"columns": Memoryviews, "numpy": Numpy, "arrow": Arrow}[name]()


def _imported(module, suffix):
    import importlib
    import sys

    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise Refused(
            "a function @%s needs %s, which %s cannot import (%s): install it there, or name"
            " another interpreter with the stage's key python" % (suffix, module, sys.executable, error)
        )


class ColumnCall(Call):
    """Gives columns to the function, and copies the columns that it returns into the slot."""

    def __init__(self, name, function, columns, stage, shape, form):
        super().__init__(name, function, columns, stage, shape)
        self.form = form
        self.readers = {field.name: Reader(field, at) for field, at in columns.view}
        self.writers = [Writer(field, at) for field, at in columns.outputs]

    def ordinary(self, slot):
        rows = slot.rows
        if rows == 0:
            for writer in self.writers:
                writer.write(slot, ())
            return True, None
        batch = Batch(slot, self.readers, self.form, 0, rows)
        try:
            returned = self.invoke(batch)
            self._check(returned, batch)
            overflow = None
            for writer in self.writers:
                first = self._write(slot, writer, returned[writer.field.name])
                if first is not None and (overflow is None or first < overflow):
                    overflow = first
            return True, overflow
        except BaseException as error:
            raised = error
        finally:
            batch.release()
        return False, self.settle(raised, slot, 0, rows)

    def part(self, slot, begin, end):
        batch = Batch(slot, self.readers, self.form, begin, end)
        try:
            returned = self.invoke(batch)
            self._check(returned, batch)
            columns = []
            for writer in self.writers:
                values = self._values(writer, returned[writer.field.name])
                columns.append([writer.convert(value) for value in values])
            return list(zip(*columns)) if columns else [()] * (end - begin)
        finally:
            batch.release()

    def _check(self, returned, batch):
        self.mapping(returned)
        names = [writer.field.name for writer in self.writers]
        for name in names:
            if name not in returned:
                raise WrongReturn(
                    "returned no column '%s': let it return %s"
                    % (name, " and ".join(["'" + each + "'" for each in names]))
                )
            self.check_length(name, returned[name], batch)
        for name in returned:
            if name not in names and not batch.passed(name, returned):
                raise WrongReturn(
                    "returned the column '%s', which is not one of its outputs: declare it under"
                    " outputs" % name
                )

    def mapping(self, returned):
        """What was returned, if it is a mapping."""
        if not isinstance(returned, Mapping):
            raise WrongReturn(
                "returned %s in place of a mapping of names to columns: let it return a dict"
                % shown(returned)
            )
        return returned

    def check_length(self, name, values, batch):
        try:
            rows = len(values)
        except TypeError:
            raise WrongReturn(
                "returned %s for the column '%s': return an array or a list" % (shown(values), name)
            ) from None
        if rows != batch.rows:
            raise WrongReturn(
                "returned %d values for '%s' in a batch of %d rows: return one for each"
                % (rows, name, batch.rows)
            )

    def _write(self, slot, writer, values):
        exact = self.form.exact(values, writer.field)
        if exact is None:
            values = self._values(writer, values)
            if not set(map(type, values)) <= writer.kinds_or_none:
                values = [writer.convert(value) for value in values]
            try:
                return writer.write(slot, values)
            except UnicodeEncodeError:
                raise WrongReturn(
                    "returned a text for '%s' that is not Unicode" % writer.field.name
                ) from None
            except Exception:
                values = [writer.convert(value) for value in values]
                return writer.write(slot, values)
        validity, _, _, data, _ = slot.places[writer.column]
        if writer.field.nullable:
            size = (slot.rows + 7) // 8
            slot.reply[validity : validity + size] = b"\xff" * size
        slot.reply[data : data + len(exact)] = exact
        return None

    def _values(self, writer, values):
        try:
            return self.form.values(values, writer.field)
        except MemoryError as error:
            errors.out_of_memory(error)
        except Exception:
            raise WrongReturn(
                "returned %s for the column '%s': return an array or a list"
                % (shown(values), writer.field.name)
            ) from None
