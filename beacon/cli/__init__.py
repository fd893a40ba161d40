"""The command line: parse, call one function, print. Data to stdout, all else to stderr."""

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from beacon.cli.app import app
from beacon.cli.output import complain
from beacon.cli.witness import witnessed
from beacon.errors import BeaconError, SettingsError

__all__ = ["app", "main"]


STOPPED = {signal.SIGINT: 130, signal.SIGTERM: 143}
"""Exit codes of a run that was asked to stop: 128 and the signal's number, as a shell has it."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; whatever goes wrong ends in one paragraph, not in a traceback.

    Exits 0 when it ran, 1 when an input or a file could not be used, 2 on wrong usage, 130 or 143
    when it was stopped.
    """
    # The matrix products of timing are small: a second thread would wait, and burn a core at it.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        with witnessed(), _stoppable():
            app(args=None if arguments is None else list(arguments))
    except BeaconError as error:
        from beacon.inert import visible

        complain(map(visible, str(error).splitlines()))
        raise SystemExit(2 if isinstance(error, SettingsError) else 1) from None
    except MemoryError:
        complain(["out of memory: score fewer files at a time, or raise the limit of the process"])
        raise SystemExit(1) from None


@contextmanager
def _stoppable() -> Iterator[None]:
    """Let a signal unwind the run, so that what it has begun is cleared away.

    Handlers belong to the main thread (Python documentation, `signal`); elsewhere nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, _: object) -> None:
        complain(["stopped before the output was written"])
        raise SystemExit(STOPPED[signal.Signals(number)])

    before = {number: signal.signal(number, stop) for number in STOPPED}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
