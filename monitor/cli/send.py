"""`monitor send`, `approve`, `watchdog`: what goes out of the house."""

from dataclasses import asdict
from operator import itemgetter
from pathlib import Path
from typing import Any

import click

from monitor.cli.options import (
    date_option,
    home_option,
    json_option,
    load_home,
    locked,
    opened,
    print_table,
    read_clock,
    set_up_logs,
    verbose_option,
)
from monitor.cli.terminal import print_json, say
from monitor.config import SETTINGS_FILE, Home, read_usable_settings
from monitor.models import Clock
from monitor.steps.alert import send_alerts
from monitor.steps.send import Outcome, Result, Sending, send_letter
from monitor.steps.send import approve as approve_step
from monitor.steps.watchdog import watch

LOCK = "send.lock"
"""Not the lock of a run: a long crawl must not keep the letter back."""

dry_run_option = click.option("--dry-run", is_flag=True, help="Send nothing; show what would go where.")


@click.command()
@home_option
@date_option
@dry_run_option
@click.option("--alerts", "only_alerts", is_flag=True, help="Send no letter, only what cannot wait for one.")
@click.option("--again", is_flag=True, help="Try also what was given up.")
@json_option
@verbose_option
def send(
    *, home_path: Path, at: str | None, dry_run: bool, only_alerts: bool, again: bool, as_json: bool, verbose: bool
) -> None:
    """Send the letter to everybody who has not got it. Run again, it sends only what has not gone.

    Exit code 1 when somebody's letter could not be sent; 2 when there is no letter.
    """
    home = load_home(home_path)
    clock = read_clock(at, home)
    set_up_logs(clock, verbose=verbose)
    with locked(home, LOCK), opened(home) as db:
        if only_alerts:
            sending = send_alerts(home, db, clock, pretend=dry_run)
        else:
            sending = send_letter(home, db, clock, pretend=dry_run, again=again)
    if as_json:
        print_json(_to_json(sending))
    else:
        _say(home, sending, table=dry_run or verbose)
    _end(sending.outcomes)


@click.command()
@home_option
@date_option
@click.option("--role", default="", help="Who has reviewed it: a role, never a name. Default: [review] role.")
def approve(home_path: Path, at: str | None, role: str) -> None:
    """Say that the letter has been reviewed: in the reviewed mode it then goes with the next `monitor send`."""
    home = load_home(home_path)
    with locked(home, LOCK), opened(home) as db:
        approved = approve_step(home, db, read_clock(at, home), role)
    say(f"reviewed by {approved.role}: {approved.path}")


@click.command()
@home_option
@date_option
@dry_run_option
def watchdog(home_path: Path, at: str | None, dry_run: bool) -> None:
    """Tell people by mail when there is no letter today. Needs no database. For a timer of its own."""
    clock = _clock_without_home(home_path, at)
    watched = watch(home_path, clock, pretend=dry_run)
    if watched.built:
        say(f"the letter of {watched.day} is there")
        return
    say(f"monitor: there is no letter of {watched.day} (cause: {watched.cause})", error=True)
    if watched.told_before:
        say("people have been told before")
    for outcome in watched.outcomes:
        say(f"{outcome.result}: {outcome.recipient}")
    _end(watched.outcomes)
    click.get_current_context().exit(1)


def _clock_without_home(path: Path, at: str | None) -> Clock:
    """Return the clock in the home's time zone, whatever else is wrong with the home."""
    settings, _ = read_usable_settings(path / SETTINGS_FILE)
    return read_clock(at, Home(path=path, settings=settings))


def _say(home: Home, sending: Sending, *, table: bool) -> None:
    if sending.waits_until is not None:
        until = sending.waits_until.astimezone(home.settings.zone)
        say(f"{sending.item}: waits for a review until {until:%H.%M}; approve it with: monitor approve")
        return
    if table:
        names = {"result": "result", "to": "recipient", "by": "channel", "letter": "edition", "subject": "subject",
                 "reason": "reason"}  # fmt: skip
        columns = {heading: itemgetter(name) for heading, name in names.items()}
        print_table(_to_json(sending)["outcomes"], columns, "nothing to send")
    counts = [(result, sum(one.result is result for one in sending.outcomes)) for result in Result]
    told = ", ".join(f"{count} {result}" for result, count in counts if count)
    say(f"{sending.item}: {told or 'nothing to send'}")


def _to_json(sending: Sending) -> dict[str, Any]:
    until = sending.waits_until.isoformat() if sending.waits_until else None
    return {"item": sending.item, "waits_until": until, "outcomes": [asdict(one) for one in sending.outcomes]}


def _end(outcomes: tuple[Outcome, ...]) -> None:
    """Tell what did not go, and end with the right exit code."""
    failed = [outcome for outcome in outcomes if outcome.failed]
    for outcome in failed:
        say(f"monitor: {outcome.result}: {outcome.recipient} ({outcome.edition}): {outcome.reason}", error=True)
    if failed:
        click.get_current_context().exit(1)
