"""The library in a notebook: names to complete, results to look at, frames of other libraries."""

import subprocess
import sys
from pathlib import Path

import pytest
from cli import run
from events import event, frame

import beacon


def test_names_are_offered_before_they_are_imported() -> None:
    code = "import sys, beacon; print(*dir(beacon)); sys.exit('polars' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {*beacon.__all__, "spark", "timing"} <= set(done.stdout.split())


def test_a_result_shows_itself_in_one_line() -> None:
    rows = [event(30 * i) for i in range(20)] + [event(0, RemoteUrl="example.org")]
    assert repr(beacon.score(frame(rows))) == "Result(channels=1, alerts=1, kept=20 of 21 rows)"


@pytest.mark.parametrize("library", ["pandas", "pyarrow"])
def test_a_frame_of_another_library_is_called_that(library: str) -> None:
    pytest.importorskip(library)
    polars = frame([event(0)])
    other = polars.to_pandas() if library == "pandas" else polars.to_arrow()
    with pytest.raises(TypeError, match=rf"a frame of {library}: pass polars\.DataFrame\(frame\)"):
        beacon.score(other)


def test_convert_takes_a_folder_by_its_name(tmp_path: Path) -> None:
    done = beacon.convert(frame([event(0)]), str(tmp_path / "out"))
    assert [path.parent for path in done.files if path] == [tmp_path / "out"]


@pytest.mark.parametrize(("start", "said"), [("", "is needed"), ("zz", "no alert begins with")])
def test_an_alert_that_is_not_there_is_asked_for_by_name(
    tmp_path: Path, start: str, said: str
) -> None:
    result = beacon.score(frame([event(30 * i) for i in range(20)]))
    result.channels.write_parquet(tmp_path / "day.parquet")
    done = run("explain", start, tmp_path / "day.parquet")
    assert done.code == 1
    assert said in done.err
    assert f"there is {result.channels['alert_id'].item()}" in done.err
