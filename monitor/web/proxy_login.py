"""`[web] login = "proxy"`: a proxy in front has logged the person in, and says so in headers.

They count only when they come from an address in `[web.proxy] peers`; anybody else could write them. A header that
stands twice counts for nothing: one of the two is forged.
"""

from starlette.requests import Request

from monitor.config.web import ProxySettings
from monitor.core.logins import role_of, unit_of
from monitor.core.text import clean_line
from monitor.models import Person
from monitor.store.accounts import digest_of


class ProxyLogin:
    """Reads the headers of a trusted proxy."""

    def __init__(self, settings: ProxySettings) -> None:
        self._settings = settings

    async def identify(self, request: Request) -> Person | None:
        """Return whom the proxy names; None when the request comes from elsewhere or the groups give no role."""
        settings = self._settings
        if request.client is None or request.client.host not in settings.peers:
            return None
        users = request.headers.getlist(settings.user_header)
        listed = request.headers.getlist(settings.groups_header)
        if len(users) != 1 or len(listed) != 1 or not clean_line(users[0], 200):
            return None
        groups = [group.strip() for group in listed[0].split(",")]
        role = role_of(groups, settings.roles)
        if role is None:
            return None
        unit = unit_of(groups, settings.units)
        return Person(role=role, unit=unit, name=unit or role.value, key=digest_of(f"proxy {users[0]}"))
