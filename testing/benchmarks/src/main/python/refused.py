"""What no worker can be given (slide 8)."""

shortcut = lambda records: records


def outer():
    def nested(records):
        return records

    return nested


nested = outer()


async def waits(records):
    return records


def yields(records):
    yield from records


class Features:
    def process(self, records):
        return records


def forgets(records):
    records = [{**record, "feature": 1.0} for record in records]
