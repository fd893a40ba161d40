"""Files that appear whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def whole(path: Path, beside: Path | None = None, prefix: str = "") -> Iterator[IO[bytes]]:
    """A file to write that takes its place, on disk, only once all is written.

    Args:
        path: the target; what stands there before is untouched until the end.
        beside: folder of the unfinished file, on the same file system; default: the target's.
        prefix: how its name begins, for those who clean up after a crash.
    """
    handle, name = tempfile.mkstemp(dir=beside or path.parent, prefix=prefix or f".{path.name}.")
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)  # closed first: Windows renames no open file
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
