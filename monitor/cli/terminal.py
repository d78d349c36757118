"""The only way from this program to a terminal: what sources say is shown and never obeyed."""

import json

import click

from monitor.core.terminal import printable, printable_json


def say(text: object, *, head: str = "", colour: str | None = None, error: bool = False) -> None:
    """Print `text` after `head`, which is bold or has a colour; with `error` on stderr."""
    styled = click.style(printable(head), bold=colour is None, fg=colour) if head else ""
    click.echo(styled + printable(str(text)), err=error)


def print_json(value: object) -> None:
    """Print a value as JSON, Swedish letters as they are."""
    click.echo(printable_json(json.dumps(value, ensure_ascii=False, indent=1)))


def print_json_line(value: object) -> None:
    """Print a value as JSON on one line."""
    click.echo(printable_json(json.dumps(value, ensure_ascii=False)))
