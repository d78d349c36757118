"""`monitor serve`: the letters, the archive and the sources in the browser."""

from pathlib import Path

import click
import uvicorn

from monitor.cli.options import date_option, home_option, load_home, opened, read_clock
from monitor.web.app import make_app


@click.command()
@home_option
@date_option
@click.option("--port", default=8420, show_default=True, type=click.IntRange(0, 65535), help="Port on 127.0.0.1.")
def serve(home_path: Path, at: str | None, port: int) -> None:
    """Show the letters, the archive and the sources in the browser, on this machine only."""
    home = load_home(home_path)
    with opened(home):  # a database that cannot be opened is told now, not with the first page
        pass
    click.echo(f"http://127.0.0.1:{port}/  (Ctrl-C ends it)")
    uvicorn.run(make_app(home, read_clock(at, home)), host="127.0.0.1", port=port, log_level="warning")
