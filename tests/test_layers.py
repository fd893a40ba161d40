"""Imports run one way: down this list. Stages know nothing of each other; `pipeline` joins them."""

import ast
import sys
import textwrap
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "beacon"
MAP = Path(__file__).parents[1] / "docs" / "design.md"
START, END = "<!-- arrows -->\n", "<!-- end of arrows -->"

# fmt: off
LAYERS: tuple[tuple[str, ...], ...] = (
    ("_version", "errors", "profiles", "frames", "files", "inert", "lookup"),
    ("schema", "settings", "spill"),
    (
        "read", "context", "rules", "channels", "timing", "quality", "coverage", "hourly",
        "history", "evidence", "rank", "verdicts", "allow", "simulate",
    ),
    ("remembering", "progress"),
    ("weighing",),
    ("result",),
    ("inspection", "gather"),
    ("pipeline", "rule_export", "conversion"),
    ("report", "tune", "spark"),
    ("cli",),
    ("__init__",),
    ("__main__",),
)
# fmt: on
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}


def unit(module: Path) -> str:
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(module: Path) -> set[str]:
    """Top-level parts of `beacon` that a file imports, type-checking imports included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{module}: relative import"
            parts = node.module.split(".")
            if parts[0] == "beacon":
                found |= {parts[1]} if parts[1:] else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("beacon.")}
    return found


@pytest.mark.parametrize(
    "module", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_imports_run_one_way(module: Path) -> None:
    here = unit(module)
    for other in imported(module) - {here}:
        other = other if other in LEVEL else "__init__"
        assert LEVEL[other] < LEVEL[here], f"{here} imports {other}, which is not below it"


def arrows() -> str:
    """The map of docs/design.md: each part above the ground, and what it uses above the ground."""
    ground = {*LAYERS[0], *LAYERS[1]}
    used: dict[str, set[str]] = {}
    for module in PACKAGE.rglob("*.py"):
        used.setdefault(unit(module), set()).update(imported(module) - {unit(module)} - ground)
    lines = []
    for names in LAYERS[2:-2]:
        alone = [name for name in names if not used[name]]
        if alone:
            lines += [*textwrap.wrap("  ".join(alone), 90), ""]
        joined = sorted(set(names) - set(alone))
        for name in joined:
            text = "  ".join(sorted(used[name], key=lambda other: (LEVEL.get(other, 0), other)))
            lines += textwrap.wrap(f"{name:12} <- {text}", 90, subsequent_indent=" " * 16)
    return "".join(f"    {line}".rstrip() + "\n" for line in lines)


def test_the_map_has_the_arrows_of_the_imports() -> None:
    assert arrows() == MAP.read_text(encoding="utf-8").split(START)[1].split(END)[0], (
        f"run python {Path(__file__).name}"
    )


def test_every_part_is_in_the_tree_that_is_drawn() -> None:
    drawn = MAP.read_text(encoding="utf-8").split(START)[0]
    parts = {name for names in LAYERS for name in names if not name.startswith("_")}
    assert {
        name for name in parts if f" {name}.py " not in drawn and f" {name}/ " not in drawn
    } == set()


def test_the_timing_kernel_needs_numpy_and_scipy_only() -> None:
    allowed = {*sys.stdlib_module_names, "numpy", "scipy", "beacon"}
    for module in (PACKAGE / "timing").rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            names = (
                [a.name for a in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            wrapper = {"polars", "threadpoolctl"} if module.name == "__init__.py" else set()
            roots = {name.split(".")[0] for name in names} - wrapper
            assert roots <= allowed, f"{module}: {roots - allowed}"


def test_no_module_is_long() -> None:
    lengths = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in PACKAGE.rglob("*.py")}
    assert [str(p) for p, lines in lengths.items() if lines > 300] == []


if __name__ == "__main__":
    before, rest = MAP.read_text(encoding="utf-8").split(START)
    MAP.write_text(f"{before}{START}{arrows()}{END}{rest.split(END)[1]}", encoding="utf-8")
