"""What other programs rely on stays: commands, options, columns and their types.

`contract.json` is the copy of the last release. A name that goes or changes its type needs a new
major version; one that comes is added to the copy (`python tests/test_contract.py`).
"""

import json
from pathlib import Path
from typing import Any

from typer.main import get_command

from beacon import __version__
from beacon.cli import app
from beacon.schema import RESULT

STORED = Path(__file__).with_name("contract.json")


def current() -> dict[str, Any]:
    commands: dict[str, list[str]] = {}

    def walk(name: str, command: Any) -> None:
        for inner, other in getattr(command, "commands", {}).items():
            walk(f"{name} {inner}".strip(), other)
        spelled = {option for p in command.params for option in (*p.opts, *p.secondary_opts)}
        commands[name or "beacon"] = sorted(o for o in spelled if o.startswith("-"))

    walk("", get_command(app))
    return {
        "major": __version__.split(".", maxsplit=1)[0],
        "commands": dict(sorted(commands.items())),
        "columns": {field.name: str(field.dtype) for field in RESULT},
    }


def test_what_was_promised_is_kept() -> None:
    stored, now = json.loads(STORED.read_text(encoding="utf-8")), current()
    if stored["major"] != now["major"]:
        return
    for name, kind in stored["columns"].items():
        assert now["columns"].get(name) == kind, f"column {name} was {kind}"
    for command, options in stored["commands"].items():
        assert set(options) <= set(now["commands"].get(command, ())), command


def test_what_is_new_is_stored() -> None:
    assert current() == json.loads(STORED.read_text(encoding="utf-8")), (
        f"run python {Path(__file__).name} and say in the changelog what is new"
    )


if __name__ == "__main__":
    STORED.write_text(json.dumps(current(), indent=1) + "\n", encoding="utf-8")
