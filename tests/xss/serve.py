"""Write letters, feeds and a home full of hostile words, and serve the home: python -m tests.xss.serve FOLDER [WORDS]

WORDS is a JSON file {"words": [...], "addresses": [...]}; without it, our own. Letters lie in FOLDER/letters as a mail
client gets them, with and without their style elements. Prints the address once it answers; ends with standard input.
"""

import asyncio
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.browser.serve_home import serve
from tests.xss.home import letters, lists_of_letters, mailed, make_home
from tests.xss.strings import ADDRESSES, STRINGS

_A_LIST = 60


def write_letters(folder: Path, words: Sequence[str], addresses: Sequence[str]) -> None:
    """Write each letter as it arrives by mail, and the lists of letters as pages and as Atom."""
    folder.mkdir(parents=True)
    for name, letter in letters(words, addresses):
        _, bodies = mailed(letter, letter.subject)
        page = bodies["text/html"]
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
        bare = re.sub(r"<style\b.*?</style>", "", page, flags=re.DOTALL)
        (folder / f"{name}-unstyled.html").write_text(bare, encoding="utf-8")
    for start in range(0, len(words), _A_LIST):
        page, feed = lists_of_letters(words[start : start + _A_LIST])
        (folder / f"list-{start:05}.html").write_text(page, encoding="utf-8")
        (folder / f"list-{start:05}.xml").write_text(feed, encoding="utf-8")


def main(folder: Path, file: Path | None) -> None:
    """Write, and serve until standard input ends."""
    given = json.loads(file.read_text(encoding="utf-8")) if file else {"words": STRINGS, "addresses": ADDRESSES}
    write_letters(folder / "letters", given["words"], given["addresses"])
    asyncio.run(serve(make_home(folder / "home", given["words"], given["addresses"])))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
