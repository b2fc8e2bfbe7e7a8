# The first thing that a Python worker runs: it comes through the standard input of
# `python3 -I -u - SOCKET`, with a call of main() behind it. It connects to the engine, proves by
# the token that it is the worker which the engine has started, and imports the package `forebay`
# from what the engine sends, so that nothing has to be installed and nothing lies on a disk.
# Old interpreters have to understand these lines as far as the next one.
import sys

if sys.version_info < (3, 9):
    sys.exit("Forebay needs Python 3.9 or newer, but %s is %s" % (sys.executable, sys.version[:6]))


def main(token):
    import builtins
    import os
    import signal
    import socket
    from importlib.machinery import ModuleSpec
    from struct import pack, unpack, unpack_from

    try:
        os.setsid()  # What is sent to the engine's group, or by a function to its own, stays there.
    except OSError:
        pass  # Whoever has started this has done it.
    # Processes that a function starts import the main module: it is none that starts a worker.
    sys.modules["__main__"] = type(sys)("__main__")
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(sys.argv[1])
    except OSError:
        os._exit(0)  # The engine is gone.
    finally:
        # The engine does it, too, unless it is killed before.
        try:
            os.unlink(sys.argv[1])
            os.rmdir(os.path.dirname(sys.argv[1]))
        except OSError:
            pass
    connection.sendall(pack("<ihhq", 8 + len(token), 1, 1, os.getpid()) + token)

    def receive(count):
        parts = []
        while count:
            part = connection.recv(count)
            if not part:
                os._exit(0)  # The engine is gone.
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    length, kind, version = unpack("<ihh", receive(8))
    if (kind, version) != (5, 1) or not 0 <= length <= 1 << 20:
        sys.exit("the engine sent frame %d of version %d in place of the program" % (kind, version))
    program = receive(length)
    at = 0
    sources = {}

    def text():
        nonlocal at
        (size,) = unpack_from("<i", program, at)
        at += 4 + size
        return program[at - size : at].decode("utf-8")

    class Sources:
        """Finds and loads the modules of the package."""

        def find_spec(self, name, path=None, target=None):
            if name not in sources:
                return None
            return ModuleSpec(name, self, origin=self.origin(name), is_package=name == "forebay")

        def create_module(self, spec):
            return None

        def exec_module(self, module):
            name = module.__name__
            module.__file__ = self.origin(name)
            # Its own: a function may replace everybody else's.
            module.__dict__["__builtins__"] = dict(vars(builtins))
            exec(compile(sources[name], self.origin(name), "exec"), module.__dict__)

        def get_source(self, name):
            return sources.get(name)

        def origin(self, name):
            return "<" + name + ">"

    memory, paths = unpack_from("<qi", program, at)
    at += 12
    path = [text() for _ in range(paths)]
    while at < len(program):
        name = text()
        sources[name] = text()
    sys.meta_path.insert(0, Sources())
    from forebay import global_state, worker

    signals = [getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP")]
    global_state.on_signals([number for number in signals if number])
    connection = socket.socket(fileno=global_state.moved(connection.detach()))
    worker.main(connection, path, memory)


