"""Sysmon: one connection from three events, the same through every shipper."""

import json
from datetime import datetime, timedelta

import polars as pl
import pytest
from exports import frame, lines, to
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from sysmon_events import OUTBOUND, SHIPPERS, connection, day, event, guid, lookup, shipped

from beacon.read import Part, read
from beacon.read.source import Source
from beacon.read.sysmon_nxlog import scan
from beacon.schema import EVENTS
from beacon.settings import ReadSettings

UNSEEN = [
    "DeviceId",
    "RemoteIPType",
    "InitiatingProcessParentCreationTime",
    "AdditionalFields",
]
"""Columns that Sysmon has no field for."""


def part(*events: dict) -> Part:
    return scan(Source("sysmon.json", lines(list(events))), ReadSettings())


def domains(*events: dict) -> list[str]:
    return part(*events).events.collect()["RemoteUrl"].to_list()


@pytest.mark.parametrize("shipper", SHIPPERS)
def test_every_shipper_gives_what_defender_gives(shipper, tmp_path):
    path = tmp_path / "events.bin"
    path.write_bytes(shipped(shipper, day()))
    [found] = read([path], ReadSettings()).parts
    expected = to("1ms")(frame(OUTBOUND)).with_columns(
        *(pl.lit(None, EVENTS[column]).alias(column) for column in UNSEEN),
        InitiatingProcessUniqueId=pl.Series(
            [guid(row["InitiatingProcessId"]).strip("{}").upper() for row in OUTBOUND]
        ),
    )
    unseen = set(UNSEEN)
    if shipper == "another flat one":  # it ships no record numbers
        expected = expected.with_columns(ReportId=pl.lit(None, pl.Int64))
        unseen.add("ReportId")
    assert found.shape == SHIPPERS[shipper][0]
    assert_frame_equal(found.events.collect().sort("Timestamp"), expected)
    assert found.columns == EVENTS.keys() - unseen
    assert found.rows.collect().item() == len(day())
    assert found.faults.collect().is_empty()
    assert found.notes == (
        "joined: Sysmon 22 (6) for domains, Sysmon 1 (6) for processes",
        "left aside, other events: Security 4688 (6), Sysmon 5 (1)",
    )


NOON = datetime(2026, 5, 4, 12)


def at(seconds: float) -> str:
    return (NOON + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S.%f")[:23]


def test_the_nearest_lookup_of_the_process_names_the_connection():
    assert domains(
        lookup(at(-900), "old.example", "1.2.3.4;"),
        lookup(at(-9), "new.example", "9.9.9.9;1.2.3.4;"),
        lookup(at(-1), "elsewhere.example", "1.2.3.5;"),
        lookup(at(-1), "stranger.example", "1.2.3.4;", pid=7),
        connection(at(0)),
    ) == ["new.example"]


@pytest.mark.parametrize(
    ("seconds", "found"),
    [(-3600, True), (-3600.001, False), (0, True), (5, True), (5.001, False)],
)
def test_a_lookup_counts_from_an_hour_before_to_five_seconds_after(seconds, found):
    events = lookup(at(seconds), "a.example", "1.2.3.4;"), connection(at(0))
    assert domains(*events) == ["a.example" if found else ""]


def test_a_lookup_just_after_beats_one_long_before():
    assert domains(
        lookup(at(-60), "before.example", "1.2.3.4;"),
        connection(at(0)),
        lookup(at(0.132), "after.example", "1.2.3.4;"),
    ) == ["after.example"]


@pytest.mark.parametrize(
    ("results", "address"),
    [
        ("type:  5 github.map.fastly.net;::ffff:151.101.208.133;", "151.101.208.133"),
        ("10.23.42.38;", "10.23.42.38"),
        ("2606:50c0:8000::154;", "2606:50c0:8000:0:0:0:0:154"),
    ],
)
def test_addresses_agree_in_any_spelling(results, address):
    events = lookup(at(0), "a.example", results), connection(at(0), address=address)
    assert domains(*events) == ["a.example"]


def test_reverse_names_and_failed_lookups_name_nothing():
    assert domains(lookup(at(0), "gone.example", "-"), connection(at(0))) == [""]
    found = part(connection(at(0)))
    assert found.notes == (
        "joined: Sysmon 22 (0) for domains, Sysmon 1 (0) for processes",
        "1 of 1 connections without a domain: no event 22 gave their address",
        "1 of 1 connections without event 1: command line and parent unknown",
    )
    assert "InitiatingProcessCommandLine" not in found.columns


def test_the_unknown_process_joins_nothing():
    nobody = {"ProcessGuid": "{00000000-0000-0000-0000-000000000000}"}
    found = part(
        event(1, at(0), **nobody, CommandLine="x"),
        lookup(at(0), "a.example", "1.2.3.4;") | nobody,
        connection(at(0), **nobody, Image="<unknown process>"),
    )
    row = found.events.collect().row(0, named=True)
    assert (row["RemoteUrl"], row["InitiatingProcessCommandLine"]) == ("", None)
    assert row["InitiatingProcessFileName"] == "<unknown process>"


def test_process_creation_joins_by_guid_however_wrong_its_clock():
    found = part(
        event(1, "2026-05-02 03:00:00.000", CommandLine="python beat.py"), connection(at(0))
    )
    row = found.events.collect().row(0, named=True)
    assert row["InitiatingProcessCommandLine"] == "python beat.py"
    assert row["Timestamp"].isoformat() == "2026-05-04T12:00:00+00:00"


def test_an_inbound_connection_is_kept_and_called_so():
    inbound = {"Initiated": "false", "SourceIp": "10.0.0.99", "SourcePort": "50000"}
    own = {"DestinationIp": "10.0.0.14", "DestinationPort": "389"}
    row = part(connection(at(0), **inbound, **own)).events.collect().row(0, named=True)
    assert row["ActionType"] == "InboundConnectionAccepted"
    assert (row["RemoteIP"], row["RemotePort"], row["LocalPort"]) == ("10.0.0.99", 50000, 389)


def test_accounts_without_a_domain_and_plain_numbers_are_read():
    found = part(connection(at(0), User="SYSTEM", ProcessId=4, Initiated=True, SourcePort=53))
    row = found.events.collect().row(0, named=True)
    assert row["InitiatingProcessAccountDomain"] is None
    assert (row["InitiatingProcessAccountName"], row["InitiatingProcessId"]) == ("SYSTEM", 4)
    assert (row["ActionType"], row["LocalPort"]) == ("ConnectionSuccess", 53)


def test_a_log_without_connections_says_so():
    found = part(event(1, at(0)), {"EventID": 3, "Channel": "Security", "Hostname": "h"})
    assert found.events.collect().is_empty()
    assert found.notes == (
        "no Sysmon event 3 in it; Sysmon logs connections only if its configuration says so",
        "left aside, other events: Security 3 (1)",
    )


def test_a_cut_line_and_a_connection_without_time_are_faults():
    content = lines([connection(at(0)), connection("soon")]) + b'\n{"EventID": 3, "Chan'
    found = scan(Source("sysmon.json", content), ReadSettings())
    assert found.faults.collect().rows() == [
        ("sysmon.json", 3, "not valid JSON", '{"EventID": 3, "Chan'),
        ("sysmon.json", 2, "Timestamp is not a time", "soon"),
    ]
    assert found.events.collect().height == 1
    assert found.rows.collect().item() == 3


TIMES = st.integers(-4000, 4000)
PLACES = st.tuples(st.integers(1, 2), st.sampled_from(["1.1.1.1", "2.2.2.2"]))


@given(
    st.lists(st.tuples(TIMES, PLACES), max_size=8, unique_by=lambda lookup: lookup[0]),
    st.lists(st.tuples(TIMES, PLACES), min_size=1, max_size=5),
)
@settings(deadline=None)
def test_names_agree_with_looking_at_every_pair(lookups, connections):
    events = [
        *(lookup(at(t), f"n{t}.example", f"{ip};", pid) for t, (pid, ip) in lookups),
        *(
            connection(at(t), pid, ip, RecordNumber=i)
            for i, (t, (pid, ip)) in enumerate(connections)
        ),
    ]
    found = part(*events).events.collect().sort("ReportId")["RemoteUrl"]
    for (time, place), name in zip(connections, found, strict=True):
        gaps = {
            f"n{t}.example": abs(time - t)
            for t, p in lookups
            if p == place and -5 <= time - t <= 3600
        }
        assert (not gaps and name == "") or gaps[name] == min(gaps.values())


def test_events_in_an_array_are_events(tmp_path):
    path = tmp_path / "events.json"
    path.write_text(json.dumps([lookup(at(0), "a.example", "1.2.3.4;"), connection(at(0))]))
    [found] = read([path], ReadSettings()).parts
    assert found.shape == "sysmon nxlog in json array"
    assert found.events.collect()["RemoteUrl"].to_list() == ["a.example"]
    assert found.rows.collect().item() == 2


def test_numbers_in_any_type_do_not_break_a_file(tmp_path):
    path = tmp_path / "mixed.json"
    records = [
        {"EventID": 4688, "Channel": "Security", "Hostname": "h", "ProcessId": "0x17d4"},
        {"EventID": 5156, "Channel": "Security", "Hostname": "h", "ProcessId": 6000},
        {"EventID": 1, "Channel": "Security", "Hostname": "h", "ProcessId": {"deep": [1]}},
        connection(at(0)),
    ]
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    assert read([path], ReadSettings()).events.collect().height == 1


@pytest.mark.parametrize("shipper", list(SHIPPERS)[:5])
def test_nested_shippers_name_a_cut_line_and_bear_fields_of_any_type(shipper, tmp_path):
    shape, form = SHIPPERS[shipper]
    whole = json.dumps(form(connection(at(0))))
    odd = [{}, {"winlog": 5}, {"Event": [1]}, {"data": {"win": None}}, {"SyslogMessage": {}}]
    odd += [{"EventData": "{not", "EventID": 3}, {"process": {"hash": 1}}]
    text = [whole, *map(json.dumps, odd), "", whole[:40], "[1]", whole]
    path = tmp_path / "events.json"
    path.write_text("\n".join(text), encoding="utf-8")
    [found] = read([path], ReadSettings()).parts
    assert found.shape == shape
    named = found.events.collect().filter(pl.col("RemoteIP").is_not_null())
    assert named.height == 2
    faults = {(line, reason) for _, line, reason, _ in found.faults.collect().rows()}
    assert {(10, "not valid JSON"), (11, "not a JSON object")} <= faults
