"""`monitor serve`: the pages in the browser."""

from ipaddress import ip_address
from pathlib import Path

import click
import uvicorn

from monitor.cli.options import date_option, home_option, load_home, opened, read_clock, set_up_logs
from monitor.cli.terminal import say
from monitor.errors import UsageError
from monitor.web.app import make_app

GRACE_SECONDS = 10


@click.command()
@home_option
@date_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8420, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on.")
def serve(home_path: Path, at: str | None, host: str, port: int) -> None:
    """Show the letters, the cases, the archive and the sources in the browser, while crawls run."""
    home = load_home(home_path)
    web = home.settings.web
    if web.login == "none" and not is_loopback(host):
        raise UsageError(
            f'--host {host}: without a login only this machine may be served. Set [web] login to "accounts", "oidc" or '
            '"proxy" (docs/login.md), or leave --host out'
        )
    with opened(home):  # a database that cannot be opened is told now, not with the first page
        pass
    clock = read_clock(at, home)
    set_up_logs(clock, verbose=False)
    app = make_app(home, clock, hosts=[] if is_loopback(host) else [host])
    say(f"http://{f'[{host}]' if ':' in host else host}:{port}/  (Ctrl-C ends it)")
    if web.login == "none":
        say(f"No login: everybody on this machine is {web.role.value}. Change it: docs/login.md", error=True)
    # What a client writes into X-Forwarded-For must change nothing: only `[web.proxy] peers` are believed, by us.
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_config=None,  # its lines go through ours: what a visitor asks for must not forge one
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine alone."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
