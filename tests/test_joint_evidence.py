"""What several signs say together, and what a channel's beginning tells."""

from datetime import UTC, datetime, timedelta

import pytest
from channel_rows import channel, ledger, observed, strength

from beacon import evidence

START = datetime(2026, 5, 4, 7, tzinfo=UTC)
TIMER = {
    "host": "h0", "process": "python.exe", "status": "scored", "timing_evidence": 5.0,
    "period_seconds": 300.0, "polls": 100, "line": "python sync.py", "accounts": ["jdoe"],
    "host_first": START, "host_last": START + timedelta(hours=10), "host_attended": True,
}  # fmt: skip


def lasting(first: datetime, **fields: object) -> dict[str, object]:
    return channel(
        **TIMER | {"first_seen": first, "last_seen": first + timedelta(hours=8)} | fields
    )


@pytest.mark.parametrize(("minutes", "expected"), [(0, 1.0), (5, 1.0), (60, 0.0), (240, 0.0)])
def test_what_begins_with_the_machine_is_there_within_its_first_periods(
    minutes: int, expected: float
) -> None:
    row = lasting(START + timedelta(minutes=minutes))
    assert strength("begins with the machine", row) == expected


def test_the_beginning_is_unknown_where_nothing_else_tells_when_the_machine_was_on() -> None:
    for unknown in ({"host_attended": None}, {"is_capped": True}, {"polls": 2}):
        assert strength("begins with the machine", lasting(START, **unknown)) is None


def test_a_few_hosts_are_two_or_three() -> None:
    shared = [
        strength(
            "lone timer on a few hosts", *(channel(**TIMER | {"host": f"h{i}"}) for i in range(n))
        )
        for n in (1, 2, 3, 4)
    ]
    assert shared == [0.0, 1.0, 1.0, 0.0]


def test_a_rare_system_tool_needs_no_timer_and_a_common_one_is_none() -> None:
    tool = channel(
        process="rundll32.exe", line="rundll32.exe x.dll,Start", parents=["explorer.exe"]
    )
    many = [{**tool, "host": f"h{i}"} for i in range(30)]
    assert strength("lone system tool", tool) == 1.0
    assert strength("lone system tool", *many) == 0.0


def test_a_persons_program_is_not_excused_by_an_unattended_machine() -> None:
    for accounts, expected in ((["jdoe"], 0.0), (["svc-web"], 1.0), ([], 1.0)):
        row = channel(accounts=accounts, host_attended=False)
        assert strength("unattended host", row) == expected, accounts


def test_the_system_account_is_not_one_made_for_a_service() -> None:
    system = {"accounts": ["system"], "account_domains": ["nt authority"]}
    assert strength("service account", channel(**system)) == 0.0
    assert strength("service account", channel(accounts=["web$"])) == 1.0


def test_what_every_analyst_would_count_is_never_nothing() -> None:
    terms = [term for term in evidence.LEARNED if term.least]
    assert terms
    weights = evidence.shipped()
    assert all(abs(weights.of(term.name)) >= term.least for term in terms)


def test_observing_twice_is_observing_once() -> None:
    rows = observed(channel(**TIMER))
    assert set(evidence.strengths(rows).columns) <= set(ledger(rows))
    assert not [name for name in observed(*rows.to_dicts()).columns if name.endswith("_right")]


def test_the_own_tenant_is_the_one_that_many_hosts_use() -> None:
    tenant = channel(domain="corp.sharepoint.com", matched_domains=["sharepoint.com"])
    many = [{**tenant, "host": f"h{i}"} for i in range(16)]
    assert strength("own tenant", *many) == 1.0
    assert strength("own tenant", tenant) == 0.0
    assert strength("another's tenant", *many) == 0.0
    assert strength("another's tenant", tenant) == 0.0, "the only one is likely the own one"
    other = {**tenant, "domain": "stranger-my.sharepoint.com", "host": "h1"}
    assert strength("another's tenant", other, *many) == 1.0
    paste = {"domain": "pastebin.com", "matched_domains": ["pastebin.com"]}
    assert strength("own tenant", *({**row, **paste} for row in many)) == 0.0


def test_an_editor_is_no_excuse_for_reading_what_anyone_can_leave() -> None:
    for domain, parent, expected in (
        ("api.github.com", "code.exe", 1.0),
        ("api.github.com", "cmd.exe", 0.0),
        ("raw.githubusercontent.com", "code.exe", 0.0),
    ):
        row = channel(domain=domain, parents=[parent], matched_domains=[domain])
        assert strength("editor's helper", row) == expected, (domain, parent)


def test_a_lone_timer_of_the_system_counts_where_a_person_works() -> None:
    system = TIMER | {"accounts": ["system"], "account_domains": ["nt authority"]}
    for fields, expected in (
        ({}, 1.0),
        ({"host_attended": False}, 0.0),
        ({"host_attended": None}, None),
    ):
        assert strength("lone timer as system", channel(**system | fields)) == expected
    assert strength("lone timer as system", channel(**TIMER)) == 0.0


@pytest.mark.parametrize(("hours", "expected"), [(2.0, 1.0), (1.0, 0.0)])
def test_what_ends_with_the_machine_goes_on_until_its_last_periods(
    hours: float, expected: float
) -> None:
    row = lasting(START + timedelta(hours=hours))
    assert strength("ends with the machine", row) == expected
    slow = lasting(START, period_seconds=7_200.0, polls=5)
    assert strength("ends with the machine", slow) is None, "five gaps end there by themselves"


@pytest.mark.parametrize(("hours", "expected"), [(4, 1.0), (10, 0.0)])
def test_a_visit_is_over_before_the_machine_is_off(hours: int, expected: float) -> None:
    row = channel(
        **TIMER | {"parents": ["code.exe"], "first_seen": START + timedelta(hours=3),
                   "last_seen": START + timedelta(hours=hours), "polls": 12}
    )  # fmt: skip
    assert strength("person's visit", row) == expected


@pytest.mark.parametrize(("evidence_of_a_timer", "expected"), [(5.0, 1.0), (-1.0, 0.0)])
def test_jitter_is_deliberate_where_there_is_a_timer(
    evidence_of_a_timer: float, expected: float
) -> None:
    blurred = TIMER | {"jitter_fraction": 0.3, "timing_evidence": evidence_of_a_timer}
    assert strength("deliberate jitter", channel(**blurred)) == expected


def test_where_no_timer_can_be_seen_its_jitter_cannot_either() -> None:
    blurred = TIMER | {"jitter_fraction": 0.3, "status": "insufficient"}
    assert strength("deliberate jitter", channel(**blurred)) is None


def test_a_lone_timer_at_a_dead_drop_is_one_that_reads_what_anyone_can_leave() -> None:
    for domain, expected in (("pastebin.com", 1.0), ("api.github.com", 0.0)):
        row = channel(**TIMER | {"domain": domain, "matched_domains": [domain]})
        assert strength("lone timer at a dead drop", row) == expected, domain
