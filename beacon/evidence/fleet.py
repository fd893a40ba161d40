"""How many hosts do the same: prevalence over the export, and the service behind a domain.

Every count is that of a channel's rarest part: an implant beside a common program, or under a
common parent, must not borrow its prevalence.
"""

from collections.abc import Callable, Mapping

import polars as pl

from beacon.evidence.term import Term

_SMALL_FLEET = 10  # hosts below which prevalence says nothing
_TENANT = r"^([^.]+?)(?:-my|-admin)?\.sharepoint\.com$"
_ABSTRACTED = (
    (r"(?i)[a-z]:\\users\\[^\\\s\"']+\\", "<home>\\"),
    (r"(?i)(?:[a-z]:|<home>)\\(?:[^\\\s\"']+\\)*([^\\\s\"']+\\)", r"<dir>\$1"),
    (r"(?i)\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "<guid>"),
    (r"[A-Za-z0-9+/]{40,}={0,2}", "<blob>"),
    (r"(?i)\b[0-9a-f]{8,}\b", "<hex>"),
    (r"\d+", "<n>"),
    (r"\s+", " "),
)
"""What differs from host to host in the same command line. A link does not: it is what is fetched.
Nor does the last folder: `node <any folder>/index.js` is every program."""


def name_service(channels: pl.DataFrame, kinds: Mapping[str, str]) -> pl.DataFrame:
    """Add `service` (the shortest matching term) and `service_kind` (of the longest, the closest).

    Args:
        channels: one row a channel, with `matched_domains`.
        kinds: service term -> kind.
    """
    return channels.with_columns(matched_domains=shortest_first()).with_columns(
        service=pl.col("matched_domains").list.first().fill_null(""),
        service_kind=pl.col("matched_domains")
        .list.last()
        .replace_strict(dict(kinds), default="", return_dtype=pl.String)
        .fill_null(""),
    )


def shortest_first() -> pl.Expr:
    """`matched_domains` by length: the first names the service, the last is the closest."""
    term = pl.element()
    return pl.col("matched_domains").list.eval(term.sort_by(term.str.len_bytes(), term))


def count_prevalence(channels: pl.DataFrame, fleet_hosts: int) -> pl.DataFrame:
    """Add `prevalence_hosts`, `template_hosts`, `tenant_hosts`, `own_tenant_hosts`, `fleet_hosts`.

    `prevalence_hosts`: hosts with the same (process, parent, service); a domain that is no listed
    service stands for itself. `template_hosts`: hosts with the same process, service and command
    line once folders, links, numbers and identifiers are abstracted, what Base64 hides included;
    null where no command line was seen. `tenant_hosts`: hosts that contact the same organisation's
    SharePoint, null where it is none; `own_tenant_hosts`: the most that any has.

    Args:
        channels: one row a channel, with `service`, `parents`, `command_lines` and `decoded`.
        fleet_hosts: hosts in the export.
    """
    place = pl.when(pl.col("service") != "").then("service").otherwise("domain")
    started = _rarest(channels, "parents", place, "prevalence_hosts")
    # Nothing but Base64 would make all encoded commands one: what it hides must agree too.
    said = pl.concat_str(place, _template(pl.col("decoded").fill_null("")), separator="\n")
    written = _rarest(channels, "command_lines", said, "template_hosts", _template)
    tenant = pl.col("domain").str.extract(_TENANT)
    return channels.with_columns(
        started.fill_null(1),
        pl.when(pl.col("command_lines").list.len() > 0).then(written),
        tenant_hosts=pl.when(tenant.is_not_null()).then(
            pl.col("host").n_unique().over(tenant).cast(pl.Int64)
        ),
        fleet_hosts=pl.lit(fleet_hosts, dtype=pl.Int64),
    ).with_columns(own_tenant_hosts=pl.col("tenant_hosts").max())


def _rarest(
    channels: pl.DataFrame,
    parts: str,
    beside: pl.Expr,
    name: str,
    form: Callable[[pl.Expr], pl.Expr] = lambda part: part,
) -> pl.Series:
    """For each channel, the fewest hosts on which one of its parts is seen."""
    each = (
        channels.select(
            "host",
            "process",
            beside.alias("beside"),
            part=pl.when(pl.col(parts).list.len() > 0).then(parts).otherwise(pl.lit([""])),
        )
        .with_row_index("row")
        .explode("part")
        .with_columns(form(pl.col("part")).fill_null("").alias("part"))
    )
    hosts = pl.col("host").n_unique().over("process", "part", "beside").cast(pl.Int64)
    counted = each.with_columns(hosts.alias(name))
    return counted.group_by("row", maintain_order=True).agg(pl.col(name).min())[name]


def _template(line: pl.Expr) -> pl.Expr:
    """A command line without what differs from host to host."""
    for pattern, word in _ABSTRACTED:
        line = line.str.replace_all(pattern, word)
    return line.str.to_lowercase()


_KNOWN = pl.col("fleet_hosts") >= _SMALL_FLEET
_SEEN_ON = pl.format(
    "same process, parent and service on {} of {} hosts", "prevalence_hosts", "fleet_hosts"
)
_WRITTEN_ON = pl.format("same command line on {} of {} hosts", "template_hosts", "fleet_hosts")
_TENANT_ON = pl.format(
    "{}: an organisation that {} of {} hosts contact", "domain", "tenant_hosts", "fleet_hosts"
)
_MANY = (0.2 * pl.col("fleet_hosts")).clip(8.0, 16.0)
"""Hosts that are many: sixteen, in a small fleet a fifth of it."""


def _common(hosts: str) -> pl.Expr:
    """0 up to four hosts, 1 from `_MANY` on, a step for each doubling."""
    low = 2.3
    return ((pl.col(hosts).cast(pl.Float64).log(2.0) - low) / (_MANY.log(2.0) - low)).clip(0.0, 1.0)


ALONE = pl.when(_KNOWN).then(
    1.0 - pl.coalesce(_common("template_hosts"), _common("prevalence_hosts"))
)
"""1 where at most four hosts do the same, 0 where many do: by command line where it is known."""

TERMS = (
    Term(
        "common in fleet",
        "Do many hosts do this?",
        strength=pl.when(_KNOWN).then(_common("prevalence_hosts")),
        value=_SEEN_ON,
        sign=-1,
        least=0.5,
    ),
    Term(
        "common command line",
        "Do many hosts run the same command line?",
        strength=pl.when(_KNOWN).then(_common("template_hosts")),
        value=_WRITTEN_ON,
        sign=-1,
        least=1.0,
    ),
    Term(
        "own tenant",
        "Is it the organisation's own SharePoint, where no stranger can leave a text?",
        strength=pl.when(_KNOWN & (pl.col("service") != "")).then(
            _common("tenant_hosts").fill_null(0.0)
        ),
        value=_TENANT_ON,
        sign=-1,
        bound=2.5,
    ),
    Term(
        "another's tenant",
        "Is it the SharePoint of another organisation, used by few hosts?",
        strength=pl.when(_KNOWN & (pl.col("service") != "")).then(
            pl.when(pl.col("tenant_hosts") < pl.col("own_tenant_hosts"))
            .then(1.0 - _common("tenant_hosts"))
            .otherwise(0.0)
        ),
        value=_TENANT_ON,
        sign=1,
        bound=2.0,
    ),
)
