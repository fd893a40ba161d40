"""Neither the number of threads nor their timing shows in a result."""

import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from cli import run

ROOT = Path(__file__).parents[1]
CODE = """
import sys
from beacon.cli import main
try:
    main()
finally:
    import polars
    print(polars.thread_pool_size(), file=sys.stderr)
"""


def scored(source: Path, threads: int) -> tuple[bytes, int]:
    flags = ["--all", "-q", "--format", "jsonl", "--threads", str(threads)]
    environment = {name: value for name, value in os.environ.items() if "THREADS" not in name}
    done = subprocess.run(
        [sys.executable, "-c", CODE, "score", str(source), *flags],
        env=environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    return done.stdout, int(done.stderr)


def test_every_number_of_threads_gives_the_same_bytes_again_and_again() -> None:
    day = ROOT / "examples" / "day.parquet"
    wanted = [1, 2, 4, 4]
    outputs, used = zip(*(scored(day, threads) for threads in wanted), strict=True)
    assert list(used) == wanted
    assert outputs[0].count(b"\n") > 100
    assert len(set(outputs)) == 1


MATRICES = """
import numpy as np
from beacon import timing
rng = np.random.default_rng(0)
gaps = np.abs(60 + rng.normal(0, 6, (400, 100)))
found = timing.score(np.cumsum(gaps, axis=1).ravel(), np.arange(401) * 100)
print(found.hash_rows(0).to_list())
"""


def test_the_threads_of_a_matrix_library_do_not_show_either() -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-c", MATRICES],
            env=os.environ | {"OPENBLAS_NUM_THREADS": threads, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        ).stdout
        for threads in ("1", "2", "4")
    }
    assert len(outputs) == 1


def test_a_number_that_comes_too_late_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("POLARS_MAX", "OMP_NUM", "OPENBLAS_NUM", "MKL_NUM"):
        monkeypatch.setenv(f"{name}_THREADS", "1")
    done = run("score", "none", "--threads", pl.thread_pool_size() + 1)
    assert (done.code, done.out) == (2, b"")
    assert "--threads: " in done.err
