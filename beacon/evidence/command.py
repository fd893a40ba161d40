"""What the command line says, and what it hides: read as text, never executed."""

import polars as pl

from beacon.evidence.decode import decode
from beacon.evidence.term import Term, all_like, known, yes

_DASH = r"[-/\x{2013}-\x{2015}]"  # PowerShell takes the typographic dashes too
_PROGRAM = r"\.(?:cmd|bat|ps1|vbs|js|exe|dll|hta|scr)\b"
_HIDDEN = (
    rf"(?i){_DASH}w(?:i|in|ind|indo|indow|indows|indowst|indowsty|indowstyl|indowstyle)?[\s:]+"
    r"[\"']?(?:h|hid\w*|1)\b|createnowindow|sw_hide|\bvbhide\b|\bconhost(?:\.exe)?\s+--headless\b|"
    r"\bstart\s+(?:\"[^\"\n]*\"\s+)?/min\b"
)
_RUN = (
    r"(?i)\biex\b|invoke-expression|\beval\(|\bexec\(|\((?:eval|exec)\)|scriptblock\]?::create|"
    r"\|\s*(?:sh|bash|cmd|python|powershell|pwsh|node)\b|scrobj\.dll|/format:\s*[\"']?https?:|"
    r"(?:mshta|rundll32)(?:\.exe)?[\"']?\s+[\"']?(?:https?|javascript|vbscript):|"
    r"msiexec(?:\.exe)?[\"']?\s[^\n]*https?:|"
    rf"(?:\s-[fgkls]{{0,6}}o|--output|-outfile|-outf)\s+(?:[\"'][^\"'\n]+|\S+){_PROGRAM}"
)
_LOOP = (
    r"(?i)while\s*\(?\s*(?:\$true|true|1\b|\[|!0)|for\s*\(\s*;\s*;|set(?:interval|timeout)\(|"
    r"iter\(int|itertools\.count|start-sleep|\bsleep\(|\bsleep\s+[\d$]|timeout\s+/t|\bfor\s+/l\b|"
    r"(?:^|[\s&|(])(?:timeout|choice)(?:\.exe)?\s+(?:/[a-z]+\s+)*\d|\bping(?:\.exe)?\s+-n\s+\d"
)
_INLINE = (
    r"(?i)(?:^|[\\\s\"])(?:python[\d.]*|node|ruby|perl)(?:\.exe)?\"?\s(?:-\w+\s+)*"
    r"-(?:[bisu]{0,4}c|e|-eval)\s|"
    rf"\s{_DASH}(?:c|command|e|ec|en[a-z]*)[\s:]+[\"'&({{$a-z]"
)
_DEAD_DROP = (
    r"(?i)raw\.githubusercontent\.com/|/raw/|gist\.github(?:usercontent)?\.com/|"
    r"pastebin\.com/raw|paste\.ee/[rd]/|/getupdates|//t\.me/|/channels/\d+/messages"
)
ROUTINE = (
    r"(?i)/releases?/(?:latest|download)|/actions/runs|/issues\b|/pulls?\b|"
    r"/projects/\d+/(?:jobs|pipelines)|np[mx]-cli|[\\/](?:npm|yarn|pnpm)\.(?:cmd|exe|c?js)\b|"
    r"(?:^|[\s\"'&;|])(?:npm|yarn|pnpm)[\"']?\s+[a-z]|-m pip\b|pip3? install|pre_commit|"
    r"\bbundle[\"']?\s+(?:exec|install|update)\b|--node-ipc|/nodereuse|/restore\b|\bgit\+https"
)


def read_commands(channels: pl.DataFrame) -> pl.DataFrame:
    """Add `decoded` (what Base64 in the command lines hides) and `text` (lines, links, decoded).

    Args:
        channels: one row a channel, with `command_lines` and `urls`.

    Returns:
        The channels; both columns are null where no command line was seen.
    """
    lines = channels["command_lines"].explode(empty_as_null=False).drop_nulls().unique()
    hidden = {line: text for line in lines if (text := decode(line))}
    decoded = pl.col("command_lines").list.eval(
        pl.element().replace_strict(hidden, default=None, return_dtype=pl.String)
    )
    return channels.with_columns(
        decoded=pl.when(known("command_lines")).then(decoded.list.drop_nulls().list.join("\n"))
    ).with_columns(
        text=pl.when(known("command_lines")).then(
            pl.concat_str(
                pl.col("command_lines").list.join("\n"),
                pl.col("urls").list.join("\n"),
                "decoded",
                separator="\n",
            )
        )
    )


def _around(pattern: str) -> pl.Expr:
    """What was found, with a little of what stands beside it."""
    return pl.col("text").str.extract(f"(.{{0,40}}(?:{pattern}).{{0,60}})")


def _says(
    name: str, pattern: str, question: str, words: str, bound: float = 3.5, least: float = 0.0
) -> Term:
    return Term(
        name,
        question,
        strength=yes(pl.col("text").str.contains(pattern), known("command_lines")),
        value=pl.format(words + ": {}", _around(pattern)),
        sign=1,
        bound=bound,
        least=least,
    )


_SINGLE = pl.col("command_lines").list.len() == 1

TERMS = (
    Term(
        "encoded command",
        "Does the command line hide its code in Base64?",
        strength=yes((pl.col("decoded") != "") | pl.col("is_encoded_cmd"), known("command_lines")),
        value=pl.when(pl.col("decoded") != "")
        .then(pl.format("encoded; it reads: {}", pl.col("decoded").str.slice(0, 160)))
        .otherwise(pl.lit("speaks of Base64; nothing could be decoded")),
        sign=1,
        least=0.3,
    ),
    _says("hidden window", _HIDDEN, "Does it hide its window?", "asks for a hidden window"),
    _says(
        "fetch and run",
        _RUN,
        "Does it run, or save as a program, what it fetched?",
        "runs what it fetches",
    ),
    _says(
        "loop in command line",
        _LOOP,
        "Does the command line itself wait and repeat?",
        "waits and repeats",
        bound=2.0,
    ),
    _says(
        "inline code",
        _INLINE,
        "Is the code on the command line rather than in a file?",
        "code on the command line",
    ),
    _says(
        "dead-drop link",
        _DEAD_DROP,
        "Does it name a raw text, a paste, a gist or a message channel?",
        "reads a text that anyone could have left",
        least=0.3,
    ),
    Term(
        "routine tool",
        "Does it only read releases, builds or issues, or run a package manager?",
        strength=yes(
            all_like("command_lines", ROUTINE) | (_SINGLE & pl.col("text").str.contains(ROUTINE)),
            known("command_lines"),
        ),
        value=pl.format("ordinary use of the service: {}", _around(ROUTINE)),
        sign=-1,
    ),
)
