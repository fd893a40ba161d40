"""The notebooks run from top to bottom, and draw."""

import runpy
from pathlib import Path

import pytest

matplotlib = pytest.importorskip("matplotlib", reason="matplotlib draws the notebooks' figures")
NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.py"))


@pytest.fixture
def plt():
    """Pyplot without a screen, settings as shipped; `show` keeps the figures, to be counted."""
    before = matplotlib.get_backend()
    matplotlib.use("Agg")
    from matplotlib import pyplot

    with matplotlib.rc_context(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(pyplot, "show", lambda: None)
        yield pyplot
        pyplot.close("all")
    matplotlib.use(before)


def test_both_notebooks_are_there() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["triage", "tuning"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_draws(path: Path, plt) -> None:
    runpy.run_path(str(path))
    figures = [plt.figure(number) for number in plt.get_fignums()]
    assert figures
    for figure in figures:
        figure.canvas.draw()  # layout and labels are worked out only now
        assert all(axes.has_data() for axes in figure.axes if axes.axison)
