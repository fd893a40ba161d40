"""Progress tells of every row once, changes nothing, and is for a terminal only."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from events import event, frame
from polars.testing import assert_frame_equal

from beacon import conversion, pipeline
from beacon.settings import Settings

ROWS = 600


class Told:
    """What a run said of its progress, by stage."""

    def __init__(self) -> None:
        self.stages: dict[str, list[tuple[int, int]]] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        self.stages.setdefault(stage, []).append((done, total))


@pytest.fixture
def parts(tmp_path: Path) -> list[Path]:
    rows = frame([event(30 * i, DeviceName=f"h{i % 3}") for i in range(ROWS)])
    paths = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    for path, half in zip(paths, (rows.head(200), rows.tail(-200)), strict=True):
        half.write_parquet(path, row_group_size=50)
    return paths


def test_each_pass_counts_every_row_once_and_changes_nothing(
    parts: list[Path], tmp_path: Path
) -> None:
    told, path = Told(), tmp_path / "day.csv"
    pl.read_parquet(parts).write_csv(path)
    watched = pipeline.score(path, None, told)
    assert_frame_equal(watched.channels, pipeline.score(path).channels)
    assert list(told.stages) == ["reading rows", "filtering rows", "scoring parts"]
    for steps in told.stages.values():
        done, totals = zip(*steps, strict=True)
        assert list(done) == sorted(done)
        assert len(set(totals)) == 1
    assert told.stages["reading rows"][-1] == (ROWS, 0)  # only reading can tell the total
    assert told.stages["filtering rows"][-1] == (ROWS, ROWS)
    for asked in (pipeline.inspect, pipeline.keep):
        told = Told()
        asked(path, Settings(), told)
        assert told.stages["reading rows"][-1] == (ROWS, 0)


def test_parquet_is_not_read_in_full_to_be_counted(parts: list[Path]) -> None:
    told = Told()
    pipeline.score(parts, None, told)
    assert list(told.stages) == ["reading rows", "filtering rows", "scoring parts"]
    assert told.stages["reading rows"] == told.stages["filtering rows"] == [(0, 0)]


def test_converting_counts_parts(parts: list[Path], tmp_path: Path) -> None:
    told = Told()
    conversion.convert(parts, tmp_path / "out", None, told)
    assert told.stages == {"converting parts": [(0, 2), (1, 2)]}


@pytest.mark.parametrize("quiet", [False, True])
def test_a_terminal_sees_a_bar_and_quiet_sees_nothing(
    parts: list[Path], tmp_path: Path, quiet: bool
) -> None:
    command = [sys.executable, "-m", "beacon", "score", parts[0], "-o", tmp_path / "out"]
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*command, *(["--quiet"] if quiet else [])], stderr=theirs, stdout=subprocess.PIPE
    ) as run:
        os.close(theirs)
        seen = b""
        try:
            while chunk := os.read(ours, 4096):
                seen += chunk
        except OSError:  # how Linux ends a terminal whose other side has closed
            pass
    os.close(ours)
    assert run.returncode == 0
    assert (b"opening" in seen) is not quiet
    assert (b"\x1b[" in seen) is not quiet
