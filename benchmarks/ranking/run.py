"""What every saved figure carries: seeds, commit, machine, date."""

import json
import platform
import subprocess
import time
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
Outcome = dict[str, Any]


def provenance(command: str) -> dict[str, str]:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=RESULTS.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return {
        "command": command,
        "commit": done.stdout.strip() or "unknown",
        "machine": f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}",
        "date": time.strftime("%Y-%m-%d"),
    }


def save(folder: Path, name: str, outcome: Outcome, text: str) -> None:
    """Write NAME.json and NAME.md, and print the latter."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(outcome, indent=1) + "\n", encoding="utf-8")
    (folder / f"{name}.md").write_text(text, encoding="utf-8")
    print(text)
