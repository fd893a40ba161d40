"""Build hook: what is built says which commit it comes from, in `beacon/_commit.txt`.

The file exists in the archives alone. A wheel built from the source archive takes it over; where
neither it nor git is there, none is written and `beacon --version` says "unknown".
"""

import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NAME = "beacon/_commit.txt"


class CommitHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the commit to a wheel or source archive."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Ask git, where this folder itself is a work tree and not a part of another one."""
        root = Path(self.root)
        if version == "editable" or (root / NAME).exists() or not (root / ".git").exists():
            return
        command = ["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
        try:
            done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)  # noqa: S603
        except (OSError, subprocess.CalledProcessError):
            return
        self.folder = tempfile.TemporaryDirectory()
        recorded = Path(self.folder.name) / "commit.txt"
        recorded.write_text(done.stdout, encoding="utf-8")
        build_data["force_include"][str(recorded)] = NAME

    def finalize(self, *_: object) -> None:
        """Remove the file that was added."""
        if hasattr(self, "folder"):
            self.folder.cleanup()
