"""An export of hostile text, from its file through every command: obeyed nowhere, kept whole."""

import csv
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from cli import run
from events import START, event
from kusto import diagnose
from rows import HOSTILE

from beacon.inert import FORMULA_START, visible
from beacon.report import OUTPUTS
from beacon.report.queries import queries
from beacon.report.results import load

LONG = "=cmd|' /C calc'!A0\x1b[2J\x00<script>\n" + "x" * 1_000_000
TEXTS = [text for text in HOSTILE if text.strip()]
LONE = "half a pair \ud800 and \udfff"
"""What JSON can spell and UTF-8 cannot; each half is read as a question mark."""


def hostile_rows() -> list[dict[str, Any]]:
    """Six polls of a channel for each text, which stands wherever an export has text."""
    found = []
    for number, text in enumerate([*TEXTS, LONE, LONG]):
        short = text[:3000]
        place = {
            "DeviceName": f"{short}-{number}", "RemoteUrl": f"{short}.example", "RemoteIP": short,
            "InitiatingProcessFileName": short, "InitiatingProcessCommandLine": text,
            "InitiatingProcessParentFileName": short, "InitiatingProcessAccountName": short,
            "InitiatingProcessFolderPath": short, "ActionType": "ConnectionSuccess",
        }  # fmt: skip
        found += [event(60 * i + number, ReportId=10 * number + i, **place) for i in range(6)]
    return [{**row, "Timestamp": row["Timestamp"].isoformat()} for row in found]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the export, named to be obeyed, and its result."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "in").mkdir()
    lines = [json.dumps({**row, "InitiatingProcessCreationTime": START.isoformat()})
             for row in hostile_rows()]  # fmt: skip
    (folder / "in" / "<b>\x1b[2J\u202e=1.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = scored(folder, "parquet", "-o", folder / "result.parquet")
    assert done.code == 0, done.err
    return folder


def scored(folder: Path, form: str, *more: object) -> Any:
    return run("score", folder / "in", "--match", "any", "--all", "-f", form, *more)


def harmless(text: str) -> None:
    """Nothing in it would be obeyed or hidden by a terminal."""
    assert [line for line in text.split("\n") if visible(line) != line] == []


def test_commands_print_nothing_that_a_terminal_obeys(folder: Path) -> None:
    harmless(run("inspect", folder / "in").text)
    for form in ("table", "markdown"):
        done = scored(folder, form)
        harmless(done.text)
        harmless(done.err)
    result = folder / "result.parquet"
    for alert in load(result)["alert_id"]:
        harmless(run("explain", alert, result).text)


def test_verdicts_history_and_tuning_keep_it_so(folder: Path, tmp_path: Path) -> None:
    verdicts = tmp_path / "\x1b[2Jverdicts.csv"
    for number, alert in enumerate(load(folder / "result.parquet")["alert_id"]):
        told = run(
            "label", alert, "--verdict", ("tp", "benign")[number % 2], "--reason", f"\udcff{LONG}",
            "--file", verdicts, "--result", folder / "result.parquet",
        )  # fmt: skip
        assert told.code == 0
        harmless(told.err)
    text = verdicts.read_text(encoding="utf-8")
    harmless(text)
    cells = [cell for line in csv.reader(io.StringIO(text)) for cell in line]
    assert [cell for cell in cells if re.match(FORMULA_START, cell)] == []
    config = tmp_path / "any.toml"
    config.write_text('[rule]\nmatch = "any"\n', encoding="utf-8")
    tuned = run(
        "tune", "--labels", verdicts, folder / "in", "--config", config, "-o", tmp_path / "b.toml"
    )
    assert tuned.code == 0, tuned.err
    harmless(tuned.text)
    harmless(tuned.err)
    days = tmp_path / "\x1b[2Jdays"
    harmless(run("history", "show", days).text)
    assert scored(folder, "table", "--history", days).code == 0
    harmless(run("history", "show", days).text)


def test_nothing_is_lost_on_the_way_to_jsonl_and_parquet(folder: Path) -> None:
    meant = {*TEXTS, LONG, LONE.replace("\ud800", "?").replace("\udfff", "?")}
    assert set(load(folder / "result.parquet")["command_line"]) == meant
    lines = scored(folder, "jsonl").out.splitlines()
    assert {json.loads(line)["command_line"] for line in lines} == meant


class Tags(HTMLParser):
    """What a browser would build of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.scripts, self.attributes = 0, set[str]()
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.attributes |= {name for name, _ in attributes}


@pytest.mark.parametrize("form", sorted(set(OUTPUTS) - {"jsonl", "parquet"}))
def test_every_other_form_holds_every_channel_and_runs_nothing(folder: Path, form: str) -> None:
    done = scored(folder, form)
    assert done.code == 0, done.err
    text, count = done.text, load(folder / "result.parquet").height
    if form in ("csv", "watchlist"):
        csv.field_size_limit(2_000_000)
        head, *lines = csv.reader(io.StringIO(text, newline=""))
        assert len(lines) == count
        assert {len(line) for line in lines} == {len(head)}
        number = re.compile(r"-?[\d.]+(e-?\d+)?")
        bad = [c for line in lines for c in line if re.match(FORMULA_START, c)]
        assert [cell for cell in bad if not number.fullmatch(cell)] == []
    elif form == "html":
        page = Tags(text)
        assert page.scripts == 1
        assert [name for name in page.attributes if name.startswith("on") or name == "style"] == []
        assert len(done.out) < 40 * 1_000_000
    elif form in ("table", "markdown"):
        harmless(text)
    elif form == "navigator":
        assert sum(int(t["comment"].split()[0]) for t in json.loads(text)["techniques"]) == count
    else:
        records = [json.loads(line) for line in text.splitlines()]
        flat = [r for x in records for r in x] if form == "sentinel" else records
        assert len(flat) >= count
        assert text.isascii()


def test_queries_of_every_alert_parse(folder: Path) -> None:
    rows = load(folder / "result.parquet").iter_rows(named=True)
    asked = [query.kql for row in rows for query in queries(row)]
    assert {fault for faults in diagnose(asked) for fault in faults} == set()


def test_every_part_is_named_without_obeying_its_name(folder: Path) -> None:
    told = run("inspect", folder / "in").text
    assert "\\x1b[2J\\u202e=1.jsonl" in told
    assert pl.read_parquet(folder / "result.parquet").height == len(TEXTS) + 2
