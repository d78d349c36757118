"""Pages: whether their bytes can name a place, and what stands in them (`extract`, a module of its own).

What extracts is not loaded here: a crawl looks at bytes alone, and trafilatura takes a tenth of a second to load.
"""

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
    "may_mention",
    "read_names",
    "which_names",
]
