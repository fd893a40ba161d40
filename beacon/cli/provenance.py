"""What a report says of its own making: the command as typed and what the inputs were."""

import hashlib
import shlex
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from beacon.report import Run


def describe(parts: Iterable[str]) -> "Run":
    """The command line, and the SHA-256 of every input file.

    Args:
        parts: names of the parts read; a member of an archive stands for the archive.
    """
    from beacon.report import Run

    files = {part: file for part in parts if (file := _file(part))}
    known = {file: _hash(file) for file in dict.fromkeys(files.values())}
    return Run(
        shlex.join(["beacon", *sys.argv[1:]]), {part: known[file] for part, file in files.items()}
    )


def _file(part: str) -> Path | None:
    """The file of a part, or its archive, which stands before a `!`; names may have one too."""
    ends = (len(part), *(at for at in reversed(range(len(part))) if part[at] == "!"))
    return next((path for end in ends if (path := Path(part[:end])).is_file()), None)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
