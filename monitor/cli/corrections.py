"""`monitor corrections` and `monitor tune`: what staff say of hits, and what the rules could learn from it."""

from pathlib import Path

import click

from monitor.cli.options import (
    date_option,
    home_option,
    json_option,
    load_home,
    local,
    opened,
    print_table,
    read_clock,
)
from monitor.cli.terminal import print_json, say
from monitor.core.matching import Judgement, RuleRecord, propose_mute, record_rules
from monitor.errors import UsageError
from monitor.store import corrections as correction_store

WORDS = {
    "not-about-us": Judgement.NOT_ABOUT_US,
    "wrong-subject": Judgement.WRONG_SUBJECT,
    "duplicate": Judgement.DUPLICATE,
    "wrong-tone": Judgement.WRONG_TONE,
    "right": Judgement.RIGHT,
}


@click.command()
@click.argument("url", required=False)
@click.option("--as", "word", type=click.Choice(list(WORDS)), help="What the article at URL is.")
@click.option("--undo", is_flag=True, help="Take back what was said of the article at URL.")
@click.option("--role", default="redaktör", show_default=True, help="Who says so: a role, never a name.")
@home_option
@date_option
@json_option
def corrections(
    *, url: str | None, word: str | None, undo: bool, role: str, home_path: Path, at: str | None, as_json: bool
) -> None:
    """Show what staff said of hits; with URL, say it.

    A wrong hit is hidden from lists and letters, never deleted, and can be brought back with --undo.
    """
    home = load_home(home_path)
    clock = read_clock(at, home)
    with opened(home) as db:
        if url is not None:
            if (word is None) == (not undo):
                raise UsageError(f"say what the article is: --as {', '.join(WORDS)}; or take it back: --undo")
            if undo:
                done = correction_store.undo(db, url, clock())
            else:
                done = correction_store.correct(db, url, WORDS[str(word)], role=role, at=clock())
            if not done:
                raise UsageError(f"{url}: there is no {'correction of this address' if undo else 'such article'}")
            return
        rows = correction_store.list_corrections(db)
    if as_json:
        print_json(rows)
        return
    print_table(
        rows,
        {
            "when": lambda row: local(row["at"], home.settings.zone),
            "who": lambda row: row["role"],
            "said": lambda row: row["judgement"],
            "title": lambda row: row["title"],
        },
        "no corrections yet: monitor corrections URL --as not-about-us",
    )


@click.command()
@home_option
@json_option
def tune(home_path: Path, as_json: bool) -> None:
    """Report how right each rule was on this home's own corrections, and propose one to mute.

    Nothing is changed: a rule is muted by writing its name into [matching] mute of monitor.toml.
    """
    home = load_home(home_path)
    with opened(home) as db:
        examples = correction_store.read_corrections(db)
    records = record_rules(examples)
    proposal = propose_mute(examples)
    if as_json:
        print_json({"rules": [_row(record) for record in records], "mute": proposal.rule if proposal else None})
        return
    print_table(
        [_row(record) for record in records],
        {
            "rule": lambda row: row["rule"],
            "right": lambda row: str(row["right"]),
            "wrong": lambda row: str(row["wrong"]),
            "precision": lambda row: f"{row['precision']:.0%}",
        },
        "no corrections yet, so there is nothing to learn from: monitor corrections URL --as not-about-us",
    )
    if proposal:
        say(
            f'\nProposal: mute = ["{proposal.rule}"] under [matching] in monitor.toml would spare '
            f"{proposal.only_wrong} wrong hits and lose {proposal.only_right} right ones of these."
        )


def _row(record: RuleRecord) -> dict[str, object]:
    return {
        "rule": record.rule,
        "right": record.right,
        "wrong": record.wrong,
        "precision": round(record.precision, 3),
        "only_right": record.only_right,
        "only_wrong": record.only_wrong,
    }
