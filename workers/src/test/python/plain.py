"""Functions for plain calls."""

import os
import time

started = None


def initialize(word="ready"):
    global started
    if word == "fail":
        raise RuntimeError("no licence")
    started = word


def shout(texts):
    return [text.upper() for text in texts]


def act(command):
    verb, _, rest = command.partition(" ")
    if verb == "pid":
        return str(os.getpid())
    if verb == "loop":
        while True:
            pass
    if verb == "exit":
        os._exit(7)
    if verb == "throw":
        raise ValueError(rest)
    if verb == "sleep":
        time.sleep(float(rest))
    if verb == "await":
        while not os.path.exists(rest):
            time.sleep(0.001)
    if verb == "make":
        open(rest, "x").close()
    if verb == "started":
        return str(started)
    return rest


def area(size):
    return {"area": size["width"] * size["height"], "label": "%g" % size["width"]}


def areas(sizes):
    return [area(size) for size in sizes]
