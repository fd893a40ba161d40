"""The same day in every shape gives Defender's events, less what one table of the docs lists."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest
from asim_rows import SESSIONS
from export_shapes import SHAPES
from exports import frame, lines
from polars.testing import assert_frame_equal
from sysmon_events import OUTBOUND, SHIPPERS, day, guid, shipped, sysmon_time

from beacon.read import read
from beacon.schema import EVENTS
from beacon.settings import ReadSettings

DOCS = Path(__file__).parents[1] / "docs" / "telemetry.md"
Day = Callable[[pl.DataFrame], pl.DataFrame]


class Case(NamedTuple):
    """A file, the row of the table it stands under, and how it writes what it carries."""

    row: str
    content: bytes
    writes: Day = pl.DataFrame.clone
    settings: ReadSettings = ReadSettings()
    rows: list[dict] = OUTBOUND


def table() -> dict[str, set[str]]:
    """Shape -> the columns that it cannot carry, as the docs say."""
    text = DOCS.read_text(encoding="utf-8").split("| cannot carry |", 1)[1].split("\n\n", 1)[0]
    rows = [line.strip("| ").split(" | ", 1) for line in text.splitlines()[2:]]
    return {shape: _columns(said) for shape, said in rows}


def _columns(said: str) -> set[str]:
    """Names, `Begin*` for all that begin so, and after "but" those that are there."""
    gone, there = (re.findall(r"`(\w+\*?)`", part) for part in (said + " but ").split(" but ")[:2])
    every = {c for name in gone for c in EVENTS if fnmatchcase(c, name)}
    return every - set(there)


def sysmon(found: pl.DataFrame) -> pl.DataFrame:
    """Milliseconds, and Sysmon's own name of a run."""
    runs = [guid(row["InitiatingProcessId"]).strip("{}").upper() for row in OUTBOUND]
    return found.with_columns(
        pl.col(pl.Datetime).dt.truncate("1ms"), InitiatingProcessUniqueId=pl.Series(runs)
    )


def zeek(found: pl.DataFrame) -> pl.DataFrame:
    """Microseconds, the address as the device, and no process."""
    return found.with_columns(
        pl.col("Timestamp").dt.truncate("1us"),
        pl.col("LocalIP").alias("DeviceName"),
        pl.lit("").alias("InitiatingProcessFileName"),
    )


def nameless(found: pl.DataFrame) -> pl.DataFrame:
    return found.with_columns(RemoteUrl=pl.lit(""))


def firewall() -> list[dict]:
    """Security 5156 of the day."""
    return [
        {
            "Channel": "Security",
            "Hostname": row["DeviceName"],
            "EventID": 5156,
            "RecordNumber": row["ReportId"],
            "SystemTime": row["Timestamp"],
            "ProcessID": row["InitiatingProcessId"],
            "Application": row["InitiatingProcessFolderPath"],
            "Direction": "%%14593",
            "SourceAddress": row["LocalIP"],
            "SourcePort": row["LocalPort"],
            "DestAddress": row["RemoteIP"],
            "DestPort": row["RemotePort"],
            "Protocol": "6",
        }
        for row in OUTBOUND
    ]


def zeek_log(**fields: str) -> bytes:
    def seconds(row: dict) -> str:
        whole = datetime.fromisoformat(row["Timestamp"]).timestamp()
        return f"{int(whole)}.{row['Timestamp'][20:26]}"

    return lines(
        [
            {"ts": seconds(row), "uid": "C1", "proto": "tcp", "id.orig_h": row["LocalIP"]}
            | {"id.orig_p": row["LocalPort"], "id.resp_h": row["RemoteIP"]}
            | {"id.resp_p": row["RemotePort"]}
            | {name: value.format(row["RemoteUrl"]) for name, value in fields.items()}
            for row in OUTBOUND
        ]
    )


def page(found: pl.DataFrame) -> pl.DataFrame:
    return found.with_columns(RemoteUrl="http://" + pl.col("RemoteUrl") + "/a")


CASES = {
    **{
        f"defender: {name}": Case("Defender, every container", c.content, c.keeps, c.settings, [])
        for name, c in SHAPES.items()
    },
    **{
        f"sysmon: {name}": Case(
            "Sysmon without record numbers" if name == "another flat one" else "Sysmon",
            shipped(name, day()),
            sysmon,
        )
        for name in SHIPPERS
    },
    "firewall": Case("Security 5156", shipped("evtx dump", firewall()), nameless),
    "asim": Case(
        "ASIM NetworkSession", lines([s | {"SrcBytes": 9, "DstBytes": 9} for s in SESSIONS])
    ),
    "zeek conn": Case("Zeek conn", zeek_log(conn_state="SF"), zeek),
    "zeek ssl": Case("Zeek ssl", zeek_log(established="T", server_name="{}"), zeek),
    "zeek http": Case(
        "Zeek http",
        zeek_log(request_body_len="0", host="{}", uri="/a"),
        lambda found: page(zeek(found)),
    ),
    "zeek dns": Case("Zeek dns", zeek_log(trans_id="1", query="{}"), zeek),
}


@pytest.mark.parametrize("name", CASES)
def test_a_shape_gives_defender_s_events_less_what_it_cannot_carry(name: str, tmp_path) -> None:
    case = CASES[name]
    path = tmp_path / "day.bin"
    path.write_bytes(case.content)
    [part] = read([path], case.settings).parts
    gone = table()[case.row]
    expected = case.writes(frame(case.rows or None))
    if case.row.startswith(("Zeek ssl", "Zeek http", "Zeek dns")):
        kind = case.row.removeprefix("Zeek ").title()
        expected = expected.with_columns(ActionType=pl.lit(f"{kind}ConnectionInspected"))
    assert part.columns == EVENTS.keys() - gone
    found = part.events.collect().sort("Timestamp", maintain_order=True)
    said = [text and json.dumps(json.loads(text)) for text in found["AdditionalFields"]]
    kept = [c for c in EVENTS if c not in gone and (c != "AdditionalFields" or not any(said))]
    assert_frame_equal(
        found.select(kept), expected.sort("Timestamp", maintain_order=True).select(kept)
    )
    assert found.select(sorted(gone)).null_count().row(0) == (found.height,) * len(gone)


def test_every_row_of_the_table_is_tried() -> None:
    assert {case.row for case in CASES.values()} == set(table())
    assert all(columns <= EVENTS.keys() for columns in table().values())


def test_times_of_the_day_have_more_digits_than_sysmon_keeps() -> None:
    assert sysmon_time(OUTBOUND[1]["Timestamp"]) == "2026-05-04 18:41:25.321"
