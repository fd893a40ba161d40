"""Where bytes go: stdout, or a file that appears whole or not at all."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import typer

from beacon.errors import InputError, OutputError, SettingsError
from beacon.files import whole


def emit(data: bytes | str, path: Path | None) -> None:
    """Write data to a file, or to stdout where there is none.

    Raises:
        OutputError: the file or stdout cannot be written; a file that stood there is untouched.
    """
    content = data.encode("utf-8") if isinstance(data, str) else data
    if path is not None:
        write_whole(path, content)
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


def write_whole(path: Path, content: bytes) -> None:
    """Write beside the target, then rename onto it, so that no reader meets half a file.

    Raises:
        OutputError: folder missing, no permission, no space.
    """
    try:
        with whole(path) as file:
            file.write(content)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror})") from None


def refuse_binary_terminal(binary: bool, path: Path | None) -> None:
    """Parquet on a terminal helps nobody.

    Raises:
        SettingsError: binary data would go to a terminal.
    """
    if binary and path is None and sys.stdout.isatty():
        raise SettingsError("--format parquet needs --output PATH (or a pipe)")


def terminal_width() -> int | None:
    """Columns of the terminal that stdout is; None for a pipe or a file."""
    if not sys.stdout.isatty():
        return None
    return os.get_terminal_size(sys.stdout.fileno()).columns


def wants_colour() -> bool:
    """Colour only on a terminal, and not against https://no-color.org."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def tell(lines: Iterable[str], *, quiet: bool) -> None:
    """Print sentences to stderr."""
    if not quiet:
        for line in lines:
            print(line, file=sys.stderr)  # noqa: T201


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
def progress(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """A spinner on stderr that names the stage; nothing where stderr is no terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    with Console(stderr=True).status("starting") as status:
        yield status.update
