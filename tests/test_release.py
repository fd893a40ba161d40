"""What a release pins is what the project asks for and the suite passed with."""

import re
import tomllib
from pathlib import Path

import pytest

from beacon import _version

ROOT = Path(__file__).parents[1]


def _name(requirement: str) -> str:
    return re.split(r"[\s=<>!~;\[]", requirement, maxsplit=1)[0].lower().replace("_", "-")


@pytest.fixture(scope="module")
def hashed() -> dict[str, tuple[str, list[str]]]:
    """Name -> version and hashes."""
    text = (ROOT / "constraints-hashed.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return {
        _name(line): (re.findall(r"==(\S+)", line)[0], re.findall(r"--hash=(\S+)", line))
        for line in lines
    }


def test_every_dependency_is_pinned_by_hash(hashed: dict[str, tuple[str, list[str]]]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["sigma"]]
    assert {_name(requirement) for requirement in asked} <= set(hashed)
    for name, (_, hashes) in hashed.items():
        assert hashes, name
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", one) for one in hashes), name


def test_the_hashed_versions_are_those_the_suite_passed_with(
    hashed: dict[str, tuple[str, list[str]]],
) -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    passed = {_name(line): line.split("==")[1] for line in text.splitlines() if "==" in line}
    differing = {
        name: (version, passed[name])
        for name, (version, _) in hashed.items()
        if name in passed and passed[name] != version
    }
    assert not differing, "make hashes"


@pytest.mark.parametrize("file", ["constraints.txt", "constraints-hashed.txt", "pyproject.toml"])
def test_no_index_is_named(file: str) -> None:
    assert not re.search(r"(?i)(index-url|find-links|https?://)", (ROOT / file).read_text("utf-8"))


def test_a_recorded_commit_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(_version, "files", lambda _: tmp_path)
    assert _version.commit() == "unknown"
    (tmp_path / "_commit.txt").write_text("0123456789ab\n")
    assert _version.commit() == "0123456789ab"
