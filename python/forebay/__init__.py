"""The Python worker of Forebay: calls a function on batches that lie in shared memory.

Functions need nothing of it, but may raise `RecordRejected` for a record that is not theirs to
compute. Everything else here is the worker's own business.
"""


class RecordRejected(Exception):
    """Sends the record to dead letter with this reason, and without a traceback."""
