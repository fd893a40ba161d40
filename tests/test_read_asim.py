"""Sentinel's normalised sessions give the same events as Defender's own table."""

import io
import json

import polars as pl
import pytest
from asim_rows import SESSIONS, UNSEEN, session
from exports import DAY, csv_text, frame, lines
from polars.testing import assert_frame_equal

from beacon import pipeline
from beacon.errors import InputError
from beacon.read import Part, read
from beacon.schema import EVENTS
from beacon.settings import ReadSettings, RuleSettings, Settings

KEPT = [name for name in EVENTS if name not in (*UNSEEN, "AdditionalFields")]
ANY = Settings(rule=RuleSettings(match="any"))


def part(tmp_path, content: bytes) -> Part:
    path = tmp_path / "sessions.bin"
    path.write_bytes(content)
    [found] = read([path], ReadSettings()).parts
    return found


def parquet(*, typed: bool) -> bytes:
    table = pl.DataFrame(SESSIONS, infer_schema_length=None)
    if typed:
        table = table.with_columns(pl.col("EventStartTime").str.to_datetime("%+", time_unit="ns"))
    out = io.BytesIO()
    table.write_parquet(out)
    return out.getvalue()


def csv(suffix: str = "") -> bytes:
    headers = {name: name + suffix * name.endswith("Time") for name in SESSIONS[0]}
    return csv_text(SESSIONS, headers)


CONTAINERS = {
    "asim json lines": lines(SESSIONS),
    "asim json lines in json array": json.dumps(SESSIONS).encode(),
    "asim parquet": parquet(typed=True),
    "asim csv": csv(),
}
SAME = {"text": parquet(typed=False), "[UTC]": csv(" [UTC]")}


@pytest.mark.parametrize("container", [*CONTAINERS, *SAME])
def test_every_container_gives_what_defender_gives(container, tmp_path) -> None:
    found = part(tmp_path, (CONTAINERS | SAME)[container])
    assert found.shape == container or container in SAME
    assert_frame_equal(found.events.select(KEPT).collect(), frame(DAY[:6]).select(KEPT))
    assert found.columns == set(KEPT)
    assert found.faults.collect().is_empty()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"DstFQDN": "a.b.example"}, {"RemoteUrl": "a.b.example"}),
        ({"DstHostname": "", "DstDomain": "x.com"}, {"RemoteUrl": "x.com"}),
        ({"DstHostname": None, "DstDomain": None}, {"RemoteUrl": None}),
        ({"EventResult": "Failure"}, {"ActionType": "ConnectionFailed"}),
        ({"EventCount": 60}, {"ActionType": "ConnectionSuccessAggregatedReport"}),
        ({"DvcFQDN": None}, {"DeviceName": "ws-014"}),
        ({"DvcFQDN": None, "DvcHostname": ""}, {"DeviceName": "10.0.0.14"}),
        ({"SrcProcessName": None}, {"InitiatingProcessFileName": ""}),
        ({"SrcUsername": "a@b"}, {"InitiatingProcessAccountName": "a@b"}),
        ({"EventOriginalUid": "3ab9-f"}, {"ReportId": None}),
        (
            {"NetworkDirection": "Inbound", "SrcIpAddr": "10.0.0.99", "DstIpAddr": "10.0.0.14"},
            {
                "ActionType": "InboundConnectionAccepted",
                "LocalIP": "10.0.0.14",
                "RemoteIP": "10.0.0.99",
                "RemoteUrl": None,
            },
        ),
    ],
)
def test_what_the_fields_say(fields: dict, expected: dict, tmp_path) -> None:
    row = part(tmp_path, lines([session(DAY[0], **fields)])).events.collect().row(0, named=True)
    assert expected.items() <= row.items()


def test_bytes_are_the_direction_and_an_aggregate_is_no_poll(tmp_path) -> None:
    rows = [
        session(DAY[0], EventStartTime=f"2026-05-04T{hour:02}:00:00Z", EventCount=count, **more)
        for hour in range(12)
        for count, more in ((1, {"SrcBytes": 500, "DstBytes": "90000"}), (30, {}))
    ]
    found = part(tmp_path, lines(rows))
    [channel] = pipeline.score(tmp_path, ANY).channels.to_dicts()
    assert (channel["events"], channel["track"], channel["direction"]) == (12, "mixed", "down-only")
    assert found.rows.collect().item() == 24


def test_bad_rows_are_faults_and_two_columns_of_a_name_are_refused(tmp_path) -> None:
    content = lines([SESSIONS[0], SESSIONS[1] | {"EventStartTime": "soon"}]) + b'\n{"Event'
    faults = part(tmp_path, content).faults.collect()
    assert faults["line"].to_list() == [3, 2]
    assert faults["reason"].to_list() == ["not valid JSON", "Timestamp is not a time"]
    with pytest.raises(InputError, match="two columns have the same name"):
        part(tmp_path, csv().replace(b"EventEndTime", b"EventStartTime"))
