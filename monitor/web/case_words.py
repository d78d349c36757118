"""The words of cases for files, out of the same template as those of the pages."""

from collections.abc import Sequence
from pathlib import Path

from monitor.deliver.render import open_templates, plain_text
from monitor.models import AnswerWay, CaseKind, CaseStatus, Channel, Direction, Registration, Tone


class Words:
    """What the values of a case are called in a language."""

    def __init__(self, language: str, home_reports: Path) -> None:
        template = open_templates(language, home_reports).get_template("web/case_words.j2")
        self._macros = vars(template.make_module({}))

    def _say(self, macro: str, value: str) -> str:
        return plain_text(self._macros[macro](value)).strip()

    def columns(self, keys: Sequence[str]) -> list[str]:
        """Return the headings of columns."""
        return [self._say("column", key) for key in keys]

    def kind(self, kind: CaseKind) -> str:
        """Return what a kind is called."""
        return self._say("kind", kind)

    def channel(self, channel: Channel) -> str:
        """Return what a channel is called."""
        return self._say("channel", channel)

    def status(self, status: CaseStatus) -> str:
        """Return what a status is called, without its mark."""
        return self._say("status_word", status)

    def tone(self, tone: Tone) -> str:
        """Return what a tone is called."""
        return self._say("tone_word", tone)

    def way(self, way: AnswerWay) -> str:
        """Return where an answer was given."""
        return self._say("way", way)

    def registration(self, registration: Registration) -> str:
        """Return what becomes of it as a public document."""
        return self._say("registration", registration)

    def direction(self, direction: Direction) -> str:
        """Return which way a document went."""
        return self._say("direction", direction)
