"""Faults, one tree. Expected outcomes (a refused page, a failed poll) are values, not exceptions: see `models`.

MonitorError            any fault that is told to the person in one sentence
├── ConfigError         monitor.toml or feeds.txt is wrong: file, line or key, what to do
├── UsageError          a command line, a file or an address that was given is wrong
├── StoreError          the database cannot be opened, is of a newer version, or is damaged
├── CrawlError          the crawl's self-test failed: nobody was asked
├── BackfillError       the cluster that reads archives is lost
├── LockHeldError       another run holds the home's lock
└── DeliveryError       a letter could not be written or sent
"""

from pathlib import Path


class MonitorError(Exception):
    """Any fault whose text is meant for the person at the keyboard."""


class ConfigError(MonitorError):
    """A settings file is wrong. The text names the file, the line or key, what is wrong and what to do."""

    def __init__(self, path: Path, where: str, what: str) -> None:
        super().__init__(f"{path}: {where}: {what}" if where else f"{path}: {what}")
        self.path = path
        self.where = where
        self.what = what


class UsageError(MonitorError):
    """A command line, a file or an address that the person gave is wrong."""


class StoreError(MonitorError):
    """The database cannot be opened or written."""


class CrawlError(MonitorError):
    """The crawl does not keep to its promises about addresses and bounds, and was not begun."""


class BackfillError(MonitorError):
    """The cluster that reads archive files is lost; what was finished is kept."""


class LockHeldError(MonitorError):
    """Another run holds the home's lock."""


class DeliveryError(MonitorError):
    """A letter could not be written or sent."""
