"""Which scheduled task runs a program, and how often that task says it does.

A task names a program and its arguments; the process that it starts has them in its command line.
Where it goes through a shell (`cmd /c python x.py`) they stand in the parent's.
"""

import re

import polars as pl

from beacon.schema import KEY

_TELLING = 8
"""Arguments shorter than this do not tell one parent from another."""
_VARIABLE = re.compile(r"%[^%\s]{1,64}%")
_SCHEMA = {
    **dict.fromkeys(KEY, pl.String()),
    "task": pl.String(),
    "task_period_seconds": pl.Float64(),
}


def declared(ways: pl.DataFrame, tasks: pl.DataFrame | None) -> pl.DataFrame:
    """The task behind each channel that has one: `task` and `task_period_seconds`.

    Of several the one that runs most often; its period is null where no trigger repeats.

    Args:
        ways: `schema.KEY`, line and parent_command_line of connections.
        tasks: columns of `schema.CONTEXT["tasks"]`; None where there are none.
    """
    if tasks is None or tasks.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    pairs = (
        ways.select(*KEY, "line", "parent_command_line")
        .unique()
        .join(tasks.filter(pl.col("command") != "").unique(), on="host")
    )
    asked = ("process", "line", "parent_command_line", "command", "arguments")
    runs = [_runs(*row) for row in pairs.select(asked).iter_rows()]
    return (
        pairs.filter(pl.Series(runs, dtype=pl.Boolean))
        .sort("period_seconds", "name", nulls_last=True)
        .unique(KEY, keep="first", maintain_order=True)
        .select(*KEY, task="name", task_period_seconds="period_seconds")
    )


def _runs(
    process: str, line: str | None, parent_line: str | None, command: str, arguments: str
) -> bool:
    """Whether a process, or its parent, is what a task's action starts."""
    program = _program(command)
    own, above = _plain(line or ""), _plain(parent_line or "")
    asked = [_plain(part) for part in _VARIABLE.split(arguments)]
    if program == _program(process):
        bare = _plain(own.replace('"', "")).removesuffix(".exe").endswith(program)
        if _holds(own, asked) if any(asked) else bare:
            return True
    told = len("".join(asked)) >= _TELLING
    return told and program in above and _holds(above, asked)


def _holds(line: str, parts: list[str]) -> bool:
    """Whether the parts stand in a line one after the other."""
    at = 0
    for part in parts:
        found = line.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def _program(path: str) -> str:
    """The name of a program, whatever its folder and quotes."""
    return re.split(r"[\\/]", _plain(path).strip('" '))[-1].removesuffix(".exe")
