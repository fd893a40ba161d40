"""Every threshold, with its unit in its name: frozen, validated, and aware of its origin.

Defaults are here; a TOML file overrides them; command-line flags override the file.
`resolve` merges the three and records for each value which one it came from.
"""

import difflib
import itertools
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from beacon.errors import SettingsError

Match = Literal["faithful", "strict", "any"]
Profile = Literal["seed", "extended"]
DayOrder = Literal["day-first", "month-first"]
OPEN_NAMESPACES = (
    "github.com", "githubusercontent.com", "github.io", "gitlab.com", "gitlab.io", "pastebin.com",
    "paste.ee", "hastebin.com", "telegram.org", "t.me", "discord.com", "discordapp.com",
    "twitter.com", "x.com", "reddit.com", "redd.it", "notion.so", "trello.com", "docs.google.com",
    "drive.google.com", "googleapis.com", "onedrive.live.com", "amazonaws.com", "azurewebsites.net",
    "blob.core.windows.net", "cloudfront.net", "pages.dev", "workers.dev", "technet.microsoft.com",
)  # fmt: skip
"""Where anyone can leave something: whoever allows these allows everybody's malware."""
Probability = Annotated[float, Field(gt=0, lt=1)]


def _not_blank(term: str) -> str:
    if not term.strip():
        raise ValueError('a blank term matches every row, as Kusto\'s has "" does; leave it out')
    return term


Term = Annotated[str, AfterValidator(_not_blank)]
"""One more of the rule's lists."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class ReadSettings(_Section):
    """How to understand what the export leaves open."""

    timezone: str | None = Field(None, description="IANA zone of times that carry no offset")
    day_order: DayOrder | None = Field(
        None, description="order of d/m/y dates that could be either"
    )
    most_unpacked_gib: float = Field(
        64, gt=0, description="what a gzip or zstd may unpack to; more is refused as a bomb"
    )
    most_columns: int = Field(5_000, ge=10, description="columns of a CSV; more is refused")


class RuleSettings(_Section):
    """Which connections are looked at. The lists themselves are in `beacon/profiles`."""

    match: Match = "faithful"
    profile: Profile = "seed"
    extra_services: tuple[Term, ...] = ()
    extra_processes: tuple[Term, ...] = ()
    as_of: AwareDatetime | None = Field(
        None,
        ge=datetime(1800, 1, 1, tzinfo=UTC),
        le=datetime(2200, 1, 1, tzinfo=UTC),
        description="the query's now(); default: newest event if a window is asked for",
    )
    window_hours: float | None = Field(
        None,
        gt=0,
        le=876_000,
        description="the query's ago(): 24 when as_of is set, else no window",
    )


class TimingSettings(_Section):
    """What counts as enough to speak of timing."""

    min_polls: int = Field(4, ge=3, description="fewer polls are reported as 'insufficient'")
    min_hours: int = Field(
        4, ge=4, description="whole hours of aggregates that are enough where polls are too few"
    )


class RankSettings(_Section):
    """From evidence to a short list."""

    base_rate: Probability = Field(
        5e-3, description="share of rule-matching channels that are pollers, before any evidence"
    )
    budget: int = Field(20, ge=1, description="alerts shown")
    critical_score: Probability = 0.95
    high_score: Probability = 0.7
    medium_score: Probability = 0.3
    low_score: Probability = 0.001

    @model_validator(mode="after")
    def _severities_descend(self) -> "RankSettings":
        levels = (self.critical_score, self.high_score, self.medium_score, self.low_score)
        if any(a <= b for a, b in itertools.pairwise(levels)):
            raise ValueError("critical_score > high_score > medium_score > low_score must hold")
        return self


class EvidenceSettings(_Section):
    """What a site has learned about itself; `beacon tune` writes it."""

    weights: dict[str, float] = Field({}, description="log-odds of terms, instead of the shipped")
    verdicts: Path | None = Field(None, description="verdict file whose judgements are evidence")


class AllowEntry(_Section):
    """Something a team has decided not to look at: two keys or more, why, who, and until when."""

    host: str | None = None
    process: str | None = None
    domain: str | None = None
    parent: str | None = None
    account: str | None = None
    command_line: str | None = None
    reason: str = Field(min_length=1)
    owner: str = Field(min_length=1)
    expires: date

    @model_validator(mode="after")
    def _is_narrow(self) -> "AllowEntry":
        names = ("host", "process", "domain", "parent", "account", "command_line")
        keys = {name: value for name in names if (value := getattr(self, name))}
        if any("*" in value for name, value in keys.items() if name != "command_line"):
            raise ValueError("a key is a whole name; patterns such as *.github.io are refused")
        domain = keys.get("domain", "").lower()
        if any(domain == space or domain.endswith(f".{space}") for space in OPEN_NAMESPACES):
            del keys["domain"]
        if len(keys) < 2:
            raise ValueError(
                f"two keys or more of {', '.join(names)} are needed; a domain where anyone can "
                "register, such as raw.githubusercontent.com, is not one"
            )
        return self


class HistorySettings(_Section):
    """The memory from day to day."""

    folder: Path | None = Field(None, description="history folder; none: each export stands alone")
    lookback_days: int = Field(
        30, ge=1, description="how far back slow timers and prevalence are looked for"
    )


class AllowSettings(_Section):
    """Allow entries, as `[[allow.entry]]`."""

    entry: tuple[AllowEntry, ...] = ()


class Settings(_Section):
    """All settings of a run.

    Attributes:
        origins: dotted name -> where the value came from; names that are absent are defaults.
    """

    read: ReadSettings = ReadSettings()
    rule: RuleSettings = RuleSettings()
    timing: TimingSettings = TimingSettings()
    rank: RankSettings = RankSettings()
    evidence: EvidenceSettings = EvidenceSettings()
    history: HistorySettings = HistorySettings()
    allow: AllowSettings = AllowSettings()
    origins: Mapping[str, str] = Field(default_factory=dict, exclude=True, repr=False)


def resolve(
    config: Path | None = None, flags: Mapping[str, tuple[str, Any]] | None = None
) -> Settings:
    """Merge defaults, a TOML file and flags, in rising order of precedence.

    Args:
        config: a TOML file whose tables are the sections of `Settings`.
        flags: dotted setting name -> (flag as typed, value); a value of None is "not given".

    Raises:
        SettingsError: the file cannot be read, a name is unknown (the nearest known one is
            suggested), or a value is not allowed.
    """
    merged: dict[str, dict[str, Any]] = {}
    origins: dict[str, str] = {}
    if config is not None:
        for section, values in _read_toml(config).items():
            if not isinstance(values, dict):
                raise SettingsError(f"{config}: {section!r} must be a table, as in [rank]")
            merged[section] = dict(values)
            origins |= {f"{section}.{name}": str(config) for name in values}
    for path, (flag, value) in (flags or {}).items():
        if value is not None:
            section, name = path.split(".")
            merged.setdefault(section, {})[name] = value
            origins[path] = flag
    merged.pop("origins", None)
    try:
        return Settings.model_validate({**merged, "origins": origins})
    except ValidationError as error:
        raise SettingsError(_explain(error, origins)) from None


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not valid TOML ({error})") from None
    except RecursionError:
        raise SettingsError(f"{path}: TOML nested too deeply") from None


def _explain(error: ValidationError, origins: Mapping[str, str]) -> str:
    """One sentence a problem: where it came from, what is wrong, what would be right."""
    lines = []
    for problem in error.errors():
        name = ".".join(str(part) for part in problem["loc"])
        origin = next(
            (
                where
                for path, where in origins.items()
                if f"{path}.".startswith(f"{name}.") or f"{name}.".startswith(f"{path}.")
            ),
            "settings",
        )
        if problem["type"] == "extra_forbidden":
            known = sorted(_names(Settings))
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
            lines.append(f"{origin}: unknown setting {name!r}; did you mean {near[0]!r}?")
        else:
            message = problem["msg"].removeprefix("Value error, ")
            message = message.replace("tuple", "list")  # TOML's word for it
            given = "" if problem["type"] == "value_error" else f", got {problem['input']!r}"
            lines.append(f"{origin}: {name}: {message}{given}")
    return "\n".join(lines)


def _names(model: type[BaseModel], prefix: str = "") -> set[str]:
    names: set[str] = set()
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            names |= _names(inner, f"{prefix}{name}.")
        elif name != "origins":
            names.add(prefix + name)
    return names


def parse_time(text: str) -> datetime:
    """Read an ISO 8601 time for `--as-of`; without an offset it is UTC.

    Raises:
        SettingsError: the text is not ISO 8601.
    """
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(
            f"--as-of: {text!r} is not an ISO 8601 time such as 2026-05-04T18:00:00Z"
        ) from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
