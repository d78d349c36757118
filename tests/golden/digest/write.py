"""Write the golden letters anew, after a change that is meant: python -m tests.golden.digest.write

Read the difference before it is committed.
"""

from importlib.resources import files
from pathlib import Path

from monitor.deliver.render import render_digest
from tests.golden.digest.days import DAYS
from tests.golden.digest.schema import letter_schema

FOLDER = Path(__file__).parent
SCHEMA_FILE = Path(str(files("reports"))) / "digest" / "letter.schema.json"
LETTERS = [*((day, "sv") for day in DAYS), ("normal", "en")]
"""Which days stand as golden files, and in which language."""


def letter_files(day: str, language: str) -> dict[str, str]:
    """Return the golden files of one letter, by name."""
    rendered = render_digest(DAYS[day](), language=language)
    files = {f"{day}.{language}.html": rendered.html, f"{day}.{language}.txt": rendered.text}
    if (day, language) == ("normal", "sv"):
        files[f"{day}.json"] = rendered.json
    return files


if __name__ == "__main__":
    for letter in LETTERS:
        for name, content in letter_files(*letter).items():
            (FOLDER / name).write_text(content, encoding="utf-8", newline="\n")
    SCHEMA_FILE.write_text(letter_schema(), encoding="utf-8", newline="\n")
