"""The host part of RemoteUrl, and the strict test of whether it belongs to a service."""

from collections.abc import Iterable, Sequence

import polars as pl

HOST_STEPS = (
    (r"^\s*(?:[A-Za-z][A-Za-z0-9+.\-]*:)?//", ""),
    (r"(?s)[/?#\\].*$", ""),
    (r"(?s)^.*@", ""),
    (r"[\x{3002}\x{FF0E}\x{FF61}]", "."),  # full stops of RFC 3490, section 3.1
    (r"^(\[[^\]]*\])(?::\d*)?\s*$", "$1"),
    (r"^([^:\[]*):\d*\s*$", "$1"),
    (r"^\s+|\s+$", ""),
    (r"\.+$", ""),
)
"""What to replace in RemoteUrl, in this order, before lower case; Rust and Java read it alike."""


def host_of(url: pl.Expr) -> pl.Expr:
    """RemoteUrl without scheme, user, port, path and trailing dots, in lower case.

    Accepts every form Defender writes: empty, host, host:port, scheme://host[:port]/path.
    Punycode labels stay encoded, so a look-alike name cannot pass for the real one on screen.
    """
    host = url.fill_null("")
    for pattern, replacement in HOST_STEPS:
        host = host.str.replace_all(pattern, replacement)
    return host.str.to_lowercase()


def belongs_to(host: pl.Expr, services: Iterable[str]) -> pl.Expr:
    """Host equals one of the services or is under it, label by label."""
    return pl.any_horizontal([_under(host, service) for service in services])


def which_service(host: pl.Expr, services: Sequence[str]) -> pl.Expr:
    """The services that the host belongs to, in the order given, as a list."""
    hits = [pl.when(_under(host, service)).then(pl.lit(service)) for service in services]
    return pl.concat_list(hits).list.drop_nulls()


def _under(host: pl.Expr, service: str) -> pl.Expr:
    forms = sorted({service.lower(), _decoded(service.lower()), _encoded(service.lower())})
    return pl.any_horizontal(
        [test for form in forms for test in (host == form, host.str.ends_with(f".{form}"))]
    )


def _decoded(name: str) -> str:
    try:
        return name.encode("ascii").decode("idna")
    except UnicodeError:
        return name


def _encoded(name: str) -> str:
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name
