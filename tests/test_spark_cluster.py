"""The README's cluster recipe: a master, two workers, one of them killed; the same result."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from spark_here import needs_spark

import beacon

ROOT = Path(__file__).parents[1]
DAY = ROOT / "examples" / "day.parquet"
DRIVER = """
import sys, beacon
def tell(stage, *_):
    print(stage, flush=True)
result = beacon.spark.score(sys.argv[1], progress=tell, master=sys.argv[2], partitions=4)
result.channels.write_parquet(sys.argv[3])
"""
QUIET = (
    "--conf spark.ui.enabled=false --conf spark.executor.memory=700m --conf spark.log.level=WARN "
    "--conf spark.driver.host=127.0.0.1 --conf spark.sql.shuffle.partitions=4 pyspark-shell"
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Daemon:
    """A Spark master or worker, and what it has said."""

    def __init__(self, log: Path, *words: str) -> None:
        import pyspark

        command = [str(Path(pyspark.__file__).parent / "bin" / "spark-class"), *words]
        self.log = log
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                command, stdout=out, stderr=out, env=environment(), start_new_session=True
            )

    def wait_for(self, words: str) -> None:
        for _ in range(3_000):
            if words in self.log.read_text(errors="replace"):
                return
            assert self.process.poll() is None, self.log.read_text(errors="replace")
            time.sleep(0.1)
        pytest.fail(f"no {words!r} in five minutes:\n{self.log.read_text(errors='replace')}")

    def kill(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)  # the worker with its executor
            self.process.wait()


def environment() -> dict[str, str]:
    return {
        **os.environ,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_NO_DAEMONIZE": "1",
        "PYTHONPATH": str(ROOT),
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_SUBMIT_ARGS": QUIET,
    }


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[Daemon]]]:
    needs_spark()
    package, port, place = "org.apache.spark.deploy", free_port(), ("--host", "127.0.0.1")
    address = f"spark://127.0.0.1:{port}"
    daemons = [
        Daemon(tmp_path / "master", f"{package}.master.Master", *place, "--port", str(port),
               "--webui-port", str(free_port()))
    ]  # fmt: skip
    try:
        daemons[0].wait_for("I have been elected leader")
        daemons += [
            Daemon(tmp_path / f"worker{n}", f"{package}.worker.Worker", *place, "--cores", "1",
                   "--memory", "1g", "--work-dir", str(tmp_path / f"work{n}"),
                   "--webui-port", str(free_port()), address)
            for n in range(2)
        ]  # fmt: skip
        for worker in daemons[1:]:
            worker.wait_for("Successfully registered with master")
        yield address, daemons[1:]
    finally:
        for daemon in reversed(daemons):
            daemon.kill()


def test_a_worker_killed_in_the_middle_changes_nothing(
    cluster: tuple[str, list[Daemon]], tmp_path: Path
) -> None:
    address, workers = cluster
    out, log = tmp_path / "channels.parquet", tmp_path / "driver"
    with log.open("wb") as errors:
        driver: Any = subprocess.Popen(
            [sys.executable, "-c", DRIVER, str(DAY), address, str(out)],
            stdout=subprocess.PIPE, stderr=errors, env=environment(), text=True,
        )  # fmt: skip
    try:
        for line in driver.stdout:
            if line.startswith("scoring rows"):
                workers[0].kill()
        assert driver.wait(timeout=300) == 0, log.read_text(errors="replace")[-3000:]
    finally:
        driver.kill()
        driver.wait()
        driver.stdout.close()
    assert "Lost executor" in log.read_text(errors="replace")
    assert_frame_equal(pl.read_parquet(out), beacon.score(DAY).channels, check_exact=True)
