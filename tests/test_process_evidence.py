"""Whose program it is: folders, accounts, products."""

import pytest
from channel_rows import channel, strength


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("powershell -File %TEMP%\\a.ps1", 1.0),
        ("powershell -File $env:APPDATA\\x\\a.ps1", 1.0),
        ("wscript %public%\\a.vbs", 1.0),
        ("%LOCALAPPDATA%\\Programs\\Python\\Python312\\python.exe C:\\jobs\\a.py", 0.0),
        ("powershell -File C:\\jobs\\temperature.ps1", 0.0),
    ],
)
def test_a_folder_named_by_a_variable_is_that_folder(line: str, expected: float) -> None:
    assert strength("user-writable place", channel(line=line)) == expected


def test_lesser_system_accounts_are_those_of_services() -> None:
    lesser = {"accounts": ["local service"], "account_domains": ["nt authority"]}
    assert strength("service account", channel(**lesser)) == 1.0


def test_a_product_in_a_users_folder_is_one_that_several_hosts_have() -> None:
    def updater(place: str, hosts: int) -> float | None:
        line = f"node C:\\Users\\ann\\AppData\\{place}\\index.js"
        row = {"process": "node.exe", "line": line, "parents": ["explorer.exe"]}
        return strength("updater", *(channel(host=f"h{i}", **row) for i in range(hosts)))

    assert updater("Local\\Lumina", 1) == 0.0
    assert updater("Local\\Temp", 5) == 0.0
    assert (updater("Local\\Lumina", 5) or 0.0) > 0.0
