"""The `monitor` command. Thin: each command calls one step. This table is its table of contents.

A command's module is imported when the command is used, so that `monitor --help` starts at once.
"""

import gc
import importlib
import os
import sqlite3
import sys
from typing import Any

import click

from monitor import __version__
from monitor.cli.terminal import say
from monitor.errors import LockHeldError, MonitorError
from monitor.garbage import collect_seldom

COMMANDS = {
    "init": ("make_home", "Make a home for a municipality."),
    "run": ("run_steps", "Run every step: crawl, read, group, digest."),
    "fleet": ("fleet", "Run many homes: one crawl for all of them, then each home's own steps."),
    "crawl": ("crawl", "Poll the sources that are due and fetch their new pages."),
    "read": ("run_steps", "Read the fetched pages: which of them name the municipality?"),
    "group": ("run_steps", "Fold articles about the same thing into stories."),
    "digest": ("run_steps", "Write the letter of the period that has ended."),
    "send": ("send", "Send the letter to everybody who has not got it."),
    "approve": ("send", "Say that the letter has been reviewed."),
    "watchdog": ("send", "Tell people when there is no letter today."),
    "purge": ("run_steps", "Delete what is older than the home keeps."),
    "backup": ("backup", "Copy the home to one file, while everything goes on."),
    "restore": ("backup", "Make a home what it was when a copy was made."),
    "erase": ("erase", "Take a person's name out of everything that is stored."),
    "corrections": ("corrections", "Show what staff said of hits; say it."),
    "tune": ("corrections", "Report how right each rule was on the home's own corrections."),
    "add": ("add", "Find the feed of a site and add it to feeds.txt; a list in OPML too."),
    "discover": ("candidates", "Try sites that nobody has listed, within a budget."),
    "backfill": ("backfill", "Read archives of the web (WARC) on one machine or many."),
    "candidates": ("candidates", "Show the sites that may be sources; say yes or no."),
    "sources": ("sources", "Show the sources: state in words, interval, what they bring, what to do."),
    "entries": ("show", "Show what the sources said."),
    "articles": ("show", "Show the articles that name the municipality."),
    "stories": ("show", "Show the stories."),
    "story": ("story", "Show a story and why its articles are together; split, merge or move by hand."),
    "search": ("show", "Search the articles."),
    "explain": ("explain", "Say step by step why a page was or was not taken."),
    "serve": ("serve", "Show letters, cases, archive and sources in the browser."),
    "user": ("user", "Make and change the accounts that log in to the pages."),
    "doctor": ("doctor", "Check the home: settings, sources, database, clock."),
    "demo": ("demo", "Crawl a miniature web on this machine and write its letter."),
    "feed": ("pure", "Read feeds as the crawl does; JSON on stdout. Touches no home."),
    "extract": ("pure", "Read pages as the read step does; JSON on stdout. Touches no home."),
    "match": ("pure", "Find municipalities in texts; JSON on stdout. Touches no home."),
}

EXIT_CODES = """Exit codes: 0 done; 1 done but incomplete (some sources failed); 2 wrong use or settings;
3 another run holds the lock."""


class Commands(click.Group):
    """A group that knows its commands by name and imports the one that is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """Return the commands in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002 (click's signature)
        """Import the command `name`."""
        if name not in COMMANDS:
            return None
        # What is loaded stays: the collector of cycles need not look at it while it comes, nor at the end.
        gc.disable()
        module = importlib.import_module(f"monitor.cli.{COMMANDS[name][0]}")
        collect_seldom()
        gc.enable()
        command: click.Command = getattr(module, name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_text) for name, (_, help_text) in COMMANDS.items()])


@click.command(cls=Commands, epilog=EXIT_CODES)
@click.version_option(__version__, prog_name="monitor")
def monitor() -> None:
    """Watch what is written about a municipality, and make the morning letter.

    Every command takes --home DIR (default: the current folder). The environment variable MONITOR_NOW (ISO 8601)
    sets the clock.
    """


def main(args: list[str] | None = None, **extra: Any) -> None:
    """Run the command line; faults become a sentence and an exit code."""
    try:
        # A closed pipe (`monitor articles | head`) ends quietly: click sees to that. SIGPIPE stays ignored, as Python
        # has it: it would end the program when a server hangs up, or a helper process is killed.
        monitor.main(args, prog_name="monitor", **extra)
    except LockHeldError as error:
        say(f"monitor: {error}", error=True)
        sys.exit(3)
    except MonitorError as error:
        say(f"monitor: {error}", error=True)
        sys.exit(2)
    except (OSError, sqlite3.Error) as error:
        # What no step foresaw of disk and database: a full disk, a file without permission, a damaged page.
        say(f"monitor: {error}. What was saved before is kept", error=True)
        sys.exit(2)
    except KeyboardInterrupt:  # pragma: no cover (a person at the keyboard)
        say("\nmonitor: stopped; what was saved is kept, the next run goes on from there", error=True)
        os._exit(130)
