"""The truth tables of KQL's operators, row by row, and a property test against a plain oracle."""

import naive_kql
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beacon.rules import flags, host_of, keep, kql, load, terms
from beacon.settings import RuleSettings

RULE = load(RuleSettings())

GITHUB_YES = """github.com GitHub.com api.github.com gist.github.com codeload.github.com github.com.
github.com:443 https://github.com:443/a/b my-github.com my_github.com not-github.com.evil.org
github.com.evil.org https://evil.org/?u=github.com""".split()
GITHUB_NO = """mygithub.com notgithub.com.evil.org github.company.com github.community github_com
objects.githubusercontent.com gist.githubusercontent.com""".split()
X_YES = "x.com www.x.com foo-x.com x.com.br".split()
X_NO = "netflix.com max.com x.company".split()
TME_YES = "t.me web.t.me a-t.me t.me.uk".split()
TME_NO = "telegram.me at.me t.met cat.met.no".split()
OTHER_YES = """raw.githubusercontent.com registry.gitlab.com v.redd.it cdn.discordapp.com
www.notion.so contoso-my.sharepoint.com storage.googleapis.com docs.google.com.au""".split()
OTHER_NO = """gitlab.company.com gateway.discord.gg discordapp.net notion.site api.notion.com
mydocs.google.com login.live.com 140.82.121.4 104.20.29.150""".split()
PROCESS_YES = """cmd.exe CMD.EXE node.exe node.exe.bak node.exe_old my-node.exe my_cmd.exe
electron-node.exe""".split()
PROCESS_NO = """acmd.exe sqlcmd.exe node pwsh python3.11 pythonw.exe python3.11.exe ipython.exe
powershell_ise.exe libcurl.exe rubyw.exe git.exe gh.exe git-remote-https.exe
Runner.Worker.exe""".split()
ENCODED_YES = [
    "-EncodedCommand JAB", "-enc JAB", "FromBase64String(", "base64 -d", "import base64;",
    "pip install foo-enc bar", "my_base64_x",
]  # fmt: skip
ENCODED_NO = [
    "/EncodedCommand JAB", "-e JAB", "-ec JAB", "-enco JAB", "-enc\tJAB", "-enc", "-enc:JAB",
    "-EncodedCommandJAB", "tobase64string", "b64decode", "base64url",
]  # fmt: skip


COLUMNS = (
    "InitiatingProcessFileName",
    "InitiatingProcessParentFileName",
    "InitiatingProcessCommandLine",
)


def has_any(text: str, needles: list[str]) -> bool:
    return pl.DataFrame({"x": [text]}).select(kql.has_any(pl.col("x"), needles)).item()


def table(needle: str, yes: list[str], no: list[str]) -> list[tuple[str, str, bool]]:
    return [(needle, t, True) for t in yes] + [(needle, t, False) for t in no]


@pytest.mark.parametrize(
    ("needle", "text", "expected"),
    [
        *table("github.com", GITHUB_YES, GITHUB_NO),
        *table("x.com", X_YES, X_NO),
        *table("t.me", TME_YES, TME_NO),
        # Recorded from Microsoft's Kusto emulator: contiguous text, `_` delimits, a
        # non-alphanumeric edge needs no boundary, Unicode letters and folding, empty needle.
        *table("2.3", ["1.2.3", "v2.3"][:1], ["1_2_3", "12.3", "2.34"]),
        *table("1", ["1_2_3", "1.2.3-rc", "version=1.2.3"], ["v1.2.3"]),
        *table(" ", ["a b"], ["a\tb", "ab"]),
        *table("alpha", ["alpha_beta"], ["alphabet"]),
        *table("co", ["co-op"], ["coop"]),
        *table("привет", ["Привет, мир"], ["ПриветМир"]),
        *table("naïve", ["NAÏVE"], ["naïveté"]),
        *table("", ["", "x"], []),
        *table("/EncodedCommand", ["/EncodedCommand JAB"], ["/EncodedCommandJAB"]),
    ],
)
def test_has(needle: str, text: str, expected: bool) -> None:
    assert has_any(text, [needle]) is expected
    assert naive_kql.has(text, needle) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [(t, True) for t in GITHUB_YES + X_YES + TME_YES + OTHER_YES]
    + [(t, False) for t in GITHUB_NO + X_NO + TME_NO + OTHER_NO],
)
def test_services(text: str, expected: bool) -> None:
    assert has_any(text, list(RULE.services)) is expected


@pytest.mark.parametrize(
    ("name", "expected"), [(n, True) for n in PROCESS_YES] + [(n, False) for n in PROCESS_NO]
)
def test_processes(name: str, expected: bool) -> None:
    assert has_any(name, list(RULE.processes)) is expected


@pytest.mark.parametrize(
    ("line", "expected"), [(n, True) for n in ENCODED_YES] + [(n, False) for n in ENCODED_NO]
)
def test_encoded_command(line: str, expected: bool) -> None:
    assert has_any(line, list(RULE.encoded_command)) is expected


@pytest.mark.parametrize(
    ("url", "process", "faithful", "strict"),
    [
        ("github.com", "cmd.exe", True, True),
        ("API.GitHub.com.", "CMD.EXE", True, True),
        ("https://user@github.com:443/a/b", "node.exe", True, True),
        ("github.com:443", "node.exe", True, True),
        ("github.com.evil.org", "node.exe", True, False),
        ("my-github.com", "node.exe", True, False),
        ("https://evil.org/?u=github.com", "node.exe", True, False),
        ("https://github.com@evil.org/", "node.exe", True, False),
        ("foo-x.com", "node.exe", True, False),
        ("x.com.br", "node.exe", True, False),
        ("contoso-my.sharepoint.com", "curl.exe", True, True),
        ("github.com", "my-node.exe", True, False),
        ("github.com", "node.exe.bak", True, False),
        ("mygithub.com", "node.exe", False, False),
        ("", "node.exe", False, False),
        (None, "node.exe", False, False),
        ("github.com", None, False, False),
        ("github.com", "git.exe", False, False),
    ],
)
def test_modes(url: str | None, process: str | None, faithful: bool, strict: bool) -> None:
    row = pl.DataFrame(
        {"RemoteUrl": [url], "InitiatingProcessFileName": [process]},
        schema={"RemoteUrl": pl.String, "InitiatingProcessFileName": pl.String},
    )
    assert row.select(keep(RULE, "faithful")).item() is faithful
    assert row.select(keep(RULE, "strict")).item() is strict
    assert row.select(keep(RULE, "any")).item() is True


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("GitHub.com", "github.com"), ("github.com.", "github.com"), (" github.com ", "github.com"),
        ("github.com:443", "github.com"), ("https://github.com:443/a/b?c", "github.com"),
        ("//github.com/x", "github.com"), ("https://u:p@github.com/", "github.com"),
        ("https://[2001:db8::1]:443/x", "[2001:db8::1]"), ("2001:db8::1", "2001:db8::1"),
        ("xn--gthub-n4a.com", "xn--gthub-n4a.com"), ("github。com", "github.com"),
        ("", ""), (None, ""), ("https://evil.org/?u=github.com", "evil.org"),
        ("evil.org#@github.com", "evil.org"), ("evil.org\\@github.com", "evil.org"),
    ],
)  # fmt: skip
def test_host_of(url: str | None, host: str) -> None:
    frame = pl.DataFrame({"u": [url]}, schema={"u": pl.String})
    assert frame.select(host_of(pl.col("u"))).item() == host


@pytest.mark.parametrize(
    ("process", "parent", "line", "expected"),
    [
        ("wscript.exe", "explorer.exe", "", (False, False, True, False)),
        ("powershell.exe", "WMIPRVSE.EXE", "x -enc JAB", (True, True, False, False)),
        ("cmd.exe", "WINWORD.EXE", None, (False, False, False, True)),
        ("cmd.exe", "my-winword.exe", None, (False, False, False, False)),
        (None, None, None, (False, False, False, False)),
    ],
)
def test_flags(
    process: str | None, parent: str | None, line: str | None, expected: tuple[bool, ...]
) -> None:
    row = pl.DataFrame(
        [(process, parent, line)],
        orient="row",
        schema=dict.fromkeys(COLUMNS, pl.String),
    )
    assert row.select(flags(RULE)).row(0) == expected


def test_the_shortest_term_names_the_match_and_all_are_listed() -> None:
    row = pl.DataFrame({"RemoteUrl": ["gist.github.com"], "InitiatingProcessFileName": ["CMD.exe"]})
    domains, process = row.select(terms(RULE, "faithful")).row(0)
    assert domains == ["github.com", "gist.github.com"]
    assert process == "cmd.exe"


DELIMITERS = "._-/:@? \tß́«"
text = st.text(alphabet="abxAB1é中ПпſK" + DELIMITERS, max_size=24)
needle = st.text(alphabet="abB1é中п" + DELIMITERS, max_size=5)


@given(
    text=text,
    needles=st.lists(needle, min_size=1, max_size=4),
)
def test_has_any_equals_the_oracle(text: str, needles: list[str]) -> None:
    assert has_any(text, needles) is naive_kql.has_any(text, needles)


@given(
    needle=st.sampled_from(sorted(RULE.services)),
    before=st.text(alphabet="ab1é_-.:/", max_size=3),
    after=st.text(alphabet="ab1é_-.:/", max_size=3),
)
def test_has_any_around_the_real_terms(needle: str, before: str, after: str) -> None:
    url = before + needle.upper() + after
    assert has_any(url, list(RULE.services)) is naive_kql.has_any(url, list(RULE.services))


url = st.builds(
    lambda scheme, user, head, host, tail: f"{scheme}{user}{head}{host}{tail}",
    st.sampled_from(["", "https://", "//"]),
    st.sampled_from(["", "u@", "github.com@"]),
    st.sampled_from(["", "api.", "my-", "my", "x_"]),
    st.sampled_from([*sorted(RULE.services), "evil.org"]),
    st.sampled_from(["", ".", ":443", "/a?u=t.me", ".evil.org", "。"]),
)


@given(url=url, process=st.sampled_from(["cmd.exe", "CMD.exe", "my-cmd.exe", "git.exe"]))
def test_strict_keeps_a_subset_of_faithful(url: str, process: str) -> None:
    row = pl.DataFrame({"RemoteUrl": [url], "InitiatingProcessFileName": [process]})
    is_strict, is_faithful = row.select(s=keep(RULE, "strict"), f=keep(RULE, "faithful")).row(0)
    assert is_faithful or not is_strict
