"""Inspected requests and DNS answers name connections, and never change how many there are."""

import json

import polars as pl
import pytest
from events import event, frame
from hypothesis import given, settings
from hypothesis import strategies as st

from beacon import pipeline
from beacon.context import Context, attach, gather
from beacon.settings import RuleSettings, Settings

NAME = "raw.githubusercontent.com"
ENDS = {"LocalIP": "10.0.0.14", "LocalPort": 50211, "RemoteIP": "185.199.108.133"}
ANY = Settings(rule=RuleSettings(match="any"))


def connection(seconds: float, **fields: object) -> dict:
    return event(seconds, **{**ENDS, "RemoteUrl": None, **fields})


def inspected(seconds: float, kind: str = "Ssl", said: object = None, **fields: object) -> dict:
    """As Defender writes them: no process, no name, values as text."""
    nobody = {n: None for n in event() if n.startswith("InitiatingProcess")}
    said = {"direction": "Out", "server_name": NAME} if said is None else said
    text = said if isinstance(said, str | None) else json.dumps(said)
    own = {"ActionType": f"{kind}ConnectionInspected", "AdditionalFields": text, "RemoteUrl": None}
    return event(seconds, **{**nobody, "InitiatingProcessId": 0, **ENDS, **own, **fields})


def http(method: str, sent: int, received: int, **more: object) -> dict:
    lengths = {"request_body_len": str(sent), "response_body_len": str(received)}
    return {"direction": "Out", "host": NAME, "method": method, **lengths, **more}


def joined(rows: list[dict]) -> pl.DataFrame:
    events = frame(rows)
    every = pl.lit(value=True)
    found = gather(events.lazy(), lambda _: None, every, has_inspected=True)
    return attach(events, found)[0]


def names(*rows: dict) -> list[str | None]:
    return (
        joined(list(rows))
        .filter(pl.col("ActionType") == "ConnectionSuccess")["RemoteUrl"]
        .to_list()
    )


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (inspected(2), NAME),
        (inspected(-10), NAME),
        (inspected(10.001), None),
        (inspected(2, DeviceName="WS-014.CORP.EXAMPLE"), NAME),
        (inspected(2, DeviceName="ws-015.corp.example"), None),
        (inspected(2, LocalPort=50212), None),
        (inspected(2, LocalPort=None), None),
        (inspected(2, said={"direction": "In", "server_name": NAME}), None),
        (inspected(2, "Http", http("GET", 0, 9)), NAME),
        (
            inspected(2, "Http", http("CONNECT", 0, 0, host="proxy:80", uri="x.com:443")),
            "x.com:443",
        ),
        (inspected(2, "Icmp"), None),
        (inspected(2, said="{not json"), None),
        (inspected(2, said=""), None),
        (inspected(2) | {"AdditionalFields": None}, None),
        (inspected(2, said={"server_name": None}), None),
        (inspected(2, said={"user_agent": f'","server_name":"{NAME}'}), None),
        (inspected(2, said={"server_name": "é" * 300}), None),
    ],
)
def test_the_same_ends_within_ten_seconds_name_a_connection(row: dict, name: str | None) -> None:
    assert names(connection(0), row) == [name]


def test_a_name_is_never_overwritten_and_the_nearest_connection_gets_it() -> None:
    assert names(connection(0, RemoteUrl="x.com"), inspected(1)) == ["x.com"]
    assert names(connection(0), connection(8), inspected(7)) == [None, NAME]


def test_lengths_of_several_requests_on_a_connection_add_up() -> None:
    rows = [connection(0), *(inspected(at, "Http", http("GET", 5, 100)) for at in (1, 2, 3))]
    said = json.loads(joined(rows)["AdditionalFields"][0])
    assert said == {"method": "GET", "request_body_len": 15, "response_body_len": 300}
    kept = joined(
        [connection(0, AdditionalFields='{"a": 1}'), inspected(1, "Http", http("GET", 5, 1))]
    )
    assert kept["AdditionalFields"][0] == '{"a": 1}'


@pytest.mark.parametrize(
    ("sent", "received", "way"), [(0, 900, "down-only"), (40, 9, "up-seen"), (0, 0, "unknown")]
)
def test_inspected_lengths_are_the_direction(sent: int, received: int, way: str) -> None:
    url, line = "api.telegram.org", "python.exe poll.py"
    fields = {"RemoteUrl": url, "InitiatingProcessCommandLine": line}
    said = http("POST" if sent else "GET", sent, received, host=url)
    rows = [
        row
        for at in range(0, 3600, 600)
        for row in (connection(at, **fields), inspected(at + 1, "Http", said))
    ]
    channels = pipeline.score(frame(rows)).channels
    assert channels["direction"].to_list() == [way]
    assert channels["events"].to_list() == [6]


SECONDS = st.integers(-15, 15)
SAID = st.none() | st.text(max_size=12) | st.just(json.dumps({"server_name": NAME}))
ROWS = st.one_of(
    st.builds(connection, SECONDS, LocalPort=st.sampled_from([1, 2, None])),
    st.builds(inspected, SECONDS, LocalPort=st.sampled_from([1, 2, None])).flatmap(
        lambda row: SAID.map(lambda said: row | {"AdditionalFields": said})
    ),
)


@given(st.lists(ROWS, min_size=1, max_size=10))
@settings(deadline=None, max_examples=60)
def test_no_row_comes_or_goes_and_names_agree_with_looking_at_every_pair(rows: list[dict]) -> None:
    events = frame(rows)
    found = joined(rows)
    kept = [name for name in events.columns if name not in ("RemoteUrl", "AdditionalFields")]
    assert found.select(kept).equals(events.select(kept))
    assert found.schema == events.schema
    said = json.dumps({"server_name": NAME})
    requests = [r for r in rows if r.get("AdditionalFields") == said]
    of_port = [(r, name) for r, name in zip(rows, found["RemoteUrl"], strict=True)]
    of_port = [(r, name) for r, name in of_port if "AdditionalFields" not in r and r["LocalPort"]]
    due = set()
    for request in requests:
        gaps = {
            i: abs((request["Timestamp"] - row["Timestamp"]).total_seconds())
            for i, (row, _) in enumerate(of_port)
            if row["LocalPort"] == request["LocalPort"]
        }
        nearest = {i for i, gap in gaps.items() if gap <= 10 and gap == min(gaps.values())}
        assert not nearest or any(of_port[i][1] == NAME for i in nearest)
        due |= nearest
    assert {i for i, (_, name) in enumerate(of_port) if name} <= due


def test_a_named_connection_is_scored_and_the_query_alone_stays_exact() -> None:
    rows = [r for at in range(0, 7200, 600) for r in (connection(at), inspected(at + 1))]
    result = pipeline.score(frame(rows))
    assert result.channels["domain"].to_list() == [NAME]
    assert result.summary.named == 12
    assert result.summary.kept + result.dropped["rows"].sum() == len(rows)
    assert pipeline.keep(frame(rows), Settings()).rows.is_empty()
    assert pipeline.score(frame(rows), ANY).summary.kept == len(rows)


def test_a_query_on_the_wire_names_the_address_right_after_it() -> None:
    said = {"direction": "Out", "query": NAME, "answers": '["9.9.9.9","185.199.108.133"]'}
    wire = inspected(-4, "Dns", said, RemoteIP="10.0.0.1", RemotePort=53, LocalPort=5353)
    assert names(connection(0), wire) == [NAME]
    assert names(connection(7), wire) == [None]
    assert names(connection(0, RemoteIP="8.8.8.8"), wire) == [None]


def test_nothing_beside_changes_nothing() -> None:
    rows = frame([connection(0)])
    assert attach(rows, Context())[0].equals(rows)
