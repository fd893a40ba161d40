"""Machines fail: each fault ends in a message and an exit code, and what stood there still stands.

Every run is a process of its own, as a user's is.
"""

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from events import event, frame
from namespaces import available

from beacon.cli.witness import WORDS

ROOT = Path(__file__).parents[1]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "POLARS_MAX_THREADS": "1"}
BEFORE = "what stood there before"

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux namespaces or /dev/full")


@pytest.fixture
def day(tmp_path: Path) -> Path:
    path = tmp_path / "day.parquet"
    frame([event(30 * i) for i in range(200)]).write_parquet(path)
    return path


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "day.jsonl").write_text(BEFORE)
    return folder / "day.jsonl"


def beacon(
    *arguments: object, prefix: tuple[str, ...] = (), hook: str = "", **options: Any
) -> subprocess.CompletedProcess[str]:
    code = f"{hook}\nfrom beacon.cli import main\nmain()"
    command = [*prefix, sys.executable, "-c", code, *map(str, arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.run(command, env=ENVIRONMENT, text=True, **pipes)


def score(day: Path, target: Path, **options: Any) -> subprocess.CompletedProcess[str]:
    return beacon("score", day, "--all", "-q", "-f", "jsonl", "-o", target, **options)


def unharmed(target: Path) -> None:
    assert target.read_text() == BEFORE
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def mounted(options: str, folder: Path) -> tuple[str, ...]:
    """Run what follows with a small file system of its own at the folder, which ends with it."""
    script = (
        f'cp -a "$0" "$0.kept" && mount -t tmpfs -o size=16k none "$0" && {options} && exec "$@"'
    )
    return ("unshare", "--mount", "--map-root-user", "sh", "-c", script, str(folder))


needs_mounts = pytest.mark.skipif(
    not available("mount"), reason="no unprivileged mount namespaces here"
)


@linux
@needs_mounts
def test_a_full_disk_is_named_and_leaves_no_half_file(day: Path, target: Path) -> None:
    check = 'cp "$0.kept"/* "$0" && (head -c 1M /dev/zero > "$0/filler"; true)'
    done = score(day, target, prefix=mounted(check, target.parent))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        f"beacon: {target}: cannot be written (No space left on device)"
    )
    unharmed(target)


@linux
@needs_mounts
def test_a_read_only_target_is_named(day: Path, target: Path) -> None:
    done = score(day, target, prefix=mounted('mount -o remount,ro "$0"', target.parent))
    assert done.returncode == 1
    assert done.stderr == f"beacon: {target}: cannot be written (Read-only file system)\n"


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions do not bind this account"
)
def test_a_forbidden_target_is_named(day: Path, target: Path) -> None:
    target.parent.chmod(0o500)
    done = score(day, target)
    target.parent.chmod(0o700)
    assert done.returncode == 1
    assert done.stderr == f"beacon: {target}: cannot be written (Permission denied)\n"
    unharmed(target)


@linux
def test_a_full_pipe_or_device_is_named(day: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = beacon("score", day, "-q", "-f", "jsonl", stdout=full)
    assert done.returncode == 1
    assert done.stderr == "beacon: stdout: cannot be written (No space left on device)\n"


@linux
def test_a_reader_who_leaves_early_hears_no_complaint(day: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = beacon("score", day, "--all", "-q", "-f", "jsonl", stdout=writer)
    os.close(writer)
    assert done.stderr == ""
    assert done.returncode == 1


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_signal_in_mid_run_leaves_nothing_half_done(
    name: str, code: int, day: Path, target: Path, tmp_path: Path
) -> None:
    hook = (
        "import os, signal\nfrom beacon import weighing\nweigh = weighing.weigh\n"
        f"weighing.weigh = lambda *a: os.kill(os.getpid(), signal.{name}) or weigh(*a)\n"
    )
    history = tmp_path / "history"
    done = beacon("score", day, "-q", "-f", "jsonl", "-o", target, "--history", history, hook=hook)
    assert done.returncode == code
    assert done.stderr == "beacon: stopped before the output was written\n"
    unharmed(target)
    assert [path.name for path in history.iterdir()] == [".lock"]
    assert beacon("score", day, "-q", "--history", history).returncode == 0


def test_a_kill_while_writing_leaves_the_old_file(day: Path, target: Path) -> None:
    # The moment before the new file takes its place.
    hook = "import os, signal\nos.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
    done = score(day, target, hook=hook)
    assert (done.returncode, done.stderr) == (-signal.SIGKILL, WORDS.decode())
    assert target.read_text() == BEFORE


def test_native_code_that_aborts_is_told_in_words(day: Path, target: Path) -> None:
    done = score(day, target, hook="import os\nos.fsync = lambda _: os.abort()\n")
    assert done.returncode == -signal.SIGABRT
    assert done.stderr.endswith(WORDS.decode())
    assert target.read_text() == BEFORE


@pytest.mark.parametrize("command", [["fields"], ["--help"], ["score", "nothing.parquet"], ["-x"]])
def test_a_run_that_ends_by_itself_has_no_other_last_words(command: list[str]) -> None:
    assert "ended from outside" not in beacon(*command).stderr


def test_a_signal_while_writing_is_told_once(day: Path, target: Path) -> None:
    hook = "import os, signal\nos.fsync = lambda _: os.kill(os.getpid(), signal.SIGTERM)\n"
    done = score(day, target, hook=hook)
    assert done.returncode == 143
    assert done.stderr == "beacon: stopped before the output was written\n"
    unharmed(target)


def test_too_little_memory_ends_in_words(day: Path, target: Path) -> None:
    hook = (
        "from beacon import weighing\n"
        "def weigh(*_):\n    raise MemoryError\n"
        "weighing.weigh = weigh\n"
    )
    done = score(day, target, hook=hook)
    assert done.returncode == 1
    assert done.stderr.startswith("beacon: out of memory: ")
    unharmed(target)


@linux
def test_a_memory_ceiling_costs_the_run_and_nothing_else(tmp_path: Path, target: Path) -> None:
    path = tmp_path / "day.parquet"
    frame([event(0.1 * i, DeviceName=f"h{i}") for i in range(200_000)]).write_parquet(path)
    ceiling = 900 << 20

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))

    done = score(path, target, preexec_fn=limit)
    assert done.returncode != 0
    assert "out of memory" in done.stderr
    unharmed(target)


def test_a_damaged_day_of_the_history_is_named(day: Path, tmp_path: Path) -> None:
    history = tmp_path / "history"
    assert beacon("score", day, "-q", "--history", history).returncode == 0
    file = next(history.glob("channels/day=*/part.parquet"))
    file.write_bytes(file.read_bytes()[:-5])
    for command in (["score", day, "-q", "--history", history], ["history", "show", history]):
        done = beacon(*command)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == f"beacon: {file}: damaged: remove it and score that day again\n"


def test_a_missing_optional_library_is_named_with_the_fix(tmp_path: Path) -> None:
    hook = "import sys\nsys.modules['sigma'] = None\n"
    done = beacon("rule", "sigma", hook=hook)
    assert done.returncode in (0, 1)
    assert "Traceback" not in done.stderr
