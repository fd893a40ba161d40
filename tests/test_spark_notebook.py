"""The notebook for a lake: what it carries, and that it times as the package does.

BEACON_LAKE_PYTHON names another interpreter to run it with, such as one with PySpark 3.4, numpy
1.23 and Python 3.10; otherwise it is this one, with polars out of reach.
"""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from spark_here import needs_spark

from beacon import pipeline, rule_export, rules
from beacon.rule_export.notebook import query
from beacon.settings import RuleSettings, Settings

ROOT = Path(__file__).parents[1]
DAY = ROOT / "examples" / "day.parquet"
LAKE = {"numpy", "scipy", "pyarrow", "pyspark", "sentinel_lake"}
PROVIDER = """
from pathlib import Path

class MicrosoftSentinelProvider:
    def __init__(self, spark):
        self.spark = spark

    def read_table(self, name, workspace):
        return self.spark.read.parquet(workspace)

    def save_as_table(self, frame, name):
        frame.write.parquet(name)
"""
RUN = """
import json, sys
sys.modules["polars"] = None  # as where nothing can be installed
notebook, day, out = sys.argv[1:]
from pyspark.sql import SparkSession
spark = SparkSession.builder.master("local[2]").getOrCreate()
here = {"spark": spark}
for cell in json.load(open(notebook, encoding="utf-8"))["cells"]:
    if cell["cell_type"] == "code":
        text = "".join(cell["source"])
        text = text.replace('"your-workspace"', repr(day)).replace("HOURS = 24 ", "HOURS = None ")
        exec(text.replace('"BeaconChannels_SPRK"', repr(out)).replace("= 64", "= 3"), here)
here["ranked"].write.parquet(out + ".order")
"""


def notebook() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(rule_export.spark_notebook(rules.load(RuleSettings())))
    return found


def code() -> list[str]:
    cells = notebook()["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def test_it_is_python_3_10_and_imports_what_the_lake_has() -> None:
    texts = code()
    for cell in code():
        for node in ast.walk(ast.parse(cell, feature_version=(3, 10))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts += [node.value] if node.value.startswith('"""') else []
    carried = {name for text in texts for name in imports(ast.parse(text, feature_version=(3, 10)))}
    assert carried - set(sys.stdlib_module_names) - {"beacon"} <= LAKE | {"polars", "threadpoolctl"}
    assert carried >= LAKE


def test_a_name_from_the_settings_stays_a_name() -> None:
    services = ('a""' + '"b', "c''" + "'d", "e\\", "f$g", "${h}\n", "import os")
    lists = rules.load(RuleSettings(extra_services=services))
    cells = json.loads(rule_export.spark_notebook(lists))["cells"]
    (text,) = [text for c in cells if "QUERY = " in (text := "".join(c["source"]))]
    (value,) = [
        node.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "QUERY"
    ]
    assert ast.literal_eval(value) == query(lists)


def imports(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found


def test_it_carries_the_package_s_own_files_to_the_letter() -> None:
    files: dict[str, str] = {}
    for cell in code():
        if cell.startswith("FILES["):
            target, _, text = cell.partition(" = r'''")
            files[ast.literal_eval(target[len("FILES[") : -1])] = text[:-3]
    here = {p.relative_to(ROOT / "beacon").as_posix(): p for p in (ROOT / "beacon").rglob("*.*")}
    assert {name for name, text in files.items() if not text} == {
        "__init__.py",
        "spark/__init__.py",
    }
    for name, text in files.items():
        assert not text or text == here[name].read_text(encoding="utf-8")
    assert {name for name in here if name.startswith("timing/") and "__pycache__" not in name} <= {
        *files
    }


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example day in microseconds, as a lake keeps it."""
    path = tmp_path_factory.mktemp("day") / "day.parquet"
    pl.read_parquet(DAY).cast({pl.Datetime: pl.Datetime("us", "UTC")}).write_parquet(path)
    return path


@pytest.fixture(scope="module")
def ran(day: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What the notebook saves, and its last table, on the example day."""
    python = os.environ.get("BEACON_LAKE_PYTHON")
    if python is None:
        needs_spark()
    folder = tmp_path_factory.mktemp("lake")
    (folder / "sentinel_lake").mkdir()
    (folder / "sentinel_lake" / "providers.py").write_text(PROVIDER)
    (folder / "day.ipynb").write_text(json.dumps(notebook()), encoding="utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": str(folder),
        "PYSPARK_PYTHON": python or sys.executable,
        "PYSPARK_SUBMIT_ARGS": "--conf spark.ui.enabled=false --conf spark.log.level=ERROR "
        "--conf spark.sql.shuffle.partitions=4 pyspark-shell",
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    command = [
        python or sys.executable,
        "-c",
        RUN,
        *map(str, (folder / "day.ipynb", day, folder / "out")),
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "raw.githubusercontent.com" in done.stdout
    return saved(folder / "out"), saved(folder / "out.order")


def saved(folder: Path) -> pl.DataFrame:
    """The parts of a frame that Spark has written, in its order."""
    return pl.concat(pl.read_parquet(one) for one in sorted(folder.glob("*.parquet")))


def test_it_gives_the_local_channels_and_their_order(
    ran: tuple[pl.DataFrame, pl.DataFrame], day: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, ordered = ran
    timed = local(day, monkeypatch).filter(pl.col("events") > 0)
    alike = timed.group_by("process", "domain").agg(hosts_alike=pl.col("host").n_unique())
    expected = (
        timed.join(alike, on=["process", "domain"])
        .sort("timing_evidence", "polls", "host", "process", "domain",
              descending=[True, True, False, False, False])
        .cast({pl.Datetime: pl.Datetime("us", "UTC")})
    )  # fmt: skip
    columns = [name for name in ordered.columns if name in expected.columns]
    assert {*ordered.columns} == {*columns}
    found = ordered.select(columns).cast({pl.Datetime: pl.Datetime("us", "UTC")})
    assert_frame_equal(
        found, expected.select(columns), check_dtypes=False, rel_tol=1e-6, check_row_order=True
    )
    assert kept.height == ordered.height


def local(day: Path, monkeypatch: pytest.MonkeyPatch) -> pl.DataFrame:
    """Channels and their own timing, as the local engine has them before it weighs."""
    kept: list[pl.DataFrame] = []
    observe = pipeline.gather.observe

    def look(found: Any, *rest: Any) -> Any:
        kept.append(found.timed.filter(pl.col("strand") == 0))
        return observe(found, *rest)

    monkeypatch.setattr(pipeline.gather, "observe", look)
    pipeline.score([day], Settings())
    return kept[0]
