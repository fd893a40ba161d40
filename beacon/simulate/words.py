"""Names that files, folders, repositories and links are made of, from `behaviour/words.toml`."""

import string
import tomllib
from collections.abc import Sequence
from importlib.resources import files

from beacon.simulate.clocks import Rng

WORDS = tomllib.loads(
    (files("beacon.simulate") / "behaviour" / "words.toml").read_text(encoding="utf-8")
)
VERBS, NOUNS, HANDLES = WORDS["verbs"], WORDS["nouns"], WORDS["handles"]
PRODUCTS, REPOS, PLACES = WORDS["products"], WORDS["repos"], WORDS["places"]
LETTERS = string.ascii_letters + string.digits
HEX = "0123456789abcdef"


def pick(rng: Rng, options: Sequence[str]) -> str:
    """One of the options, each as likely."""
    return options[int(rng.integers(len(options)))]


def code(rng: Rng, length: int, alphabet: str = LETTERS) -> str:
    """A random identifier."""
    return "".join(alphabet[i] for i in rng.integers(len(alphabet), size=length))


def stem(rng: Rng) -> str:
    """A script's name without its suffix."""
    verb, noun = pick(rng, VERBS), pick(rng, NOUNS)
    return pick(rng, (f"{verb}_{noun}", f"{verb}-{noun}", f"{verb}{noun}", verb, noun))


def owner(rng: Rng, company: str) -> str:
    """Whose repository it is: a stranger's, a well-known one, or the company's."""
    person = pick(rng, HANDLES) + pick(rng, ("-", "", "_")) + pick(rng, (*HANDLES, *NOUNS))
    person += pick(rng, ("", str(rng.integers(1, 99)), "-dev", "x"))
    return pick(rng, (person, person, person, pick(rng, WORDS["popular"]), company, company))


def folder(rng: Rng, kind: str, user: str) -> str:
    """A folder of the kind."""
    return pick(rng, PLACES[kind]).format(
        user=user,
        repo=pick(rng, REPOS),
        noun=pick(rng, NOUNS),
        product=pick(rng, PRODUCTS),
        hex=code(rng, 8, HEX),
        n=rng.integers(1, 9),
        d=rng.integers(0, 30),
    )


def link(rng: Rng, domain: str, company: str) -> str:
    """A link of the form that the service uses."""
    repo = f"{owner(rng, company)}/{pick(rng, REPOS)}"
    leaf = f"{stem(rng)}.{pick(rng, WORDS['leaves'])}"
    if domain.endswith("sharepoint.com"):
        return f"https://{domain}/sites/{pick(rng, NOUNS)}/Shared%20Documents/{leaf}"
    forms = {
        "raw.githubusercontent.com": (f"{repo}/{pick(rng, WORDS['branches'])}/{leaf}",),
        "gist.github.com": (f"{repo.split('/', maxsplit=1)[0]}/{code(rng, 32, HEX)}/raw",),
        "api.github.com": (
            f"repos/{repo}/releases/latest",
            f"repos/{repo}/contents/{leaf}",
            f"repos/{repo}/actions/runs",
            f"repos/{repo}/issues",
        ),
        "github.com": (f"{repo}/releases/latest/download/{leaf}", f"{repo}/raw/main/{leaf}", repo),
        "gitlab.com": (f"{repo}/-/raw/main/{leaf}", f"api/v4/projects/{rng.integers(10**7)}/jobs"),
        "pastebin.com": (f"raw/{code(rng, 8)}",),
        "paste.ee": (f"r/{code(rng, 5)}",),
        "hastebin.com": (f"raw/{code(rng, 10)}",),
        "api.telegram.org": (
            f"bot{rng.integers(10**9, 8 * 10**9)}:{code(rng, 35)}/"
            + pick(rng, ("getUpdates", "getUpdates", "sendMessage")),
        ),
        "t.me": (f"s/{stem(rng)}", stem(rng)),
        "discord.com": (
            f"api/webhooks/{rng.integers(10**17, 9 * 10**17)}/{code(rng, 68)}",
            f"api/v10/channels/{rng.integers(10**17, 9 * 10**17)}/messages",
        ),
        "docs.google.com": (f"spreadsheets/d/{code(rng, 44)}/export?format=csv",),
        "drive.google.com": (f"uc?export=download&id={code(rng, 33)}",),
        "sheets.googleapis.com": (f"v4/spreadsheets/{code(rng, 44)}/values/A1",),
        "storage.googleapis.com": (f"{pick(rng, REPOS)}-{pick(rng, NOUNS)}/{leaf}",),
        "onedrive.live.com": (f"download?resid={code(rng, 16, HEX.upper())}",),
        "trello.com": (f"1/boards/{code(rng, 8)}/cards",),
        "www.notion.so": (f"{stem(rng)}-{code(rng, 32, HEX)}",),
        "www.reddit.com": (f"r/{stem(rng)}/new.json",),
    }
    return f"https://{domain}/" + pick(rng, forms.get(domain, (leaf, stem(rng))))
