"""Names that files, folders, repositories and links are made of, from `behaviour/words.toml`."""

import re
import string
import tomllib
from collections.abc import Sequence
from importlib.resources import files

from beacon.simulate.clocks import Rng

WORDS = tomllib.loads(
    (files("beacon.simulate") / "behaviour" / "words.toml").read_text(encoding="utf-8")
)
VERBS, NOUNS, HANDLES = WORDS["verb"], WORDS["noun"], WORDS["handle"]
PRODUCTS = WORDS["product"]
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


def fill(rng: Rng, template: str, company: str = "", user: str = "") -> str:
    """Fill a template of `behaviour/words.toml`: `{noun}`, `{repo}`, `{leaf}`, `{a8}`, ...

    `{a8}`, `{h8}` and `{d8}` are random identifiers of eight letters or digits, hexadecimal
    digits, or decimal digits.
    """

    def value(field: re.Match[str]) -> str:
        name = field[1]
        if name[1:].isdecimal():
            return code(rng, int(name[1:]), {"a": LETTERS, "h": HEX, "d": string.digits}[name[0]])
        if name == "user":
            return user
        if name == "owner":
            return owner(rng, company)
        if name == "stem":
            return stem(rng)
        if name == "leaf":
            return f"{stem(rng)}.{pick(rng, WORDS['leaves'])}"
        return pick(rng, WORDS[name])

    return re.sub(r"{(\w+)}", value, template)


def tenant(rng: Rng, organisation: str = "") -> str:
    """The name by which an organisation's SharePoint is reached; some organisation's for none."""
    return (organisation or pick(rng, PRODUCTS).lower()) + pick(rng, ("", "group", "corp", "intl"))


def folder(rng: Rng, kind: str, user: str) -> str:
    """A folder of the kind."""
    return fill(rng, pick(rng, WORDS["places"][kind]), user=user)


def link(rng: Rng, domain: str, company: str) -> str:
    """A link of the form that the service uses."""
    service = "sharepoint.com" if domain.endswith("sharepoint.com") else domain
    forms = WORDS["links"].get(service, ("{leaf}", "{stem}"))
    return f"https://{domain}/" + fill(rng, pick(rng, forms), company=company)
