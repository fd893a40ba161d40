"""Files of different sources in one run are one day."""

import itertools
from datetime import timedelta

import pytest
from asim_rows import session
from events import START, event, frame
from exports import DAY, lines
from sysmon_events import SHIPPERS, connection, lookup, shipped
from sysmon_events import event as sysmon_event

from beacon import pipeline
from beacon.settings import RuleSettings, Settings

ANY = Settings(rule=RuleSettings(match="any"))
NAME, ADDRESS = "raw.githubusercontent.com", "185.199.108.133"
BEATS = [600.0 * i for i in range(24)]


def at(seconds: float) -> str:
    return (START + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S.%f")[:23]


def defender(beats: list[float], **fields: object) -> list[dict]:
    line = "python.exe beat.py"
    return [event(beat, InitiatingProcessCommandLine=line, **fields) for beat in beats]


def sysmon(beats: list[float], **fields: object) -> list[dict]:
    start = sysmon_event(1, at(0), CommandLine="python.exe beat.py", **fields)
    seen = ((lookup(at(b), NAME, f"{ADDRESS};"), connection(at(b), address=ADDRESS)) for b in beats)
    return [start, *(record | fields for record in itertools.chain.from_iterable(seen))]


def zeek(beats: list[float]) -> list[dict]:
    ends = {"id.orig_h": "10.9.9.9", "id.orig_p": 1, "id.resp_h": ADDRESS, "id.resp_p": 443}
    seen = {"established": True, "server_name": NAME}
    return [{"ts": START.timestamp() + beat, **ends, **seen} for beat in beats]


def asim(beats: list[float]) -> list[dict]:
    times = [(START + timedelta(seconds=beat)).isoformat() for beat in beats]
    return [session(DAY[1], EventStartTime=time, DvcFQDN="ws-016") for time in times]


@pytest.mark.parametrize("shipper", ["nxlog", "winlogbeat's module", "Windows' own log"])
def test_sources_of_different_hosts_are_one_fleet(shipper: str, tmp_path) -> None:
    frame(defender(BEATS)).write_parquet(tmp_path / "defender.parquet")
    (tmp_path / "sysmon").write_bytes(shipped(shipper, sysmon(BEATS, Hostname="ws-015")))
    (tmp_path / "zeek.log").write_bytes(lines(zeek(BEATS)))
    (tmp_path / "sessions.json").write_bytes(lines(asim(BEATS)))
    result = pipeline.score(tmp_path, ANY)
    channels = result.channels.sort("host")
    assert channels["host"].to_list() == ["10.9.9.9", "ws-014.corp.example", "ws-015", "ws-016"]
    assert set(channels["domain"]) == {NAME}
    assert set(channels["events"]) == {len(BEATS)}
    assert set(channels["fleet_hosts"]) == {4}
    assert channels["period_seconds"].to_list() == pytest.approx([600.0] * 4, rel=0.001)
    assert result.summary.kept + result.dropped["rows"].sum() == result.summary.rows
    assert [part.shape for part in result.summary.parts] == [
        "parquet", "asim json lines", SHIPPERS[shipper][0], "zeek ssl json",
    ]  # fmt: skip


def test_a_device_that_two_sources_see_is_one_device(tmp_path) -> None:
    """Each poll is logged twice, a moment apart: one poll, one channel, the same period."""
    frame(defender(BEATS)).write_parquet(tmp_path / "defender.parquet")
    [alone] = pipeline.score(tmp_path).channels.to_dicts()
    late = [beat + 0.4 for beat in BEATS]
    (tmp_path / "sysmon.json").write_bytes(shipped("nxlog", sysmon(late)))
    [channel] = pipeline.score(tmp_path).channels.to_dicts()
    assert (channel["events"], channel["polls"]) == (2 * len(BEATS), len(BEATS))
    assert channel["alert_id"] == alone["alert_id"]
    assert channel["period_seconds"] == pytest.approx(alone["period_seconds"], rel=0.001)
