"""Writes the wheel of the Python package: python3 python/build_wheel.py [FOLDER]

Prints the path of the file, which is the same to the last byte each time. Needs no network and nothing
but Python 3.9: a wheel is a zip archive (packaging.python.org, "Binary distribution format").
"""

import base64
import hashlib
import re
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
# Of the worker, only what the package shares with it: workers get theirs from Forebay.
SHARED = ("__init__.py", "codec.py", "py.typed")
TAG = "py3-none-any"
TIME = (1980, 1, 1, 0, 0, 0)

DESCRIPTION = """\
# forebay

Calls CPU-heavy functions in worker processes that may crash, hang or leak, and runs Forebay's
pipelines. Needs an installed or unpacked Forebay: on the PATH, or named by FOREBAY_HOME.

```python
import forebay

for result in forebay.map(function, records, timeout=10, memory="1GB"):
    print(result)
```
"""

METADATA = """\
Metadata-Version: 2.1
Name: forebay
Version: %s
Summary: CPU-heavy functions over streams of records, in worker processes that may crash
License: %s
Requires-Python: >=3.9
Classifier: Operating System :: POSIX
Classifier: Programming Language :: Python :: 3
Classifier: Typing :: Typed
Description-Content-Type: text/markdown

%s"""

WHEEL = """\
Wheel-Version: 1.0
Generator: forebay
Root-Is-Purelib: true
Tag: %s
"""


def version():
    """The project's, as PEP 440 writes it."""
    pom = (ROOT.parent / "pom.xml").read_text(encoding="utf-8")
    pom = re.sub(r"<parent>.*?</parent>", "", pom, flags=re.S)
    return re.search(r"<version>(.*?)</version>", pom).group(1).replace("-SNAPSHOT", ".dev0")


def contents(release):
    """Names and bytes of the files, in the order of the archive."""
    files = [ROOT / "forebay" / name for name in SHARED]
    files += sorted((ROOT / "forebay" / "client").glob("*.py"))
    for file in files:
        yield file.relative_to(ROOT).as_posix(), file.read_bytes()
    information = "forebay-%s.dist-info" % release
    licence = (ROOT.parent / "LICENSE").read_bytes()
    named = "Apache-2.0" if b"Apache License" in licence else licence.decode().splitlines()[0].strip()
    yield information + "/LICENSE", licence
    yield information + "/METADATA", (METADATA % (release, named, DESCRIPTION)).encode()
    yield information + "/WHEEL", (WHEEL % TAG).encode()


def write(folder):
    """Writes the wheel into the folder and returns its path."""
    release = version()
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / ("forebay-%s-%s.whl" % (release, TAG))
    record = []
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:

        def put(name, content):
            about = zipfile.ZipInfo(name, TIME)
            about.compress_type = zipfile.ZIP_DEFLATED
            about.external_attr = 0o644 << 16
            archive.writestr(about, content)

        for name, content in contents(release):
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            record.append("%s,sha256=%s,%d\n" % (name, digest, len(content)))
            put(name, content)
        own = "forebay-%s.dist-info/RECORD" % release
        put(own, "".join(record) + own + ",,\n")
    return wheel


if __name__ == "__main__":
    print(write(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "target")))
