"""The text that a PowerShell process ran (event 4104), as a further part of its command line."""

import polars as pl

from beacon.context.fields import host

_LINE = "InitiatingProcessCommandLine"
_HOSTS = r"(?i)^(?:powershell|pwsh|powershell_ise)(?:\.exe)?$"


def attach(rows: pl.LazyFrame, scripts: pl.DataFrame) -> pl.LazyFrame:
    """Add the script text under the command line of its process, unless it stands there already.

    Joined by device and process id: the log has no other name for a process, and its clock need not
    be Sysmon's. A pid that another program has by now joins nothing.

    Args:
        rows: connections; text may be Categorical, and columns may be absent.
        scripts: one row a process, columns of `schema.CONTEXT["scripts"]`.
    """
    schema = rows.collect_schema()
    if scripts.is_empty() or "InitiatingProcessId" not in schema:
        return rows
    if _LINE not in schema:
        rows = rows.with_columns(pl.lit(None, pl.String).alias(_LINE))
    program = pl.col("InitiatingProcessFileName").cast(pl.String)
    keyed = rows.with_columns(
        host().alias("beacon:host"),
        pl.when(program.str.contains(_HOSTS)).then("InitiatingProcessId").alias("beacon:pid"),
    )
    keys = ["beacon:host", "beacon:pid"]
    joined = keyed.join(
        scripts.lazy(), left_on=keys, right_on=["host", "pid"], how="left", maintain_order="left"
    )
    line, text = pl.col(_LINE).cast(pl.String).fill_null(""), pl.col("text")
    known = text.is_null() | line.str.contains(text, literal=True)
    both = pl.concat_str(line, text, separator="\n").str.strip_chars_start()
    kind = schema.get(_LINE, pl.String())
    new = pl.when(known).then(_LINE).otherwise(both.cast(kind)).alias(_LINE)
    return joined.with_columns(new).drop(*keys, "text")
