"""`forebay.run`: a pipeline file from Python."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections import deque
from typing import Any, Dict, Mapping, Optional, Union

from forebay import PoolFailed, RunFailed
from forebay.client import installation, progress as showing

_KEPT_LINES = 40


def run(
    file: Union[str, "os.PathLike[str]"],
    *,
    set: Optional[Mapping[str, Any]] = None,
    fresh: bool = False,
    accept_loss: bool = False,
    max_rejected: Union[None, int, str] = None,
    progress: Optional[bool] = None,
) -> Dict[str, Any]:
    """Runs a pipeline to its end, and returns its summary: docs/guide/running.md tells its keys.

    file: of the pipeline; relative paths in it are relative to the working directory, as for the command.
    set: keys of the file that are changed for this run, such as {"stages.features.workers": 1}.
    fresh, accept_loss, max_rejected: as the options of `forebay run`.
    progress: whether its lines are shown on the standard error output; default: on a terminal and in a
        notebook.

    Ctrl-C, or a notebook's interrupt, delivers what was read and raises KeyboardInterrupt then; a second
    one stops at once. Raises RunFailed with the sentence that the command would print.

        >>> forebay.run("plant.yaml")["records"]["delivered"]
        50000
    """
    shown = showing.is_watched() if progress is None else progress
    with tempfile.TemporaryDirectory(prefix="forebay-") as folder:
        summary = os.path.join(folder, "summary.json")
        command = installation.command() + ["run", os.fspath(file), "--summary", summary]
        for key, value in (set or {}).items():
            command += ["--set", "%s=%s" % (key, value if isinstance(value, str) else json.dumps(value))]
        command += ["--fresh"] if fresh else []
        command += ["--accept-loss"] if accept_loss else []
        command += ["--max-rejected", str(max_rejected)] if max_rejected is not None else []
        command += [] if shown else ["--no-progress"]
        exit_code, said = _run(command, shown)
        written: Dict[str, Any] = {}
        if os.path.exists(summary):
            with open(summary, encoding="utf-8") as content:
                written = json.load(content)
    if exit_code != 0:
        raise RunFailed(_sentence(said, written, exit_code), exit_code, written)
    return written


def _run(command, shown):
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=None if shown else subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,  # Signals are handed on, once each.
            preexec_fn=_end_with_parent(),
        )
    except OSError as error:
        raise PoolFailed("%s cannot be started: %s" % (command[0], error)) from error
    said = deque(maxlen=_KEPT_LINES)
    interrupted = False
    while True:
        try:
            for line in process.stderr:
                text = line.decode("utf-8", "replace")
                said.append(text.rstrip())
                if shown:
                    sys.stderr.write(text)
                    sys.stderr.flush()
            exit_code = process.wait()
            break
        except KeyboardInterrupt:
            interrupted = True
            process.send_signal(signal.SIGINT)
        except BaseException:
            process.kill()
            process.wait()
            raise
    process.stderr.close()
    if interrupted:
        raise KeyboardInterrupt
    return exit_code, said


def _end_with_parent():
    """Has the kernel ask the pipeline to end when the thread that waits for it has died with its
    process; a drain follows."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        import ctypes

        prctl = ctypes.CDLL(None).prctl
    except Exception:
        return None
    return lambda: prctl(1, int(signal.SIGTERM), 0, 0, 0)  # PR_SET_PDEATHSIG


def _sentence(said, summary, exit_code):
    told = [line[len("forebay: ") :] for line in said if line.startswith("forebay: ")]
    if told:
        return told[-1]
    if summary.get("reason"):
        return str(summary["reason"])
    words = [line for line in said if line.strip()]
    return "\n".join(words) if words else "forebay run has ended with exit code %d" % exit_code
