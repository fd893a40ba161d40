"""Recorded telemetry beside the repository: read in place, never copied, skipped where absent."""

from pathlib import Path

import pytest

DATA = Path(__file__).parents[1].parent / "shared" / "data"
SYSMON = DATA / "sysmon"
DEFENDER = DATA / "defender"


def needs(path: Path) -> None:
    if not path.exists():
        pytest.skip(f"recorded telemetry is not here: {path.name}")
