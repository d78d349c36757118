"""Change monitor.toml or topics.toml by hand of the pages: text in, text out. Every other byte stays (decision 0015).

The text is cut into statements by a small reader of TOML 1.0 that knows strings, brackets and comments. What it wrote
is read back with the standard library and must be the old settings with this one change; else nothing is written.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from monitor.config.saving import line_end
from monitor.models import Refused

Table = tuple[str, int | None]
"""A table of the file: its name ("" for what stands before the first), and for `[[name]]` which one, from 0."""
TOP: Table = ("", None)
Value = str | bool | tuple[str, ...]

_STRING = re.compile(
    r'"""(?:\\.|(?!""").)*"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'',
    re.DOTALL,
)
_HEADER = re.compile(r"[ \t]*(\[\[?)[ \t]*([\w.-]+)[ \t]*(\]\]?)[ \t]*(?:#[^\n]*)?\r?\n?")
_KEY = re.compile(r"[ \t]*([\w-]+)[ \t]*=[ \t]*")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
BY_HAND = "this part of the file is written in a way that cannot be changed here: change it by hand in the file"


@dataclass(frozen=True, slots=True)
class _Statement:
    """A header or a `key = value`: where it starts, where its value starts and ends, where its last line ends."""

    table: Table
    key: str
    """"" for a header."""
    start: int
    value: int
    stop: int
    end: int


def set_value(text: str, table: Table, key: str, value: Value) -> str | Refused:
    """Return the text with `key` of `table` set: in its place, or as a new line at the end of the table."""

    def change(settings: dict[str, Any]) -> None:
        own = _table_of(settings, table)
        own[key] = _in_order(own.get(key, []), value) if isinstance(value, tuple) else value

    return _checked(text, lambda: _with_value(text, table, key, value), change)


def remove_value(text: str, table: Table, key: str) -> str | Refused:
    """Return the text without the line of `key`."""

    def change(settings: dict[str, Any]) -> None:
        _table_of(settings, table).pop(key, None)

    def edit() -> str:
        found = _find(text, table, key)
        return text[: found.start] + text[found.end :] if found else text

    return _checked(text, edit, change)


def add_table(text: str, name: str, values: Mapping[str, Value]) -> str | Refused:
    """Return the text with one `[[name]]` more, at its end."""

    def change(settings: dict[str, Any]) -> None:
        settings.setdefault(name, []).append(
            {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}
        )

    def edit() -> str:
        end = line_end(text)
        lines = [f"[[{name}]]", *(f"{key} = {_written(value)}" for key, value in values.items())]
        return f"{_ended(text)}{end if text else ''}{end.join(lines)}{end}"

    return _checked(text, edit, change)


def remove_table(text: str, name: str, index: int) -> str | Refused:
    """Return the text without a `[[name]]` and its keys. Comments after its last key stay."""

    def change(settings: dict[str, Any]) -> None:
        del settings[name][index]
        if not settings[name]:
            del settings[name]

    def edit() -> str:
        own = [statement for statement in _statements(text) if statement.table == (name, index)]
        if not own:
            return text
        start, end = own[0].start, own[-1].end
        while start and text[:start].endswith(("\n\n", "\n\r\n")) and text[end:].lstrip(" \t")[:1] in ("", "\r", "\n"):
            start -= 2 if text[:start].endswith("\r\n") else 1  # the blank line that set it apart goes with it
        return text[:start] + text[end:]

    return _checked(text, edit, change)


def _checked(text: str, edit: Callable[[], str], change: Callable[[dict[str, Any]], None]) -> str | Refused:
    try:
        wanted = deepcopy(tomllib.loads(_lines(text)))
        change(wanted)
        edited = edit()
        if tomllib.loads(_lines(edited)) != wanted:
            return Refused(BY_HAND)
    except (tomllib.TOMLDecodeError, LookupError, TypeError, AttributeError):
        return Refused(BY_HAND)
    return edited


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")


def _table_of(settings: dict[str, Any], table: Table) -> dict[str, Any]:
    name, index = table
    found: Any = settings
    for part in filter(None, name.split(".")):
        found = found.setdefault(part, {})
    if index is not None:
        found = found[index]
    if not isinstance(found, dict):
        raise TypeError(name)
    return found


def _in_order(old: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Return `wanted` as it is written: what stood there in its order, then what is new."""
    left = list(wanted)
    kept = []
    for item in reversed(old):
        if item in left:
            left.remove(item)
            kept.append(item)
    return [*reversed(kept), *left]


# --- where things stand --------------------------------------------------------------------------------


def _statements(text: str) -> Iterator[_Statement]:
    table = TOP
    seen: dict[str, int] = {}
    at = 0
    while at < len(text):
        if header := _HEADER.match(text, at):
            name = header[2]
            index = seen.get(name, -1) + 1 if header[1] == "[[" else None
            if index is not None:
                seen[name] = index
            table = (name, index)
            yield _Statement(table, "", at, at, at, header.end())
            at = header.end()
        elif key := _KEY.match(text, at):
            stop = _end_of_value(text, key.end())
            end = _end_of_line(text, stop)
            yield _Statement(table, key[1], at, key.end(), stop, end)
            at = end
        else:
            # A blank line, a comment, or a key that is written in another way: as one statement that nobody asks for.
            stop = _end_of_value(text, at)
            at = max(_end_of_line(text, stop), at + 1)


def _end_of_value(text: str, at: int) -> int:
    """Return where the value that starts at `at` ends: before white space, comment or line end outside brackets."""
    depth = 0
    last = at
    while at < len(text):
        if string := _STRING.match(text, at):
            at = last = string.end()
            continue
        letter = text[at]
        if letter == "#":
            at = _end_of_line(text, at) - 1 if depth else len(text)
        elif letter == "\n" and not depth:
            return last
        elif not letter.isspace():
            depth += (letter in "[{") - (letter in "]}")
            last = at + 1
        at += 1
    return last


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _find(text: str, table: Table, key: str) -> _Statement | None:
    return next((one for one in _statements(text) if one.table == table and one.key == key), None)


# --- changing ------------------------------------------------------------------------------------------


def _with_value(text: str, table: Table, key: str, value: Value) -> str:
    found = _find(text, table, key)
    if found is None:
        return _with_new_line(text, table, f"{key} = {_written(value)}")
    old = text[found.value : found.stop]
    new = _with_items(old, value) if isinstance(value, tuple) and old.startswith("[") else _written(value)
    return text[: found.value] + new + text[found.stop :]


def _with_new_line(text: str, table: Table, line: str) -> str:
    end = line_end(text)
    own = [statement for statement in _statements(text) if statement.table == table]
    if own:
        at = own[-1].end
        return f"{_ended(text[:at])}{line}{end}{text[at:]}"
    if table == TOP:
        return f"{line}{end}{text}"
    return f"{_ended(text)}{end if text else ''}[{table[0]}]{end}{line}{end}"


def _with_items(array: str, wanted: Sequence[str]) -> str:
    """Return an array with the items of `wanted`: those that stay keep their place, their line and its comment."""
    spans = list(_items(array))
    left = list(wanted)
    for start, stop, item in reversed(spans):
        if item in left:
            left.remove(item)
            continue
        array = _without_item(array, start, stop)
    # `reversed` has kept the last of equal items; what is left is new.
    spans = list(_items(array))
    for item in left:
        array, spans = _with_item(array, spans, item)
    return array


def _items(array: str) -> Iterator[tuple[int, int, str]]:
    """Yield where each string of an array stands, and what it says. Raises LookupError when it holds other things."""
    at = 1
    while at < len(array) - 1:
        if string := _STRING.match(array, at):
            yield string.start(), string.end(), str(tomllib.loads(f"x = {string[0]}")["x"])
            at = string.end()
        elif array[at] == "#":
            at = _end_of_line(array, at)
        elif array[at].isspace() or array[at] == ",":
            at += 1
        else:
            raise LookupError("not an array of strings")


def _without_item(array: str, start: int, stop: int) -> str:
    comma = re.compile(r"[ \t]*,").match(array, stop)
    end = comma.end() if comma else stop
    line = array.rfind("\n", 0, start) + 1
    rest = re.compile(r"[ \t]*(?:\r?\n)").match(array, end)
    if line and not array[line:start].strip() and rest:
        start, end = line, rest.end()  # it stood alone on its line
    elif comma:
        end += len(array[end:]) - len(array[end:].lstrip(" \t"))
    array = array[:start] + array[end:]
    if not comma:  # the last one: the comma before it would do no harm, but nobody writes it so
        before = array[:start].rstrip(" \t")
        if before.endswith(","):
            array = before[:-1] + array[start:]
    return array


def _with_item(array: str, spans: list[tuple[int, int, str]], item: str) -> tuple[str, list[tuple[int, int, str]]]:
    written = _written(item)
    if not spans:
        at = 1
        array = array[:at] + written + array[at:]
    else:
        start, stop, _ = spans[-1]
        line = array.rfind("\n", 0, start) + 1
        alone = bool(line) and not array[line:start].strip() and "\n" in array[stop:]
        comma = re.compile(r"[ \t]*,").match(array, stop)
        if alone:
            end = "\r\n" if array[:line].endswith("\r\n") else "\n"
            after = _end_of_line(array, stop)
            # The comma belongs right after the item before, in front of its comment.
            head = array[:stop] + ("" if comma else ",") + array[stop:after]
            array = f"{head}{array[line:start]}{written}{',' if comma else ''}{end}{array[after:]}"
        else:
            at = comma.end() if comma else stop
            array = f"{array[:at]}{'' if comma else ','} {written}{',' if comma else ''}{array[at:]}"
    return array, list(_items(array))


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + line_end(text)


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_written, value))}]"
    body = "".join(
        _ESCAPES.get(letter) or (letter if letter >= " " and letter != "\x7f" else f"\\u{ord(letter):04x}")
        for letter in value
    )
    return f'"{body}"'
