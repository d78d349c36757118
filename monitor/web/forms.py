"""Read what a person sent: bounded in size and number, as text with ordinary line ends."""

import re
from collections.abc import AsyncGenerator, Iterator, Mapping

from starlette.exceptions import HTTPException
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import Request

MAX_BYTES = 256 * 1024
MAX_FIELDS = 400
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_OURS = ("csrf", "version", "password")
"""Fields that are never shown again."""


class Form(Mapping[str, str]):
    """The fields of a form. `form["x"]` is the last value of a field; `all` gives those of a field that may repeat."""

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        self.fields = fields
        self._last = dict(fields)

    def __getitem__(self, name: str) -> str:
        return self._last[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._last)

    def __len__(self) -> int:
        return len(self._last)

    def all(self, name: str) -> list[str]:
        """Return every value of a field, in order."""
        return [value for key, value in self.fields if key == name]

    def typed(self) -> list[tuple[str, str]]:
        """Return what the person wrote, to show it again on a page that refuses it."""
        return [(name, value) for name, value in self.fields if name not in _OURS and value.strip()]


async def read_form(request: Request) -> Form:
    """Return the form of this request; empty for a GET. Raises HTTPException 400, 413 or 415, shown in words."""
    if not hasattr(request.state, "form"):
        request.state.form = await _receive(request) if request.method == "POST" else Form([])
    form: Form = request.state.form
    return form


async def _receive(request: Request) -> Form:
    body = await _read_body(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not body and not kind:
        return Form([])

    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    parser: FormParser | MultiPartParser
    if kind == "application/x-www-form-urlencoded":
        parser = FormParser(request.headers, stream(), max_fields=MAX_FIELDS, max_part_size=MAX_BYTES)
    elif kind == "multipart/form-data":
        # No page takes files. A mail client's one click may come in this form (RFC 8058).
        parser = MultiPartParser(request.headers, stream(), max_files=0, max_fields=MAX_FIELDS, max_part_size=MAX_BYTES)
    else:
        raise HTTPException(415)
    try:
        data = await parser.parse()
    except (MultiPartException, KeyError, ValueError) as error:
        raise HTTPException(400, "form") from error
    return Form([(_clean(name), _clean(value)) for name, value in data.multi_items() if isinstance(value, str)])


async def _read_body(request: Request) -> bytes:
    said = request.headers.get("content-length", "")
    if said.isdigit() and int(said) > MAX_BYTES:
        raise HTTPException(413)
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BYTES:
            raise HTTPException(413)
    return bytes(body)


def _clean(text: str) -> str:
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
