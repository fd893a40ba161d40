"""A test that a table of the documents names is a test that exists."""

import re

import pytest

from benchmarks import claims

DOCUMENTS = sorted((claims.ROOT / "docs").glob("*.md"))
MODULES = {path.stem: path.read_text("utf-8") for path in claims.ROOT.glob("tests/test_*.py")}
FUNCTIONS = {
    name for text in MODULES.values() for name in re.findall(r"^def (test_\w+)", text, re.M)
}
NAMED = [
    (path.name, name)
    for path in DOCUMENTS
    for line in path.read_text(encoding="utf-8").splitlines()
    if line.startswith("|")
    for name in re.findall(r"`(?:tests/)?(test_\w+…?)(?:\.py)?`", line)
]


def test_the_tables_of_the_threat_model_name_tests() -> None:
    assert len([name for document, name in NAMED if document == "threat-model.md"]) > 20


@pytest.mark.parametrize(("document", "name"), sorted(set(NAMED)))
def test_a_test_named_in_a_table_exists(document: str, name: str) -> None:
    start = name.removesuffix("…")
    known = MODULES.keys() | FUNCTIONS
    assert any(one.startswith(start) if name != start else one == name for one in known), document
