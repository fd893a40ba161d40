"""The one place the version is written, and the commit that a build has recorded."""

from importlib.resources import files

__version__ = "0.1.0"


def commit() -> str:
    """Commit that this copy was built from, `-dirty` where files had changed; else 'unknown'."""
    recorded = files("beacon") / "_commit.txt"
    return recorded.read_text(encoding="utf-8").strip() if recorded.is_file() else "unknown"


def version() -> str:
    """Both, for people: which code made this?"""
    return f"{__version__} (commit {commit()})"
