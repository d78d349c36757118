"""`[web] login = "none"`: one person at one machine. Whoever reaches the port is what `[web] role` says."""

from starlette.requests import Request

from monitor.config.web import WebSettings
from monitor.models import Person


class LocalLogin:
    """Everybody is the same person."""

    def __init__(self, web: WebSettings) -> None:
        self._person = Person(role=web.role, name=web.role.value, key="local")

    async def identify(self, request: Request) -> Person | None:  # noqa: ARG002 (as all logins)
        """Return that person."""
        return self._person
