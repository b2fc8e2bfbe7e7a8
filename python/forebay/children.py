"""Lets processes that a function starts, as `multiprocessing` does, import the package `forebay`."""

import os
import sys
from binascii import crc32
from struct import pack

from forebay.global_state import moved

_NAME = b"forebay/__init__.py"


def offer_package():
    """Puts the package, as far as it is for functions, where children look: behind all else.

    An archive in memory, which they open as a file of this process; nothing lies on a disk. On
    Linux only.
    """
    if not hasattr(os, "memfd_create"):
        return
    package = sys.modules["forebay"]
    source = package.__spec__.loader.get_source("forebay").encode("utf-8")
    try:
        descriptor = moved(os.memfd_create("forebay", os.MFD_CLOEXEC))
        os.write(descriptor, _archive(source))
    except OSError:
        return  # No descriptors, or not allowed: children do without.
    sys.path.append("/proc/%d/fd/%d" % (os.getpid(), descriptor))


def _archive(content):
    """A zip archive (PKWARE's APPNOTE.TXT, 4.3) with the one file, as it is."""
    size = len(content)
    about = pack("<5H3I2H", 20, 0, 0, 0, 0x21, crc32(content), size, size, len(_NAME), 0)
    local = b"PK\3\4" + about + _NAME + content
    central = b"PK\1\2" + pack("<H", 20) + about + pack("<HHHII", 0, 0, 0, 0, 0) + _NAME
    end = b"PK\5\6" + pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end
