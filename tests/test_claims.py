"""What is claimed names something that can be run, and the document says what is stored."""

import shlex
from pathlib import Path
from typing import Any

import pytest

from benchmarks import claims

CLAIMS = claims.load()


def test_the_document_has_the_stored_claims() -> None:
    text = claims.DOCUMENT.read_text(encoding="utf-8")
    assert claims.document(CLAIMS, text) == text, "python -m benchmarks.claims --saved --write"


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim["name"])
def test_its_command_exists(claim: dict[str, Any]) -> None:
    words = shlex.split(claim["command"])
    if words[0] == "pytest":
        assert all((claims.ROOT / word).exists() for word in words[1:])
    elif words[1] != "-m":
        assert words[0] == "python"
        assert (claims.ROOT / words[1]).exists()
    else:
        place = claims.ROOT / words[2].replace(".", "/")
        assert place.with_suffix(".py").exists() or (place / "__main__.py").exists()


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim["name"])
def test_its_figures_are_found_in_the_saved_results(claim: dict[str, Any]) -> None:
    for figure in claim.get("figure", ()):
        assert claims.look(figure, "") is not None, figure["name"]


def test_a_figure_that_moved_is_told(tmp_path: Path) -> None:
    figure = {"name": "x", "pattern": r"x (\d+)", "value": 3, "within": 1}
    assert not claims.differs(figure, claims.look(figure, "x 4"))
    assert claims.differs(figure, claims.look(figure, "x 5"))
    assert claims.differs(figure, claims.look(figure, "y 3"))


def test_new_figures_are_taken_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("STORED", "DOCUMENT"):
        copy = tmp_path / name
        copy.write_text(getattr(claims, name).read_text(encoding="utf-8"), encoding="utf-8")
        monkeypatch.setattr(claims, name, copy)
    claim = next(claim for claim in CLAIMS if claim["name"] == "ranking")
    claims.write({("ranking", "average precision"): 0.1236}, {"ranking"})
    again = next(claim for claim in claims.load() if claim["name"] == "ranking")
    assert again["figure"][0]["value"] == 0.1236
    assert again["figure"][1:] == claim["figure"][1:]
    assert "average precision 0.124" in claims.DOCUMENT.read_text(encoding="utf-8")
