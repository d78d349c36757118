"""Rules of logging in: names of accounts, good passwords, waits that grow with each wrong one, and groups to roles."""

import re
from collections.abc import Collection, Mapping
from datetime import timedelta

from monitor.models import Refused, Role

FREE_FOR_ACCOUNT = 4
"""Wrong passwords for one account that cost no wait: people mistype."""
FREE_FOR_ADDRESS = 20
"""The same from one address, behind which a whole town hall may be."""
FORGET = timedelta(days=1)
"""After so long without a try, wrong passwords are forgotten."""
LEAST_PASSWORD, LONGEST_PASSWORD = 12, 200
_FIRST = timedelta(seconds=5)
_LONGEST = timedelta(minutes=15)
_NAME = re.compile(r"[a-zåäö0-9][a-zåäö0-9._@-]{0,63}")


def wait_after(failures: int, free: int) -> timedelta:
    """Return how long the next try must wait: nothing at first, then 5 s, doubled each time, at most 15 minutes."""
    beyond = failures - free
    if beyond <= 0:
        return timedelta()
    return min(_FIRST * (1 << min(beyond - 1, 10)), _LONGEST)


def read_account_name(text: str) -> str | Refused:
    """Return the name as it is kept, in small letters; or why it is none."""
    name = text.strip().lower()
    if not _NAME.fullmatch(name):
        return Refused("a name has letters, digits and . _ - @, at most 64, and begins with a letter or digit")
    return name


def check_password(password: str, name: str) -> Refused | None:
    """Return why a new password is refused. Length is what counts (NIST SP 800-63B, 5.1.1)."""
    if len(password) < LEAST_PASSWORD:
        return Refused(f"a password has at least {LEAST_PASSWORD} characters; three or four words do well")
    if len(password) > LONGEST_PASSWORD:
        return Refused(f"a password has at most {LONGEST_PASSWORD} characters")
    if len(set(password)) < 5 or password.lower() in (name, name * 2):
        return Refused("that password is guessed at once; three or four words do well")
    return None


def role_of(groups: Collection[str], roles: Mapping[str, Role]) -> Role | None:
    """Return the highest role that a person's groups give; None when no group is known."""
    found = [role for group, role in roles.items() if group in groups]
    return max(found, key=list(Role).index, default=None)


def unit_of(values: Collection[str], units: Mapping[str, str]) -> str:
    """Return the unit that a person's groups give, the first as the settings list them; "" for none."""
    return next((unit for value, unit in units.items() if value in values), "")


def safe_target(path: str) -> str:
    """Return where to go after the login: a path of this site, never another's (an open redirect)."""
    if not re.fullmatch(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,1500}", path) or path.startswith("/logga-"):
        return "/"
    return path
