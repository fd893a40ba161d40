"""What cannot be read inside an archive is named: the archive, or its file, with the fix."""

import zipfile

import pytest
from exports import DAY, csv_text

from beacon.errors import InputError
from beacon.read import read
from beacon.settings import ReadSettings

NO_FLAG = ReadSettings()
CSV = csv_text(DAY)


def test_workbooks_and_locked_archives_say_what_to_do(tmp_path):
    with zipfile.ZipFile(tmp_path / "day.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    with pytest.raises(InputError, match=r"day\.xlsx: an Office workbook; save the sheet as CSV$"):
        read([tmp_path / "day.xlsx"], NO_FLAG)
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.write(tmp_path / "day.xlsx", "a/day.zip")
    with pytest.raises(InputError, match=r"in\.zip!a/day\.zip: an archive inside an archive"):
        read([tmp_path / "in.zip"], NO_FLAG)


def test_an_archive_says_which_of_its_files_is_at_fault(tmp_path):
    path = tmp_path / "days.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", CSV)
        archive.writestr("b.csv", CSV)
    whole = path.read_bytes()
    second = whole.rindex(CSV)
    path.write_bytes(whole[: second + 5] + b"#" + whole[second + 6 :])  # its checksum is off
    export = read([path], NO_FLAG)
    assert [part.name for part in export.parts] == [f"{path}!a.csv"]
    assert [str(p) for p in export.problems] == [
        f"{path}!b.csv: cut or damaged zip: fetch it again"
    ]
    entry = whole.rindex(b"PK\x01\x02")  # the last entry of the directory: its flags say encrypted
    path.write_bytes(whole[: entry + 8] + b"\x01" + whole[entry + 9 :])
    (problem,) = read([path], NO_FLAG).problems
    assert str(problem) == f"{path}!b.csv: encrypted; unpack the archive and pass the file"


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "the archive holds no files"), (b"PK\x03\x04" + bytes(60), "cut or damaged zip")],
)
def test_an_archive_without_use_is_named(content, message, tmp_path):
    path = tmp_path / "days.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.mkdir("folder")
    if content:
        path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read([path], NO_FLAG)
