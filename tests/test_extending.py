"""The page on extending is run as it stands."""

import re
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given, settings
from results import result
from rows import hostile

from beacon.evidence.term import Term, yes

PAGE = (Path(__file__).parents[1] / "docs" / "extending.md").read_text(encoding="utf-8")
CODE = dict(re.findall("```python (\\w+)\n(.*?)```", PAGE, re.DOTALL))


def test_each_change_is_short() -> None:
    for section in PAGE.split("\n## ")[1:]:
        assert len(section.splitlines()) < 60


def test_the_term_answers_yes_no_and_not_observable() -> None:
    term = eval(CODE["term"], {"Term": Term, "pl": pl, "yes": yes})
    domains = pl.DataFrame({"domain": ["1.2.3.4", "2001:db8::1", "t.me", ""]})
    assert domains.select(term.strength).to_series().to_list() == [1, 1, 0, None]


@settings(max_examples=30)
@given(row=hostile())
def test_the_output_keeps_to_its_line(row) -> None:
    module: dict[str, Any] = {}
    exec(compile(CODE["output"], "cef.py", "exec"), module)
    text = module["cef"](result(row).channels)
    assert text.count("\n") == 1
    head = re.split(r"(?<!\\)(?:\\\\)*\|", text.removeprefix("CEF:0|"), maxsplit=6)
    assert head[0] == "beacon"
    assert head[5].isdigit()
