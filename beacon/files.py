"""Files that appear whole or not at all, and names that are no text."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

NOT_TEXT = "its name is not UTF-8; rename it"


def is_text(path: Path) -> bool:
    """Whether a path is UTF-8: polars opens no other, yet a file system holds any bytes."""
    return not any("\ud800" <= letter <= "\udfff" for letter in str(path))


@contextmanager
def whole(path: Path, beside: Path | None = None, prefix: str = "") -> Iterator[IO[bytes]]:
    """A file to write that takes its place, on disk, only once all is written.

    Args:
        path: the target; what stands there before is untouched until the end. A device or a pipe
            (/dev/null, /dev/stdout) is written to as it is, and a link stays one: to rename a
            file onto either would replace it for everybody.
        beside: folder of the unfinished file, on the same file system; default: the target's.
        prefix: how its name begins, for those who clean up after a crash.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        with path.open("wb") as file:
            yield file
        return
    path = path.resolve() if path.is_symlink() else path
    folder, start = beside or path.parent, prefix or f".{path.name}."
    unfinished = folder / f"{start}{secrets.token_hex(4)}"
    file = unfinished.open("xb")  # who may read it: as the umask says
    try:
        with file:
            if path.is_file():  # before anything is in it: what replaces a private file is private
                unfinished.chmod(path.stat().st_mode & 0o777)
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)  # closed first: Windows renames no open file
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
