"""A test that a table of the documents names is a test that exists."""

import re

import pytest

from benchmarks import claims

DOCUMENTS = {path.name: path.read_text("utf-8") for path in claims.ROOT.glob("docs/*.md")}
MODULES = {path.stem: path.read_text("utf-8") for path in claims.ROOT.glob("tests/test_*.py")}
KNOWN = MODULES.keys() | {
    name for text in MODULES.values() for name in re.findall(r"^def (test_\w+)", text, re.M)
}


def named(text: str) -> list[str]:
    """The tests that the tables of a document name; `…` stands for the rest of a name."""
    rows = [line for line in text.splitlines() if line.lstrip().startswith("|")]
    return [name for row in rows for name in re.findall(r"`(?:tests/)?(test_\w+…?)(?:\.py)?`", row)]


def missing(text: str) -> set[str]:
    """The names of `named` that no test has."""
    return {
        name
        for name in named(text)
        if name not in KNOWN
        and not (name.endswith("…") and any(one.startswith(name[:-1]) for one in KNOWN))
    }


def test_the_tables_of_the_threat_model_name_tests() -> None:
    assert len(set(named(DOCUMENTS["threat-model.md"]))) > 20


@pytest.mark.parametrize("document", sorted(DOCUMENTS))
def test_a_test_named_in_a_table_exists(document: str) -> None:
    assert not missing(DOCUMENTS[document])


@pytest.mark.parametrize("name", ["test_made_up", "test_made_up…", "tests/test_made_up.py"])
@pytest.mark.parametrize("document", sorted(name for name in DOCUMENTS if named(DOCUMENTS[name])))
def test_a_made_up_name_is_reported_wherever_a_name_stands(document: str, name: str) -> None:
    text = DOCUMENTS[document]
    for real in set(named(text)):
        spoilt = re.sub(rf"`(tests/)?{re.escape(real)}(\.py)?`", f"`{name}`", text)
        assert missing(spoilt) == {re.sub(r"tests/|\.py", "", name)}


def test_half_a_name_is_reported_unless_it_says_so() -> None:
    whole = next(name for name in sorted(MODULES) if name[:-1] not in KNOWN)
    assert missing(f"| `{whole[:-1]}` |") == {whole[:-1]}
    assert not missing(f"| `{whole[:-1]}…` |")
