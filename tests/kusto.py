"""Microsoft's KQL parser (@kusto/language-service-next on npm), where Node and the package are."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from defender_tables import TABLES

_ROOT = Path(__file__).parents[1]
_PACKAGE = Path("node_modules/@kusto/language-service-next")


def diagnose(queries: Sequence[str]) -> list[list[str]]:
    """What the parser has against each query, names of tables and columns included."""
    places = [os.environ.get("BEACON_NODE_PREFIX", ""), str(_ROOT / ".node")]
    found = next((p for place in places if place and (p := Path(place) / _PACKAGE).is_dir()), None)
    node = shutil.which("node")
    if not node or not found:
        pytest.skip("no Node.js with @kusto/language-service-next (npm install --prefix .node)")
    done = subprocess.run(
        [node, str(Path(__file__).with_name("kusto_check.js")), str(found.resolve())],
        input=json.dumps({"tables": TABLES, "queries": list(queries)}),
        capture_output=True,
        text=True,
        check=True,
    )
    answers: list[list[str]] = json.loads(done.stdout)
    assert len(answers) == len(queries)
    return answers
