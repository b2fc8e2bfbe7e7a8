"""Functions that harm their own worker at one record, each in a way of its own."""

import builtins
import ctypes
import faulthandler
import gc
import json
import locale
import math
import multiprocessing
import os
import resource
import signal
import struct
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor

from forebay import RecordRejected

kept = []


def each(records, kind):
    out = []
    for record in records:
        if record["value"] < 0:
            globals()[kind]()
        out.append({**record, "twice": math.fabs(2 * record["value"])})
    return out


def close_all():
    for number in range(0, 256):
        try:
            os.close(number)
        except OSError:
            pass


def close_really_all():
    os.closerange(0, 65536)


def garbage_everywhere():
    for name in os.listdir("/proc/self/fd"):
        try:
            os.set_blocking(int(name), False)
            os.write(int(name), b"garbage" * 100)
        except OSError:
            pass


def dup_over_all():
    null = os.open("/dev/null", os.O_RDWR)
    for name in os.listdir("/proc/self/fd"):
        if int(name) != null:
            os.dup2(null, int(name))


def replace_builtins():
    builtins.len = builtins.zip = builtins.list = builtins.isinstance = None


def replace_modules():
    os.write = os._exit = os.getppid = time.monotonic_ns = time.monotonic = None
    struct.pack_into = struct.unpack_from = math.fabs = json.loads = None
    sys.modules["os"] = sys.modules["math"] = None


def replace_forebay():
    import forebay

    for name in dir(forebay):
        setattr(forebay, name, None)
    for name in [name for name in sys.modules if name.startswith("forebay")]:
        for member in list(vars(sys.modules[name] or os)):
            if sys.modules[name]:
                setattr(sys.modules[name], member, None)
        sys.modules[name] = None


def reach_for_the_worker():
    for each_object in gc.get_objects():
        if type(each_object).__module__.startswith("forebay"):
            try:
                vars(each_object).clear()
            except TypeError:
                pass


def stop_itself():
    os.kill(os.getpid(), signal.SIGSTOP)


def kill_itself():
    os.kill(os.getpid(), signal.SIGKILL)


def kill_its_group():
    os.killpg(0, signal.SIGKILL)


def hang_up_its_group():
    os.killpg(0, signal.SIGHUP)
    os.killpg(0, signal.SIGTERM)
    os.killpg(0, signal.SIGINT)


def no_more_files():
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def no_more_memory():
    resource.setrlimit(resource.RLIMIT_AS, (1 << 20, resource.RLIM_INFINITY))


def no_more_time():
    resource.setrlimit(resource.RLIMIT_CPU, (1, 1))


def fork_and_return():
    os.fork()


def fork_bomb():
    for _ in range(20):
        if os.fork() == 0:
            time.sleep(100)


def spinning_threads():
    def spin():
        while True:
            pass

    for _ in range(4):
        threading.Thread(target=spin, daemon=True).start()


def thread_bomb():
    for _ in range(20000):
        threading.Thread(target=time.sleep, args=(100,), daemon=True).start()


def late_death():
    threading.Timer(0.05, os._exit, (3,)).start()


def late_stop():
    threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGSTOP)).start()


def low_recursion():
    sys.setrecursionlimit(60)


def deep_recursion():
    sys.setrecursionlimit(1 << 30)

    def deeper(n):
        return [deeper(n + 1)]

    deeper(0)


def trace():
    def tracer(frame, event, argument):
        raise ValueError("traced")

    sys.settrace(tracer)


def change_global_state():
    locale.setlocale(locale.LC_ALL, "C")
    os.chdir("/")
    os.umask(0o777)
    os.environ.clear()
    gc.disable()
    gc.set_threshold(1)
    sys.path.clear()
    sys.stdout = sys.stderr = sys.stdin = None


def remove_folder():
    os.mkdir("/tmp/forebay-harm-%d" % os.getpid())
    os.chdir("/tmp/forebay-harm-%d" % os.getpid())
    os.rmdir("/tmp/forebay-harm-%d" % os.getpid())


def end_quietly():
    faulthandler.disable()
    os._exit(0)


def end_near_limit():
    os._exit(75)


def unmap_everything():
    libc = ctypes.CDLL(None)
    for line in open("/proc/self/maps"):
        if "memfd" in line:
            begin, end = (int(part, 16) for part in line.split(" ")[0].split("-"))
            libc.munmap(ctypes.c_void_p(begin), ctypes.c_size_t(end - begin))


def crash():
    ctypes.string_at(1)


def print_for_ever():
    while True:
        print("x" * 10000)


def deadlock():
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


def raise_exit():
    sys.exit(4)


def leak_at_once():
    kept.append(bytearray(1 << 30))


def twice(value):
    if value < 0:
        raise RecordRejected("less than nothing")
    return 2.0 * value


def pooled(records, kind):
    context = multiprocessing.get_context(kind)
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        return [
            {**record, "twice": value}
            for record, value in zip(records, pool.map(twice, [r["value"] for r in records]))
        ]


def leaking(records, kind):
    for _ in records:
        if kind == "memory":
            kept.append(bytearray(8 << 20))
        elif kind == "threads":
            for _ in range(40):
                threading.Thread(target=time.sleep, args=(100,), daemon=True).start()
        else:
            if not kept:
                hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
                resource.setrlimit(resource.RLIMIT_NOFILE, (300, hard))
            kept.extend(open("/dev/null") for _ in range(20))
    return [{**record, "twice": 2.0 * record["value"]} for record in records]
