import asyncio
import contextlib
import io
import itertools
import os
import runpy
import signal
import subprocess
import sys
import time
import unittest
from concurrent.futures import CancelledError

import forebay
from package_tests import functions

LONG = os.environ.get("FOREBAY_LONG") == "true"
FOLDER = os.path.dirname(os.path.abspath(__file__))


def is_alive(pid):
    try:
        with open("/proc/%d/stat" % pid) as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def await_that(condition, what):
    deadline = time.monotonic() + 30
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("not within 30 s: " + what)
        time.sleep(0.02)


class PackageTest(unittest.TestCase):
    """All share one pool, which has to survive each of them."""

    @classmethod
    def setUpClass(cls):
        cls.pool = forebay.Executor(2, timeout=1, memory="512MB")

    @classmethod
    def tearDownClass(cls):
        last = cls.pool.submit(functions.process_id).result()
        process = cls.pool.pool_process().process
        cls.pool.shutdown()
        if process.returncode != 0 or is_alive(last):
            raise AssertionError("the pool has ended with exit code %s" % process.returncode)

    def map(self, function, records, **options):
        return forebay.map(function, records, executor=self.pool, **options)

    def batches(self, function, records, **options):
        return forebay.map_batches(function, records, executor=self.pool, **options)

    # ------------------------------------------------------------------ values

    def test_gives_what_it_was_given_when_the_function_returns_its_record(self):
        mixed = [
            {"a": 1, "b": 1.5, "c": "text", "d": None, "e": b"bytes", "f": True},
            {"a": 1 << 80, "b": 2, "c": "NUL\0 inside", "d": [1], "e": b"", "f": False},
            {"b": 1, "a": 2, "c": "\udc80 ä", "d": {}, "e": b"x", "f": 3.0},
            {"a": 5},
            {},
            {1: 2},
            "text",
            7,
            None,
            (1, "two"),
            functions.Reading(3),
        ]
        for batch in (1, 2, 3, len(mixed)):
            got = list(self.map(functions.same, mixed, batch=batch))
            self.assertEqual(got, mixed)
            for one, other in zip(got, mixed):
                self.assertIs(type(one), type(other))
                if type(one) is dict:
                    self.assertEqual(list(one), list(other))
                    self.assertEqual([type(v) for v in one.values()], [type(v) for v in other.values()])

    def test_sees_what_a_function_changed_inside_of_a_value(self):
        records = [{"value": i, "list": []} for i in range(5)]
        got = list(self.map(functions.inside, records, batch=5))
        self.assertEqual([record["list"] for record in got], [[i] for i in range(5)])
        self.assertEqual(records[4]["list"], [])

    def test_keeps_the_order_of_many_records(self):
        records = [{"sensorId": "s-%d" % (i % 7), "value": i} for i in range(30_000)]
        got = list(self.map(functions.double, (dict(record) for record in records)))
        self.assertEqual(got, [functions.double(record) for record in records])

    def test_calls_a_function_of_lists_in_batches(self):
        records = [{"sensorId": "s", "value": i / 7} for i in range(20_000)]
        got = list(self.batches(functions.process_record_batch, records))
        self.assertEqual(got, functions.process_record_batch(records))

    def test_carries_large_values_and_refuses_larger_ones(self):
        got = list(self.map(functions.large, [3 << 20, 20 << 20]))
        self.assertEqual([len(each) for each in got], [3 << 20, 20 << 20])
        with self.assertRaisesRegex(forebay.RecordFailed, "record 0 has no result") as raised:
            list(self.map(functions.large, [80 << 20]))
        self.assertEqual(raised.exception.kind, "too_large")

    # ------------------------------------------------------------------ failures

    def test_finds_each_record_that_harms_and_delivers_all_others(self):
        with self.map(functions.harmful, range(300), on_error="collect", batch=60 if LONG else 10) as results:
            got = list(results)
        self.assertEqual(
            [(failed.index, failed.record, failed.kind) for failed in results.failures],
            [
                (31, 31, "lost"),
                (77, 77, "lost"),
                (123, 123, "timed_out"),
                (170, 170, "lost"),
                (200, 200, "raised"),
            ],
        )
        bad = {failed.record for failed in results.failures}
        self.assertEqual(got, [-value for value in range(300) if value not in bad])
        said = [str(failed) for failed in results.failures]
        self.assertRegex(said[0], "^record 31 has no result: it has cost 2 workers, .*SIGSEGV")
        self.assertRegex(said[1], "exit code 3")
        self.assertRegex(said[2], "longer than 1 s")
        self.assertRegex(said[3], "ran out of memory")
        self.assertRegex(said[4], "functions.harmful raised KeyError: 'no such sensor'; it is 200")
        self.assertIsInstance(results.failures[4].__cause__, KeyError)
        for sentence in said:
            self.assertNotIn("stage", sentence)

    def test_raises_behind_the_results_before_when_a_record_fails(self):
        results = self.batches(functions.divided, [4, 2, 0, 1], batch=4)
        self.assertEqual(next(results), 0.25)
        self.assertEqual(next(results), 0.5)
        with self.assertRaisesRegex(forebay.RecordFailed, "record 2 .*ZeroDivisionError") as raised:
            next(results)
        self.assertEqual((raised.exception.index, raised.exception.record), (2, 0))
        self.assertIn("in divided", raised.exception.detail)
        self.assertEqual(list(results), [])

    def test_loses_no_record_when_a_function_raises_stop_iteration(self):
        results = self.map(functions.stopping, range(25), on_error="collect", batch=25)
        self.assertEqual(list(results), [each for each in range(25) if each % 10 != 3])
        self.assertEqual([each.index for each in results.failures], [3, 13, 23])
        self.assertIn("StopIteration", str(results.failures[0]))

    def test_has_no_more_results_behind_the_one_that_was_raised(self):
        for batch in (5, None, 1):
            results = self.map(functions.stopping, range(50), batch=batch)
            with self.assertRaises(forebay.RecordFailed):
                while True:
                    next(results)
            self.assertEqual(list(results), [])

    def test_says_so_when_a_function_returns_what_it_must_not(self):
        with self.assertRaisesRegex(forebay.RecordFailed, "returned NoneType, not a list"):
            list(self.batches(print, [1]))
        got = list(self.batches(functions.first_only, [1, 2, 3], batch=3))
        self.assertEqual(got, [1, 2, 3])  # Each alone it is as it has to be.
        with self.map(functions.unsendable, range(5), batch=5, on_error="collect") as results:
            self.assertEqual(list(results), [0, 1, 2, 4])
        self.assertRegex(str(results.failures[0]), "record 3 .* returned what cannot be sent")

    # ------------------------------------------------------------------ records

    def test_takes_a_stream_without_end_no_further_than_needed(self):
        taken = itertools.count()
        results = self.map(functions.same, taken, batch=10)
        self.assertEqual(list(itertools.islice(results, 25)), list(range(25)))
        results.close()
        self.assertLess(next(taken), 25 + 10 * (4 * 2 + 2))

    def test_gives_a_result_before_the_next_record_comes_when_they_come_slowly(self):
        given = []

        def slowly():
            for i in range(6):
                time.sleep(0.05)
                given.append(i)
                yield i

        ahead = [len(given) for _ in self.map(functions.same, slowly())]
        self.assertLessEqual(ahead[0], 3)

    def test_takes_rows_of_frames_where_their_library_is_installed(self):
        made = 0
        for library, build in (
            ("pandas", lambda module, columns: module.DataFrame(columns)),
            ("polars", lambda module, columns: module.DataFrame(columns)),
            ("pyarrow", lambda module, columns: module.table(columns)),
        ):
            try:
                module = __import__(library)
            except ImportError:
                continue
            made += 1
            frame = build(module, {"value": [1, 2, 3], "name": ["a", "b", "c"]})
            got = list(self.map(functions.double, frame))
            self.assertEqual(got[2], {"value": 3, "name": "c", "double": 6})
        if not made:
            self.skipTest("neither pandas nor polars nor pyarrow is installed")

    # ------------------------------------------------------------------ functions

    def test_sends_the_code_of_a_lambda_with_what_it_uses(self):
        factor = 3

        def times(value):
            return value * factor

        got = list(self.map(lambda value: times(value) + len(os.sep), [1, 2]))
        self.assertEqual(got, [4, 7])

    def test_refuses_in_one_sentence_what_cannot_be_called(self):
        lock = open(os.devnull)
        self.addCleanup(lock.close)

        async def waits(value):
            return value

        class Here:
            pass

        Here.__module__ = "__main__"
        for function, sentence in (
            (lambda value: lock, "uses lock, which cannot be sent"),
            (lambda value: Here(), "uses the class Here, which is defined in this session"),
            (waits, "is async or a generator"),
            (5, "5 is not a function"),
        ):
            with self.assertRaisesRegex(forebay.FunctionRefused, sentence):
                self.map(function, [1])

    # ------------------------------------------------------------------ executor

    def test_returns_results_and_raises_what_the_function_raised(self):
        self.assertEqual(self.pool.submit(pow, 2, 5).result(), 32)
        self.assertEqual(list(self.pool.map(pow, [2, 3], [3, 2])), [8, 9])
        with self.assertRaises(LookupError) as raised:
            self.pool.submit(functions.failing, name="x").result()
        self.assertIn("in failing", str(raised.exception.__cause__))
        with self.assertRaisesRegex(forebay.CallFailed, "exit code 9"):
            self.pool.submit(os._exit, 9).result()

    def test_kills_the_worker_when_a_call_that_runs_is_cancelled(self):
        file = os.path.abspath("endless.pid")
        running = self.pool.submit(functions.endless, file)
        behind = [self.pool.submit(pow, 2, i) for i in range(40)]
        await_that(lambda: os.path.exists(file), "the call runs")
        self.assertTrue(running.cancel())
        with self.assertRaises(CancelledError):
            running.result()
        self.assertEqual([each.result() for each in behind], [2**i for i in range(40)])
        with open(file) as written:
            pid = int(written.read())
        await_that(lambda: not is_alive(pid), "the worker has ended")

    def test_leaves_the_event_loop_to_others_when_calls_are_awaited(self):
        async def both():
            beats = []

            async def beat():
                while True:
                    beats.append(time.monotonic())
                    await asyncio.sleep(0.01)

            beating = asyncio.ensure_future(beat())
            loop = asyncio.get_running_loop()
            calls = [loop.run_in_executor(self.pool, functions.rest, 0.2) for _ in range(4)]
            results = await asyncio.gather(*calls)
            cancelled = loop.run_in_executor(self.pool, functions.endless)
            await asyncio.sleep(0.05)
            cancelled.cancel()
            beating.cancel()
            return results, beats

        results, beats = asyncio.run(both())
        self.assertEqual(results, [0.2] * 4)
        self.assertGreater(len(beats), 10)

    # ------------------------------------------------------------------ examples

    def test_runs_the_example_notebook(self):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            runpy.run_path(os.path.join(FOLDER, "../../examples/python/notebook.py"))
        said = printed.getvalue().splitlines()
        self.assertRegex(said[0], "^record 1234 \\(lost\\): .*99.95")
        self.assertEqual(said[1], "1999 of 2000 records computed")
        self.assertRegex(said[2], "^record 4 has no result: it has cost 2 workers, .*SIGSEGV")
        self.assertEqual(said[3], "2432902008176640000")

    # ------------------------------------------------------------------ ends

    @unittest.skipUnless(os.path.isdir("/proc/self"), "needs /proc")
    def test_ends_when_the_process_behind_it_is_gone(self):
        pool = forebay.Executor(1, memory=256e6, env={"SECRET": "hunter2"})
        with pool:
            self.assertEqual(pool.submit(functions.variable, "SECRET").result(), "hunter2")
            process = pool.pool_process().process
            with open("/proc/%d/cmdline" % process.pid, "rb") as command:
                self.assertNotIn(b"hunter2", command.read())
            process.kill()
            process.wait()
            with self.assertRaises(forebay.PoolFailed):
                while True:
                    pool.submit(functions.same, 1).result()

    def test_sends_code_with_large_values_beside_it(self):
        table = "x" * (200 << 10)
        with forebay.map(lambda value: len(table) + value, range(3), workers=1) as results:
            self.assertEqual(list(results), [len(table) + each for each in range(3)])

    def test_leaves_no_process_behind_when_it_is_interrupted_or_killed(self):
        for number in (signal.SIGINT, signal.SIGKILL) if LONG else (signal.SIGKILL,):
            script = subprocess.Popen(
                [sys.executable, os.path.join(FOLDER, "interrupted.py")],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            with script:
                pids = [int(pid) for pid in script.stdout.readline().split()]
                self.assertEqual(len(pids), 2)
                script.send_signal(number)
                said = script.communicate()[1]
            self.assertEqual(b"KeyboardInterrupt" in said, number == signal.SIGINT, said)
            await_that(lambda: not any(map(is_alive, pids)), "pool and worker have ended")

    # ------------------------------------------------------------------ pipelines

    def test_returns_the_summary_of_a_pipeline_and_raises_its_sentence(self):
        with open("tiny.yaml", "w") as file:
            file.write(
                "name: tiny\n"
                "sources: [{ name: hall, type: simulated, sensors: 1, records: 50, seed: 1 }]\n"
                "sinks: [{ type: jsonl, path: tiny.jsonl }]\n"
                "deadLetter: { path: tiny-rejected.jsonl }\n"
            )
        summary = forebay.run("tiny.yaml", set={"sources.hall.records": 20})
        self.assertEqual(summary["records"]["delivered"], 20)
        with self.assertRaisesRegex(forebay.RunFailed, "absent.yaml: there is no such file") as raised:
            forebay.run("absent.yaml")
        self.assertEqual((raised.exception.exit_code, raised.exception.summary), (2, {}))

    def test_says_where_it_looked_when_there_is_no_forebay(self):
        home = os.environ["FOREBAY_HOME"]
        os.environ["FOREBAY_HOME"] = FOLDER
        try:
            with self.assertRaisesRegex(forebay.PoolFailed, "FOREBAY_HOME is .* no command"):
                list(forebay.map(functions.same, [1]))
        finally:
            os.environ["FOREBAY_HOME"] = home


if __name__ == "__main__":
    unittest.main()
