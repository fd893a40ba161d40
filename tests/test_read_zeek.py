"""Zeek's logs: text and JSON alike, faults by line, refusals with their fix, bytes as direction."""

import json
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from shared import DATA, needs

from beacon import pipeline
from beacon.errors import InputError
from beacon.read import Part, read
from beacon.schema import EVENTS
from beacon.settings import ReadSettings, RuleSettings, Settings

START = 1_777_900_000
ENDS = {
    "id.orig_h": "10.1.2.3",
    "id.orig_p": 50_123,
    "id.resp_h": "203.0.113.9",
    "id.resp_p": 443,
}
LOGS: dict[str, dict[str, Any]] = {
    "conn": {"proto": "tcp", "service": "ssl", "duration": 400.5, "orig_bytes": 700}
    | {"resp_bytes": 5_000, "conn_state": "SF", "local_orig": True, "local_resp": False},
    "ssl": {"version": "TLSv13", "server_name": "raw.githubusercontent.com", "established": True},
    "http": {"method": "GET", "host": "pastebin.com", "uri": "/raw/a?b=-", "user_agent": 'a "b"'}
    | {"request_body_len": 0, "response_body_len": 120, "status_code": 200},
    "dns": {"proto": "udp", "trans_id": 7, "query": "api.telegram.org", "qtype_name": "A"},
}
PLACES = {
    "conn": (None, "203.0.113.9"),
    "ssl": ("raw.githubusercontent.com", "203.0.113.9"),
    "http": ("http://pastebin.com/raw/a?b=-", "203.0.113.9"),
    "dns": ("api.telegram.org", None),
}


def records(log: str, count: int = 3, **changed: Any) -> list[dict[str, Any]]:
    return [
        {"ts": START + 60.25 * i, "uid": f"C{i}", **ENDS, **LOGS[log], **changed}
        for i in range(count)
    ]


def as_json(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def as_tsv(rows: list[dict[str, Any]], separator: str = "\t") -> str:
    def cell(value: Any) -> str:
        return {None: "-", "": "(empty)", True: "T", False: "F"}.get(value, str(value))

    names = list(rows[0])
    escaped = "".join(f"\\x{byte:02x}" for byte in separator.encode())
    said = {"#set_separator": ",", "#empty_field": "(empty)", "#unset_field": "-", "#path": "x"}
    top = [f"#separator {escaped}", *(separator.join(pair) for pair in said.items())]
    body = [separator.join(["#fields", *names])]
    # 1 == True in a dict: numbers are spelled before they are looked up.
    for row in rows:
        values = (v if v is None or isinstance(v, bool) else str(v) for v in row.values())
        body.append(separator.join(map(cell, values)))
    return "\n".join([*top, *body, separator.join(["#close", "2026-05-04-00-00-00"])]) + "\n"


def part(folder: Any, text: str) -> Part:
    path = folder / "a.log"
    path.write_text(text, encoding="utf-8")
    [found] = read([path], ReadSettings()).parts
    return found


@pytest.mark.parametrize("log", LOGS)
@pytest.mark.parametrize("separator", ["\t", "|"])
def test_text_and_json_of_a_log_are_the_same_events(log, separator, tmp_path):
    absent = dict.fromkeys(("version", "method", "service"))
    rows = [absent | row for row in (*records(log), *records(log, 1, **absent))]
    by_json = part(tmp_path, as_json(rows))
    events = by_json.events.collect()
    by_tsv = part(tmp_path, as_tsv(rows, separator))
    assert (by_json.shape, by_tsv.shape) == (f"zeek {log} json", f"zeek {log} tsv")
    assert_frame_equal(by_tsv.events.collect(), events)
    assert events.schema == pl.Schema(EVENTS)
    assert by_tsv.columns == by_json.columns
    assert events["DeviceName"].unique().to_list() == ["10.1.2.3"]
    assert events["InitiatingProcessFileName"].unique().to_list() == [""]
    assert events.select("RemoteUrl", "RemoteIP").row(0) == PLACES[log]
    assert events["Timestamp"].dt.epoch("ms").to_list()[:3] == [
        START * 1000 + step for step in (0, 60_250, 120_500)
    ]


def test_every_spelling_of_a_time_is_the_same_moment(tmp_path):
    spelled = [1_777_900_000.5, 1_777_900_000_500, "1777900000.500000", "2026-05-04T13:06:40.5Z"]
    text = as_json([{**records("ssl", 1)[0], "ts": ts} for ts in spelled])
    assert part(tmp_path, text).events.collect()["Timestamp"].n_unique() == 1


def test_a_bad_row_is_a_fault_with_its_line(tmp_path):
    lines = as_tsv(records("conn", 4)).splitlines()
    lines[7] = lines[7].rsplit("\t", 1)[0]
    lines[8] = "soon" + lines[8][lines[8].index("\t") :]
    found = part(tmp_path, "\n".join(lines))
    faults = found.faults.collect().sort("line")
    assert faults["line"].to_list() == [8, 9]
    assert faults["reason"].to_list() == [
        "13 fields, the header has 14",
        "Timestamp is not a time",
    ]
    assert (found.events.collect().height, found.rows.collect().item()) == (2, 4)


@pytest.mark.parametrize(
    ("old", "new", "fix"),
    [
        ("#fields", "#field", "put the log's own header"),
        (r"#separator \x09", r"#separator \x2c", "in the separator that #separator names"),
        ("\tconn_state", "\tstate", "pass one of these logs"),
        ("\tid.resp_h", "\tresp", "without id.resp_h; export the default fields"),
        ("\tuid", "\tts", "names 'ts' twice; remove one"),
        ("#close", "#fields\tts\tuid\n#close", "line 8: #fields names other columns"),
    ],
)
def test_an_odd_header_is_refused_with_the_fix(old, new, fix, tmp_path):
    with pytest.raises(InputError, match=fix):
        part(tmp_path, as_tsv(records("conn", 1)).replace(old, new))


def test_what_is_no_poll_of_a_device_is_told(tmp_path):
    inside = records("conn", 2, local_orig=False, local_resp=True)
    found = part(tmp_path, as_json([*records("conn"), *inside]))
    assert (found.events.collect().height, found.rows.collect().item()) == (3, 5)
    assert any("accepted from outside" in note and ": 2" in note for note in found.notes)
    assert any("300 s or more: 5, the longest 400 s" in note for note in found.notes)


WAYS = [
    ("http", {"request_body_len": 0, "response_body_len": 900}, "down-only"),
    ("http", {"request_body_len": 40, "response_body_len": 900}, "up-seen"),
    ("conn", {"orig_bytes": 700, "resp_bytes": 60_000}, "down-only"),
    ("conn", {"orig_bytes": 700, "resp_bytes": 5_000}, "unknown"),  # a handshake alone
    ("conn", {"orig_bytes": 90_000, "resp_bytes": 6_000}, "up-seen"),
    ("conn", {"orig_bytes": 700, "resp_bytes": 0}, "unknown"),
    ("conn", {"orig_bytes": None, "resp_bytes": None}, "unknown"),
]


@pytest.mark.parametrize(("log", "changed", "way"), WAYS)
def test_bytes_give_the_direction_and_the_process_is_not_observable(log, changed, way, tmp_path):
    path = tmp_path / "a.log"
    path.write_text(as_tsv(records(log, 40, **changed)), encoding="utf-8")
    [row] = pipeline.score(path, Settings(rule=RuleSettings(match="any"))).channels.to_dicts()
    assert (row["host"], row["process"], row["direction"]) == ("10.1.2.3", "", way)
    assert row["period_seconds"] == pytest.approx(60.25, abs=0.01)
    states = {term["name"]: term["state"] for term in row["evidence"]}
    for name in ("office parent", "script-host parent", "system tool", "user-writable place"):
        assert states[name] == "not observable"


RECORDED = {"LSASS01_conn": 112, "LSASS01_http": 3, "zat_conn": 50, "zat_ssl": 50, "zat_http": 28}


def test_recorded_logs_are_read_whole_and_ranked():
    folder = DATA / "zeek"
    needs(folder)
    for name, rows in RECORDED.items():
        [found] = read([folder / f"{name}.log"], ReadSettings()).parts
        assert (found.events.collect().height, found.faults.collect().height) == (rows, 0)
    result = pipeline.score(folder, Settings(rule=RuleSettings(match="any")))
    scores = result.channels["score"].to_list()
    assert all(a >= b for a, b in pairwise(scores))
    named = set(result.channels.select("host", "domain").iter_rows())
    assert {("10.18.20.97", "h1.wensa.at"), ("192.168.1.41", "10.0.5.13")} <= named
