"""Where the sites of the miniature web are served."""

from dataclasses import dataclass

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """The loopback address of every site: 127.0.0.2, 127.0.0.3, ... with one port, so that each is a host of its own.

    Where a system answers on 127.0.0.1 alone (macOS) each site has a port of its own: `port` plus its number.
    """

    port: int = 8900
    many_hosts: bool = True

    def bind(self, number: int) -> tuple[str, int]:
        """Return host and port of site `number`."""
        return (f"127.0.0.{number}", self.port) if self.many_hosts else (LOOPBACK, self.port + number)

    def base(self, number: int) -> str:
        """Return the address of site `number`, without a slash at its end."""
        host, port = self.bind(number)
        return f"http://{host}:{port}"
