"""The playbook covers every term, and its document is what the page carries."""

from pathlib import Path

import pytest

from beacon.evidence import TERMS
from beacon.report.page import playbook

DOCUMENT = Path(__file__).parents[1] / "docs" / "playbook.md"


@pytest.mark.parametrize("name", [term.name for term in TERMS])
def test_every_term_has_its_entry(name: str) -> None:
    assert playbook.entries()[name].keys() == {"asks", "confirms", "refutes", "do"}


def test_the_document_is_made_from_the_entries() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == playbook.document()


def test_entries_are_sentences() -> None:
    for name, entry in playbook.entries().items():
        advice = {part: text for part, text in entry.items() if part != "asks"}
        assert all(text.endswith(".") and len(text) > 20 for text in advice.values()), name
        assert entry.get("asks", "Is it so?").endswith("?"), name
