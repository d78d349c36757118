"""docs/sources.md keeps step with the kinds there are."""

import re
from pathlib import Path

from monitor.config import known_kinds

TEXT = Path("docs/sources.md").read_text(encoding="utf-8")


def test_every_kind_has_its_row_and_its_section_and_no_other_has() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \|", TEXT, re.MULTILINE)
    sections = re.findall(r"^### `([\w-]+)`$", TEXT, re.MULTILINE)
    assert sorted(rows) == sorted(sections) == sorted(known_kinds())


def test_every_row_names_tests_that_are_there() -> None:
    for named in re.findall(r"tests/[\w/.]+", TEXT):
        assert Path(named).exists(), named
