from events import event
from grouping import grouped

from beacon import channels
from beacon.settings import RuleSettings, Settings


def test_a_channel_is_host_process_domain_whatever_the_case() -> None:
    made = grouped(
        [
            event(0, DeviceName="WS-014", RemoteUrl="https://GitHub.com:443/a"),
            event(5, DeviceName="ws-014", RemoteUrl="github.com."),
            event(9, DeviceName="ws-014", RemoteUrl="api.github.com"),
            event(12, DeviceName="ws-014", RemoteUrl=None, RemoteIP="2001:DB8::1"),
            event(14, DeviceName="ws-014", RemoteUrl="", RemoteIP="2001:db8::1"),
        ],
        Settings(rule=RuleSettings(match="any")),
    )
    keys = made.frame.select(channels.KEY).rows()
    assert keys == [
        ("ws-014", "python.exe", "2001:db8::1"),
        ("ws-014", "python.exe", "api.github.com"),
        ("ws-014", "python.exe", "github.com"),
    ]
    assert made.offsets.tolist() == [0, 2, 3, 5]
    assert made.times[3:].tolist() == [made.times[3], made.times[3] + 5]


def test_times_ascend_whatever_the_order_of_rows() -> None:
    rows = [event(s) for s in (90, 0, 30, 60)]
    assert (
        grouped(rows).times == grouped(sorted(rows, key=lambda r: str(r["Timestamp"]))).times
    ).all()


def test_the_matched_process_does_not_depend_on_the_order_of_rows() -> None:
    names = ("python.exe/x", "node.exe/x", "curl.exe/x")
    rows = [event(10 * i, InitiatingProcessFileName=name) for i, name in enumerate(names)]
    for order in (rows, rows[::-1], rows[1:] + rows[:1]):
        assert grouped(order).frame.select("process", "matched_process").rows() == [
            ("x", "python.exe")
        ]


def test_an_aggregate_and_an_accepted_connection_are_counted_but_not_timed() -> None:
    made = grouped(
        [
            event(0),
            event(1, ActionType="InboundConnectionAccepted"),
            event(2, ActionType="ConnectionSuccessAggregatedReport"),
            event(3, ActionType="ConnectionFailed"),
            event(4, ActionType=None),
            event(5, ActionType="SomethingNew"),
        ]
    )
    assert made.times.size == 4
    assert made.frame.select("events", "aggregated_rows").rows() == [(4, 1)]


def test_a_channel_of_aggregates_alone_is_kept_with_an_empty_timeline() -> None:
    made = grouped([event(0, ActionType="ConnectionSuccessAggregatedReport")])
    assert made.offsets.tolist() == [0, 0]
    assert made.frame["events"].to_list() == [0]


def test_runs_of_a_program_are_told_apart_by_id_and_start_time() -> None:
    made = grouped(
        [
            event(0, InitiatingProcessId=1),
            event(1, InitiatingProcessId=2),
            event(2, InitiatingProcessId=1),
            event(3, InitiatingProcessId=1, InitiatingProcessCreationTime=event(3)["Timestamp"]),
            event(4, InitiatingProcessId=None),
            event(5, InitiatingProcessId=9, InitiatingProcessUniqueId="{guid}"),
        ]
    )
    a, b, c, d, e, f = made.instances.tolist()
    assert a == c
    assert len({a, b, d, f}) == 4
    assert e == -1
    assert made.frame["instances"].item() == 4


def test_the_most_frequent_command_line_speaks_for_the_channel() -> None:
    lines = ["b", "a", "b", "a", "", None, "a"]
    made = grouped([event(i, InitiatingProcessCommandLine=x) for i, x in enumerate(lines)])
    assert made.frame["command_line"].item() == "a"


def test_no_rows_no_channels() -> None:
    made = grouped([])
    assert made.frame.height == 0
    assert made.offsets.tolist() == [0]
