"""Records of whatever holds them, in slices, lazily."""

from itertools import islice
from time import monotonic
from typing import Any, Iterable, Iterator, List

_LOOK_SECONDS = 0.005


class Rows:
    """Takes records off an iterable, or off a frame of pandas, polars or pyarrow: a dict a row."""

    def __init__(self, records: Iterable[Any]):
        self._rest = iter(_records(records))
        self.ended = False
        self.slow = False  # Whether those that were taken last did not come at once.

    def take(self, count: int) -> List[Any]:
        """Up to `count` records; fewer where they come slowly, none at the end."""
        began = monotonic()
        taken: List[Any] = []
        piece = 1
        while len(taken) < count:
            before = len(taken)
            taken.extend(islice(self._rest, min(piece, count - before)))
            if len(taken) < before + min(piece, count - before):
                self.ended = True
                break
            self.slow = monotonic() - began > _LOOK_SECONDS
            if self.slow:
                break
            piece = 4 * piece
        return taken


def _records(records):
    kind = type(records)
    library = (kind.__module__ or "").partition(".")[0]
    if library in ("pandas", "polars", "pyarrow") and hasattr(records, "columns"):
        return _FRAMES[library](records)
    return records


_SLICE = 10_000


def _of_pandas(frame) -> Iterator[Any]:
    for begin in range(0, len(frame), _SLICE):
        yield from frame.iloc[begin : begin + _SLICE].to_dict("records")


def _of_polars(frame) -> Iterator[Any]:
    for part in frame.iter_slices(_SLICE):
        yield from part.to_dicts()


def _of_pyarrow(table) -> Iterator[Any]:
    for begin in range(0, table.num_rows, _SLICE):
        yield from table.slice(begin, _SLICE).to_pylist()


_FRAMES = {"pandas": _of_pandas, "polars": _of_polars, "pyarrow": _of_pyarrow}
