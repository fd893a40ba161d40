"""`beacon rule`: the detection as a rule for other systems."""

from enum import StrEnum
from typing import Annotated

import typer

from beacon.cli import options as o
from beacon.cli import output as out
from beacon.errors import SettingsError


class Kind(StrEnum):
    """Which system the rule is for."""

    kql = "kql"
    sentinel = "sentinel"
    sigma = "sigma"
    spark_notebook = "spark-notebook"


def rule(
    kind: Annotated[
        Kind, typer.Argument(metavar="KIND", help="kql, sentinel, sigma or spark-notebook.")
    ],
    output: o.Output = None,
    timing: Annotated[
        bool, typer.Option("--timing", help="kql only: one row a channel with like gaps.")
    ] = False,
    profile: o.Lists = None,
    config: o.Config = None,
) -> None:
    """Write the detection as a rule for other systems.

    KQL for advanced hunting, an analytics rule for Sentinel, a Sigma rule, or a notebook for the
    Sentinel data lake, with the lists in force; KQL and Sentinel leave out what is allowed.
    """
    from beacon import rule_export, rules

    if timing and kind is not Kind.kql:
        raise SettingsError(
            f"--timing: is for kql; {kind.value} "
            + ("cannot tell gaps" if kind is Kind.sigma else "is timed without it")
        )
    settings = o.gather(config, rule__profile=profile)
    lists, allowed = rules.load(settings.rule), settings.allow.entry
    if kind is Kind.sigma:
        written = rule_export.sigma(lists)
    elif kind is Kind.spark_notebook:
        written = rule_export.spark_notebook(lists)
    elif kind is Kind.sentinel:
        written = rule_export.analytics_rule(lists, allowed)
    elif timing:
        written = rule_export.timed(lists, allowed=allowed)
    else:
        written = rule_export.hunting(lists, allowed)
    out.emit(written, output)
