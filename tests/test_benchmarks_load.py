"""Benchmarks are no tests, but they must at least load against the package as it is."""

import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OPTIONAL = {"matplotlib", "atheris", "pandas", "duckdb", "pyspark"}


@pytest.mark.parametrize(
    "path", sorted((ROOT / "benchmarks").rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT))
)
def test_it_loads(path: Path) -> None:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name not in OPTIONAL:
            raise
        pytest.skip(f"{error.name} is not installed")
