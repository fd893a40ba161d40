"""Zeek's logs together: one event a connection, direction, long connections, no process."""

from itertools import permutations
from pathlib import Path

import polars as pl
import pytest
from shared import DATA, needs
from test_read_zeek import as_json, as_tsv, records

from beacon import pipeline, simulate
from beacon.read import read
from beacon.settings import ReadSettings, RuleSettings, Settings
from beacon.simulate import zeek

ANY = Settings(rule=RuleSettings(match="any"))


def write(folder: Path, **logs: list[dict[str, object]]) -> Path:
    for number, (log, rows) in enumerate(logs.items()):
        text = (as_tsv, as_json)[number % 2](rows)
        (folder / f"{log}.log").write_text(text, encoding="utf-8")
    return folder


def test_a_connection_of_several_logs_is_one_event(tmp_path: Path) -> None:
    conn = [
        *records("conn", 3),
        *({**row, "uid": f"H{i}"} for i, row in enumerate(records("conn", 2))),
        *({**row, "uid": f"D{i}"} for i, row in enumerate(records("conn", 2))),
    ]
    tunnel = {"method": "CONNECT", "host": "t.me:443", "uri": "t.me:443"}
    http = [{**row, "uid": "H0"} for row in records("http", 4)] + records("http", 1, **tunnel)
    logs = {
        "conn": conn,
        "ssl": records("ssl", 5),  # the last two in no conn log
        "http": http,  # four requests in one connection, and a tunnel that ssl tells of as well
        "dns": [{**row, "uid": "D0"} for row in records("dns", 1)],
    }
    found = set()
    for number, order in enumerate(permutations(logs)):
        folder = tmp_path / str(number)
        folder.mkdir()
        export = read(
            [write(folder, **{log: logs[log]}) / f"{log}.log" for log in order], ReadSettings()
        )
        events = export.events.collect()
        named = events.group_by("RemoteUrl", "ActionType").len().sort("RemoteUrl", "ActionType")
        found.add(tuple(named.iter_rows()))
    assert found == {
        (
            (None, "ConnectionSuccess", 2),  # H1 and D1, of which nothing else is known
            ("api.telegram.org", "DnsConnectionInspected", 1),
            ("http://pastebin.com/raw/a?b=-", "HttpConnectionInspected", 4),
            ("raw.githubusercontent.com", "ConnectionSuccess", 3),
            ("raw.githubusercontent.com", "SslConnectionInspected", 2),
            ("t.me:443", "HttpConnectionInspected", 1),
        )
    }


def test_logs_without_uid_are_left_as_they_are(tmp_path: Path) -> None:
    bare = {log: [{k: v for k, v in r.items() if k != "uid"} for r in records(log)] for log in
            ("conn", "ssl")}  # fmt: skip
    assert read([write(tmp_path, **bare)], ReadSettings()).events.collect().height == 6


def test_recorded_connections_get_their_names() -> None:
    needs(DATA / "zeek")
    logs = [DATA / "zeek" / f"zat_{log}.log" for log in ("conn", "ssl")]
    events = read(logs, ReadSettings()).events.collect()
    assert events.height == 50 + 50 - 4
    assert events.filter(ActionType="ConnectionSuccess")["RemoteUrl"].n_unique() == 1 + 4


@pytest.mark.parametrize("seconds", [3.0, 900.0])
def test_a_long_connection_hides_polls_and_is_never_called_none(
    seconds: float, tmp_path: Path
) -> None:
    conn = [{**row, "uid": f"C{i}"} for i, row in enumerate(records("conn", 9, duration=seconds))]
    ssl = records("ssl", 9, server_name="files.example.com")
    times = (0, 700, 9_130, 9_870, 30_350, 31_290, 47_620, 58_910, 60_070)
    rows = [{**row, "ts": row["ts"] + t} for row, t in zip(conn, times, strict=True)]
    result = pipeline.score([write(tmp_path, conn=rows, ssl=ssl)], ANY)
    [row] = result.channels.to_dicts()
    terms = {term["name"]: term["state"] for term in row["evidence"]}
    is_long = seconds >= 300
    assert row["status"] == ("insufficient" if is_long else "scored")
    assert row["severity"] != "none" or not is_long
    assert (terms["few contacts"] == "not observable") == is_long
    assert any("9 connections of 300 s or more" in note for note in row["quality"]) == is_long


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> tuple[simulate.Simulated, pl.DataFrame]:
    """A company that Zeek watches: the truth by address, and what is made of its logs."""
    folder, company = tmp_path_factory.mktemp("zeek"), simulate.day(101, 40)
    zeek.write(folder, company)
    return company, pipeline.score([folder], ANY).channels


def test_bytes_give_the_direction(day: tuple[simulate.Simulated, pl.DataFrame]) -> None:
    company, channels = day
    host = pl.col("DeviceName").str.to_lowercase()
    address = company.events.group_by(host=host).agg(address=pl.col("LocalIP").first())
    truth = zeek.ways(company.truth).join(address, on="host")
    ways = truth.group_by(host="address", domain="domain").agg(
        pl.col("way").unique(), pl.col("content").min()
    )
    pure = ways.filter(pl.col("way").list.len() == 1).explode("way")
    told = channels.join(pure, on=["host", "domain"])
    for way, right, wrong in (
        ("reads", "down-only", "up-seen"),
        ("sends", "up-seen", "down-only"),
    ):
        ours = told.filter(way=way)
        assert ours.height > 100
        assert wrong not in set(ours["direction"])
        large = ours.filter(pl.col("content") >= 20_000)
        assert large.height > 50
        assert (large["direction"] == right).mean() > 0.97


def test_no_technique_claims_a_direction_that_was_not_seen(
    day: tuple[simulate.Simulated, pl.DataFrame],
) -> None:
    told = day[1].select("direction", "technique").unique().rows()
    assert sorted(told) == [
        ("down-only", "T1102.003"), ("unknown", "T1102"), ("up-seen", "T1102.002"),
    ]  # fmt: skip


def test_what_is_not_known_of_a_program_weighs_nothing(
    day: tuple[simulate.Simulated, pl.DataFrame],
) -> None:
    company, channels = day
    of_programs = {"office parent", "system tool", "user-writable place", "renamed"}
    for row in channels.head(50).to_dicts():
        terms = {t["name"]: t for t in row["evidence"] if t["name"] in of_programs}
        assert {t["state"] for t in terms.values()} == {"not observable"}
        assert {t["weight"] for t in terms.values()} == {0.0}
    known = pipeline.score(company.events, Settings()).channels
    assert channels["score"].max() < known["score"].max()
