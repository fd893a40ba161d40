"""README and the command line tell the same, and what README says to type can be typed."""

import json
import re
import shlex
import textwrap
from pathlib import Path

import pytest
from cli import Run, run

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LINES = [
    line.removeprefix("$ ")
    for block in re.findall(r"```console\n(.*?)```", README, re.S)
    for line in block.splitlines()
]
VERDICT = "judged a poller"


def test_the_help_stands_in_the_readme_word_for_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    (block,) = re.findall(r"## Commands\n\n```text\n(.*?)```", README, re.S)
    shown = run("--help").text.split("Commands:\n")[1]
    assert block == textwrap.dedent(shown)
    assert "..." not in block


def test_the_first_lines_of_the_example_day_are_those_of_the_readme(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    shown = run("score", ROOT / "examples" / "day.parquet", "-q").text.splitlines()[:6]
    assert "\n".join(f"    {line}".rstrip() for line in shown) in README


def test_an_analyst_needs_ten_lines_at_most() -> None:
    assert 0 < len(LINES) <= 10
    assert all(line.startswith("beacon ") for line in LINES)


def test_every_line_of_the_readme_runs_as_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    done: dict[str, Run] = {}
    for line in LINES:
        done[line] = run(*shlex.split(line)[1:])
        assert done[line].code == 0, (line, done[line].err)
        assert "Traceback" not in done[line].err
    said = {line.split()[1]: answer.text for line, answer in done.items()}
    (judged,) = [shlex.split(line)[2] for line in LINES if line.startswith("beacon label")]
    assert "Ask next" in said["explain"]
    assert "GapSeconds" in said["rule"]
    assert (tmp_path / "day.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    records = (tmp_path / "day.jsonl").read_text(encoding="utf-8").splitlines()
    assert judged in {json.loads(record)["alert_id"] for record in records}
    (marked,) = [line for line in said["score"].splitlines() if judged in line]
    assert VERDICT in marked


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", README, re.S))
def test_the_python_of_the_readme_runs(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    exec(compile(code, "README.md", "exec"), {})


PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (path.parent / target).exists(), target
