"""What a function can change around itself, so that it fails later for records that are innocent.

A copy is taken before the first call. Where a record raises and something is not as it was, it is
called once more with everything as at first: if it gets through, the change was to blame, and stays
undone; otherwise it is put back, for a function may change what it likes for itself.
"""

import builtins
import os
import sys
import warnings
from signal import getsignal, signal

try:
    import resource
except ImportError:
    resource = None  # Windows.

_MODULES = ("os", "sys", "time", "math", "json", "struct", "io", "re", "random", "datetime")
_GONE = object()


class GlobalState:
    """What the process is before the first call."""

    def __init__(self, function):
        self._kept = [_callables(module) for module in self._modules(function)]
        self._builtins = dict(vars(builtins))
        self._imported = dict(sys.modules)
        self._streams = sys.stdin, sys.stdout, sys.stderr
        self._files = [(number, _identity(number), _copy(number)) for number in (1, 2)]
        self._limits = _limits()
        self._folder = _folder()
        self._folder_file = _open_folder()
        self._environment = dict(os.environ)
        self._path = list(sys.path)
        self._recursion = sys.getrecursionlimit()
        self._filters = list(warnings.filters)
        self._locale = _locale()
        self._timeout = _timeout()
        self._chdir, self._fchdir, self._dup2 = os.chdir, os.fchdir, os.dup2

    @staticmethod
    def _modules(function):
        names = _MODULES + (getattr(function, "__module__", "builtins"),)
        return [sys.modules[name] for name in names if name in sys.modules]

    def again(self, call):
        """What `call` returns once more, where something had changed; None if it is no use."""
        undone = self._restore()
        if not undone:
            return None
        try:
            return call()
        except BaseException:
            for undo in reversed(undone):
                undo()
            return None

    def is_limited(self):
        """Whether there is less of something than there was, for good."""
        return any(
            hard != was_hard for (_, (_, hard)), (_, (_, was_hard)) in zip(_limits(), self._limits)
        )

    def _restore(self):
        """Makes everything what it was; returns what puts the changes back."""
        undone = []
        for vocabulary, module in self._kept:
            self._restore_members(vars(module), vocabulary, undone)
        self._restore_members(vars(builtins), self._builtins, undone)
        self._restore_members(sys.modules, self._imported, undone)
        self._restore_values(undone)
        self._restore_streams(undone)
        return undone

    @staticmethod
    def _restore_members(now, before, undone):
        changed = {}
        for name, value in before.items():
            found = now.get(name, _GONE)
            if found is not value:
                changed[name] = found
                now[name] = value
        if changed:
            undone.append(lambda: _put(now, changed))

    def _restore_values(self, undone):
        def changed(now, before, restore):
            if now != before:
                restore(before)
                undone.append(lambda: restore(now))

        changed(sys.getrecursionlimit(), self._recursion, sys.setrecursionlimit)
        changed(dict(os.environ), self._environment, _set_environment)
        changed(list(sys.path), self._path, _setter(sys.path))
        changed(list(warnings.filters), self._filters, _setter(warnings.filters))
        changed((sys.gettrace(), sys.getprofile()), (None, None), _set_tracing)
        changed(_locale(), self._locale, _set_locale)
        changed(_timeout(), self._timeout, _set_timeout)
        changed(_folder(), self._folder, self._set_folder)
        changed([(kind, soft) for kind, (soft, _) in _limits()], self._soft(), _set_limits)

    def _soft(self):
        return [(kind, soft) for kind, (soft, _) in self._limits]

    def _set_folder(self, folder):
        try:
            if folder == self._folder and self._folder_file is not None:
                self._fchdir(self._folder_file)
            elif folder is not None:
                self._chdir(folder)
        except OSError:
            pass  # It was removed.

    def _restore_streams(self, undone):
        for number, before, copy in self._files:
            if before is not None and copy is not None and _identity(number) != before:
                try:
                    self._dup2(copy, number)
                    undone.append(_nothing)
                except OSError:
                    pass  # The copy was closed, too.
        now = sys.stdin, sys.stdout, sys.stderr
        usable = []
        for number, stream in enumerate(self._streams):
            if stream is not None and stream.closed and number > 0:
                stream = open(number, "w", encoding="utf-8", errors="backslashreplace", buffering=1)
            usable.append(stream)
        if tuple(usable) != now:
            self._streams = tuple(usable)
            _set_streams(self._streams)
            undone.append(_nothing)


def _nothing():
    """Streams that are closed or missing are of use to nobody."""


def _callables(module):
    members = vars(module)
    return {name: value for name, value in members.items() if callable(value)}, module


def _put(now, members):
    for name, value in members.items():
        if value is _GONE:
            now.pop(name, None)
        else:
            now[name] = value


def _setter(target):
    def put(values):
        target[:] = values

    return put


def _set_streams(streams):
    sys.stdin, sys.stdout, sys.stderr = streams


def _set_environment(variables):
    os.environ.clear()
    os.environ.update(variables)


def _set_tracing(functions):
    sys.settrace(functions[0])
    sys.setprofile(functions[1])


def _locale():
    module = sys.modules.get("locale")
    try:
        return module.setlocale(module.LC_ALL) if module else None
    except Exception:
        return None


def _set_locale(name):
    module = sys.modules.get("locale")
    if module and name:
        try:
            module.setlocale(module.LC_ALL, name)
        except Exception:
            pass  # There is none of that name any more.


def _timeout():
    module = sys.modules.get("socket")
    return module.getdefaulttimeout() if module else None


def _set_timeout(seconds):
    module = sys.modules.get("socket")
    if module:
        module.setdefaulttimeout(seconds)


def _folder():
    try:
        return os.getcwd()
    except OSError:
        return None


def _open_folder():
    try:
        return moved(os.open(".", os.O_RDONLY | os.O_CLOEXEC))
    except OSError:
        return None


def _copy(number):
    try:
        return moved(os.dup(number))
    except OSError:
        return None


def moved(descriptor):
    """The descriptor with a number out of reach."""
    high = _out_of_reach(descriptor)
    if high != descriptor:
        os.close(descriptor)
    return high


def _identity(descriptor):
    try:
        status = os.fstat(descriptor)
        return status.st_dev, status.st_ino
    except OSError:
        return None


def _limits():
    if resource is None:
        return []
    kinds = ("NOFILE", "AS", "CPU", "FSIZE", "STACK", "NPROC", "DATA")
    found = [getattr(resource, "RLIMIT_" + kind, None) for kind in kinds]
    return [(kind, resource.getrlimit(kind)) for kind in found if kind is not None]


def _set_limits(soft):
    for kind, limit in soft:
        hard = resource.getrlimit(kind)[1]
        try:
            resource.setrlimit(kind, (limit, hard))
        except (OSError, ValueError):
            pass  # Lowered for good.


def _out_of_reach(descriptor):
    """A copy of the descriptor with a high number, which is not inherited; itself where that fails.

    Code that closes or writes to descriptors by number begins with the low ones.
    """
    try:
        import fcntl

        highest = min(resource.getrlimit(resource.RLIMIT_NOFILE)[0], 4096)
        return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, max(3, highest - 32))
    except (AttributeError, ImportError, OSError, ValueError):
        return descriptor


def on_signals(numbers):
    """These signals do nothing from now on; processes that are started have them as usual.

    A handler is not inherited, while an ignored signal would be; a forked process resets it.
    """
    for number in numbers:
        signal(number, _ignore)

    def reset():
        for number in numbers:
            if getsignal(number) is _ignore:
                signal(number, 0)

    os.register_at_fork(after_in_child=reset)


def _ignore(number, frame):
    pass
