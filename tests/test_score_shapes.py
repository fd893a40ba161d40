"""The same events through every shape of export end in the same ranked channels."""

import polars as pl
import pytest
from export_shapes import SHAPES
from exports import frame
from polars.testing import assert_frame_equal

from beacon import pipeline
from beacon.settings import Settings


def result(source, settings: Settings) -> pl.DataFrame:
    return pipeline.score(source, settings).channels


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_gives_the_same_result(name: str, tmp_path) -> None:
    case = SHAPES[name]
    path = tmp_path / "export"
    path.write_bytes(case.content)
    settings = Settings(read=case.settings)
    expected = result(case.keeps(frame()), Settings())
    assert not expected.is_empty()
    assert_frame_equal(result(path, settings), expected)
