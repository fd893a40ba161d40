"""The rule on distinct values: each text is judged once, then rows look the answer up.

Asked of every row, one regular expression of the lists costs Spark more than the whole scan.
"""

from typing import TYPE_CHECKING

import polars as pl

from beacon import channels, rules
from beacon.settings import RuleSettings
from beacon.spark.frames import in_polars

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

URL, PROCESS = "RemoteUrl", "InitiatingProcessFileName"
FEW = 5_000
"""Values that may stand in the query's own text; more are joined from a broadcast table."""


def tests(settings: RuleSettings) -> dict[str, dict[str, pl.Expr]]:
    """Column -> question -> test: `now` the rule in force, `seed` and `extended` its profiles."""
    asked: dict[str, dict[str, pl.Expr]] = {URL: {}, PROCESS: {"person": channels.is_of_people()}}
    if settings.match == "any":
        return asked
    for question, profile in (
        ("now", settings.profile),
        ("seed", "seed"),
        ("extended", "extended"),
    ):
        rule = rules.load(settings.model_copy(update={"profile": profile}))
        for column, test in rules.tests(rule, "faithful").items():
            asked[column][question] = test
    return asked


def judge(rows: "DataFrame", settings: RuleSettings) -> "DataFrame":
    """Add a Boolean column for each column and question, as `RemoteUrl now`."""
    from pyspark.sql import functions as F

    for column, asked in tests(settings).items():
        if not asked:
            continue
        if column not in rows.columns:
            rows = rows.withColumns({f"{column} {q}": F.lit(False) for q in asked})
            continue
        passed = _passed(rows, column, asked)
        if passed.height <= FEW:
            rows = rows.withColumns(
                {
                    f"{column} {question}": F.coalesce(
                        F.col(column).isin(passed.filter(question)[column].to_list()), F.lit(False)
                    )
                    for question in asked
                }
            )
        else:
            kinds = ", ".join([f"`{column}` string", *(f"`{column} {q}` boolean" for q in asked)])
            table = rows.sparkSession.createDataFrame(passed.rows(), kinds)
            rows = rows.join(F.broadcast(table), column, "left").fillna(
                False, [f"{column} {question}" for question in asked]
            )
    return rows


def _passed(rows: "DataFrame", column: str, asked: dict[str, pl.Expr]) -> pl.DataFrame:
    """The distinct values that pass any test, and which."""

    def work(held: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
        judged = held.with_columns(test.alias(name) for name, test in asked.items())
        return [("passed", judged.filter(pl.any_horizontal(list(asked))))]

    found = in_polars(rows.select(column).distinct(), work)
    schema = {column: pl.String(), **dict.fromkeys(asked, pl.Boolean())}
    return pl.concat([pl.DataFrame(schema=schema), *found.get("passed", [])])
