"""One trial: a fault at a point, what is true right after it, and what is there when the next runs have gone on."""

import os
import shutil
import signal
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.points import PLACES, POINTS, Fault, Point
from tests.faults.world import LATER, MUCH_LATER, NOW, World, differences, dump, faults_of, log_of

COMMANDS = {"run": ("run",), "send": ("send",), "alerts": ("send", "--alerts"), "purge": ("purge",)}
TIMES = {"run": NOW, "send": NOW, "alerts": NOW, "purge": MUCH_LATER}
MAY_COME_TWICE = {
    ("letter handed over", "after"),
    ("parcel settled", "before"),
    ("alert handed over", "after"),
    ("alert settled", "before"),
}
"""Stopped here, nobody can know whether the letter has arrived: it goes again, with the same Message-ID."""
LASTING = {Fault.FULL, Fault.IO, Fault.BUSY}
"""Faults that go on: begun before the letter was handed over, they keep what became of it from being written down."""
LEAVE_NO_TRACE = {Fault.KILL, Fault.STOP}
"""After these all is as after an unkilled run, polls and times too; after the others a later poll made it good."""
_RUNS = 6

Held = dict[str, Counter[tuple[object, ...]]]


@dataclass(frozen=True)
class Trial:
    """What is tried."""

    point: Point
    place: str
    fault: Fault

    @property
    def name(self) -> str:
        """Its name in a report."""
        return f"{self.fault} {self.place} {self.point.name}"


def every_trial() -> Iterator[Trial]:
    """Yield all points, both places, all six faults."""
    for point in POINTS:
        for place in PLACES:
            for fault in Fault:
                yield Trial(point, place, fault)


class Expected:
    """What unkilled runs leave, and the homes from which each command starts; each made when it is first asked for."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._before: dict[str, Path] = {"run": world.folder / "template" / "home"}
        self._after: dict[str, Held] = {}

    def before(self, command: str) -> Path:
        """Return the home from which a command starts: a letter is sent after a run, texts are purged after both."""
        if command not in self._before:
            self.after({"send": "run", "alerts": "run", "purge": "send"}[command])
        return self._before[command]

    def after(self, command: str) -> Held:
        """Return what a home holds after a command that nobody stopped."""
        if command not in self._after:
            home = self.world.new_home(self.before(command))
            for _ in range(2 if command == "run" else 1):
                self._do(home, command, TIMES[command])
            self._after[command] = dump(home)
            for following in {"run": ("send", "alerts"), "send": ("purge",)}.get(command, ()):
                self._before[following] = self.world.folder / "template" / following
                shutil.copytree(home, self._before[following])
            assert not faults_of(home), faults_of(home)
        return self._after[command]

    def prepare(self, command: str) -> None:
        """Make what a trial of a command is compared with: the mails of that come before those of the trial."""
        self.after(command)
        if command == "run":
            self.later  # noqa: B018 (made when it is asked for)

    @property
    def later(self) -> Held:
        """Return what a home holds after runs and a letter that nobody stopped, later the same day."""
        if "later" not in self._after:
            home = self.world.new_home(self.before("send"))
            for command in ("run", "run", "send"):
                self._do(home, command, LATER)
            self._after["later"] = dump(home, polls=False)
        return self._after["later"]

    def _do(self, home: Path, command: str, now: str) -> None:
        ended = self.world.nursery.run(home, *COMMANDS[command], now=now)
        assert ended == {"code": 0}, (command, ended, log_of(home))


def run_trial(world: World, expected: Expected, trial: Trial) -> list[str]:
    """Do one trial; return what is wrong, in words."""
    command = trial.point.command
    home = world.new_home(expected.before(command))
    expected.prepare(command)
    arrived = len(world.office.arrived)
    wrong = _harm(world, home, trial)
    wrong += [f"right after it: {fault}" for fault in faults_of(home)]
    if not wrong:
        wrong += [f"gone on: {what}" for what in _go_on(world, home, expected, trial)]
        wrong += _check_mails(world, arrived, trial)
    if wrong:
        wrong.append(log_of(home)[-1500:])
    world.forget(home)
    return wrong


def _harm(world: World, home: Path, trial: Trial) -> list[str]:
    """Start the command with the fault attached, and see that it ends as it should."""
    command, nursery = trial.point.command, world.nursery
    fault = {"point": trial.point.name, "place": trial.place, "fault": trial.fault}
    pid = nursery.start(home, *COMMANDS[command], now=TIMES[command], harm=fault, busy=0.3)
    ended = nursery.wait(pid)
    wrong = []
    if trial.fault is Fault.STOP and ended == {"stopped": True}:
        second = nursery.run(home, *COMMANDS[command], now=TIMES[command], busy=0.3)
        if second != {"code": 3}:
            wrong.append(f"a second run meanwhile ended with {second}")
        os.killpg(pid, signal.SIGCONT)
        ended = nursery.wait(pid)
    if not ended:
        os.killpg(pid, signal.SIGKILL)
        nursery.wait(pid)
        return [*wrong, "it did not end"]
    if not (home.parent / "mark").exists():
        wrong.append("the point was not reached")
    meant = {Fault.KILL: {"signal": signal.SIGKILL}, Fault.STOP: {"code": 0}}.get(trial.fault)
    if meant is not None and ended != meant:
        wrong.append(f"it ended with {ended}")
    if ended == {"code": 0} and command == "send" and not _all_sent(home):
        wrong.append("it ended with 0 and not everybody has the letter")
    return wrong


def _all_sent(home: Path) -> bool:
    return all(row[-1] == "sent" for row in dump(home)["outbox"])


def _go_on(world: World, home: Path, expected: Expected, trial: Trial) -> list[str]:
    """Run what comes next until it ends well; return how the home differs from one whose runs nobody stopped."""
    command = trial.point.command
    now = TIMES[command]
    if not _until_well(world, home, command, now):
        return ["the next runs did not end well"]
    if trial.fault in LEAVE_NO_TRACE or command != "run":
        if command == "run" and not _until_well(world, home, command, now):
            return ["the run after the next did not end well"]
        return [*faults_of(home), *differences(expected.after(command), dump(home))]
    if not all(_until_well(world, home, next_, LATER) for next_ in ("run", "run", "send")):
        return ["the later runs did not end well"]
    return [*faults_of(home), *differences(expected.later, dump(home, polls=False))]


def _until_well(world: World, home: Path, command: str, now: str) -> bool:
    return any(world.nursery.run(home, *COMMANDS[command], now=now) == {"code": 0} for _ in range(_RUNS))


def _check_mails(world: World, since: int, trial: Trial) -> list[str]:
    """Return whom a letter has reached twice, or with two names of one letter, or not at all."""
    if trial.point.command == "run" and trial.fault in LEAVE_NO_TRACE:
        return []
    if trial.point.command == "purge":
        return []
    people = 1 if trial.point.command == "alerts" else 3
    lasting = trial.fault in LASTING and trial.point.command in {"send", "alerts"}
    twice = lasting or (trial.point.name, trial.place) in MAY_COME_TWICE
    return judge_mails(world, since, twice=twice, people=people)


def judge_mails(world: World, since: int, *, twice: bool, people: int = 3) -> list[str]:
    """Return what is wrong with the letters that have arrived since then."""
    copies: dict[str, Counter[str]] = {}
    for message in world.office.arrived[since:]:
        copies.setdefault(message.to, Counter())[str(message.read["Message-ID"])] += 1
    wrong = [f"{len(copies)} people got mail"] if len(copies) != people else []
    wrong += [f"{to} got letters of {len(ids)} names" for to, ids in copies.items() if len(ids) > 1]
    most = 2 if twice else 1
    wrong += [f"{to} got it {sum(ids.values())} times" for to, ids in copies.items() if sum(ids.values()) > most]
    return wrong


def try_nth_write(world: World, expected: Expected, command: str, number: int) -> tuple[bool, list[str]]:
    """Let the N-th write of a command fail; return whether there were so many, and what is wrong later."""
    home = world.new_home(expected.before(command))
    expected.prepare(command)
    arrived = len(world.office.arrived)
    world.nursery.run(home, *COMMANDS[command], now=TIMES[command], harm={"nth_write": number}, busy=0.3)
    reached = (home.parent / "mark").exists()
    wrong = [f"right after it: {fault}" for fault in faults_of(home)]
    later = LATER if command == "run" else TIMES[command]
    following = ("run", "run", "send") if command == "run" else (command,)
    if not all(_until_well(world, home, next_, later) for next_ in following):
        wrong.append("the next runs did not end well")
    wrong += faults_of(home)
    held: Mapping[str, Any] = expected.later if command == "run" else expected.after(command)
    wrong += differences(held, dump(home, polls=command != "run"))
    if command != "purge":
        wrong += judge_mails(world, arrived, twice=command != "run", people=1 if command == "alerts" else 3)
    if wrong:
        wrong.append(log_of(home)[-1500:])
    world.forget(home)
    return reached, wrong
