"""Who uses the pages: a role, and the unit for which it acts. Roles, never names."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a person may do. Each role may do what those before it may."""

    READER = "reader"
    EDITOR = "editor"
    RESPONSIBLE = "responsible"
    """Answers for the cases of the own unit."""
    ADMINISTRATOR = "administrator"

    def covers(self, needed: "Role") -> bool:
        """Whether this role may do what `needed` may."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who asks for a page, as the pages and the log know it."""

    role: Role
    unit: str = ""
    """Name of the unit as in `[web] units`; "" when the person belongs to none."""
    name: str
    """What logs show: the name of the account, or of the role. Never the name of a person."""
    key: str
    """Under which the person's own settings are kept. Nothing can be read from it."""

    def may(self, needed: Role) -> bool:
        """Whether the person may do what `needed` may."""
        return self.role.covers(needed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A local account: who may log in with a password."""

    name: str
    role: Role
    unit: str = ""
    made: datetime
    disabled: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What a person has chosen for the own pages."""

    keys: bool = True
    """Whether single keys act in lists (WCAG 2.2, 2.1.4)."""
    language: str = ""
    """Empty: the home's."""
    unit: str = ""
    """The unit whose cases are "mine", for who has no unit by the login."""
