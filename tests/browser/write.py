"""Write the letters that the browser looks at: python -m tests.browser.write FOLDER

NAME.html is the letter; NAME.unstyled.html is the same as a mail client shows it that drops every style element.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from monitor.core.digest import Digest
from monitor.core.recipients import Edition
from monitor.deliver.archive import render_index
from monitor.deliver.render import render_digest
from tests.golden.digest.days import DAYS, normal_day, past_letters
from tests.golden.digest.hostile import WORDS, hostile_day


def letters() -> Iterator[tuple[str, str]]:
    """Give the name and the page of every letter."""
    days: dict[str, Digest] = {**{name: make() for name, make in DAYS.items()}, "hostile": hostile_day()}
    for name, digest in days.items():
        yield name, render_digest(digest).html
    yield "english", render_digest(normal_day(), language="en").html
    yield "coloured", render_digest(replace(normal_day(), colour="#5b2c83")).html
    yield "short", render_digest(normal_day(), edition=Edition(short=True)).html


def write(folder: Path) -> None:
    """Write every letter, styled and not, and the list of letters."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in letters():
        (folder / f"{name}.html").write_text(page, encoding="utf-8", newline="\n")
        bare = re.sub(r"<style\b.*?</style>", "", page, flags=re.DOTALL)
        (folder / f"{name}.unstyled.html").write_text(bare, encoding="utf-8", newline="\n")
    index = render_index(past_letters(), organisation=WORDS[0], language="sv")
    (folder / "index.html").write_text(index, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
