"""Ports for a miniature web of the tests' own: the demo's usual ones may be in use."""

import socket

from monitor.demo import sites


def find_free_base() -> int:
    """Return a port P such that P plus the number of every site is free on 127.0.0.1."""
    for base in range(21_000, 29_000, 40):
        if all(_is_free(base + site.host) for site in sites()):
            return base
    raise AssertionError("no free ports on 127.0.0.1 between 21000 and 29000")


def _is_free(port: int) -> bool:
    with socket.socket() as trial:
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
