"""The query and the timing as one notebook, for a lake where nothing can be installed.

The notebook carries the package's own files as text, writes them to a temporary folder wherever
Python runs, and imports them there: one source, readable before it is run.
Source: Microsoft Learn, "Notebooks in the Microsoft Sentinel data lake" and its service limits
(Spark 3.4, Python 3.10, no custom libraries).
"""

import json
from collections.abc import Iterable
from importlib import resources
from string import Template
from typing import Any

from beacon._version import __version__
from beacon.channels import INBOUND
from beacon.rules import FOLDER, HOST_STEPS, Rule, has_pattern
from beacon.schema import AGGREGATED


def spark_notebook(rule: Rule) -> str:
    """An .ipynb file, to be opened in the lake's editor and run from top to bottom.

    Args:
        rule: lists in force.
    """
    templates = resources.files("beacon.rule_export").joinpath("notebook_cells.txt")
    told, *code = templates.read_text(encoding="utf-8").split("\n# %%\n")
    settings, install, run = (Template(cell) for cell in code)
    cells = [
        _cell("markdown", Template(told).substitute(version=__version__)),
        _cell("code", settings.substitute(query=json.dumps(query(rule), indent=4))),
        *(_cell("code", _file(name, text)) for name, text in sorted(_sources().items())),
        _cell("code", install.substitute()),
        _cell("code", run.substitute()),
    ]
    kernel = {"display_name": "PySpark", "language": "python", "name": "synapse_pyspark"}
    found = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    for number, cell in enumerate(cells):
        cell["id"] = f"beacon-{number}"
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def query(rule: Rule) -> dict[str, Any]:
    """What `spark.lake.candidates` asks, as literals that JSON and Python write alike."""
    return {
        "url": _any_of(rule.services),
        "process": _any_of(rule.processes),
        "inbound": list(INBOUND),
        "aggregated": AGGREGATED,
        "folder": FOLDER,
        "host_steps": [list(step) for step in HOST_STEPS],
    }


def _any_of(needles: Iterable[str]) -> str:
    """`has_any` in Java's regular expressions; the patterns are those of the local engine."""
    return f"(?isu)(?:{'|'.join(map(has_pattern, needles))})"


def _sources() -> dict[str, str]:
    """What the notebook carries: path below the package -> text."""
    package = resources.files("beacon")
    timing = package.joinpath("timing").iterdir()
    files = [one for one in timing if one.name.endswith((".py", ".json"))]
    texts = {f"timing/{one.name}": one.read_text(encoding="utf-8") for one in files}
    texts["spark/lake.py"] = package.joinpath("spark", "lake.py").read_text(encoding="utf-8")
    return texts | {"__init__.py": "", "spark/__init__.py": ""}


def _file(name: str, text: str) -> str:
    if "'''" in text or text.endswith("\\"):
        raise ValueError(f"{name} cannot stand in a raw string")
    return f"FILES[{name!r}] = r'''{text}'''"


def _cell(kind: str, source: str) -> dict[str, Any]:
    lines = source.strip("\n").splitlines(keepends=True)
    cell: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": lines}
    return cell if kind == "markdown" else cell | {"execution_count": None, "outputs": []}
