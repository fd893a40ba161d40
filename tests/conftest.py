"""What holds for every test: no property depends on how fast the machine is, nothing calls out."""

import sys
from ipaddress import ip_address

from hypothesis import settings

settings.register_profile("steady", deadline=None)
settings.load_profile("steady")


def _refuse_the_network(event: str, given: tuple[object, ...]) -> None:
    """Fail what opens a connection to another machine; loopback and local sockets may be used."""
    if event != "socket.connect" or not isinstance(given[1], tuple):
        return
    host = str(given[1][0])
    if not ip_address(host).is_loopback:
        raise AssertionError(f"a connection to {host} was tried")


sys.addaudithook(_refuse_the_network)
