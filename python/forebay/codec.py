"""How values cross the border between a Python process and the workers that its pool has.

Both sides are processes of one user with one interpreter, and the pool in between hands on bytes.
Records, which are dicts with the same keys, travel as columns: the keys once, and the values of plain
types through `marshal`, which knows nothing but them. Everything else, the user's own objects, is
pickled, as `multiprocessing` does. Values come out with the type and the keys in the order that they
had.

A column is a list (plain values), a str (texts, with NUL between them) or bytes (a pickled list), or,
in an answer, an int: the column at that place of the question, unchanged.
"""

import pickle
from functools import lru_cache
from itertools import chain
from operator import is_

# Types that marshal writes as they are; by exact type, for it takes whatever is a buffer as bytes.
_PLAIN = frozenset((int, float, bool, str, bytes, complex, type(None)))
_TEXT = {str}


def _column(values):
    kinds = set(map(type, values))
    if kinds == _TEXT:
        joined = "\0".join(values)
        return joined if joined.count("\0") == len(values) - 1 else values
    return values if kinds <= _PLAIN else pickle.dumps(values, 5)


def _values(column):
    kind = type(column)
    if kind is list:
        return column
    return column.split("\0") if kind is str else pickle.loads(column)


def encode(items, given=None):
    """A list of at least one item, as what marshal can write: (keys, columns), or (None, column).

    given: what `given` returns of the question that this answers, for as many items.
    """
    if set(map(type, items)) != {dict}:
        return None, _column(items)
    keys = list(items[0])
    # No key comes twice in a dict, so this is so only if each has these keys, in this order.
    if list(chain.from_iterable(items)) != keys * len(items) or set(map(type, keys)) != _TEXT:
        return None, pickle.dumps(items, 5)
    columns = [[item[key] for item in items] for key in keys]
    if given is None:
        return tuple(keys), [_column(column) for column in columns]
    return tuple(keys), [_changed(key, column, given) for key, column in zip(keys, columns)]


def _changed(key, column, given):
    if key in given:
        place, before = given[key]
        if all(map(is_, column, before)):
            return place
    return _column(column)


def given(question, values):
    """What an answer may refer to: not the pickled ones, whose inside the function may have changed."""
    keys, written = question
    if keys is None:
        return None
    return {
        key: (place, values[place])
        for place, key in enumerate(keys)
        if type(written[place]) is not bytes
    }


def columns(encoded, question=None):
    """(keys, lists of values), or (None, items).

    question: the columns that this refers to, as they were encoded.
    """
    keys, written = encoded
    if keys is None:
        return None, _values(written)
    return keys, [_values(question[each] if type(each) is int else each) for each in written]


def items(keys, values):
    """The items of what `columns` returns."""
    return values if keys is None else _builder(keys)(values)


# A dict display with constant keys costs a third of dict(zip(keys, values)).
@lru_cache(maxsize=64)
def _builder(keys):
    variables = ["v%d" % i for i in range(len(keys))]
    members = ", ".join("%r: %s" % (key, v) for key, v in zip(keys, variables))
    source = "lambda columns: [{%s} for %s, in zip(*columns)]" % (members, ", ".join(variables))
    return eval(compile(source, "<forebay.rows>", "eval"), {})
