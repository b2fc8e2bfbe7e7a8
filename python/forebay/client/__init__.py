"""What runs in the process that wants results. `forebay` names what is public."""

from forebay import CallFailed, FunctionRefused, PoolFailed, RecordFailed, RunFailed
from forebay.client.executor import Executor
from forebay.client.mapping import Results, map, map_batches
from forebay.client.pipeline import run

__all__ = [
    "CallFailed",
    "Executor",
    "FunctionRefused",
    "PoolFailed",
    "RecordFailed",
    "Results",
    "RunFailed",
    "map",
    "map_batches",
    "run",
]
