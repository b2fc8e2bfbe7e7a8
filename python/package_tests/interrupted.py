"""A script that is ended while it waits: prints the ids of the pool's process and of a worker."""

import os
import time

import forebay


class Place:
    """A class of the script's own, which workers find by running its file."""

    def __init__(self, pid):
        self.pid = pid


def place(_):
    return Place(os.getpid())


def forever(_):
    while True:
        time.sleep(1)


if __name__ == "__main__":
    with forebay.Executor(1) as pool:
        found = pool.submit(place, 0).result()
        print(pool.pool_process().process.pid, found.pid, flush=True)
        list(forebay.map(forever, [1], executor=pool))
