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

    files = dict.fromkeys(name.split("!")[0] for name in parts)
    hashes = {name: _hash(Path(name)) for name in files if Path(name).is_file()}
    return Run(shlex.join(["beacon", *sys.argv[1:]]), hashes)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
