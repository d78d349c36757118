"""Read a file that any Notepad may have saved."""

from pathlib import Path

from monitor.errors import ConfigError


def read_text(path: Path) -> str:
    """Return the text of a file saved by any Notepad: UTF-8 with or without BOM, UTF-16, or Windows-1252."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ConfigError(path, "", f"cannot be read: {error.strerror or error}") from error
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace").replace("\r\n", "\n")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    return text.replace("\r\n", "\n")
