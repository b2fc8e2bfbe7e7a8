"""Finds the Forebay that is installed or unpacked on this machine."""

import os
import shutil
from typing import List

from forebay import PoolFailed

_FOLDERS = ("/opt/forebay", "/usr/lib/forebay", "/usr/share/forebay", "~/.local/share/forebay", "~/forebay")


def command() -> List[str]:
    """How the command `forebay` is started.

    It is looked for in the folder `FOREBAY_HOME`, in this package (a wheel may carry it), on the
    path, and in the folders where it is usually unpacked.

    Raises PoolFailed where there is none.
    """
    home = os.environ.get("FOREBAY_HOME")
    if home:
        found = _in(home)
        if not found:
            raise PoolFailed(
                "FOREBAY_HOME is %s, where no command 'forebay' or 'bin/forebay' lies: correct or"
                " unset it" % home
            )
        return [found]
    carried = os.path.join(os.path.dirname(os.path.dirname(__file__)), "home")
    found = _in(carried) or shutil.which("forebay")
    for folder in _FOLDERS:
        found = found or _in(os.path.expanduser(folder))
    if not found:
        raise PoolFailed(
            "there is no Forebay on this machine: install its package or unpack its archive, and name"
            " the folder in the environment variable FOREBAY_HOME, or put it on the PATH"
        )
    return [found]


def _in(folder):
    for name in ("bin/forebay", "forebay"):
        file = os.path.join(folder, name)
        if os.path.isfile(file) and os.access(file, os.X_OK):
            return file
    return None
