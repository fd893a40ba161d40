"""Five benign explanations, each from several things at once; a name alone explains nothing.

An explanation counts only where *who* (the program with its folder, vendor or account) and the
*parent* fit together, in every entry of the channel; its strength is the share of the other signs
that agree: service, cadence, hours, number of hosts. The classes and their shapes are those of
the query's own list of false positives.
"""

import polars as pl

from beacon.evidence.term import Term, all_in, all_like, any_in, any_like, known, listed, yes

SHELLS = (
    "cmd.exe", "powershell.exe", "pwsh.exe", "windowsterminal.exe", "wt.exe", "bash.exe", "sh.exe",
    "zsh.exe", "mintty.exe", "conhost.exe", "explorer.exe", "git.exe", "python.exe", "node.exe",
    "ruby.exe", "npm.exe", "pip.exe", "dotnet.exe", "msbuild.exe", "make.exe", "cargo.exe",
)  # fmt: skip
IDES = (
    "code.exe", "code - insiders.exe", "cursor.exe", "windsurf.exe", "devenv.exe", "idea64.exe",
    "pycharm64.exe", "webstorm64.exe", "rider64.exe", "goland64.exe", "clion64.exe",
    "rubymine64.exe", "phpstorm64.exe", "sublime_text.exe", "eclipse.exe", "studio64.exe",
    "jupyter-lab.exe", "jupyter-notebook.exe", "rstudio.exe", "spyder.exe",
)  # fmt: skip
EDITORS = (*IDES, "windowsterminal.exe", "wt.exe", "mintty.exe", "bash.exe", "git.exe")
JOBS = (
    "runner.worker.exe", "runner.listener.exe", "gitlab-runner.exe", "agent.worker.exe",
    "jenkins.exe", "java.exe", "buildkite-agent.exe", "teamcityagent.exe",
)  # fmt: skip
_MANAGERS = (
    "wsmprovhost.exe", "winrshost.exe", "agentexecutor.exe", "ccmexec.exe", "gpscript.exe",
    "microsoft.management.services.intunewindowsagent.exe", "puppet.exe", "salt-minion.exe",
    "chef-client.exe", "userinit.exe", "wmiprvse.exe",
)  # fmt: skip
_SERVICES = ("services.exe", "nssm.exe", "winsw.exe", "srvany.exe", "dockerd.exe")
_TASKS = ("svchost.exe", "taskeng.exe", "taskhostw.exe")
_STARTERS = (*_SERVICES, *_TASKS, "cmd.exe", "python.exe", "node.exe", "ruby.exe", "sh.exe")
_UPDATERS = (
    "choco.exe", "scoop.exe", "winget.exe", "update.exe", "setup.exe", "msiexec.exe",
    "googleupdate.exe", "adobearm.exe", "ccxprocess.exe", "creative cloud helper.exe",
)  # fmt: skip
_SENSORS = (
    "senseir.exe", "mssense.exe", "msmpeng.exe", "csfalconservice.exe", "taniumclient.exe",
    "ossec-agent.exe", "wazuh-agent.exe", "velociraptor.exe", "splunkd.exe", "elastic-agent.exe",
    "zabbix_agentd.exe", "telegraf.exe", "nxlog.exe", "qualysagent.exe",
)  # fmt: skip
_TOOLCHAIN = (
    r"\\(?:nodejs|python\d*|anaconda\d?|miniconda\d?|ruby\d[^\\]*|git|\.?venv|powershell|"
    r"windowspowershell|msbuild|nvm|microsoft vs code|windowsapps)\\|\\system32\\curl"
)
WORKSHOP = r"(?i)\\(?:src|source|repos?|git|dev|projects?|workspace|builds?|_work|venv|\.venv)\\"
_AGENT_HOME = r"\\(?:puppet labs|puppet|opscode|chef|salt(?: project)?)\\"
_PRODUCT = r"(?i)\\(?:program files(?: \(x86\))?|programdata)\\"
_NO_HOME = r"(?i)\\appdata\\(?:local\\temp|roaming\\microsoft\\windows\\start menu)\\"
_OWN_PRODUCT = r"(?i)\\appdata\\(?:local|roaming)\\"
_SERVICE_NAME = r"(?i)^(?:svc|srv|service|sa)[-_.]|[-_.]svc$|\$$"

_PERIOD = pl.col("period_seconds")
_NO_TIMER = (pl.col("timing_evidence") < 1.0) | _PERIOD.is_null()
_ON_SEVERAL = (pl.col("prevalence_hosts") >= 3) & (pl.col("template_hosts").fill_null(0) >= 3)
_LESSER = ("local service", "network service")
_SERVICE_ACCOUNT = (
    all_in("account_domains", ("nt service",))
    | all_in("accounts", _LESSER)
    | all_like("accounts", _SERVICE_NAME)
)
AS_SYSTEM = (
    all_in("account_domains", ("nt authority",)) | all_in("integrity_levels", ("system",))
) & ~all_in("accounts", _LESSER)
_AS_SERVICE = _SERVICE_ACCOUNT | AS_SYSTEM
_OUT_OF_PLACE = any_like("paths", r"\\users\\|\\temp\\|\$recycle").fill_null(value=True)
# In one user's own folder a stranger's file looks like a product's; on several hosts less so.
_ROLLED_OUT = _ON_SEVERAL & (
    pl.col("text").str.replace_all(_NO_HOME, " ").str.contains(_OWN_PRODUCT)
)
_UNATTENDED = ~pl.col("host_attended")
ANYONES = pl.col("service_kind").is_in(("raw content", "paste"))
_FROM_CODE = pl.col("service_kind").is_in(("code host", "raw content"))


def _explains(name: str, question: str, who: pl.Expr, parent: pl.Expr, *signs: pl.Expr) -> Term:
    """A class: who and parent are needed, the other signs make it strong."""
    held = pl.sum_horizontal(sign.fill_null(value=False).cast(pl.Float64) for sign in signs)
    fits = (who & parent).fill_null(value=False)
    return Term(
        name,
        question,
        strength=pl.when(known("parents")).then(
            pl.when(fits).then(held / len(signs)).otherwise(0.0)
        ),
        value=pl.format(
            f"program and parent ({{}}) fit, and {{}} of {len(signs)} other signs",
            listed("parents"),
            held.cast(pl.Int64),
        ),
        sign=-1,
        least=0.3,
    )


SIGNS = (
    Term(
        "editor or terminal parent",
        "Did a person start it from an editor or a terminal?",
        strength=yes(all_in("parents", EDITORS), known("parents")),
        value=pl.format("started by {}", listed("parents")),
        sign=-1,
    ),
    Term(
        "editor's helper",
        "Did a code editor itself start it, and not to read what anyone can leave?",
        strength=yes(all_in("parents", IDES) & ~ANYONES, known("parents")),
        value=pl.format("started by {}, for {}", listed("parents"), "domain"),
        sign=-1,
        bound=2.0,
    ),
    Term(
        "service account",
        "Did it run as an account made for a service?",
        strength=yes(_SERVICE_ACCOUNT, known("accounts")),
        value=pl.format("ran as {}", listed("accounts")),
        sign=-1,
        bound=2.0,
    ),
    Term(
        "unattended host",
        "Is it no person's program, on a machine on which nobody uses a browser, mail or chat?",
        strength=yes(
            _UNATTENDED & (_AS_SERVICE | ~known("accounts")), pl.col("host_attended").is_not_null()
        ),
        value=pl.format(
            "no browser, mail or chat program was seen on this host; account {}", listed("accounts")
        ),
        sign=-1,
        bound=2.0,
    ),
)
CLASSES = (
    _explains(
        "developer or CI",
        "Is it a person at work or a build?",
        all_like("paths", _TOOLCHAIN) | pl.col("text").str.contains(WORKSHOP),
        all_in("parents", (*SHELLS, *EDITORS, *JOBS)),
        _FROM_CODE,
        _NO_TIMER | any_in("parents", JOBS) | (pl.col("span_share") < 0.5),
        any_in("parents", (*EDITORS, *JOBS)) | pl.col("text").str.contains(WORKSHOP),
    ),
    _explains(
        "configuration management",
        "Is it an agent that configures machines?",
        any_in("parents", _MANAGERS) | all_like("paths", _AGENT_HOME),
        all_in("parents", (*_MANAGERS, *_STARTERS, "explorer.exe")),
        _NO_TIMER | _PERIOD.is_between(600, 43_200),
        _AS_SERVICE,
        _ON_SEVERAL,
    ),
    _explains(
        "updater",
        "Does it keep a product up to date?",
        pl.col("text").str.contains(_PRODUCT) | _ROLLED_OUT | any_in("parents", _UPDATERS),
        all_in("parents", (*_UPDATERS, *_TASKS, "explorer.exe", "services.exe", "node.exe")),
        _FROM_CODE | (pl.col("service") == "googleapis.com"),
        _NO_TIMER | (_PERIOD >= 900),
        _ON_SEVERAL,
    ),
    _explains(
        "security or monitoring",
        "Is it a sensor, or does it pull lists for one?",
        any_in("parents", _SENSORS) | (_AS_SERVICE & ~_OUT_OF_PLACE),
        all_in("parents", (*_SENSORS, *_STARTERS)),
        _FROM_CODE | pl.col("service_kind").is_in(("paste", "chat")),
        _NO_TIMER | (_PERIOD >= 250),
        any_in("parents", _SENSORS) | _UNATTENDED,
    ),
    _explains(
        "chat or bot",
        "Is it a bot or a notifier that runs as a service?",
        (_AS_SERVICE | _UNATTENDED) & ~_OUT_OF_PLACE,
        all_in("parents", (*_SENSORS, *_STARTERS)),
        pl.col("service_kind").is_in(("chat", "social", "office documents")),
        _NO_TIMER | (pl.col("span_share") > 0.9),
        _UNATTENDED | (pl.col("direction") == "up-seen"),
    ),
)
TERMS = (*SIGNS, *CLASSES)


def name_benign(channels: pl.DataFrame) -> pl.DataFrame:
    """Add `benign_class`: the explanation that fits best and at least by half; "" where none."""
    strengths = pl.concat_list([term.strength.fill_null(0.0) for term in CLASSES])
    best = strengths.list.arg_max().replace_strict(
        {i: term.name for i, term in enumerate(CLASSES)}, return_dtype=pl.String
    )
    return channels.with_columns(
        benign_class=pl.when(strengths.list.max() >= 0.5).then(best).otherwise(pl.lit(""))
    )
