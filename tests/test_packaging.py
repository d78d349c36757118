"""The units and cron lines that are shipped call commands that there are, at times that make sense."""

import configparser
import re
from pathlib import Path

import pytest

from monitor.cli import COMMANDS

PACKAGING = Path(__file__).parents[1] / "packaging"
SERVICES = sorted((PACKAGING / "systemd").glob("*.service"))
TIMERS = sorted((PACKAGING / "systemd").glob("*.timer"))


def calls(text: str) -> list[list[str]]:
    return [found.split() for found in re.findall(r"(?:bin/monitor|\$MONITOR) ((?:[a-z-]+ ?)+)", text)]


@pytest.mark.parametrize("file", [*SERVICES, PACKAGING / "cron" / "town-monitor"], ids=lambda file: file.name)
def test_what_is_called_is_a_command(file: Path) -> None:
    called = calls(file.read_text(encoding="utf-8"))
    assert called
    assert {words[0] for words in called} <= set(COMMANDS)


@pytest.mark.parametrize("file", TIMERS, ids=lambda file: file.name)
def test_a_timer_has_its_service_and_says_in_which_time_zone(file: Path) -> None:
    assert file.with_suffix(".service") in SERVICES
    times = re.findall(r"^OnCalendar=(.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    assert times
    assert all(moment.endswith(" Europe/Stockholm") for moment in times)
    target = (PACKAGING / "systemd" / "town-monitor@.target").read_text(encoding="utf-8")
    assert file.name.replace("@", "@%i") in target


@pytest.mark.parametrize("file", SERVICES, ids=lambda file: file.name)
def test_a_service_has_no_more_rights_than_it_needs(file: Path) -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[method-assign,assignment]  # the keys of units have capitals
    unit.read_string(file.read_text(encoding="utf-8"))
    service = unit["Service"]
    assert service["User"] == "town-monitor"
    assert service["ProtectSystem"] == "strict"
    assert service["NoNewPrivileges"] == "yes"
    assert service["CapabilityBoundingSet"] == ""
