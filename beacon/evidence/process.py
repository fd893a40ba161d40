"""Who connects, started by whom, from where: parents, folders, version information."""

import polars as pl

from beacon.evidence.term import Term, any_in, known, listed, yes

_SCRIPT_HOSTS = (
    "wscript.exe", "cscript.exe", "mshta.exe", "rundll32.exe", "regsvr32.exe", "wmic.exe",
)  # fmt: skip
_SYSTEM_TOOLS = (
    *_SCRIPT_HOSTS, "certutil.exe", "bitsadmin.exe", "msiexec.exe", "msbuild.exe",
)  # fmt: skip
_INSTALLED = (
    r"\\appdata\\local\\(?:programs\\(?:python|microsoft vs code)|microsoft\\windowsapps|"
    r"fnm_multishells)|\\appdata\\roaming\\(?:nvm|npm)\\|\\(?:anaconda|miniconda)\d?\\|"
    r"\\programdata\\chocolatey\\"
)
_WRITABLE = (
    r"\\(?:temp|tmp|downloads)(?:\\|$)|\\users\\public(?:\\|$)|\\appdata\\|\\\$recycle\.bin|"
    r"\\programdata\\|\\windows\\(?:temp|tasks)\\"
)
_VARIABLES = {
    r"(?:%|\$env:)(?:temp|tmp)(?:%|\b)": r"\temp",
    r"(?:%|\$env:)localappdata(?:%|\b)": r"\appdata\local",
    r"(?:%|\$env:)appdata(?:%|\b)": r"\appdata\roaming",
    r"(?:%|\$env:)public(?:%|\b)": r"\users\public",
    r"(?:%|\$env:)(?:programdata|allusersprofile)(?:%|\b)": r"\programdata",
}
"""Folders as scripts name them."""


def _places() -> pl.Expr:
    text = pl.col("text").fill_null("").str.to_lowercase()
    for variable, folder in _VARIABLES.items():
        text = text.str.replace_all(variable, folder)
    return pl.concat_list("paths", pl.concat_list(text))


_OWN_NAMES = ("pwsh.dll",)
"""Original names that differ from the file's by design."""


def _renamed() -> pl.Expr:
    """The version information's original name is another program's.

    One may be a part of the other (python, pythonw); of a few letters that says nothing.
    """
    stem = pl.col("process").str.replace(r"\.exe.*$", "").str.replace(r"[\d.]+w?$", "")
    original = (
        pl.col("original_names").list.first().str.replace(r"\.(?:exe|dll).*$", "")
    ).str.replace(r"[\d.]+w?$", "")
    within = (original.str.contains(stem, literal=True) & (stem.str.len_chars() >= 3)) | (
        stem.str.contains(original, literal=True) & (original.str.len_chars() >= 3)
    )
    return ~(within | (stem == original))


TERMS = (
    Term(
        "office parent",
        "Was it started by Office or a document reader?",
        strength=yes(pl.col("suspicious_parent"), known("parents")),
        value=pl.format("{} was started by {}", "process", listed("parents")),
        sign=1,
        presumed=1.0,
        least=0.5,
    ),
    Term(
        "script-host parent",
        "Was it started by a script host or a library loader?",
        strength=yes(any_in("parents", _SCRIPT_HOSTS), known("parents")),
        value=pl.format("{} was started by {}", "process", listed("parents")),
        sign=1,
    ),
    Term(
        "system tool",
        "Is it a part of Windows that rarely has business on the web?",
        strength=yes(pl.col("process").is_in(_SYSTEM_TOOLS), pl.col("process") != ""),
        value=pl.format("{} seldom contacts web services", "process"),
        sign=1,
    ),
    Term(
        "user-writable place",
        "Does the program or its script lie where any user can write?",
        strength=yes(
            _places()
            .list.eval(pl.element().str.replace_all(_INSTALLED, " ").str.contains(_WRITABLE))
            .list.any(),
            known("paths") | known("command_lines"),
        ),
        value=pl.format("{} or its script lies where users can write", "process"),
        sign=1,
    ),
    Term(
        "renamed",
        "Does its version information name another program?",
        strength=yes(_renamed() & ~any_in("original_names", _OWN_NAMES), known("original_names")),
        value=pl.format("{} was built as {}", "process", listed("original_names")),
        sign=1,
        presumed=1.5,
    ),
)
