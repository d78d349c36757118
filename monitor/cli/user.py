"""`monitor user`: the local accounts of the pages. A password is asked for, or read from stdin; never an argument."""

import sys
from pathlib import Path

import click

from monitor.cli.options import home_option, json_option, load_home, opened, print_table, read_clock
from monitor.cli.terminal import print_json, say
from monitor.core.logins import check_password, read_account_name
from monitor.errors import UsageError
from monitor.models import Account, Refused, Role
from monitor.store import accounts as account_store
from monitor.web.passwords import hash_password

role_option = click.option("--role", type=click.Choice([role.value for role in Role]), help="What the account may do.")
unit_option = click.option("--unit", default=None, help="The unit that it acts for, as in [web] units.")


@click.group()
def user() -> None:
    """Make and change the accounts that log in to the pages ([web] login = "accounts")."""


@user.command()
@home_option
@click.argument("name")
@role_option
@unit_option
def add(home_path: Path, name: str, role: str | None, unit: str | None) -> None:
    """Make an account. NAME is a unit or a role rather than a person."""
    home = load_home(home_path)
    name = _name(name)
    unit = _unit(unit or "", home.settings.web.units)
    hashed = _new_hash(name)
    with opened(home) as db:
        now = read_clock(None, home)()
        made = account_store.add_account(db, name, hashed, now, role=Role(role or Role.READER), unit=unit)
    if not made:
        raise UsageError(f"there is an account {name}. Change its password with: monitor user passwd {name}")
    say(f"{name} can log in as {role or Role.READER.value}")
    if home.settings.web.login != "accounts":
        say('Nobody logs in with it yet: write login = "accounts" under [web] in monitor.toml', error=True)


@user.command("list")
@home_option
@json_option
def list_users(home_path: Path, as_json: bool) -> None:
    """Show the accounts."""
    with opened(load_home(home_path)) as db:
        accounts = account_store.list_accounts(db)
    rows = [_row(account) for account in accounts]
    if as_json:
        print_json(rows)
        return
    columns = {name: (lambda row, name=name: str(row[name])) for name in ("name", "role", "unit", "state")}
    print_table(rows, columns, "no accounts. Make one with: monitor user add NAME --role editor")


@user.command()
@home_option
@click.argument("name")
def passwd(home_path: Path, name: str) -> None:
    """Give an account a new password; it must log in again everywhere."""
    home = load_home(home_path)
    name = _name(name)
    with opened(home) as db:
        _known(any(account.name == name for account in account_store.list_accounts(db)), name)
        account_store.set_hash(db, name, _new_hash(name), end_sessions=True)
    say(f"{name} has a new password")


@user.command()
@home_option
@click.argument("name")
@role_option
@unit_option
def change(home_path: Path, name: str, role: str | None, unit: str | None) -> None:
    """Give an account another role or unit; it counts from the next page on."""
    home = load_home(home_path)
    name = _name(name)
    unit = _unit(unit, home.settings.web.units) if unit is not None else None
    with opened(home) as db:
        _known(account_store.change_account(db, name, role=Role(role) if role else None, unit=unit), name)
    say(f"{name} is changed")


@user.command()
@home_option
@click.argument("name")
@click.option("--undo", is_flag=True, help="Open it again.")
def disable(home_path: Path, name: str, undo: bool) -> None:
    """Close an account: it is logged out everywhere and cannot log in."""
    home = load_home(home_path)
    name = _name(name)
    with opened(home) as db:
        _known(account_store.disable_account(db, name, None if undo else read_clock(None, home)()), name)
    say(f"{name} can log in again" if undo else f"{name} is closed and logged out")


@user.command()
@home_option
@click.argument("name")
def remove(home_path: Path, name: str) -> None:
    """Remove an account. What it did stays in the logs of the cases."""
    with opened(load_home(home_path)) as db:
        _known(account_store.remove_account(db, _name(name)), name)
    say(f"{name} is removed")


def _row(account: Account) -> dict[str, object]:
    state = "closed" if account.disabled else "open"
    return {"name": account.name, "role": account.role.value, "unit": account.unit, "state": state}


def _name(text: str) -> str:
    name = read_account_name(text)
    if isinstance(name, Refused):
        raise UsageError(f'"{text}": {name.reason}')
    return name


def _unit(unit: str, units: tuple[str, ...]) -> str:
    if unit and units and unit not in units:
        raise UsageError(f'"{unit}" is not one of [web] units: {", ".join(units)}')
    return unit.strip()


def _known(found: bool, name: str) -> None:
    if not found:
        raise UsageError(f"there is no account {name}. See: monitor user list")


def _new_hash(name: str) -> str:
    """Ask for a password twice, or read one line of stdin, and return its hash."""
    if sys.stdin.isatty():
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    if refused := check_password(password, name):
        raise UsageError(refused.reason)
    return hash_password(password)
