"""Lists as files."""

import csv
import io
import json
import zipfile
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.web.downloads import Kind, Table, download, to_csv, to_json, to_xlsx

ROWS = [
    ('Å; "x"\nrad två', 3, 2.5, datetime(2026, 11, 24, 5, 30, tzinfo=UTC), date(2026, 11, 24), True, None),
    ("=1+1", -3, -0.5, None, None, False, "＝A1"),
]
TABLE = Table(
    columns=("Rubrik", "Antal", "Andel", "Ändrat", "Dag", "Öppen", "Övrigt"),
    keys=("title", "number", "share", "changed", "day", "open", "other"),
    rows=ROWS,
    zone=ZoneInfo("Europe/Stockholm"),
)


def test_csv_opens_in_swedish_excel_and_runs_no_formula() -> None:
    content = to_csv(TABLE)
    assert content.startswith(b"\xef\xbb\xbfRubrik;Antal")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[1] == ['Å; "x"\nrad två', "3", "2,5", "2026-11-24 06.30", "2026-11-24", "ja", ""]
    assert rows[2] == ["'=1+1", "-3", "-0,5", "", "", "nej", "'＝A1"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_begins_like_a_formula_gets_an_apostrophe(start: str) -> None:
    table = Table(columns=("a",), rows=[(f"{start}cmd",)], zone=ZoneInfo("UTC"))
    assert f"'{start}cmd" in to_csv(table).decode("utf-8-sig")


def test_json_keeps_the_values() -> None:
    first, second = json.loads(to_json(TABLE))
    assert first["changed"] == "2026-11-24T06:30:00+01:00"
    assert first["day"] == "2026-11-24"
    assert first["open"] is True
    assert second["title"] == "=1+1"
    assert second["number"] == -3


def test_a_workbook_holds_text_as_text() -> None:
    with zipfile.ZipFile(io.BytesIO(to_xlsx(TABLE))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        words = book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "=1+1" in words
    assert "rad två" in words


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_a_download_has_a_name(kind: Kind) -> None:
    answer = download(TABLE, kind, "uppfoljning")
    assert answer.headers["content-disposition"] == f'attachment; filename="uppfoljning.{kind}"'
