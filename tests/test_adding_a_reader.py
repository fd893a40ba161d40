"""The page on adding a reader is run as it stands."""

import re
from pathlib import Path
from types import ModuleType

import pytest

from beacon.read import read, shapes
from beacon.settings import ReadSettings

PAGE = (Path(__file__).parents[1] / "docs" / "telemetry.md").read_text(encoding="utf-8")
SECTION = PAGE.split("## Adding a reader", 1)[1].split("\n## ", 1)[0]


def test_the_page_is_short() -> None:
    assert len(SECTION.splitlines()) <= 60
    [code] = re.findall("```python\n(.*?)```", SECTION, re.DOTALL)
    assert len(code.splitlines()) < 45


def test_its_reader_reads_its_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [sample] = re.findall("```json\n(.*?)```", SECTION, re.DOTALL)
    [code] = re.findall("```python\n(.*?)```", SECTION, re.DOTALL)
    module = ModuleType("sensor")
    exec(compile(code, "sensor.py", "exec"), module.__dict__)
    monkeypatch.setattr(shapes, "SHAPES", (module.SHAPE, *shapes.SHAPES))
    path = tmp_path / "log"
    path.write_text(sample + sample.replace("2026-05-04T18:40:00.5Z", "soon") + sample[:20])
    [part] = read([path], ReadSettings()).parts
    event = part.events.collect().row(0, named=True)
    assert part.shape == "sensor json lines"
    assert event["Timestamp"].isoformat() == "2026-05-04T18:40:00.500000+00:00"
    assert event["InitiatingProcessFileName"] == "python.exe"
    faults = part.faults.collect().select("line", "reason").rows()
    assert faults == [(3, "not valid JSON"), (2, "Timestamp is not a time")]
