"""Pages: whether their bytes can name a place, and what stands in them."""

from monitor.core.pages.extract import extract
from monitor.core.pages.names_in_bytes import (
    NameBytes,
    NameWords,
    compile_names,
    may_mention,
    read_names,
    which_names,
)
from monitor.core.pages.repeated import block_key, drop_repeated

__all__ = [
    "NameBytes",
    "NameWords",
    "block_key",
    "compile_names",
    "drop_repeated",
    "extract",
    "may_mention",
    "read_names",
    "which_names",
]
