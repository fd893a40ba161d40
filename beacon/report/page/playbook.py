"""What confirms and what refutes each piece of evidence, and what to do then.

`document` is docs/playbook.md; a test holds the two together.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from beacon.evidence import TERMS

_HEAD = """\
# Playbook

For each piece of evidence and each benign class: what it asks, what confirms a yes, what refutes
it, what to do. The page that `beacon score --format html` writes carries a copy, and its ledgers
link into it.

## How to work an alert

1. Read the sentence and the ledger: what carries the score, and what could not be seen.
2. Look at the timeline. Hatched hours are hours without any row of the device, not quiet hours.
3. Paste the first query: what started the program, and what did it start?
4. Look up the strongest term below; look for what would refute it before what would confirm it.
5. Close it with `beacon label ID --verdict tp|benign|fp|unsure --reason "..."`. The reason is for
   whoever meets the channel again: name the owner, the project or the ticket.

## False positives and tuning

- "benign" means that the program polls and may; "fp" means that it does not poll at all.
- Allow by program, parent and service together, never by the program's name alone: implants bear
  the names of tools. A namespace in which anyone may register is no reason to allow anything.
  How: [Settings](settings.md#not-to-see-it-again).
- Too many alerts: lower `--budget` first. It changes what is shown, never the score.
- A device that reports each set of values once a day hides polls; judge it by the other evidence.

## Hunting queries

`beacon rule kql` is the query behind the filter, `beacon rule kql --timing` one row for each
channel whose gaps are alike. Both run in Defender's advanced hunting as they are.

## Evidence and benign classes
"""


@cache
def entries() -> Mapping[str, Mapping[str, str]]:
    """Name of a term -> what it asks, and {confirms, refutes, do} of `playbook.toml`."""
    text = (resources.files("beacon.report.page") / "playbook.toml").read_text(encoding="utf-8")
    asks = {term.name: {"asks": term.question} for term in TERMS}
    return {name: asks.get(name, {}) | entry for name, entry in tomllib.loads(text).items()}


def document() -> str:
    """The playbook as Markdown."""
    lines = [_HEAD]
    for name, entry in entries().items():
        lines.append(f"### {name}\n")
        lines += [f"- **{label}**: {text}" for label, text in entry.items()]
        lines.append("")
    return "\n".join(lines)
