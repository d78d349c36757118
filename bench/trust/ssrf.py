"""Addresses that point where no crawl must go, through the crawl as it runs: how many were connected to.

    python -m bench.trust.ssrf       more than 200 forms, each as a source and as a redirect

The crawl is the real one, its engine, middlewares and resolver; beneath it, no name is looked up, and every connection
but to one server on loopback, which does the redirecting, is written down and refused.
"""

import json
import subprocess
import sys
from collections import Counter
from typing import Any

from bench.trust.servers import serving
from tests.crawl.forms import CHANGING, NAMES, PUBLIC, forms
from tests.crawl.misbehaving import Behaviour, Line, Street, free_port, head

LEAST = 200


def redirect_to(addresses: list[str]) -> Behaviour:
    """Return a server that points, at /7, to the eighth of these addresses."""

    async def act(line: Line) -> None:
        number = line.path.strip("/")
        if not number.isdigit():  # where a form that is relative leads
            await line.send(head("404 Not Found", b"Content-Length: 0"))
            return
        location = addresses[int(number)].replace("\n", "").encode()
        await line.send(head("302 Found", b"Location: " + location, b"Content-Length: 0"))

    return Behaviour("redirects", act, "")


def crawl(told: dict[str, Any]) -> dict[str, Any]:
    """Crawl in another process; return what it noted."""
    command = [sys.executable, "-m", "tests.crawl.ask"]
    child = subprocess.run(command, input=json.dumps(told), stdout=subprocess.PIPE, text=True, check=True, timeout=600)
    noted: dict[str, Any] = json.loads(child.stdout)
    return noted


def main() -> int:
    """Crawl; print a row for each kind of form; say whether any got through."""
    kinds = forms() | {"names that change or mix": [f"http://{name}/" for name in CHANGING]}
    street = Street(3, free_port())
    seeds = [street.host(number) for number in range(len(kinds))]
    pages = {kind: [f"http://{seed}/{number}" for number in range(len(group))]
             for seed, (kind, group) in zip(seeds, kinds.items(), strict=True)}  # fmt: skip
    with serving(street, [redirect_to(group) for group in kinds.values()]):
        noted = crawl(
            {
                "sources": [address for group in kinds.values() for address in group],
                "pages": [page for group in pages.values() for page in group],
                "allow": seeds,
                "seeds": seeds,
                "fake": NAMES | CHANGING,
                "timeout": 20,
            }
        )
    silent = [told for kind, group in kinds.items() for told in show(kind, group, pages[kind], noted)]
    count = sum(map(len, kinds.values()))
    connected = Counter(connection.split()[0] for connection in noted["connections"])
    public = connected.pop(PUBLIC, 0)
    print(f"{count} forms, {2 * count} tries; connections to where none must go: {connected.total()} {dict(connected)}")
    print(f"connections to the public address of names that change or mix: {public}")
    watched = control()
    print(f"control: connections to an address that allow_hosts names: {watched}")
    print(f"tries that were not told in a sentence: {len(silent)}", *silent, sep="\n   ")
    return 0 if not connected and not silent and public and watched and count >= LEAST else 1


def control() -> int:
    """Return how many connections are counted when one is allowed: a count that stays at 0 would prove nothing."""
    told = {"sources": ["http://127.0.0.1:9/"], "allow": ["127.0.0.1:9"], "seeds": [], "fake": {}, "timeout": 5}
    return len(crawl(told)["connections"])


def show(kind: str, group: list[str], pages: list[str], noted: dict[str, Any]) -> list[str]:
    """Print what became of a kind of form; return the tries of which no sentence tells."""
    outcomes: Counter[str] = Counter()
    silent = []
    for address, page in zip(group, pages, strict=True):
        poll, redirected = noted["polls"].get(address, {}), noted["pages"].get(page, {})
        outcomes[poll.get("outcome", "none")] += 1
        outcomes["redirect refused"] += "address is refused" in redirected.get("reason", "")
        if not poll.get("reason") or not redirected.get("reason"):
            silent.append(f"{address!r}: {poll} {redirected}")
    print(f"   {kind:34} {2 * len(group):4} tries  {dict(outcomes)}")
    return silent


if __name__ == "__main__":
    sys.exit(main())
