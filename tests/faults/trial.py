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

TIMES = {"run": NOW, "send": NOW, "purge": MUCH_LATER}
MAY_COME_TWICE = {("letter handed over", "after"), ("parcel settled", "before")}
"""Stopped here, nobody can know whether the letter has arrived: it goes again, with the same Message-ID."""
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
    """What unkilled runs leave, and the homes from which each command starts."""

    def __init__(self, world: World) -> None:
        self.world = world
        home = world.new_home()
        self.before: dict[str, Path] = {"run": world.folder / "template" / "home"}
        self._run(home, "run", NOW)
        self._run(home, "run", NOW)
        self.after_run = dump(home)
        self.before["send"] = self._keep(home, "send")
        self._run(home, "send", NOW)
        self.after_send = dump(home)
        self.before["purge"] = self._keep(home, "purge")
        self._run(home, "purge", MUCH_LATER)
        self.after_purge = dump(home)
        late = world.new_home(self.before["send"])
        self._run(late, "run", LATER)
        self._run(late, "run", LATER)
        self._run(late, "send", LATER)
        self.later = dump(late, polls=False)
        self.at_once = {"run": self.after_run, "send": self.after_send, "purge": self.after_purge}
        assert not faults_of(home), faults_of(home)
        assert not faults_of(late), faults_of(late)

    def _run(self, home: Path, command: str, now: str) -> None:
        ended = self.world.nursery.run(home, command, now=now)
        assert ended == {"code": 0}, (command, ended, log_of(home))

    def _keep(self, home: Path, command: str) -> Path:
        kept = self.world.folder / "template" / command
        shutil.copytree(home, kept)
        return kept


def run_trial(world: World, expected: Expected, trial: Trial) -> list[str]:
    """Do one trial; return what is wrong, in words."""
    command = trial.point.command
    home = world.new_home(expected.before[command])
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
    pid = nursery.start(home, command, now=TIMES[command], fault=fault, busy=0.3)
    ended = nursery.wait(pid)
    wrong = []
    if trial.fault is Fault.STOP and ended == {"stopped": True}:
        second = nursery.run(home, command, now=TIMES[command], busy=0.3)
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
        return [*faults_of(home), *differences(expected.at_once[command], dump(home))]
    if not all(_until_well(world, home, next_, LATER) for next_ in ("run", "run", "send")):
        return ["the later runs did not end well"]
    return [*faults_of(home), *differences(expected.later, dump(home, polls=False))]


def _until_well(world: World, home: Path, command: str, now: str) -> bool:
    return any(world.nursery.run(home, command, now=now) == {"code": 0} for _ in range(_RUNS))


def _check_mails(world: World, since: int, trial: Trial) -> list[str]:
    """Return whom a letter has reached twice, or with two names of one letter, or not at all."""
    if trial.point.command == "run" and trial.fault in LEAVE_NO_TRACE:
        return []
    if trial.point.command == "purge":
        return []
    return judge_mails(world, since, twice=(trial.point.name, trial.place) in MAY_COME_TWICE)


def judge_mails(world: World, since: int, *, twice: bool) -> list[str]:
    """Return what is wrong with the letters that have arrived since then."""
    copies: dict[str, Counter[str]] = {}
    for message in world.office.arrived[since:]:
        copies.setdefault(message.to, Counter())[str(message.read["Message-ID"])] += 1
    wrong = [f"{len(copies)} people got a letter"] if len(copies) != 3 else []
    wrong += [f"{to} got letters of {len(ids)} names" for to, ids in copies.items() if len(ids) > 1]
    most = 2 if twice else 1
    wrong += [f"{to} got it {sum(ids.values())} times" for to, ids in copies.items() if sum(ids.values()) > most]
    return wrong


def try_nth_write(world: World, expected: Expected, command: str, number: int) -> tuple[bool, list[str]]:
    """Let the N-th write of a command fail; return whether there were so many, and what is wrong later."""
    home = world.new_home(expected.before[command])
    arrived = len(world.office.arrived)
    world.nursery.run(home, command, now=TIMES[command], fault={"nth_write": number}, busy=0.3)
    reached = (home.parent / "mark").exists()
    wrong = [f"right after it: {fault}" for fault in faults_of(home)]
    later = LATER if command == "run" else TIMES[command]
    following = ("run", "run", "send") if command == "run" else (command,)
    if not all(_until_well(world, home, next_, later) for next_ in following):
        wrong.append("the next runs did not end well")
    wrong += faults_of(home)
    held: Mapping[str, Any] = expected.later if command == "run" else expected.at_once[command]
    wrong += differences(held, dump(home, polls=command != "run"))
    if command != "purge":
        wrong += judge_mails(world, arrived, twice=command == "send")
    if wrong:
        wrong.append(log_of(home)[-1500:])
    world.forget(home)
    return reached, wrong
