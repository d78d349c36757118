"""`monitor erase`: take a person's name out of everything that is stored."""

from pathlib import Path

import click

from monitor.cli.options import date_option, home_option, load_home, locked, opened, read_clock
from monitor.cli.terminal import say
from monitor.core.erasing import read_name
from monitor.errors import UsageError
from monitor.models import Refused
from monitor.steps.erase import Traces, erase_person, find_traces
from monitor.store.erasures import Way


@click.command()
@click.argument("name")
@click.option("--delete", "way", flag_value="delete", help="Delete what names the person.")
@click.option("--hide", "way", flag_value="hide", help='Keep it, with "[borttaget]" in place of the name.')
@click.option("--decision", default="", metavar="NUMBER", help="The decision's number in the municipality's register.")
@click.option("--role", default="", help="Who does it: a role, never a name.")
@home_option
@date_option
def erase(*, name: str, way: str | None, decision: str, role: str, home_path: Path, at: str | None) -> None:
    """Show where a name or handle stands in this home; with --delete or --hide, take it out.

    Cases in the register are kept: they are public documents. The log keeps figures, never the name.
    """
    home = load_home(home_path)
    clock = read_clock(at, home)
    wanted = read_name(name)
    if isinstance(wanted, Refused):
        raise UsageError(wanted.reason)
    with opened(home) as db:
        if way is None:
            _show(find_traces(home, db, wanted), excerpts=True)
            return
        if not decision.strip() or not role.strip():
            raise UsageError('an erasure needs its decision and a role: --decision "KS 2026/112" --role "arkivarie"')
        if wanted.stands_in(f"{decision} | {role}"):
            raise UsageError("decision and role are kept in the log: they must not hold the name")
        with locked(home):
            traces = erase_person(home, db, wanted, way=Way(way), decision=decision, role=role, at=clock())
    _show(traces, excerpts=False)
    say("erased; an article that is found later and names the person needs a new search")


def _show(traces: Traces, *, excerpts: bool) -> None:
    found = traces.found
    for table, rows in sorted(found.rows.items()):
        say(f"{table}: {rows}")
        for words in found.excerpts.get(table, []) if excerpts else []:
            say(f"  {words}")
    for path in traces.files:
        say(path)
    for table, rows in sorted(found.kept.items()):
        say(f"{table}: {rows} kept: cases in the register are public documents")
    for file in traces.by_hand:
        say(f"{file}: take it out by hand")
    if not traces.rows and not found.kept and not traces.by_hand:
        say("the name stands nowhere in this home")
