"""Which way data went: orders only come down in T1102.003, answers go up in T1102.002.

"Unknown" is not one-way: it weighs nothing. Verbs and read-only endpoints are those of the
programs' and services' own documentation; byte counts exist only where a source carries them.
"""

import polars as pl

from beacon.evidence.term import Term, yes

_UP = (
    r"(?i)-method\s+[\"']?(?:post|put|patch)\b|\s-(?:body|infile)\s|upload(?:string|data|file)|"
    r"requests\.(?:post|put|patch)|method['\"]?\s*[:=]\s*['\"](?:post|put|patch)|"
    r"bitsadmin[^\n]*/upload|wget[^\n]*--post-|curl[^\n]*\s--(?:data|form|upload-file|json)|"
    r"curl[^\n]*\s(?:-\w*X|--request)\s*[\"']?(?:post|put|patch)|"
    r"/send(?:message|document|photo)\b|/api/webhooks/"
)
# Case matters to curl: -f (fail) is not -F (form).
_UP_CURL = r"curl(?i:\.exe)?\"?\s(?:[^\n]*\s)?-[a-zA-Z#]*[dFT](?:[\s@'\"=]|$)"
_DOWN = (
    r"(?i)invoke-webrequest|invoke-restmethod|\biwr\b|\birm\b|download(?:string|data|file)|urlopen|"
    r"urlretrieve|requests\.get|httpx\.get|\bfetch\(|https?\.get\(|-urlcache|bitsadmin[^\n]*/transfer|"
    r"start-bitstransfer|(?:curl|wget)(?:\.exe)?\"?\s[^\n]*https?:|/getupdates|/i:\s*https?:|"
    r"(?:mshta|msiexec|wmic)[^\n]*https?:"
)
_READ_ONLY = (
    "raw.githubusercontent.com",
    "gist.githubusercontent.com",
    "objects.githubusercontent.com",
    "codeload.github.com",
    "t.me",
)
"""Hosts that answer reads and take no writes."""


def name_direction(channels: pl.DataFrame) -> pl.DataFrame:
    """Add `direction`: down-only, up-seen or unknown.

    Args:
        channels: one row a channel with `text`, `domain`, `sent_bytes` and `received_bytes` (null
            where no source counts them).
    """
    text = pl.col("text").fill_null("")
    sent, received = pl.col("sent_bytes").fill_null(0), pl.col("received_bytes").fill_null(0)
    up = text.str.contains(_UP) | text.str.contains(_UP_CURL) | (sent > 0)
    down = text.str.contains(_DOWN) | pl.col("domain").is_in(_READ_ONLY) | (received > 0)
    return channels.with_columns(
        direction=pl.when(up)
        .then(pl.lit("up-seen"))
        .when(down)
        .then(pl.lit("down-only"))
        .otherwise(pl.lit("unknown"))
    )


def _went(name: str, way: str, question: str, words: str, sign: int) -> Term:
    return Term(
        name,
        question,
        strength=yes(pl.col("direction") == way, pl.col("direction") != "unknown"),
        value=pl.format(words, "domain"),
        sign=sign,
    )


TERMS = (
    _went(
        "one-way",
        "down-only",
        "Does data only come down, as orders do?",
        "{} is only read from, as far as the command line and the service tell",
        1,
    ),
    _went(
        "sends",
        "up-seen",
        "Does it post, as notifications and two-way bots do?",
        "something is sent to {}",
        -1,
    ),
)
