"""Fills the templates. Text from an export reaches the page through `_inert` and escaping only."""

import base64
import hashlib
import platform
from collections.abc import Mapping
from functools import cache
from importlib import metadata, resources
from typing import TYPE_CHECKING, NamedTuple

import jinja2
import polars as pl
from markupsafe import Markup

from beacon._version import version
from beacon.evidence import TERMS
from beacon.inert import visible
from beacon.report import words
from beacon.report.coverage import limits
from beacon.report.page import alert, clock, heard, playbook
from beacon.report.summary import account, allowed

if TYPE_CHECKING:
    from beacon.pipeline import Result
    from beacon.settings import Settings

_COLUMNS = ("#", "score", "host", "process", "domain", "cadence", "since", "why")
_LONGEST_TEXT = 1_000
_LONGEST_COMMAND = 32_767  # what Windows allows (Microsoft Learn, "CreateProcessW")


class Run(NamedTuple):
    """What only the caller knows of a run.

    Attributes:
        command: the command line as typed.
        hashes: part -> SHA-256 of its file, or of the archive that it is in.
    """

    command: str = ""
    hashes: Mapping[str, str] = {}


def page(result: "Result", rows: pl.DataFrame, run: Run | None = None) -> str:
    """Draw a result as one HTML document.

    Args:
        result: the scored export.
        rows: the channels to show, of `result.channels`.
        run: what to say of the run itself.
    """
    seen = result.summary
    style, script = _asset("style.css"), _asset("script.js")
    cannot = [*_unread(result), *limits(seen)]
    guide = playbook.entries()
    template = _environment().get_template("page.html")
    return template.render(
        title="beacon report",
        policy=_policy(style, script),
        style=style,
        script=script,
        lead=_lead(result, rows),
        quality=f"Read {words.count(seen.rows, 'row')}, kept {seen.kept:,}. "
        + (cannot[0] if cannot else "Nothing is known to be missing from the data."),
        limits=cannot,
        columns=_COLUMNS,
        alerts=alert.alerts(result, rows),
        wide=int(clock.WIDE),
        tally=words.tally(rows),
        heard=heard.picture(seen.coverage, _best(rows)),
        playbook=guide,
        run=_run(result, run or Run()),
        account=[
            f"Read {words.count(seen.rows, 'row')}; kept {seen.kept:,}.",
            *account(result),
            *allowed(result),
        ],
        settings=_settings(seen.settings),
        checks=_checks(result.channels),
        weight=words.weight,
        duration=words.duration,
        number=lambda value: f"{value:,}",
        longest_command=_LONGEST_COMMAND,
        shortened=lambda text, most=_LONGEST_TEXT: words.shortened(text, most),
    )


def _lead(result: "Result", rows: pl.DataFrame) -> str:
    seen, count = result.summary, words.count
    alerts, channels = count(rows.height, "alert"), count(result.channels.height, "channel")
    when = f", {words.moment(seen.first)} to {words.moment(seen.last)} UTC" if seen.first else ""
    return f"{alerts} from {channels} on {count(seen.hosts, 'host')}{when}."


def _unread(result: "Result") -> list[str]:
    """What was given and is not in the result: inputs that could not be used, bad rows."""
    lines = [f"Not read: {problem}" for problem in result.summary.problems]
    if bad := sum(result.dropped.filter(pl.col("part").is_not_null())["rows"]):
        lines.append(f"{words.count(bad, 'row')} could not be read: see the account of the rows.")
    return lines


def _best(rows: pl.DataFrame) -> dict[str, str]:
    """Host -> id of its best alert, best first."""
    best = rows.unique("host", keep="first", maintain_order=True)
    return dict(best.select("host", "alert_id").iter_rows())


def _checks(channels: pl.DataFrame) -> list[tuple[str, str]]:
    """Every question that was asked of each channel, and how often it was answered."""
    answers = channels["evidence"].explode().drop_nulls().struct.unnest()
    rows = answers.group_by("name", "state").len().iter_rows()
    counted = {(name, state): number for name, state, number in rows}
    return [
        (
            term.name,
            f"{term.question} Fired in {counted.get((term.name, 'fired'), 0):,} of "
            f"{words.count(channels.height, 'channel')}, not observable in "
            f"{counted.get((term.name, 'not observable'), 0):,}.",
        )
        for term in TERMS
    ]


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("beacon.report.page", "templates"),
        autoescape=True,
        finalize=_inert,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _inert(value: object) -> object:
    """Hidden and obeyed characters written out, line by line; markup of ours is left alone."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return "\n".join(map(visible, value.split("\n")))
    return value


def _asset(name: str) -> Markup:
    file = resources.files("beacon.report.page") / "templates" / name
    return Markup(file.read_text(encoding="utf-8"))  # noqa: S704 - ours, part of the package


def _policy(style: str, script: str) -> str:
    """Nothing may load; the two inline assets run because their hashes say so (CSP level 2)."""

    def hashed(text: str) -> str:
        digest = hashlib.sha256(text.encode("utf-8")).digest()
        return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"

    return (
        f"default-src 'none'; style-src {hashed(style)}; script-src {hashed(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _run(result: "Result", run: Run) -> list[tuple[str, str]]:
    seen = result.summary
    return [
        ("command", run.command or "called as a library"),
        ("beacon", version()),
        ("Python", platform.python_version()),
        *((name, metadata.version(name)) for name in ("polars", "numpy", "scipy")),
        *((f"input, {part.shape}", _input(part.name, run)) for part in seen.parts),
    ]


def _input(name: str, run: Run) -> str:
    found = run.hashes.get(name)
    return f"{name}\nSHA-256 {found}" if found else name


def _settings(settings: "Settings") -> list[tuple[str, str]]:
    return [
        (
            f"{section}.{name}",
            f"{_plain(value)} ({settings.origins.get(f'{section}.{name}', 'default')})",
        )
        for section, values in settings.model_dump().items()
        for name, value in values.items()
    ]


def _plain(value: object) -> str:
    """A value as a reader has it, not as Python does."""
    if isinstance(value, Mapping):
        value = [f"{name} = {_plain(of)}" for name, of in value.items() if of is not None]
        return ", ".join(value) or "none"
    if isinstance(value, tuple):
        return "; ".join(map(_plain, value)) or "none"
    return "none" if value is None else str(value)
