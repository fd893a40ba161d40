"""An analyst's way through the outputs: they agree, and lead from the list to a query."""

import html
import json
import re
from pathlib import Path

import polars as pl
import pytest
from cli import run
from kusto import diagnose

from beacon.report import explain, words
from beacon.report.queries import queries


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("day")
    assert run("simulate", folder, "--seed", 7, "--hosts", 40).code == 0
    return folder / "day.parquet"


def test_table_explain_markdown_and_page_agree_on_every_figure(day: Path, tmp_path: Path) -> None:
    forms = ("table", "parquet", "html", "markdown", "jsonl")
    for form in forms:
        assert run("score", day, "-q", "--budget", 4, "-f", form, "-o", tmp_path / form).code == 0
    rows = list(pl.read_parquet(tmp_path / "parquet").iter_rows(named=True))
    lines = (tmp_path / "table").read_text(encoding="utf-8").splitlines()[1:]
    page = (tmp_path / "html").read_text(encoding="utf-8")
    ticket = (tmp_path / "markdown").read_text(encoding="utf-8")
    records = [json.loads(line) for line in (tmp_path / "jsonl").read_text().splitlines()]
    assert len(rows) == len(lines) == len(records) > 0
    for row, line, record in zip(rows, lines, records, strict=True):
        told = re.sub(r"\s+", " ", explain(row, 200))
        assert record["alert_id"] == row["alert_id"]
        for figure in (words.score(row), words.cadence(row)):
            assert figure in line
            assert figure in told
            assert figure in ticket
            assert figure.replace(">", "&gt;") in page
        assert words.expected(row) in told
        assert words.expected(row) in page
        assert queries(row)[0].kql in ticket
        assert row["alert_id"] in line


def test_the_first_alerts_name_is_the_same_when_scored_again(day: Path) -> None:
    first, second = (run("score", day, "-q", "-f", "jsonl").text for _ in range(2))
    assert first == second
    assert json.loads(first.splitlines()[0])["rank"] == 1


def test_the_first_alert_is_opened_asked_about_judged_and_marked(day: Path, tmp_path: Path) -> None:
    verdicts, config = tmp_path / "verdicts.csv", tmp_path / "beacon.toml"
    first = json.loads(run("score", day, "-q", "-f", "jsonl").text.splitlines()[0])
    for form in ("jsonl", "html"):
        assert run("score", day, "-q", "-f", form, "-o", tmp_path / form).code == 0
    page = (tmp_path / "html").read_text(encoding="utf-8")
    name = first["alert_id"]
    (opened,) = re.findall(rf'<article id="a-{name}".*?</article>', page, re.S)
    told = run("explain", name, tmp_path / "jsonl")
    assert told.code == 0
    copied = html.unescape(re.findall(r"<pre[^>]*><code>(.*?)</code>", opened, re.S)[0])
    assert copied in told.text
    label = re.findall(r"beacon label (\S+) --verdict", html.unescape(opened))
    assert label == [name]
    said = run("label", name, "--verdict", "tp", "--reason", "a dead drop", "--file", verdicts)
    assert said.code == 0, said.err
    config.write_text(f"[evidence]\nverdicts = {json.dumps(str(verdicts))}\n", encoding="utf-8")
    again = run("score", day, "-q", "-f", "jsonl", "--config", config).text.splitlines()
    (marked,) = [row for row in map(json.loads, again) if row["alert_id"] == name]
    fired = {e["name"] for e in marked["evidence"] if e["state"] == "fired"}
    assert "judged a poller" in fired
    assert marked["score"] > first["score"]
    assert diagnose([copied]) == [[]]
