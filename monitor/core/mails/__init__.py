"""Mails into entries: an alert or a newsletter item by item, every other mail as one text. Pure and offline."""

from monitor.core.mails.reading import comes_from, read_mail

__all__ = ["comes_from", "read_mail"]
