"""What is refused when it is named as a function."""

import functools

NUMBER = 42
anonymous = lambda records: records  # noqa: E731


def outer(records):
    def inner(each):
        return each

    return inner(records)


def factory():
    def made(records):
        return records

    return made


nested = factory()


class Class:
    @staticmethod
    def method(records):
        return records


async def waits(records):
    return records


def yields(records):
    yield from records


def two_arguments(records, window):
    return [{**each, "window": window} for each in records]


def nothing(records):
    for each in records:
        each["x"] = 1


def fewer(records):
    return records[1:]


def needs_a_sensor(records):
    known = {"sensor-1": 1.0}
    return [{**each, "offset": known[each["sensorId"]]} for each in records]


def unknown_type(records):
    return [{**each, "x": object()} for each in records]


def none(records):
    return [{**each, "x": None} for each in records]


def mixed(records):
    return [{**each, "x": 1 if i else "one"} for i, each in enumerate(records)]


def changes_a_type(records):
    return [{**each, "value": str(each["value"])} for each in records]


def text(records):
    return [{**each, "x": "text"} for each in records]


def wraps(function):
    @functools.wraps(function)
    def wrapper(records):
        return function(records)

    return wrapper


@wraps
def decorated(records):
    return [{**each, "x": True} for each in records]


def every_type(records):
    return [
        {**each, "b": True, "i": 1, "f": 0.5, "s": "x", "y": b"z", "l": [1.0]} for each in records
    ]


def doubled(columns):
    return {"twice": [2 * value for value in columns["value"]]}


def wrong_columns(columns):
    return {"twice": [0.0]}


def endless(records):
    while True:
        pass
