"""Pages: whether their bytes can name a place, and what stands in them."""

from monitor.core.pages.names_in_bytes import NameBytes, compile_names, may_mention

__all__ = ["NameBytes", "compile_names", "may_mention"]
