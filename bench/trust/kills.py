"""Two thousand SIGKILLs at random moments: is anything that was acknowledged lost, doubled, or the database damaged?

    python -m bench.trust.kills [--kills 2000] [--seed 1] [--out FILE]

A home is made, `monitor run` is started against a web on loopback and its whole process group is killed after a random
time; the next goes on and is killed too, a few times; then one may end, and the home is compared with that of runs that
nobody killed. `monitor send`, the single steps, `monitor serve` and who saves cases in it, and worker processes are
killed in the same way. After every kill the home is looked at read-only. A letter that came twice is counted apart: it
must have the same Message-ID, and the outbox must know that it was handed over more than once.
"""

import argparse
import http.client
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.trial import Expected
from tests.faults.world import NOW, World, differences, dump, faults_of, log_of, read_only

IN_A_ROW = 24
"""Runs of one home that are killed before one may end, at most."""
STEPS = ("run", "run", "run", "crawl", "read", "group", "digest")
STAFF_SECONDS = 1.0
ONES = 20
"""Runs, each a program of its own with its own workers, of which one process is killed."""


@dataclass
class Tally:
    """What was done and what was found."""

    kills: Counter[str] = field(default_factory=Counter)
    ended: int = 0
    """Runs that were done before the signal came."""
    homes: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    acknowledged: int = 0
    """Cases that a person was told are saved, all of them found again."""
    letters: int = 0
    letters_twice: int = 0
    """Letters that came again with the same Message-ID after a kill between the server's having it and our knowing."""

    def take(self, where: str, found: list[str]) -> None:
        """Sort what was found."""
        for what in found:
            kind = (
                self.lost if "lacks" in what else self.doubled if "doubled" in what or "much" in what else self.broken
            )
            kind.append(f"{where}: {what}")
            print(f"FAIL  {where}: {what}", flush=True)

    def told(self) -> dict[str, object]:
        """Return the figures."""
        return {
            "kills": sum(self.kills.values()), "by": dict(self.kills), "done before the signal": self.ended,
            "homes": self.homes, "lost": len(self.lost), "doubled": len(self.doubled), "broken": len(self.broken),
            "cases acknowledged and found": self.acknowledged, "letters": self.letters,
            "letters again with the same Message-ID": self.letters_twice,
        }  # fmt: skip


class Killer:
    """Kills at random what works on homes."""

    def __init__(self, world: World, expected: Expected, seed: int) -> None:
        self.world = world
        self.expected = expected
        self.chance = random.Random(seed)  # noqa: S311 (the same kills again for the same seed)
        self.tally = Tally()
        self.usual: dict[str, float] = {}
        """How long each command takes when nobody stops it, in seconds."""

    def kill(self, home: Path, *args: str) -> None:
        """Start a command and kill it, with its group, at a moment of its usual time."""
        command = args[0]
        usual = self.usual.get(command, 2.0)
        began = time.monotonic()
        pid = self.world.nursery.start(home, *args)
        ended = self.world.nursery.wait(pid, self.chance.uniform(0, usual * 1.1))
        if ended:
            self.usual[command] = 0.5 * usual + 0.5 * (time.monotonic() - began)
            self.tally.ended += 1
        else:
            os.killpg(pid, signal.SIGKILL)
            ended = self.world.nursery.wait(pid)
            self.tally.kills[command] += ended == {"signal": signal.SIGKILL}
        self.tally.take(f"{command}, {ended}", faults_of(home))

    def finish(self, home: Path, command: str) -> None:
        """Let a command end."""
        began = time.monotonic()
        for _ in range(4):
            ended = self.world.nursery.run(home, command)
            self.usual[command] = 0.7 * self.usual.get(command, 2.0) + 0.3 * (time.monotonic() - began)
            if ended == {"code": 0}:
                return
        self.tally.take(f"{command} after kills", [f"broken: ended with {ended}: {log_of(home)}"])

    def one_home(self) -> None:
        """Kill the runs of a home, let one end and compare; then those that send its letter."""
        home = self.world.new_home()
        for _ in range(self.chance.randint(1, IN_A_ROW)):
            self.kill(home, self.chance.choice(STEPS))
        self.finish(home, "run")
        self.finish(home, "run")
        held = self.expected.after("run")
        self.tally.take("the home after its runs", [*faults_of(home), *differences(held, dump(home))])
        arrived = len(self.world.office.arrived)
        for _ in range(self.chance.randint(1, 3)):
            self.kill(home, "send")
        self.finish(home, "send")
        self.check_letters(home, arrived)
        self.tally.take("the home after its letter", differences(self.expected.after("send"), dump(home)))
        self.tally.homes += 1
        self.world.forget(home)

    def check_letters(self, home: Path, since: int) -> None:
        """Compare the letters that arrived with what the outbox knows."""
        with read_only(home) as db:
            known = {row[0]: row[1:] for row in db.execute("select key, recipient, tries from outbox")}
        copies = Counter(
            (str(message.read["Message-ID"]).strip("<>"), message.to) for message in self.world.office.arrived[since:]
        )
        self.tally.letters += len(copies)
        if len(copies) != len(known):
            self.tally.take("letters", [f"lacks: {len(copies)} letters for {len(known)} parcels"])
        for (key, to), count in copies.items():
            recipient, tries = known[key]
            if to != recipient or count > tries:
                self.tally.take("letters", [f"doubled: {to} got {key} {count} times, the outbox knows of {tries}"])
            self.tally.letters_twice += count - 1

    def kill_staff(self) -> None:
        """Kill a person at work while a run is going on; all that was acknowledged must be there, once."""
        home = self.world.new_home(self.expected.before("send"))
        for turn in range(3):
            acknowledged = home.parent / f"acknowledged{turn}"
            person = self.world.nursery.staff(home, acknowledged)
            other = self.world.nursery.start(home, "run")
            time.sleep(self.chance.uniform(0, STAFF_SECONDS))
            for pid, name in ((person, "a person at work"), (other, "run")):
                with suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)
                self.tally.kills[name] += self.world.nursery.wait(pid) == {"signal": signal.SIGKILL}
            numbers = acknowledged.read_text().split() if acknowledged.exists() else []
            with read_only(home) as db:
                there = Counter(row[0] for row in db.execute("select number from cases"))
                events = Counter(
                    row[0] for row in db.execute("select number from case_events e join cases c on c.id = e.case_id")
                )
            self.tally.take("cases", [f"lacks case {number}" for number in numbers if there[number] != 1])
            self.tally.take("cases", [f"lacks the event of {number}" for number in numbers if not events[number]])
            self.tally.acknowledged += len(numbers)
            self.tally.take("cases", faults_of(home))
        self.world.forget(home)

    def kill_pages(self) -> None:
        """Kill the pages while somebody saves cases in them; every case that was answered with its number is there."""
        home = self.world.new_home(self.expected.before("send"))
        for _ in range(2):
            port = free_port()
            pages = self.world.nursery.start(home, "serve", "--port", str(port))
            visitor = Visitor(port)
            saver = threading.Thread(target=visitor.save_cases)
            saver.start()
            visitor.saved.wait(30)
            time.sleep(self.chance.uniform(0, STAFF_SECONDS))
            os.killpg(pages, signal.SIGKILL)
            self.tally.kills["the pages"] += self.world.nursery.wait(pages) == {"signal": signal.SIGKILL}
            saver.join(30)
            with read_only(home) as db:
                there = Counter(row[0] for row in db.execute("select number from cases"))
            self.tally.take("pages", [f"lacks case {number}" for number in visitor.numbers if there[number] != 1])
            self.tally.take("pages", faults_of(home) if visitor.numbers else ["broken: the pages saved nothing"])
            self.tally.acknowledged += len(visitor.numbers)
        self.world.forget(home)

    def kill_workers(self) -> None:
        """Kill the processes that read pages, one after the other, while a run is going on."""
        home = self.world.new_home()
        pid = self.world.nursery.start(home, "run")
        until = time.monotonic() + self.chance.uniform(0.1, 1.5)
        while time.monotonic() < until:
            workers = children_of_fork_server(self.world.nursery.pid)
            if workers and self.chance.random() < 0.2:
                with suppress(ProcessLookupError):
                    os.kill(self.chance.choice(workers), signal.SIGKILL)
                    self.tally.kills["a worker"] += 1
                break
            time.sleep(0.02)
        ended = self.world.nursery.wait(pid)
        if ended != {"code": 0}:
            self.tally.take("workers killed", [f"broken: ended with {ended}: {log_of(home)}"])
        self.finish(home, "run")
        self.tally.take("workers killed", [*faults_of(home), *differences(self.expected.after("run"), dump(home))])
        self.tally.homes += 1
        self.world.forget(home)


class Visitor:
    """Somebody at the pages who opens one case after the other, and remembers the numbers that the answers name."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.numbers: list[str] = []
        self.saved = threading.Event()
        """A first case was saved."""

    def save_cases(self) -> None:
        """Open cases until the pages are gone."""
        until = time.monotonic() + 30
        while not self.saved.is_set() and time.monotonic() < until:
            with suppress(OSError, http.client.HTTPException):
                self._save_until_it_breaks()
            time.sleep(0.05)
        self.saved.set()

    def _save_until_it_breaks(self) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        line.request("GET", "/arende/nytt")
        form = line.getresponse()
        cookie = (form.headers["Set-Cookie"] or "").partition(";")[0]
        token = re.search(r'name="csrf" value="([0-9a-f]{64})"', form.read().decode())
        assert token
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded", "Origin": "null",
                   "Sec-Fetch-Site": "same-origin"}  # fmt: skip
        while True:
            line.request("POST", "/arende/nytt", f"csrf={token[1]}&rubrik=Samtal", headers)
            answer = line.getresponse()
            answer.read()
            assert answer.status == 303, answer.status
            self.numbers.append(answer.headers["Location"].partition("?")[0].rpartition("/")[2])
            self.saved.set()


def free_port() -> int:
    """Return a port on loopback where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def kill_one_of_a_run(world: World, chance: random.Random, expected: Expected, *, leader: bool) -> list[str]:
    """Kill one process of a `monitor run` that was started as cron does it.

    Killed is the run itself, and nothing of it may be left a while after; or one of its helpers (the fork server, a
    worker, the tracker), and the run may not even notice.
    """
    home = world.new_home()
    command = [sys.executable, "-m", "monitor", "run", "--home", str(home)]
    environment = os.environ | {"MONITOR_NOW": NOW}
    with (home.parent / "log").open("ab") as log:
        run = subprocess.Popen(command, stdout=log, stderr=log, env=environment, start_new_session=True)
    found: list[str] = []
    if leader:
        time.sleep(chance.uniform(0.5, 8))
        run.kill()
        run.wait()
        until = time.monotonic() + 15
        while (left := of_session(run.pid)) and time.monotonic() < until:
            time.sleep(0.1)
        found += [f"broken: {len(left)} processes outlive a killed run"] if left else []
    else:
        while run.poll() is None and len(of_session(run.pid)) < chance.randint(2, 5):
            time.sleep(0.02)
        helpers = [pid for pid in of_session(run.pid) if pid != run.pid]
        if helpers:
            with suppress(ProcessLookupError):
                os.kill(chance.choice(helpers), signal.SIGKILL)
        code = run.wait(120)
        found += [f"broken: it ended with {code}: {log_of(home)}"] if code else []
        ended = world.nursery.run(home, "run")
        found += [f"broken: the next ended with {ended}"] if ended != {"code": 0} else []
        found += differences(expected.after("run"), dump(home))
    found += faults_of(home)
    world.forget(home)
    return found


def of_session(leader: int) -> list[int]:
    """Return the processes of a session."""
    found = []
    for name in os.listdir("/proc"):  # noqa: PTH208
        with suppress(OSError, ValueError):
            pid = int(name)
            if int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[3]) == leader:
                found.append(pid)
    return found


def children_of_fork_server(nursery: int) -> list[int]:
    """Return the worker processes: grandchildren of the nursery by its fork server."""
    parents: dict[int, int] = {}
    commands: dict[int, str] = {}
    for name in os.listdir("/proc"):  # noqa: PTH208
        with suppress(OSError, ValueError):
            pid = int(name)
            parents[pid] = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
            commands[pid] = Path(f"/proc/{pid}/cmdline").read_text()
    servers = {pid for pid, parent in parents.items() if parent == nursery and "forkserver" in commands.get(pid, "")}
    return [pid for pid, parent in parents.items() if parent in servers]


def main() -> int:
    """Kill; return 1 when anything was lost, doubled or broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=None, help="Write the figures there as they come.")
    given = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, World(Path(folder)).opened() as world:
        killer = Killer(world, Expected(world), given.seed)
        tally = killer.tally
        while sum(tally.kills.values()) < given.kills:
            kind = killer.chance.random()
            if kind < 0.15:
                killer.kill_staff()
            elif kind < 0.25:
                killer.kill_workers()
            elif kind < 0.32:
                killer.kill_pages()
            else:
                killer.one_home()
            if given.out:
                given.out.write_text(json.dumps(tally.told() | {"seconds": round(time.monotonic() - began)}) + "\n")
        for number in range(ONES):
            leader = number % 2 == 0
            name = "only the run itself" if leader else "one helper of a run"
            tally.take(name, kill_one_of_a_run(world, killer.chance, killer.expected, leader=leader))
            tally.kills[name] += 1
        left = len(children_of_fork_server(world.nursery.pid))
    for what, figure in tally.told().items():
        print(f"{what:<40} {figure}")
    print(f"{'workers left over':<40} {left}")
    print(f"{time.monotonic() - began:.0f} s")
    return 1 if tally.lost or tally.doubled or tally.broken or left else 0


if __name__ == "__main__":
    sys.exit(main())
