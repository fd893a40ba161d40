"""An analyst's way through the outputs: they agree, and lead from the list to a query."""

import html
import json
import math
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from cli import run
from kusto import diagnose

import beacon
from beacon.report import explain, render, story, words
from beacon.report.queries import queries

DAY = Path(__file__).parents[1] / "examples" / "day.parquet"


def in_all(row: dict[str, Any]) -> list[str]:
    """The figures that even the shortest form, a line of the table, has."""
    return [
        words.judged(row), words.cadence(row), words.since(row), words.reasons(row, most=3),
        row["host"], row["process"], row["domain"],
    ]  # fmt: skip


def in_full(row: dict[str, Any]) -> list[str]:
    """The figures that every form of one alert in full has."""
    parts = [f"{e['weight']:+.1f}" for e in row["evidence"] if abs(e["weight"]) >= 0.05]
    return [
        words.score(row), row["severity"], f"rank {row['rank']:,}", words.cadence(row),
        words.expected(row), f"from {words.count(row['events'], 'connection')}",
        f"log10 Bayes factor {row['timing_evidence']:.2f}",
        words.moment(row["first_seen"]), words.moment(row["last_seen"]),
        words.prevalence(row), words.case(row), *parts,
        *(e["name"] for e in row["evidence"]), *row["quality"], row["alert_id"],
    ]  # fmt: skip


def flat(text: str) -> str:
    """Text without marks of its form: tags, code spans, escapes, line ends."""
    return re.sub(r"\s+", " ", re.sub(r"[`\\]|<!-- -->", "", text))


def test_every_form_agrees_on_every_figure() -> None:
    result = beacon.score(DAY)
    alerts = result.alerts.head(4)
    written = {form: render(form, result, alerts).decode("utf-8")
               for form in ("table", "html", "markdown", "jsonl")}  # fmt: skip
    rows = list(alerts.iter_rows(named=True))
    records = [json.loads(line) for line in written["jsonl"].splitlines()]
    lines, page = written["table"].splitlines()[1:], written["html"]
    shown = re.findall(
        r"<tr role=\"row\">\s*<td role=\"cell\" class=\"number\".*?</tr>", page, re.S
    )
    articles = re.findall(r"<article.*?</article>", page, re.S)
    tickets = re.split(r"(?m)^## ", written["markdown"])[1:]
    assert 0 < len(rows) == len(records) == len(lines) == len(shown) == len(articles)
    assert len(tickets) == len(rows)
    for row, record, line, first, article, ticket in zip(
        rows, records, lines, shown, articles, tickets, strict=True
    ):
        short = {"table": flat(line), "page": flat(html.unescape(re.sub("<[^>]*>", " ", first)))}
        full = {
            "explain": flat(explain(row, 200)),
            "page": flat(html.unescape(re.sub("<[^>]*>", "", article))),
            "markdown": flat(ticket),
        }
        for name, text in short.items():
            assert [figure for figure in in_all(row) if flat(figure) not in text] == [], name
        for name, text in full.items():
            assert [figure for figure in in_full(row) if flat(figure) not in text] == [], name
        for name in ("alert_id", "rank", "score", "polls", "events", "period_seconds"):
            assert record[name] == row[name]
        assert math.fsum(e["weight"] for e in record["evidence"]) == pytest.approx(
            story.ledger(row)[-1].total - story.ledger(row)[0].total
        )
        assert all(query.kql in ticket for query in queries(row))


def test_the_first_alerts_name_is_the_same_when_scored_again(tmp_path: Path) -> None:
    assert run("simulate", tmp_path, "--seed", 7, "--hosts", 40).code == 0
    first, second = (run("score", tmp_path / "day.parquet", "-q", "-f", "jsonl").text for _ in "12")
    assert first == second
    assert json.loads(first.splitlines()[0])["rank"] == 1


def test_the_first_alert_is_opened_asked_about_judged_and_marked(tmp_path: Path) -> None:
    """As `make demo` leaves it: the page and every channel beside it."""
    verdicts, config = tmp_path / "verdicts.csv", tmp_path / "beacon.toml"
    page, channels = tmp_path / "day.html", tmp_path / "day.jsonl"
    assert run("score", DAY, "-q", "-f", "html", "-o", page).code == 0
    assert run("score", DAY, "-q", "--all", "-f", "jsonl", "-o", channels).code == 0
    shown = page.read_text(encoding="utf-8")
    (name,) = re.findall(r'<td[^>]*><a href="#a-(\w+)">', shown)[:1]
    first = json.loads(channels.read_text(encoding="utf-8").splitlines()[0])
    assert (first["alert_id"], first["rank"]) == (name, 1)
    (opened,) = re.findall(rf'<article id="a-{name}".*?</article>', shown, re.S)
    told = run("explain", name, channels)
    assert told.code == 0
    copied = html.unescape(re.findall(r"<pre[^>]*><code>(.*?)</code>", opened, re.S)[0])
    assert copied in told.text
    typed = shlex.split(re.findall(r"beacon label .*", html.unescape(opened))[0].split("<")[0])
    assert typed[:3] == ["beacon", "label", name]
    said = run(*typed[1:], "--file", verdicts)
    assert said.code == 0, said.err
    config.write_text(f"[evidence]\nverdicts = {json.dumps(str(verdicts))}\n", encoding="utf-8")
    again = run("score", DAY, "-q", "-f", "jsonl", "--config", config).text.splitlines()
    (marked,) = [row for row in map(json.loads, again) if row["alert_id"] == name]
    fired = {e["name"] for e in marked["evidence"] if e["state"] == "fired"}
    assert "judged a poller" in fired
    assert marked["score"] > first["score"]
    assert diagnose([copied]) == [[]]
