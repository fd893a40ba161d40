"""The command line gives what the library gives, and ends well when the input does not."""

import io
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest
from cli import run
from events import event, frame
from polars.testing import assert_frame_equal

import beacon
from beacon import files
from beacon.cli import output
from beacon.schema import RESULT


@pytest.fixture
def day(tmp_path: Path) -> Path:
    rows = [event(30 * i) for i in range(20)]
    rows += [event(i**3, RemoteUrl="pastebin.com", DeviceName="b") for i in range(6)]
    path = tmp_path / "day.parquet"
    frame(rows).write_parquet(path)
    return path


def test_score_all_equals_the_library(day: Path) -> None:
    done = run("score", day, "--all", "--format", "parquet")
    assert done.code == 0
    assert_frame_equal(pl.read_parquet(io.BytesIO(done.out)), beacon.score(day).channels)


def test_the_short_list_keeps_the_budget_and_leaves_out_none(day: Path) -> None:
    result = beacon.score(day)
    done = run("score", day, "--format", "jsonl", "--budget", 1)
    lines = [json.loads(line) for line in done.text.splitlines()]
    assert [line["rank"] for line in lines] == [1]
    assert "none" not in set(result.alerts["severity"])


def test_jsonl_has_every_column_and_csv_the_scalar_ones(day: Path) -> None:
    names = [field.name for field in RESULT]
    line = json.loads(run("score", day, "--all", "-f", "jsonl").text.splitlines()[0])
    assert list(line) == names
    table = pl.read_csv(io.BytesIO(run("score", day, "--all", "-f", "csv").out))
    scalar = [f.name for f in RESULT if not isinstance(f.dtype, pl.List)]
    assert table.columns == scalar


def test_a_piped_table_is_whole_and_alone(day: Path) -> None:
    done = run("score", day, "--all")
    assert "raw.githubusercontent.com" in done.text
    assert "every 30.0 s ±0 %" in done.text
    assert "…" not in done.text
    assert "\x1b" not in done.text
    assert done.text.count("\n") == 1 + beacon.score(day).channels.height
    assert "Showing 2 of 2 channels: 2 low." in done.err
    assert "`beacon explain ID FILE`" in done.err


def test_quiet_leaves_stderr_empty(day: Path) -> None:
    assert run("score", day, "--quiet").err == ""


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        ({}, True),
        ({"NO_COLOR": ""}, True),
        ({"NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_colour_is_for_terminals_that_have_it_and_people_who_want_it(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], coloured: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdout", SimpleNamespace(isatty=lambda: True))
    assert output.wants_colour() is coloured


def test_the_same_input_gives_the_same_bytes(day: Path) -> None:
    assert len({run("score", day, "--all", "-f", f).out for f in ["jsonl"] * 3}) == 1


def test_a_file_is_replaced_whole(day: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("before")
    assert run("score", day, "-f", "csv", "-o", target).code == 0
    assert target.read_text().startswith("alert_id,rank,score")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["day.parquet", "out.csv"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipes")
def test_a_pipe_is_written_to_and_not_replaced(day: Path, tmp_path: Path) -> None:
    pipe, came = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: came.append(pipe.read_bytes()), daemon=True)
    reader.start()
    assert run("score", day, "-q", "-f", "jsonl", "-o", pipe).code == 0
    assert pipe.is_fifo()
    reader.join(timeout=30)
    assert came == [run("score", day, "-q", "-f", "jsonl").out]


def test_a_link_stays_one_and_its_file_is_replaced_whole(day: Path, tmp_path: Path) -> None:
    link, real = tmp_path / "latest.csv", tmp_path / "archive" / "day.csv"
    real.parent.mkdir()
    real.write_text("before")
    link.symlink_to(real)
    assert run("score", day, "-f", "csv", "-o", link).code == 0
    assert link.is_symlink()
    assert real.read_text().startswith("alert_id,rank,score")
    assert list(real.parent.iterdir()) == [real]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_whoever_the_umask_lets_may_read_an_output(day: Path, tmp_path: Path) -> None:
    output = tmp_path / "day.html"
    before = os.umask(0o027)
    try:
        run("score", day, "--format", "html", "-q", "-o", output)
        assert output.stat().st_mode & 0o777 == 0o640
        output.chmod(0o600)
        run("score", day, "--format", "html", "-q", "-o", output)
    finally:
        os.umask(before)
    assert output.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_what_replaces_a_private_file_is_private_before_anything_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "private").touch(0o600)
    with files.whole(tmp_path / "private", prefix="unfinished") as file:
        (unfinished,) = tmp_path.glob("unfinished*")
        assert unfinished.stat().st_mode & 0o777 == 0o600
        file.write(b"new")
    assert (tmp_path / "private").read_bytes() == b"new"


def test_an_unfinished_file_of_another_is_left_alone(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(files.secrets, "token_hex", lambda _: "same")
    (tmp_path / "unfinished-same").write_bytes(b"theirs")
    with pytest.raises(FileExistsError), files.whole(tmp_path / "a", prefix="unfinished-"):
        pass
    assert (tmp_path / "unfinished-same").read_bytes() == b"theirs"


def test_an_unwritable_output_names_the_file_and_leaves_what_was_there(
    day: Path, tmp_path: Path
) -> None:
    missing = tmp_path / "none" / "out.csv"
    done = run("score", day, "-f", "csv", "-o", missing, "-q")
    assert done.code == 1
    assert done.err == f"beacon: {missing}: cannot be written (No such file or directory)\n"
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    done = run("score", day, "-f", "csv", "-o", folder, "-q")
    assert done.err == f"beacon: {folder}: cannot be written (Is a directory)\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["day.parquet", "folder.csv"]


def test_a_folder_with_one_bad_part_is_scored_and_the_part_is_named(
    day: Path, tmp_path: Path
) -> None:
    (tmp_path / "bad.json").write_bytes(b"\x00\x01\x02 not an export")
    done = run("score", tmp_path, "--all", "-f", "jsonl")
    assert done.code == 1
    assert len(done.text.splitlines()) == 2
    assert "bad.json" in done.err
    assert "Traceback" not in done.err


def test_nothing_usable_is_one_paragraph_and_exit_1(tmp_path: Path) -> None:
    done = run("score", tmp_path / "none.csv")
    assert (done.code, done.out) == (1, b"")
    assert "none.csv" in done.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--budget", "0"], "--budget: rank.budget: Input should be greater than or equal to 1"),
        (["--window", "1y"], "--window: '1y' is not a duration such as 90m, 24h or 7d"),
        (["--window", "99999999d"], "--window: rule.window_hours: Input should be less than"),
        (["--as-of", "0001-01-01"], "--as-of: rule.as_of: Input should be "),
        (["--as-of", "noon"], "--as-of: 'noon' is not an ISO 8601 time"),
        (["--match", "fuzzy"], "fuzzy"),
        (["--threads", "100000"], "1024"),
        (["--master", "local[2]"], "--master: is for --engine spark"),
        (["--no-such-flag"], "No such option"),
    ],
)
def test_wrong_usage_exits_2(day: Path, arguments: list[str], message: str) -> None:
    done = run("score", day, *arguments)
    assert (done.code, done.out) == (2, b"")
    assert message in done.err


def test_settings_come_from_a_file(day: Path, tmp_path: Path) -> None:
    config = tmp_path / "b.toml"
    config.write_text("[rank]\nbudget = 1\nlow_score = 1e-9\n")
    assert len(run("score", day, "-f", "jsonl", "--config", config).text.splitlines()) == 1


def test_fields_explains_every_column() -> None:
    text = run("fields").text
    for field in RESULT:
        assert f"{field.name} " in text
        assert field.meaning in text


def test_a_filter_of_nothing_is_a_table_of_nothing(tmp_path: Path) -> None:
    path = tmp_path / "day.parquet"
    frame([event(0, RemoteUrl="example.org")]).write_parquet(path)
    assert run("filter", path).text.count("\n") == 1
    done = run("score", path)
    assert "No channel" in done.text
    assert "No row is left to score" in done.err
    assert "explain" not in done.err
    assert "No row is left to score" not in run("score", path, "--match", "any").err
    path.write_text("Timestamp,DeviceName,InitiatingProcessFileName,RemoteUrl\n", encoding="utf-8")
    assert run("score", path).err.startswith("Read 0 rows of 1 part, 0 hosts.\n")


def start(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=True,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "80"},
    )  # fmt: skip


def test_python_m_beacon_is_the_command() -> None:
    assert start("-m", "beacon", "--version").stdout.startswith(f"beacon {beacon.__version__}")


def test_help_waits_for_no_heavy_library() -> None:
    code = (
        "import sys; from beacon.cli import main\n"
        "try: main(['score', '--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'polars', 'numpy', 'scipy', 'sklearn'} & set(sys.modules)))"
    )
    assert start("-c", code).stdout.splitlines()[-1] == "[]"


def test_a_parquet_file_damaged_behind_its_footer_is_named_and_the_rest_scored(
    day: Path, tmp_path: Path
) -> None:
    content = bytearray(day.read_bytes())
    content[4:400] = b"\xff" * 396
    (tmp_path / "torn.parquet").write_bytes(content)
    done = run("score", tmp_path, "--all", "-f", "jsonl")
    assert done.code == 1
    assert len(done.text.splitlines()) == 2
    assert "torn.parquet: damaged: " in done.err
    alone = run("score", tmp_path / "torn.parquet")
    assert (alone.code, alone.out) == (1, b"")
    assert "Traceback" not in alone.err
