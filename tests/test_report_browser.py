"""The page of the example day in a real browser: silent, sortable, accessible, at every width."""

import hashlib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
from browser import Browser, browser, executable
from cli import run

from beacon._version import version

EXAMPLE = Path(__file__).parents[1] / "examples" / "day.parquet"
WIDTHS = (320, 390, 1280, 1920)
LOOKS = [
    *((width, "screen", scheme) for width in (390, 1280) for scheme in ("light", "dark")),
    (794, "print", "light"),  # A4 at 96 dots an inch
]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    done = run("score", EXAMPLE, "-f", "html", "-o", path, "-q", "--budget", 3)
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


@pytest.mark.parametrize(("width", "media", "scheme"), LOOKS)
def test_it_is_drawn_on_screen_and_paper_by_day_and_night(
    shown: Browser, page: Path, width: int, media: str, scheme: str, tmp_path: Path
) -> None:
    shown.open(page, width)
    shown.look(media, scheme)
    assert shown.run("document.documentElement.scrollWidth <= innerWidth")
    light = "getComputedStyle(document.body).backgroundColor === 'rgb(255, 255, 255)'"
    assert shown.run(light) is (scheme == "light")
    path = tmp_path / f"{media}-{scheme}-{width}.png"
    shown.picture(path, whole=False)
    assert path.stat().st_size > 10_000


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
    drawn_parts = (".strip .poll", ".strip .count", ".strip .tick", ".gaps .bar", ".fall rect")
    for drawn in (*drawn_parts, ".clock text", ".chain .process code"):
        assert shown.run(f"{first}.querySelector('{drawn}') !== null"), drawn
    chain = shown.run(f"[...{first}.querySelectorAll('.chain > li')].map(l => l.className)")
    assert chain == ["parent", "process", "connection"]
    assert shown.run(f"{first}.querySelectorAll('pre').length") == 6
    target = shown.run("document.querySelector('.ranked a').getAttribute('href')")
    assert shown.run(f"document.querySelector('{target}') === {first}")


def test_the_first_screen_counts_alerts_and_leads_to_what_the_data_can_show(
    shown: Browser, page: Path
) -> None:
    shown.open(page, 1280)
    told = shown.run(
        "[...document.querySelectorAll('.tally .chip')].map(c => parseInt(c.innerText))"
    )
    assert sum(told) == shown.run("document.querySelectorAll('.ranked tbody tr').length")
    assert shown.run(
        "document.querySelector('.ranked tbody tr').getBoundingClientRect().bottom < 400"
    )
    assert shown.run("document.querySelector('header a').hash") == "#data"
    lanes = shown.run("document.querySelectorAll('#data .lane svg:not(.clock)').length")
    assert lanes == 24
    assert shown.run("document.querySelector('#data .silent') !== null")


def test_the_footer_says_how_the_page_came_about(shown: Browser, page: Path) -> None:
    shown.open(page, 1280)
    titles = shown.run("[...document.querySelectorAll('footer h3')].map(h => h.innerText)")
    assert titles == ["Run", "Rows", "Settings", "Checks"]
    text = shown.run("document.querySelector('footer').innerText")
    digest = hashlib.sha256(EXAMPLE.read_bytes()).hexdigest()
    for said in (
        f"SHA-256 {digest}", f"beacon\n{version()}", "polars", "rank.budget\n3 (--budget)",
        "(default)", "Read ", "kept ", "Dropped ", "not observable in",
    ):  # fmt: skip
        assert said in text, said


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
    shown.look("screen", scheme)
    shown.run((resources.files(axe) / "axe.min.js").read_text(encoding="utf-8") + ";0")
    faults = "axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html))"
    assert shown.run(faults) == []


def test_it_prints(shown: Browser, page: Path) -> None:
    shown.open(page, 1280)
    printed = shown.printed()
    assert printed.startswith(b"%PDF")
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") > 1
