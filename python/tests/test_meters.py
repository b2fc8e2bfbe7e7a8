"""What a worker measures besides its calls' own times."""

import gc
import os
import threading
import time
import unittest

from forebay.binding import call as make_call
from forebay.meters import Collections, RunDelay
from tests.support import Reference, batch


def spin(seconds):
    """Computes for that long, by this thread's CPU time."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def outputs(records):
    return [{"normalized": 0.0, "feature": 0.0} for _ in records]


class Lock(unittest.TestCase):
    def locked(self, function):
        """How long calls of the function have waited for the interpreter's lock, in seconds."""
        rows = batch([1.0] * 3)
        call = make_call(Reference(), function, rows.layout, 0, rows.shape)
        for _ in range(2):  # The second one is measured whatever it takes.
            call.call(rows.slot, False)
        return call.locked / 1e9

    def test_counts_waiting_while_another_thread_of_the_process_computes(self):
        def waits(records):
            other = threading.Thread(target=spin, args=(0.1,))
            other.start()
            other.join()
            return outputs(records)

        self.assertGreater(self.locked(waits), 0.09)

    def test_counts_no_more_than_the_others_have_computed(self):
        def waits_longer(records):
            other = threading.Thread(target=spin, args=(0.03,))
            other.start()
            other.join()
            time.sleep(0.1)
            return outputs(records)

        self.assertLess(self.locked(waits_longer), 0.08)

    def test_counts_nothing_when_a_call_waits_and_nobody_computes(self):
        def sleeps(records):
            time.sleep(0.02)
            return outputs(records)

        self.assertLess(self.locked(sleeps), 0.005)

    def test_counts_nothing_when_the_call_itself_computes(self):
        def computes(records):
            spin(0.02)
            return outputs(records)

        self.assertLess(self.locked(computes), 0.005)


class Garbage(unittest.TestCase):
    def setUp(self):
        self.collections = Collections()

    def tearDown(self):
        gc.callbacks.remove(self.collections._collect)

    def test_counts_how_long_collections_last(self):
        garbage = [[] for _ in range(200_000)]
        for each in garbage:
            each.append(each)
        del garbage
        before = self.collections.nanos
        began = time.monotonic_ns()
        gc.collect()
        lasted = time.monotonic_ns() - began
        counted = self.collections.nanos - before
        self.assertGreater(counted, lasted / 2)
        self.assertLessEqual(counted, lasted)

    def test_adds_up_and_counts_nothing_between(self):
        gc.collect()
        once = self.collections.nanos
        time.sleep(0.01)
        self.assertEqual(self.collections.nanos, once)
        gc.collect()
        self.assertGreater(self.collections.nanos, once)


@unittest.skipUnless(os.path.exists("/proc/thread-self/schedstat"), "only Linux tells")
class Delay(unittest.TestCase):
    def test_only_grows(self):
        delay = RunDelay()
        first = delay.nanos()
        spin(0.01)
        self.assertGreaterEqual(first, 0)
        self.assertGreaterEqual(delay.nanos(), first)
        self.assertGreaterEqual(delay.since(first), 0)

    def test_counts_what_another_process_on_the_same_core_takes(self):
        cores = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(cores)})
        try:
            child = os.fork()
            if child == 0:
                spin(0.2)
                os._exit(0)
            delay = RunDelay()
            before = delay.nanos()
            spin(0.1)
            waited = delay.since(before)
            os.waitpid(child, 0)
            self.assertGreater(waited, 20_000_000)
        finally:
            os.sched_setaffinity(0, cores)

    def test_is_unknown_from_then_on_when_the_function_has_closed_its_descriptor(self):
        delay = RunDelay()
        before = delay.nanos()
        os.close(delay.file)
        self.assertEqual(delay.since(before), -1)
        self.assertEqual(delay.nanos(), -1)
        self.assertEqual(delay.since(-1), -1)


if __name__ == "__main__":
    unittest.main()
