"""How a function is named to a worker.

A function at the top level of a module is named by both, and imported there. One of a script is found
by running the script's file without its `if __name__ == "__main__"` part, as `multiprocessing` does. One
of a notebook or an interactive session, a lambda, or a function inside of another one travels as its
code, with the modules, functions and values that it uses, as they are at that moment.
"""

import dis
import os
import pickle
import sys
from types import CodeType, FunctionType, ModuleType
from typing import Any, Callable, Dict, List, Tuple

from forebay import FunctionRefused

_WAITING = 0x20 | 0x80 | 0x100 | 0x200


def name(function: Callable) -> str:
    """What messages call it."""
    module = getattr(function, "__module__", None)
    own = getattr(function, "__qualname__", repr(function))
    return own if module in (None, "builtins", "__main__") else module + "." + own


def reference(function: Callable) -> Tuple:
    """The function for `forebay.served`; raises FunctionRefused in one sentence."""
    if not callable(function):
        raise FunctionRefused("%r is not a function: hand over the function itself" % (function,))
    code = getattr(function, "__code__", None)
    if code is not None and code.co_flags & _WAITING:
        raise FunctionRefused(
            "%s is async or a generator: a worker computes and does not wait, let it return its"
            " result" % name(function)
        )
    module = getattr(function, "__module__", None)
    qualified = getattr(function, "__qualname__", "")
    if module is not None and "<" not in qualified and _is_found(module, qualified, function):
        if module != "__main__" and _is_imported(module):
            return "name", module, qualified
        where = _main() if module == "__main__" else None
        if where is not None:
            return where + (qualified,)
    if isinstance(function, FunctionType):
        return "code", _Functions(function).written(), function.__name__
    raise FunctionRefused(
        "%s is not at the top level of a module, where workers can find it: define it there with def"
        % name(function)
    )


def _is_found(module, qualified, function):
    found: Any = sys.modules.get(module)
    for part in qualified.split("."):
        found = getattr(found, part, None)
    return found is function


def _is_imported(module):
    """Not made by `exec` or the like, so that workers can import it, too."""
    return getattr(sys.modules.get(module), "__spec__", None) is not None


def _main():
    """Where workers find what `__main__` is here; None for a notebook."""
    main = sys.modules["__main__"]
    spec = getattr(main, "__spec__", None)
    if spec is not None and spec.name != "__main__":
        return "name", spec.name
    file = getattr(main, "__file__", None)
    if file is None or not os.path.isfile(file) or hasattr(main, "get_ipython"):
        return None
    # What workers send back of the script's own classes names the module so.
    sys.modules.setdefault("__mp_main__", main)
    return "main", os.path.abspath(file)


class _Functions:
    """A function of no module and what it uses of the same kind, as `forebay.served` makes them."""

    def __init__(self, function: FunctionType):
        self.places: Dict[int, int] = {}
        self.found: List[FunctionType] = []
        self._place(function)

    def written(self) -> Tuple:
        made = []
        for function in self.found:  # Grows meanwhile.
            defaults = self._pickled(
                function, (function.__defaults__, function.__kwdefaults__), "its defaults"
            )
            closure = tuple(
                self._value(function, cell.cell_contents, each)
                for cell, each in zip(function.__closure__ or (), function.__code__.co_freevars)
            )
            names = tuple(
                (each,) + self._value(function, function.__globals__[each], each)
                for each in sorted(_globals(function.__code__))
                if each in function.__globals__
            )
            made.append((function.__name__, function.__code__, defaults, names, closure))
        return tuple(made)

    def _place(self, function):
        place = self.places.get(id(function))
        if place is None:
            place = self.places[id(function)] = len(self.found)
            self.found.append(function)
        return place

    def _value(self, function, value, own_name):
        if isinstance(value, ModuleType):
            return "module", value.__name__
        if isinstance(value, FunctionType):
            module = value.__module__ or ""
            found = _is_found(module, value.__qualname__, value)
            if not found or module == "__main__" or not _is_imported(module):
                return "function", self._place(value)
        if isinstance(value, type) and value.__module__ == "__main__":
            raise FunctionRefused(
                "%s uses the class %s, which is defined in this session, where workers cannot find it:"
                " put it into a module, and import it" % (name(function), own_name)
            )
        return "value", self._pickled(function, value, own_name)

    def _pickled(self, function, value, own_name):
        try:
            return pickle.dumps(value, 5)
        except Exception as error:
            raise FunctionRefused(
                "%s uses %s, which cannot be sent to a worker (%s): make it inside of the function"
                % (name(function), own_name, error)
            ) from None


def _globals(code: CodeType):
    names = {each.argval for each in dis.get_instructions(code) if each.opname == "LOAD_GLOBAL"}
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= _globals(constant)
    return names
