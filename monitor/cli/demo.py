"""`monitor demo`: the whole pipeline against a miniature web on this machine."""

from pathlib import Path

import click
from rich.console import Console

from monitor.cli.options import set_up_logs, verbose_option, watched
from monitor.demo.home import DEMO_NOW
from monitor.demo.run import DEMO_FOLDER, run_demo


@click.command()
@click.option(
    "--home",
    "folder",
    type=click.Path(path_type=Path),
    default=DEMO_FOLDER,
    show_default=True,
    help="Folder of the demo's home; made if it is not there.",
)
@click.option("--open", "open_digest", is_flag=True, help="Open the letter in the browser.")
@verbose_option
def demo(folder: Path, open_digest: bool, verbose: bool) -> None:
    """Crawl a miniature web on this machine and write its letter.

    Nothing leaves this machine. A second run polls again and finds nothing new.
    """
    set_up_logs(lambda: DEMO_NOW, verbose=verbose)
    with watched() as tell:
        code = run_demo(folder, console=Console(markup=False, highlight=False), tell=tell, open_digest=open_digest)
    click.get_current_context().exit(code)
