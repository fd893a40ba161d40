"""Malware that polls a web service for orders (ATT&CK T1102.003), in many shapes.

Each campaign is of one kind, on one to five machines with the same program, command line and
service; one in four begins within the export, on each machine at a time of its own. Nothing it is
made of is its own: programs, folders, words, links, parents and rhythms come from the pools that
the benign kinds draw from.
"""

from collections.abc import Collection
from dataclasses import replace

from beacon.simulate.acts import Activity, act
from beacon.simulate.clocks import Rng
from beacon.simulate.kinds import Kind
from beacon.simulate.world import Company, Host, stream

EMBLEM = "emblem"
"""python.exe, raw.githubusercontent.com, 30 s, on a busy developer's host: in every export."""
SIZES = (1, 1, 1, 1, 1, 1, 2, 2, 3, 5)
"""Machines of a campaign, each as likely."""
BEGINS = 0.25
"""Share of the campaigns whose machines are infected within the export; the others were before."""
MIN_POLLS = 4
"""A machine on which malware would poll less often in the export is spared."""
_OWN_TRAFFIC = {
    "python.exe": "python_scripts",
    "node.exe": "node_tools",
    "powershell.exe": "shell_downloads",
    "pwsh.exe": "shell_api",
    "curl.exe": "shell_downloads",
    "rundll32.exe": "document_folder",
    "mshta.exe": "legacy_application",
}
"""Benign kinds that put the same program on the same host."""


def campaigns(company: Company, kinds: Collection[Kind]) -> list[Activity]:
    """All campaigns: the emblem, then others until the budget of channels is spent.

    Args:
        company: the victims.
        kinds: malware kinds allowed. The budget, 3 to 10 channels for 300 hosts, holds for the
            export, however long it is.
    """
    rng = stream(company.seed, "campaigns")
    budget = max(3.0, rng.uniform(3, 10) * len(company.hosts) / 300)
    emblem = [kind for kind in kinds if kind.name == EMBLEM]
    others = [kind for kind in kinds if kind.name != EMBLEM]
    activities: list[Activity] = []
    taken: set[int] = set()
    spent = 0
    for number in range(100):
        own = stream(company.seed, "victims", number)
        if number == 0 and emblem:
            kind = emblem[0]
        elif others and spent < budget:
            kind = _choose(company.seed, number, others)
        else:
            continue
        late = kind.name != EMBLEM and stream(company.seed, "begins", number).random() < BEGINS
        wanted = 1 if kind.name == EMBLEM else int(own.choice(SIZES))
        for host in _victims(own, kind, company, taken):
            if not wanted:
                break
            recipe = stream(company.seed, "recipe", number)
            chance = stream(company.seed, "campaign", number, host.index)
            activity = act(kind, company, host, recipe, chance, f"c{company.seed}-{number}")
            if late and activity.times.size:
                activity = _from_infection(chance, activity)
            deserted = kind.companions and host.presence.work.elapsed()[-1] < 3600
            if deserted or activity.times.size < MIN_POLLS * len(activity.domains):
                continue
            taken.add(host.index)
            activities.append(activity)
            spent += len(activity.domains)
            wanted -= 1
    return activities


def _from_infection(rng: Rng, activity: Activity) -> Activity:
    """What is left of it where the machine is infected while it is on, any time but the last."""
    kept = activity.times >= activity.host.presence.awake.at(rng.uniform(0, 0.7))
    return replace(
        activity,
        times=activity.times[kept],
        codes=activity.codes[kept],
        runs=activity.runs[kept],
    )


def mixed_in(activity: Activity, seed: int) -> dict[str, tuple[str, ...]]:
    """Benign kinds that share the host: name -> services, empty for the kind's own ones.

    Companions always; else, one time in seven, the same program on the same channel.
    """
    if activity.kind.companions:
        return dict.fromkeys(activity.kind.companions, ())
    name = _OWN_TRAFFIC.get(activity.identity.file, "")
    if not name or stream(seed, "mixed", str(activity.campaign)).random() > 0.15:
        return {}
    return {name: activity.domains}


def _choose(seed: int, number: int, kinds: Collection[Kind]) -> Kind:
    """A race of exponential clocks: leaving one kind out changes only the races that it won."""

    def finish(kind: Kind) -> float:
        return stream(seed, "race", number, kind.name).exponential() / kind.weight

    return min(kinds, key=finish)


def _victims(rng: Rng, kind: Kind, company: Company, taken: set[int]) -> list[Host]:
    """Machines in the order in which the campaign would have come to them, at most a dozen."""
    luck = rng.exponential(size=len(company.hosts))
    ready = sorted(
        (chance / kind.where[host.role], host.index)
        for host, chance in zip(company.hosts, luck, strict=True)
        if kind.where.get(host.role) and host.index not in taken
    )
    return [company.hosts[index] for _, index in ready[:12]]
