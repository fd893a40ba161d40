"""The queries an analyst pastes: whole whatever an export holds, on columns that exist."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kusto import diagnose
from rows import HOSTILE, PLAIN, hostile

from beacon.report.queries import queries
from beacon.report.words import Row
from beacon.rule_export import quote

LITERAL = re.compile(r'"(?:[^"\\\n]|\\.)*"')
ESCAPE = re.compile(r"\\(u([0-9a-f]{4})|.)")
NAMED = {"n": "\n", "r": "\r", "t": "\t"}


def unquoted(literal: str) -> str:
    """A KQL string read slowly, as its documentation says."""
    text = ESCAPE.sub(
        lambda m: chr(int(m[2], 16)) if m[2] else NAMED.get(m[1], m[1]), literal[1:-1]
    )
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def skeleton(row: Row) -> list[str]:
    """The queries with every literal emptied: what a text must not be able to change."""
    return [LITERAL.sub('""', query.kql) for query in queries(row)]


@given(st.text())
def test_a_literal_gives_its_text_back_on_one_line(text: str) -> None:
    literal = quote.text(text)
    assert LITERAL.fullmatch(literal)
    assert unquoted(literal) == text
    assert literal.isprintable()


@given(row=hostile())
def test_no_text_leaves_its_literal(row: Row) -> None:
    expected = skeleton({**PLAIN, "domain": "a.example", "process": row["process"] and "p"})
    assert skeleton(row) == expected


@pytest.mark.parametrize("domain", ["10.0.0.1", "2001:db8::1"])
def test_an_address_is_asked_for_as_an_address(domain: str) -> None:
    text = "".join(query.kql for query in queries({**PLAIN, "domain": domain}))
    assert f'RemoteIP == "{domain}"' in text
    assert "RemoteUrl has" not in text


def test_a_process_that_nobody_saw_is_not_asked_for() -> None:
    asked = queries({**PLAIN, "process": ""})
    assert len(asked) == len(queries(PLAIN))
    for query in asked:
        assert "=~ process" not in query.kql
        assert '=~ ""' not in query.kql


def test_times_are_utc_with_a_margin_around_the_alert() -> None:
    opening = queries(PLAIN)[0].kql
    assert "let starts = datetime(2026-05-04T13:30:12.0000000Z)" in opening
    assert "let ends = datetime(2026-05-04T23:05:12.0000000Z)" in opening
    assert quote.time(datetime(2026, 5, 4, tzinfo=UTC)) == "datetime(2026-05-04T00:00:00.0000000Z)"


def test_the_vendors_parser_finds_no_fault() -> None:
    some = [PLAIN, {**PLAIN, "domain": "10.0.0.1"}, {**PLAIN, "process": ""}]
    some += [{**PLAIN, "first_seen": None}]
    nasty = [{**PLAIN, "host": t, "process": t, "domain": t} for t in HOSTILE if len(t) < 100]
    asked = [query.kql for row in (*some, *nasty) for query in queries(row)]
    assert {fault for faults in diagnose(asked) for fault in faults} == set()
