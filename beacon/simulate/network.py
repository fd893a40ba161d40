"""Addresses behind a name, and which of them a host sees at a time.

The networks are those the services answer from; single addresses are examples, not an inventory.
"""

import zlib
from collections.abc import Sequence

import numpy as np

from beacon.simulate.spans import Ints, Seconds

_GITHUB = ("140.82.112.{}", "140.82.113.{}", "140.82.114.{}", "140.82.121.{}")
_GOOGLE = ("142.250.74.{}", "142.250.185.{}", "172.217.16.{}", "216.58.206.{}")
_CLOUDFLARE = ("104.18.{}.47", "172.64.{}.209", "162.159.{}.233")
_FASTLY = ("151.101.{}.140", "199.232.{}.140", "146.75.{}.140")
_MICROSOFT = ("13.107.136.{}", "13.107.138.{}", "52.96.{}.18", "52.107.{}.9", "20.190.{}.33")
_FIXED: dict[str, tuple[str, ...]] = {
    "raw.githubusercontent.com": tuple(f"185.199.{n}.133" for n in range(108, 112)),
    "api.telegram.org": ("149.154.167.220",),
    "t.me": ("149.154.167.99",),
    "gitlab.com": ("172.65.251.78",),
    "pastebin.com": ("104.20.29.150", "172.66.171.73"),
}
_NETWORKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("githubusercontent.com", ("185.199.{}.133", "185.199.{}.154")),
    ("github.com", _GITHUB),
    ("googleapis.com", _GOOGLE),
    ("google.com", _GOOGLE),
    ("sharepoint.com", _MICROSOFT),
    ("live.com", _MICROSOFT),
    ("microsoft.com", _MICROSOFT),
    ("office.com", _MICROSOFT),
    ("windowsupdate.com", _MICROSOFT),
    ("reddit.com", _FASTLY),
    ("", _CLOUDFLARE),
)


def addresses(domain: str) -> tuple[str, ...]:
    """The addresses that a name resolves to, always the same for the same name."""
    if domain in _FIXED:
        return _FIXED[domain]
    networks = next(nets for suffix, nets in _NETWORKS if domain.endswith(suffix))
    seed = zlib.crc32(domain.encode())
    octets = (seed >> 8 & 0xFF, seed >> 16 & 0xFF)
    return tuple(network.format(3 + octet % 120) for octet in octets for network in networks)


def choose(domains: Sequence[str], codes: Ints, hosts: Ints, times: Seconds) -> list[str]:
    """The address seen by each connection: a host keeps one until the name's record expires.

    Args:
        domains: names that `codes` point into.
        codes: name of each connection, shape (n,).
        hosts: host number of each connection, shape (n,).
        times: seconds, shape (n,).
    """
    pools = [addresses(domain) for domain in domains]
    flat = [address for pool in pools for address in pool]
    size = np.array([len(pool) for pool in pools], dtype=np.int64)
    life = np.array([60 + zlib.crc32(domain.encode()) % 5 * 60 for domain in domains])
    lease = np.floor(times / life[codes]).astype(np.int64)
    mixed = (hosts * 7919 + lease * 104_729 + codes * 31) * 2_654_435_761 & 0xFFFF_FFFF
    index = (np.cumsum(size) - size)[codes] + (mixed >> 13) % size[codes]
    return [flat[i] for i in index]
