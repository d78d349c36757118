"""Ports for a miniature web of the tests' own: the demo's usual ones may be in use, by another worker too."""

import os
import socket

from monitor.demo import sites

_WORKERS = 20
_BLOCK = 400


def find_free_base() -> int:
    """Return a port P, of those of this worker, such that P plus the number of every site is free on 127.0.0.1."""
    first = 21_000 + _BLOCK * _worker()
    for base in range(first, first + _BLOCK, 40):
        if all(_is_free(base + site.host) for site in sites()):
            return base
    raise AssertionError(f"no free ports on 127.0.0.1 between {first} and {first + _BLOCK}")


def _worker() -> int:
    """Return the number of this pytest-xdist worker: workers must not look for ports in one place."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _WORKERS


def _is_free(port: int) -> bool:
    with socket.socket() as trial:
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
