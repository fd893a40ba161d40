"""The programs that open connections: where they lie and what their version information says."""

from typing import NamedTuple


class Program(NamedTuple):
    """One build of a program; `{user}` and `{place}` (the script's folder) are filled in."""

    file: str
    paths: tuple[str, ...]
    company: str = "Microsoft Corporation"
    original: str = ""
    versions: int = 3


_PSF, _NODE, _CURL = "Python Software Foundation", "Node.js", "curl, https://curl.se/"
_SYSTEM = r"C:\Windows\System32"
_WOW = r"C:\Windows\SysWOW64"
_POWERSHELL = r"\WindowsPowerShell\v1.0\powershell.exe"


def _system(file: str, original: str) -> Program:
    return Program(file, (*([rf"{_SYSTEM}\{file}"] * 4), rf"{_WOW}\{file}"), original=original)


PROGRAMS: dict[str, Program] = {
    "python": Program(
        "python.exe",
        (
            r"C:\Users\{user}\AppData\Local\Programs\Python\Python312\python.exe",
            r"C:\Program Files\Python311\python.exe",
            r"C:\Python312\python.exe",
            r"C:\Users\{user}\anaconda3\python.exe",
            r"C:\ProgramData\miniconda3\python.exe",
        ),
        _PSF,
        "python.exe",
    ),
    "venv": Program(
        "python.exe",
        (r"{place}\.venv\Scripts\python.exe", r"{place}\venv\Scripts\python.exe"),
        _PSF,
        "python.exe",
    ),
    "python-bundled": Program(
        "python.exe",
        (r"{place}\python.exe", r"{place}\python\python.exe", r"{place}\runtime\python.exe"),
        _PSF,
        "python.exe",
    ),
    "python-other": Program("python.exe", (r"{place}\python.exe", r"{place}\bin\python.exe"), ""),
    "python3": Program(
        "python3.exe",
        (
            r"C:\Users\{user}\AppData\Local\Microsoft\WindowsApps\python3.exe",
            r"C:\msys64\mingw64\bin\python3.exe",
        ),
        _PSF,
        "python.exe",
    ),
    "node": Program(
        "node.exe",
        (
            r"C:\Program Files\nodejs\node.exe",
            r"C:\Program Files\nodejs\node.exe",
            r"C:\Users\{user}\AppData\Roaming\nvm\v20.11.0\node.exe",
            r"C:\Users\{user}\AppData\Local\fnm_multishells\node.exe",
        ),
        _NODE,
        "node.exe",
    ),
    "node-bundled": Program(
        "node.exe",
        (r"{place}\node.exe", r"{place}\bin\node.exe", r"{place}\libs\node.exe"),
        _NODE,
        "node.exe",
    ),
    "node-other": Program("node.exe", (r"{place}\node.exe", r"{place}\bin\node.exe"), ""),
    "powershell": Program(
        "powershell.exe",
        (*([_SYSTEM + _POWERSHELL] * 5), _WOW + _POWERSHELL),
        original="PowerShell.EXE",
    ),
    "pwsh": Program("pwsh.exe", (r"C:\Program Files\PowerShell\7\pwsh.exe",), original="pwsh.dll"),
    "curl": Program("curl.exe", (rf"{_SYSTEM}\curl.exe",), _CURL, "curl.exe"),
    "curl-git": Program(
        "curl.exe",
        (r"C:\Program Files\Git\mingw64\bin\curl.exe", r"{place}\curl.exe"),
        _CURL,
        "curl.exe",
    ),
    "wget": Program(
        "wget.exe",
        (r"C:\ProgramData\chocolatey\bin\wget.exe", r"C:\tools\wget.exe", r"{place}\wget.exe"),
        "",
        "",
    ),
    "ruby": Program(
        "ruby.exe",
        (r"C:\Ruby32-x64\bin\ruby.exe", r"{place}\bin\ruby.exe"),
        "http://www.ruby-lang.org/",
        "ruby.exe",
    ),
    "ruby-puppet": Program(
        "ruby.exe",
        (r"C:\Program Files\Puppet Labs\Puppet\puppet\bin\ruby.exe",),
        "http://www.ruby-lang.org/",
        "ruby.exe",
    ),
    "ruby-chef": Program(
        "ruby.exe",
        (r"C:\opscode\chef\embedded\bin\ruby.exe",),
        "http://www.ruby-lang.org/",
        "ruby.exe",
    ),
    "wscript": _system("wscript.exe", "wscript.exe"),
    "cscript": _system("cscript.exe", "cscript.exe"),
    "mshta": _system("mshta.exe", "MSHTA.EXE"),
    "rundll32": _system("rundll32.exe", "RUNDLL32.EXE"),
    "regsvr32": _system("regsvr32.exe", "REGSVR32.EXE"),
    "certutil": _system("certutil.exe", "CertUtil.exe"),
    "bitsadmin": _system("bitsadmin.exe", "bitsadmin.exe"),
    "msiexec": _system("msiexec.exe", "msiexec.exe"),
    "wmic": Program("WMIC.exe", (rf"{_SYSTEM}\wbem\WMIC.exe",), original="wmic.exe"),
    "msbuild": Program(
        "MSBuild.exe",
        (
            r"C:\Program Files\Microsoft Visual Studio\2022\MSBuild\Current\Bin\MSBuild.exe",
            r"C:\Windows\Microsoft.NET\Framework64\v4.0.30319\MSBuild.exe",
        ),
        original="MSBuild.exe",
    ),
}


def _own(file: str, path: str, company: str) -> Program:
    return Program(file, (rf"{path}\{file}",), company, file)


_FILES, _LOCAL = r"C:\Program Files", r"C:\Users\{user}\AppData\Local"
PROGRAMS |= {
    "chrome": _own("chrome.exe", rf"{_FILES}\Google\Chrome\Application", "Google LLC"),
    "msedge": _own(
        "msedge.exe", r"C:\Program Files (x86)\Microsoft\Edge\Application", "Microsoft Corporation"
    ),
    "firefox": _own("firefox.exe", rf"{_FILES}\Mozilla Firefox", "Mozilla Corporation"),
    "outlook": _own(
        "OUTLOOK.EXE", rf"{_FILES}\Microsoft Office\root\Office16", "Microsoft Corporation"
    ),
    "teams": _own("ms-teams.exe", rf"{_FILES}\WindowsApps\MSTeams", "Microsoft Corporation"),
    "onedrive": _own("OneDrive.exe", rf"{_FILES}\Microsoft OneDrive", "Microsoft Corporation"),
    "svchost": _own("svchost.exe", _SYSTEM, "Microsoft Corporation"),
    "sense": _own(
        "MsSense.exe", rf"{_FILES}\Windows Defender Advanced Threat Protection", "Microsoft Corp."
    ),
    "googleupdate": _own("GoogleUpdate.exe", r"C:\Program Files (x86)\Google\Update", "Google LLC"),
    "squirrel": _own("Update.exe", r"{place}", ""),
    "slack": _own("slack.exe", rf"{_LOCAL}\slack\app-4.38.125", "Slack Technologies Inc."),
    "discord": _own("Discord.exe", rf"{_LOCAL}\Discord\app-1.0.9035", "Discord Inc."),
    "telegram": _own(
        "Telegram.exe", r"C:\Users\{user}\AppData\Roaming\Telegram Desktop", "Telegram FZ-LLC"
    ),
    "vscode": _own("Code.exe", rf"{_LOCAL}\Programs\Microsoft VS Code", "Microsoft Corporation"),
    "git": _own(
        "git-remote-https.exe",
        rf"{_FILES}\Git\mingw64\libexec\git-core",
        "The Git Development Community",
    ),
    "gh": _own("gh.exe", rf"{_FILES}\GitHub CLI", "GitHub, Inc."),
    "githubdesktop": _own(
        "GitHubDesktop.exe", rf"{_LOCAL}\GitHubDesktop\app-3.3.14", "GitHub, Inc."
    ),
    "runner": _own("Runner.Listener.exe", r"C:\actions-runner\bin", "GitHub"),
    "gitlab-runner": _own("gitlab-runner.exe", r"C:\GitLab-Runner", "GitLab"),
}
