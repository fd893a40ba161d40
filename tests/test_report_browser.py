"""The page of a simulated day in a real browser: silent, sortable, accessible, at every width."""

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
from browser import Browser, browser, executable
from cli import run

WIDTHS = (320, 390, 1280, 1920)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    path = folder / "report.html"
    assert run("simulate", folder, "--seed", 7, "--hosts", 40).code == 0
    done = run("score", folder / "day.parquet", "-f", "html", "-o", path, "-q", "--budget", 3)
    assert done.code == 0, done.err
    return path


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if executable() is None:
        pytest.skip("no Chromium on this machine")
    with browser(executable(), tmp_path_factory.mktemp("profile")) as window:
        yield window


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_leaves_nothing_errs_and_nothing_overflows(
    shown: Browser, page: Path, width: int, tmp_path: Path
) -> None:
    shown.open(page, width)
    assert [r["request"]["url"] for r in shown.of("Network.requestWillBeSent")] == [page.as_uri()]
    assert shown.of("Log.entryAdded") == []
    assert shown.of("Runtime.exceptionThrown") == []
    assert shown.of("Runtime.consoleAPICalled") == []
    assert shown.run("document.documentElement.scrollWidth <= innerWidth")
    shown.picture(tmp_path / f"{width}.png", whole=False)
    assert (tmp_path / f"{width}.png").stat().st_size > 10_000


def test_the_list_sorts_both_ways_and_says_so(shown: Browser, page: Path) -> None:
    shown.open(page, 1280)
    ranks = "[...document.querySelectorAll('.ranked tbody tr')].map(r => +r.cells[0].innerText)"
    before = shown.run(ranks)
    assert before == sorted(before)
    press = "document.querySelector('.ranked th button').click()"
    shown.run(press)
    assert shown.run(ranks) == before
    assert shown.run("document.querySelector('.ranked th').ariaSort") == "ascending"
    shown.run(press)
    assert shown.run(ranks) == before[::-1]
    assert shown.run("document.querySelector('.ranked th').ariaSort") == "descending"


def test_every_section_of_the_first_alert_is_there(shown: Browser, page: Path) -> None:
    shown.open(page, 1280)
    first = "document.querySelector('article')"
    titles = shown.run(f"[...{first}.querySelectorAll('h3')].map(h => h.innerText)")
    assert titles == ["Why", "Cadence", "Process", "Around it", "Ask next", "Close it"]
    for drawn in (".strip .poll", ".gaps .bar", ".fall rect"):
        assert shown.run(f"{first}.querySelector('{drawn}') !== null"), drawn
    assert shown.run(f"{first}.querySelectorAll('pre').length") == 6
    target = shown.run("document.querySelector('.ranked a').getAttribute('href')")
    assert shown.run(f"document.querySelector('{target}') === {first}")


def test_it_works_without_scripts(shown: Browser, page: Path) -> None:
    shown.open(page, 1280, scripts=False)
    assert shown.of("Log.entryAdded") == []
    root = shown.call("DOM.getDocument")["root"]["nodeId"]

    def found(selector: str) -> int:
        answer = shown.call("DOM.querySelectorAll", nodeId=root, selector=selector)
        return len(answer["nodeIds"])

    assert found("button") == 0
    assert found("article") == found(".ranked tbody tr") > 0
    assert found("article pre") == 6 * found("article")


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "light"), (1280, "dark")])
def test_no_barrier_is_found(shown: Browser, page: Path, width: int, scheme: str) -> None:
    axe = pytest.importorskip("axe_core_python", reason="no axe-core")
    shown.open(page, width)
    shown.call(
        "Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}]
    )
    shown.run((resources.files(axe) / "axe.min.js").read_text(encoding="utf-8") + ";0")
    faults = "axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html))"
    assert shown.run(faults) == []


def test_it_prints(shown: Browser, page: Path) -> None:
    shown.open(page, 1280)
    printed = shown.printed()
    assert printed.startswith(b"%PDF")
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") > 1
