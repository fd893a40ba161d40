"""Verdicts: what is appended is read back, the last holds, and nonsense is refused by line."""

from pathlib import Path

import pytest
from cli import run
from hypothesis import given
from hypothesis import strategies as st

from beacon import verdicts
from beacon.errors import InputError, OutputError
from beacon.inert import visible

ID = "0123456789ab"


def verdict(alert_id: str = ID, word: str = "TruePositive", reason: str = "r") -> verdicts.Verdict:
    return verdicts.Verdict(alert_id, "h", "p.exe", "t.me", word, reason, "ann", "2026-05-04")


def test_the_last_verdict_on_an_alert_holds(tmp_path: Path) -> None:
    file = tmp_path / "v.csv"
    for word in ("FalsePositive", "TruePositive"):
        verdicts.append(file, verdict(word=word))
    verdicts.append(file, verdict("ffffffffffff", "Unknown"))
    frame = verdicts.read(file)
    assert frame.select("alert_id", "is_poller").rows() == [(ID, True), ("ffffffffffff", None)]


def test_one_line_a_verdict_and_one_header(tmp_path: Path) -> None:
    file = tmp_path / "v.csv"
    for _ in range(3):
        verdicts.append(file, verdict(reason='two\nlines, and a "quote"'))
    lines = file.read_bytes().split(b"\n")
    assert len(lines) == 5
    assert lines[0].decode() == ",".join(verdicts.Verdict._fields)


@given(reason=st.text(max_size=60).filter(str.strip))
def test_any_reason_comes_back_on_one_line_and_inert(
    tmp_path_factory: pytest.TempPathFactory, reason: str
) -> None:
    file = tmp_path_factory.mktemp("v") / "v.csv"
    verdicts.append(file, verdict(reason=reason))
    read = verdicts.read(file)["reason"].item()
    assert read[:1] not in {"=", "+", "-", "@", "|", "%"}
    assert read.lstrip("'") == visible(" ".join(reason.split())).lstrip("'")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("xyz,,,,TruePositive,,,", "no alert_id"),
        (f"{ID},,,,malicious,,,", "no verdict"),
        (f"{ID},,,,,,,", "no verdict"),
        (",,,,TruePositive,,,", "no alert_id"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, told: str) -> None:
    file = tmp_path / "v.csv"
    verdicts.append(file, verdict())
    file.write_text(file.read_text() + line + "\n")
    with pytest.raises(InputError, match=told) as caught:
        verdicts.read(file)
    assert caught.value.part == f"{file}:3"


def test_a_file_of_something_else_is_not_appended_to(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("hello\nworld\n")
    with pytest.raises(InputError):
        verdicts.append(file, verdict())
    assert file.read_text() == "hello\nworld\n"


def test_a_file_of_one_line_that_is_no_header_is_not_appended_to(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    for text in ("hello\n", "\n"):
        file.write_text(text)
        with pytest.raises(InputError, match="no column alert_id") as caught:
            verdicts.append(file, verdict())
        assert caught.value.part == f"{file}:1"
        assert file.read_text() == text


def test_a_verdict_behind_a_line_that_an_editor_left_open_is_not_lost(tmp_path: Path) -> None:
    file = tmp_path / "v.csv"
    verdicts.append(file, verdict())
    file.write_text(file.read_text().rstrip("\n"))
    verdicts.append(file, verdict("ffffffffffff", "FalsePositive"))
    assert verdicts.read(file)["alert_id"].to_list() == [ID, "ffffffffffff"]


def test_a_verdict_goes_under_the_columns_that_stand_there(tmp_path: Path) -> None:
    file = tmp_path / "v.csv"
    file.write_text(f"verdict,alert_id,ticket,reason\nTruePositive,{ID},INC-1,seen\n")
    verdicts.append(file, verdict("ffffffffffff", "FalsePositive", "no timer"))
    assert file.read_text().splitlines()[-1] == "FalsePositive,ffffffffffff,,no timer"
    assert verdicts.read(file)["is_poller"].to_list() == [True, False]


def test_a_file_that_cannot_be_written_is_an_output_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        verdicts.append(tmp_path / "no" / "v.csv", verdict())


@pytest.mark.parametrize(("short", "word"), verdicts.WORDS.items())
def test_label_writes_defenders_words(tmp_path: Path, short: str, word: str) -> None:
    file = tmp_path / "v.csv"
    done = run(
        "label", ID, "--verdict", short, "--reason", "seen", "--file", file, "--analyst", "a"
    )
    assert done.code == 0
    assert verdicts.read(file)["verdict"].to_list() == [word]


def test_label_refuses_an_id_that_is_none_and_a_reason_that_is_empty(tmp_path: Path) -> None:
    file = tmp_path / "v.csv"
    done = run("label", "0123", "--verdict", "tp", "--reason", "x", "--file", file)
    assert done.code == 1
    assert done.err.startswith("beacon: ALERT_ID: '0123' is no alert_id")
    assert "--result" in done.err
    assert run("label", ID, "--verdict", "tp", "--reason", " ", "--file", file).code == 1
    assert not file.exists()


def test_an_account_without_a_name_has_to_say_who(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 12345")

    monkeypatch.setattr("getpass.getuser", nobody)
    label = ("label", ID, "--verdict", "tp", "--reason", "x", "--file", tmp_path / "v.csv")
    done = run(*label)
    assert (done.code, done.err) == (
        1,
        "beacon: --analyst: is needed, as this account has no name\n",
    )
    assert run(*label, "--analyst", "ann").code == 0
