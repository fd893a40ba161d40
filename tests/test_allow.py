"""Allow entries: narrow, owned, dated; they hide from the list, never from the run."""

from datetime import date

import polars as pl
import pytest
from events import event, frame
from pydantic import ValidationError
from rows import PLAIN

import beacon
from beacon import allow, report
from beacon.schema import RESULT
from beacon.settings import AllowEntry, Settings

WHY = {"reason": "our updater", "owner": "ops", "expires": date(2026, 12, 31)}


def entry(**keys: object) -> AllowEntry:
    return AllowEntry(**{**WHY, **keys})


def channels(*rows: dict[str, object]) -> pl.DataFrame:
    schema = {field.name: field.dtype for field in RESULT}
    return pl.DataFrame([{**PLAIN, **row} for row in rows], schema=schema)


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"process": "python.exe"},
        {"domain": "raw.githubusercontent.com"},
        {"process": "python.exe", "domain": "raw.githubusercontent.com"},
        {"process": "python.exe", "domain": "API.GitHub.com"},
        {"host": "h", "domain": "someone.github.io"},
        {"process": "python.exe", "domain": "*.contoso.com"},
        {"process": "*", "host": "*"},
        {"process": "p", "host": "h", "reason": ""},
        {"process": "p", "host": "h", "owner": ""},
        {"process": "p", "host": "h", "expires": None},
        {"process": "p", "host": "h", "colour": "red"},
    ],
)
def test_what_is_too_wide_or_nobodys_is_refused(keys: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        entry(**keys)


@pytest.mark.parametrize(
    "keys",
    [
        {"process": "python.exe", "host": "h"},
        {"process": "python.exe", "parent": "x.exe", "domain": "raw.githubusercontent.com"},
        {"process": "python.exe", "domain": "contoso.sharepoint.com"},
    ],
)
def test_two_keys_are_enough(keys: dict[str, object]) -> None:
    assert entry(**keys).owner == "ops"


def test_every_key_must_agree_and_every_parent() -> None:
    rows = channels(
        {"parents": ["svchost.exe"]},
        {"parents": ["svchost.exe", "winword.exe"]},
        {"parents": []},
        {"host": "other"},
    )
    asked = entry(host="WS-014.corp.example", parent="SvcHost.exe")
    assert allow.matches(rows, asked).to_list() == [True, False, False, False]


def test_an_expired_entry_hides_nothing_and_the_export_says_what_day_it_is() -> None:
    rows, asked = channels({}), entry(host=PLAIN["host"], process=PLAIN["process"])
    for day, count in ((date(2026, 12, 31), 1), (date(2027, 1, 1), 0)):
        assert allow.hidden(rows, [asked], day).height == count


def test_an_entry_that_matches_malice_is_reported_even_after_it_expired() -> None:
    rows = channels({})
    asked = entry(host=PLAIN["host"], process=PLAIN["process"], expires=date(2020, 1, 1))
    assert allow.hides_malice(rows, [asked], [PLAIN["alert_id"]]) == [(0, PLAIN["alert_id"])]
    assert allow.hides_malice(rows, [asked], ["ffffffffffff"]) == []


def test_an_allowed_channel_leaves_the_list_and_stays_in_the_result() -> None:
    rows = [event(30 * i, InitiatingProcessParentFileName="winword.exe") for i in range(60)]
    plain = beacon.score(frame(rows), Settings())
    assert plain.alerts.height == 1
    allowed = {"entry": [{**WHY, "host": "ws-014.corp.example", "process": "python.exe"}]}
    result = beacon.score(frame(rows), Settings.model_validate({"allow": allowed}))
    assert result.alerts.height == 0
    assert result.channels.equals(plain.channels)
    assert result.hidden["entry"].to_list() == [0]
    told = [line for line in report.summarise(result) if line.startswith("Allow entry")]
    assert told == [
        "Allow entry 1 hides 1 channel from the list: our updater (ops, until 2026-12-31)."
    ]
    page = report.render("html", result, result.alerts).decode("utf-8")
    assert told[0] in page
