"""Nothing leaves the machine, and nothing that could execute an export is imported."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from namespaces import available

ROOT = Path(__file__).parents[1]
REFUSED = {
    "asyncio", "ctypes", "dill", "ftplib", "http", "httpx", "joblib", "marshal", "multiprocessing",
    "pickle", "requests", "runpy", "shelve", "smtplib", "socket", "ssl", "subprocess",
    "urllib.request", "urllib3", "webbrowser", "xmlrpc",
}  # fmt: skip
CALLS = {"eval", "exec", "compile", "__import__", "system", "popen", "spawnv", "from_pickle"}


@pytest.mark.parametrize(
    "module", sorted((ROOT / "beacon").rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT))
)
def test_no_module_can_call_out_or_execute(module: Path) -> None:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = {node.module or ""} | {f"{node.module}.{a.name}" for a in node.names}
        else:
            names = set()
        for name in names:
            parts = name.split(".")
            assert not {".".join(parts[: n + 1]) for n in range(len(parts))} & REFUSED, name
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name):
                assert called.id not in CALLS
            elif isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
                assert (called.value.id, called.attr) not in {("os", "system"), ("os", "popen")}


@pytest.mark.skipif(not available("net"), reason="no unprivileged network namespaces here")
def test_a_machine_without_any_network_scores_the_example_day(tmp_path: Path) -> None:
    command = ["unshare", "--net", "--map-root-user", sys.executable, "-m", "beacon", "score"]
    page = tmp_path / "day.html"
    options = [str(ROOT / "examples/day.parquet"), "--format", "html", "-o", str(page)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([*command, *options], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    "address", ["https://127.0.0.1:9/day.parquet", "s3://bucket/day.csv", "hf://datasets/a/b.csv"]
)
def test_an_address_is_no_input(address: str) -> None:
    command = [sys.executable, "-m", "beacon", "score", address]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"beacon: {address}: no such file or folder\n"
