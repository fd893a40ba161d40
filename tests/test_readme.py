"""README and the command line tell the same."""

import re
from pathlib import Path

import pytest
from cli import run

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_command_of_the_help_is_in_the_readme_and_no_other() -> None:
    (block,) = re.findall(r"## Commands\n\n(.*?)\n\n", README, re.S)
    listed = re.findall(r"^    beacon (\w+)", block, re.M)
    shown = run("--help").text.split("Commands:")[1]
    assert sorted(listed) == sorted(re.findall(r"^  (\w+)", shown, re.M))


PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (path.parent / target).exists(), target
