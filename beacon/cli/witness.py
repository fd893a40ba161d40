"""Last words for a run that native code or the system ends, which Python cannot speak itself."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

WORDS = (
    b"beacon: the run was ended from outside of Python: killed, out of memory, or by a file too\n"
    b"beacon: damaged for native code. What stood there still stands. If no one killed it, score\n"
    b"beacon: fewer files at a time, and single ones to find the damaged one.\n"
)


@contextmanager
def witnessed() -> Iterator[None]:
    """Have a small process wait beside the run, and speak if the run ends without having said so.

    The run stays the process that was started, with its signals and exit code; the witness holds
    the other end of a pipe, which the system closes however the run ends (pipe(7)). It forks
    before any native thread is there, or not at all; nor is there one where a system has no fork.
    """
    if not hasattr(os, "fork") or {"numpy", "polars"} & set(sys.modules):
        yield
        return
    ear, mouth = os.pipe()
    witness = os.fork()
    if not witness:
        _listen(ear, mouth)
    os.close(ear)
    try:
        yield
    finally:
        with suppress(OSError):  # a witness that was killed is not missed
            os.write(mouth, b".")
        os.close(mouth)
        os.waitpid(witness, 0)


def _listen(ear: int, mouth: int) -> None:
    """Wait for a word or the end of the pipe, and leave without what a process does at its end."""
    with suppress(BaseException):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
            signal.signal(number, signal.SIG_IGN)
        os.close(mouth)
        os.closerange(0, 2)  # a reader of the run's output must not wait for the witness
        if not os.read(ear, 1):
            os.write(2, WORDS)
    os._exit(0)
