"""Lists as files: one `Table` becomes CSV for Swedish Excel, a workbook, or JSON.

A cell that begins like a formula gets an apostrophe in CSV, or Excel would run it; a workbook's cells are written as
text. CSV has a byte order mark and semicolons, since that is what Excel with Swedish settings opens rightly.
"""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from starlette.responses import Response

Cell = str | int | float | bool | date | datetime | None
Kind = Literal["csv", "xlsx", "json"]
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_WIDEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A list: each row has a cell for each column. Times are aware; `zone` is where they are shown."""

    columns: Sequence[str]
    """Headings as a person reads them."""
    rows: Iterable[Sequence[Cell]]
    zone: ZoneInfo
    keys: Sequence[str] = ()
    """Names for JSON, where those of the columns do not do."""


def download(table: Table, kind: Kind, name: str) -> Response:
    """Return `table` as a file NAME.KIND. `name` is ASCII."""
    content = {"csv": to_csv, "xlsx": to_xlsx, "json": to_json}[kind](table)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(content, headers=headers, media_type=TYPES[kind])


def to_csv(table: Table) -> bytes:
    """Return UTF-8 with byte order mark, semicolons and CRLF (RFC 4180)."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow([_harmless(column) for column in table.columns])
    for row in table.rows:
        cells = ((cell, _words(cell, table.zone)) for cell in row)
        writer.writerow([_harmless(words) if isinstance(cell, str) else words for cell, words in cells])
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def to_json(table: Table) -> bytes:
    """Return a list of objects; times as ISO 8601 with their offset."""
    keys = table.keys or table.columns
    rows = [dict(zip(keys, [_plain(cell, table.zone) for cell in row], strict=True)) for row in table.rows]
    return json.dumps(rows, ensure_ascii=False, indent=1).encode() + b"\n"


def to_xlsx(table: Table) -> bytes:
    """Return a workbook with one sheet, its head frozen; every text is text, never a formula or a link."""
    import xlsxwriter  # noqa: PLC0415 (a tenth of a second that no page needs)

    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        widths = [len(column) for column in table.columns]
        sheet.write_row(0, 0, table.columns, bold)
        for at, row in enumerate(table.rows, start=1):
            for column, cell in enumerate(row):
                value = cell if isinstance(cell, int | float) else _words(cell, table.zone)
                sheet.write(at, column, value)
                widths[column] = max(widths[column], len(str(value)))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(width + 2, _WIDEST))
        sheet.freeze_panes(1, 0)
    return file.getvalue()


def _words(cell: Cell, zone: ZoneInfo) -> str:
    """Return a cell as people in Sweden read it: "2026-11-24 06.30", "12,5", "ja"."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "ja" if cell else "nej"
    if isinstance(cell, datetime):
        return cell.astimezone(zone).strftime("%Y-%m-%d %H.%M")
    if isinstance(cell, float):
        return str(cell).replace(".", ",")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _plain(cell: Cell, zone: ZoneInfo) -> str | int | float | bool | None:
    if isinstance(cell, datetime):
        return cell.astimezone(zone).isoformat(timespec="seconds")
    return cell.isoformat() if isinstance(cell, date) else cell


def _harmless(text: str) -> str:
    return "'" + text if text.startswith(_FORMULA) else text
