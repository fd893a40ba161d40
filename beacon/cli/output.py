"""Where bytes go: stdout, or a file that appears whole or not at all."""

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from beacon.errors import InputError, OutputError, SettingsError
from beacon.files import whole

if TYPE_CHECKING:
    from beacon.progress import Progress

_SLICE = 1 << 20


def emit(data: bytes | str, path: Path | None, step: "Progress | None" = None) -> None:
    """Write data to a file, or to stdout where there is none.

    Args:
        data: all of it; text becomes UTF-8.
        path: the file.
        step: told how many bytes of a file are written.

    Raises:
        OutputError: the file or stdout cannot be written; a file that stood there is untouched.
    """
    content = data.encode("utf-8") if isinstance(data, str) else data
    if path is not None:
        write_whole(path, content, step)
        return
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise  # a reader who has seen enough, such as head
    except OSError as error:
        _abandon_stdout()
        raise OutputError(f"stdout: cannot be written ({error.strerror})") from None


def _abandon_stdout() -> None:
    """Send what is still buffered nowhere, or the interpreter fails on it once more at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def write_whole(path: Path, content: bytes, step: "Progress | None" = None) -> None:
    """Write beside the target, then rename onto it, so that no reader meets half a file.

    Raises:
        OutputError: folder missing, no permission, no space.
    """
    try:
        with whole(path) as file:
            for start in range(0, len(content), _SLICE):
                if step:
                    step("writing bytes", start, len(content))
                file.write(content[start : start + _SLICE])
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror})") from None


def refuse_binary_terminal(binary: bool, path: Path | None) -> None:
    """Parquet on a terminal helps nobody.

    Raises:
        SettingsError: binary data would go to a terminal.
    """
    if binary and path is None and sys.stdout.isatty():
        raise SettingsError("--format parquet needs --output PATH (or a pipe)")


def on_terminal(data: bytes, path: Path | None) -> bytes:
    """Data as it is; where a terminal would obey its controls, they are made visible."""
    if path is not None or not sys.stdout.isatty():
        return data
    from beacon.inert import visible  # brings polars: not for --help

    return "\n".join(map(visible, data.decode("utf-8", "replace").split("\n"))).encode()


def terminal_width() -> int | None:
    """Columns of the terminal that stdout is; None for a pipe, a file, a terminal of no size."""
    if not sys.stdout.isatty():
        return None
    return os.get_terminal_size(sys.stdout.fileno()).columns or None


def wants_colour() -> bool:
    """Colour only on a terminal that has it, and not against https://no-color.org.

    There an empty NO_COLOR asks for nothing.
    """
    asked_not = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not asked_not


def tell(lines: Iterable[str], *, quiet: bool) -> None:
    """Print sentences to stderr, with names of files and the like made visible."""
    from beacon.inert import visible  # brings polars: not for --help

    if not quiet:
        for line in lines:
            print(visible(line), file=sys.stderr)  # noqa: T201


def complain(lines: Iterable[str]) -> None:
    """Print what went wrong to stderr, whether quiet or not."""
    for line in lines:
        print(f"beacon: {line}", file=sys.stderr)  # noqa: T201


def leave(problems: Sequence[InputError]) -> None:
    """Name the inputs that could not be used; exit 1 if there are any.

    Raises:
        typer.Exit: with code 1.
    """
    from beacon.inert import visible  # brings polars: not for --help

    complain(visible(str(problem)) for problem in problems)
    if problems:
        raise typer.Exit(1)


@contextlib.contextmanager
def progress(*, quiet: bool) -> Iterator["Progress"]:
    """A bar on stderr, gone when the run is over; nothing where stderr is no terminal.

    It fills only where the total is known; else it moves, and the count beside it grows.
    """
    from beacon.progress import silent

    if quiet or not sys.stderr.isatty():
        yield silent
        return
    from rich import progress as bars
    from rich.console import Console

    columns = ("{task.description}", bars.BarColumn(), "{task.fields[count]}")
    shown = bars.Progress(
        *columns, bars.TimeElapsedColumn(), console=Console(stderr=True), transient=True
    )
    with shown:
        task = shown.add_task("opening", total=None, count="")

        def step(stage: str, done: int, total: int) -> None:
            count = f"{done:,} of {total:,}" if total else f"{done:,}"
            shown.update(task, description=stage, completed=done, total=total or None, count=count)

        yield step
