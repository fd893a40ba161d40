"""`beacon label`: a verdict, appended to the verdict file."""

import getpass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from beacon.cli import output as out
from beacon.cli.explain import AlertId
from beacon.errors import InputError


class Word(StrEnum):
    """Short words for Defender's classifications."""

    tp = "tp"
    benign = "benign"
    fp = "fp"
    unsure = "unsure"


def label(
    alert_id: AlertId,
    verdict: Annotated[
        Word,
        typer.Option(
            help="tp: malicious; benign: rightly found, harmless; fp: wrongly found; unsure."
        ),
    ],
    reason: Annotated[str, typer.Option(help="Why, for whoever reads it next.")],
    file: Annotated[Path, typer.Option(help="The verdict file.")] = Path("verdicts.csv"),
    analyst: Annotated[str | None, typer.Option(help="Who says so; default: the account.")] = None,
    result: Annotated[
        Path | None, typer.Option(help="What score wrote: fills in host, process, domain.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing.")] = False,
) -> None:
    """Append a verdict to a CSV that is made for git.

    The last verdict on an alert holds.
    """
    from beacon import verdicts
    from beacon.report.results import find

    row = find(alert_id, result) if result else {"alert_id": alert_id.strip().lower()}
    if not verdicts.is_id(row["alert_id"]):
        raise InputError(
            "ALERT_ID",
            f"{alert_id[:40]!r} is no alert_id (12 hexadecimal digits); with --result its first "
            "digits are enough",
        )
    if not reason.strip():
        raise InputError("--reason", "is empty; say why, somebody will ask")
    host, process, domain = (str(row.get(n) or "") for n in ("host", "process", "domain"))
    word = verdicts.WORDS[verdict.value]
    who, when = analyst or _account(), verdicts.now()
    entry = verdicts.Verdict(row["alert_id"], host, process, domain, word, reason, who, when)
    verdicts.append(file, entry)
    out.tell([f"{row['alert_id']}: {word}, in {file}."], quiet=quiet)


def _account() -> str:
    """Who runs this; in a container the number of an account may have no name."""
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        raise InputError("--analyst", "is needed, as this account has no name") from None
