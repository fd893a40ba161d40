"""A file system holds names that are no text: each is named with what to do, the rest is read."""

import os
import sys
from pathlib import Path

import pytest
from cli import run
from events import event, frame

import beacon

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")

SAID = "its name is not UTF-8; rename it"


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    return tmp_path / os.fsdecode(b"caf\xe9")


def test_one_odd_name_in_a_folder_costs_that_file_alone(tmp_path: Path, odd: Path) -> None:
    rows = frame([event(30 * i) for i in range(12)])
    rows.write_parquet(tmp_path / "day.parquet")
    for end in (".parquet", ".csv", ".csv.gz"):
        Path(f"{odd}{end}").write_bytes((tmp_path / "day.parquet").read_bytes())
    result = beacon.score(tmp_path)
    assert result.channels.height == 1
    assert [problem.reason for problem in result.summary.problems] == [SAID] * 3


def test_every_command_says_so(tmp_path: Path, odd: Path) -> None:
    day = tmp_path / "day.parquet"
    frame([event(30 * i) for i in range(12)]).write_parquet(day)
    odd.write_bytes(run("score", day, "--all", "-f", "jsonl").out)
    for arguments in (
        ("score", odd),
        ("score", day, "--history", odd),
        ("explain", "0", odd),
        ("convert", day, "-o", odd),
        ("simulate", odd, "--hosts", "1"),
        ("history", "show", odd),
        ("tune", "--labels", odd, day),
    ):
        done = run(*arguments)
        assert (done.code, done.out) == (1, b""), arguments
        assert SAID in done.err, arguments
        assert "\\udce9" in done.err, arguments
