"""One story: why its articles are together, what it weighs, what it asks; and the hand that may change it."""

from pathlib import Path

import click
from sqlite_utils import Database

from monitor.cli.options import date_option, home_option, load_home, local, locked, opened, read_clock
from monitor.cli.terminal import say
from monitor.config import Home
from monitor.core.triage import tell_weight
from monitor.errors import UsageError
from monitor.models import Clock, Story
from monitor.steps.judge import judged_stories
from monitor.steps.publish import period_of
from monitor.steps.topics import judge_topics
from monitor.store import stories as story_store


@click.command()
@click.argument("number", type=int)
@click.option("--split", multiple=True, metavar="URL", help="Make these articles a story of their own.")
@click.option("--merge", type=int, metavar="NUMBER", help="Take in another story.")
@click.option("--move", multiple=True, metavar="URL", help="Take in these articles.")
@click.option("--free", is_flag=True, help="Let the machine decide again.")
@click.option("--role", default="", help="Who decides, as a role: needed to change anything.")
@click.option("--note", default="", help="Why.")
@date_option
@home_option
def story(
    *, number: int, split: tuple[str, ...], merge: int | None, move: tuple[str, ...], free: bool, role: str, note: str,
    at: str | None, home_path: Path,
) -> None:  # fmt: skip
    """Show a story and why its articles are together; split, merge or move by hand. The machine keeps to it."""
    home = load_home(home_path)
    clock = read_clock(at, home)
    changes = [bool(split), merge is not None, bool(move), free]
    if sum(changes) > 1:
        raise UsageError("only one of --split, --merge, --move and --free at a time")
    with opened(home) as db:
        current = story_store.current_story(db, number)
        if current is None:
            raise UsageError(f"there is no story {number}. The list: monitor stories")
        if any(changes):
            if not role:
                raise UsageError('say who decides, as a role. Write for example: --role "kommunikatör"')
            with locked(home):
                current = _change(db, current, clock, split=split, merge=merge, move=move, role=role, note=note)
                judge_topics(home, db, clock)
        _show(home, db, current, clock)


def _change(
    db: Database, number: int, clock: Clock, *, split: tuple[str, ...], merge: int | None, move: tuple[str, ...],
    role: str, note: str,
) -> int:  # fmt: skip
    now = clock()
    try:
        if split:
            return story_store.split_story(db, _rows_of(db, split), role=role, now=now, note=note)
        if merge is not None:
            story_store.merge_stories(db, number, merge, role=role, now=now, note=note)
        elif move:
            story_store.move_articles(db, _rows_of(db, move), number, role=role, now=now, note=note)
        else:
            story_store.free_story(db, number, role=role, now=now, note=note)
    except ValueError as error:
        raise UsageError(str(error)) from error
    return number


def _rows_of(db: Database, urls: tuple[str, ...]) -> list[int]:
    rows = []
    for url in urls:
        row = story_store.row_of(db, url)
        if row is None:
            raise UsageError(f'no article has the address "{url}"')
        rows.append(row)
    return rows


def _show(home: Home, db: Database, number: int, clock: Clock) -> None:
    now = clock()
    members = story_store.members_of(db, [number])
    for told in judged_stories(home, db, members, period=period_of(home, now), made_at=now):
        _print(told, home)


def _print(told: Story, home: Home) -> None:
    zone = home.settings.zone
    say(f"story {told.id}: {told.lead.title}")
    for article in told.articles:
        marks = [
            *(["copy"] if article.url in told.copies else []),
            *(["own voice"] if article.url in told.own else []),
            *(["reprints a release"] if article.url in told.releases else []),
        ]
        words = f" ({', '.join(marks)})" if marks else ""
        say(f"  {local(article.at.isoformat(), zone)}  {article.title}{words}\n    {article.url}")
        if reason := told.reasons.get(article.url):
            say(f"    same story because: {reason}")
    if told.topic:
        unit = f", {told.topic.unit}" if told.topic.unit else ""
        say(f"topic: {told.topic.name}{unit}: {', '.join(told.topic.words)}")
    if told.need:
        by = local(told.need.due.isoformat(), zone)
        say(f"needs an answer by {by} ({told.need.rule}): {told.need.words or told.need.role}")
    if told.aside:
        say(f"one line in the letter: {told.aside}")
    for line in tell_weight(told.weight):
        say(f"  {line}")
