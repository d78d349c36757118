"""Does a story need an answer, by a rule that can be shown (design guide 2.2)? Better to miss one than to cry wolf."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.core.sentences import sentences_of
from monitor.core.working_days import add_working_days
from monitor.models import Article, Need, NeedRule

NOON = time(12)
AFTERNOON = time(16)
SOONEST = timedelta(hours=3)
"""Nobody is asked to answer sooner than this after the letter."""
LONGEST_TEXT = 20_000

_BOARD = (
    r"(?:(?:barn|utbildnings?|social|kultur|fritids?|miljö|bygg(?:nads)?|samhällsbyggnads|stadsbyggnads|tekniska"
    r"|vård|omsorgs?|äldre|gymnasie|grundskole|förskole|skol|arbetsmarknads|service|bildnings|individ|familje)"
    r"(?:-|- och |s?nämnden| och | ))*(?:\w*nämnden)\b"
)
_ACTOR = re.compile(
    rf"(?P<board>{_BOARD})|kommunstyrelsen|(?<!region)kommun(?:en|ens|alråd\w*|direktör\w*|chef\w*|ledning\w*)\b"
    r"|\w+ kommun\b|stadsdirektör\w*|\w*förvaltning(?:en|ens|schef\w*)|social(?:chef|tjänsten)\w*"
    r"|(?:skol|utbildnings|vård|omsorgs|kost|gatu|park|fastighets|teknisk\w*|bygg\w*|kultur|fritids)\w*chef\w*"
    r"|\w*nämndens\b|rektorn?\b",
    re.IGNORECASE,
)
_OTHER_ACTOR = re.compile(
    r"polisen|regionen|region \w+|länsstyrelsen|bolaget|företaget|åklagar\w*|trafikverket|ägaren|advokat\w*|föreningen"
    r"|klubben|staten|regeringen|mannen|kvinnan|domstolen|tingsrätten|sjukhuset|hyresvärden|banken",
    re.IGNORECASE,
)

# "har inte gått att nå", "har inte svarat", "har inte återkommit": the one who is silent stands before.
_SILENT = re.compile(
    r"(?:har|hade|gick|går) (?:ännu |i går |hittills |trots [\w ]{3,40} |under [\w ]{3,25} )*(?:inte|ej) "
    r"(?:kunnat nås|gått att nå|att nå|svarat|återkommit|besvarat|hört av sig|lämnat (?:någon kommentar|besked|svar))"
    r"|(?:har )?(?:inte )?(?:velat |vill )?(?:avböjt|avböjer) (?:att kommentera|en intervju|intervju|kommentar)",
    re.IGNORECASE,
)
# "Tidningen har sökt kommunen", "söker kommunalrådet för en kommentar": the one who is sought stands after.
_SOUGHT = re.compile(
    r"\b(?:har(?: [\w ]{3,20})? (?:sökt|försökt nå|förgäves sökt)|söker|sökte|försökte nå"
    r"|utan att (?:få|ha fått) svar från|väntar (?:fortfarande |ännu )?på svar från)\s",
    re.IGNORECASE,
)
_SEEKS_SOMETHING = re.compile(
    r"\b(?:jobb|tjänst|bygglov|tillstånd|bidrag|ersättning|skydd|asyl|plats|vittnen)\w*", re.IGNORECASE
)

_OPINION = re.compile(
    r"^\W*(?:insändare|debatt(?:artikel|inlägg)?|läsarbrev|ordet fritt|replik|slutreplik|öppet brev|åsikt"
    r"|fråga till)\b",
    re.IGNORECASE,
)
_OPINION_PATH = re.compile(r"/(?:insandare|debatt|asikt(?:er)?|opinion|ordet-fritt|lasarbrev)(?:/|-|$)", re.IGNORECASE)
_DEMANDS = re.compile(
    r"\b(?:svar|besked|förklaring)\w* (?:av|från)\b|\b(?:kräver|vill ha|önskar|begär) (?:ett )?(?:svar|besked)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(r"\b(?:ni|er|era|ert)\b", re.IGNORECASE)

_OPEN_LETTER = re.compile(r"\böppet brev till\b", re.IGNORECASE)
_PROPOSAL = re.compile(r"\bmedborgarförslag\b", re.IGNORECASE)
_HANDED_IN = re.compile(
    r"\b(?:lämna(?:r|t|de) in|inlämna\w*|skicka(?:r|t|de) in|inkommit|vill|föreslår|undertecknat)\b", re.IGNORECASE
)
_DECIDED = re.compile(
    r"\b(?:avsl\w+|bif\w+|rösta\w*|antog\w*|beslut\w*|sa(?:de)? nej|sa(?:de)? ja|återremitt\w*)\b", re.IGNORECASE
)
_PETITION = re.compile(
    r"\b(?:namninsamling\w*|namnlist\w*|namnunderskrift\w*|underskrift\w*|protestlist\w*|upprop\w*|namn(?:en)?)\b[^.?!]*"
    r"\b(?:lämna\w*|överlämna\w*|riktad\w*|till)\b",
    re.IGNORECASE,
)
_POLITICIANS = re.compile(r"\bpolitiker\w*\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """A rule that holds: on which sentence, and whom it asks ("" for the municipality)."""

    rule: NeedRule
    words: str
    to: str = ""


def find_need(articles: Iterable[Article], *, made_at: datetime, zone: ZoneInfo, answer_days: int) -> Need | None:
    """Return why the articles need an answer and by when: by the most urgent rule that holds for one.

    `articles` are those from outside. `answer_days` are the working days that the municipality gives itself.
    """
    best: tuple[Article, Found] | None = None
    for article in articles:
        found = read_need(article)
        if found and (best is None or _URGENCY[found.rule] < _URGENCY[best[1].rule]):
            best = (article, found)
    if best is None:
        return None
    article, found = best
    due = due_by(found.rule, made_at=made_at, zone=zone, answer_days=answer_days)
    return Need(rule=found.rule, url=article.url, words=found.words, to=found.to, due=due)


_URGENCY = {NeedRule.SOUGHT: 0, NeedRule.QUESTION: 1, NeedRule.APPEAL: 2}


def due_by(rule: NeedRule, *, made_at: datetime, zone: ZoneInfo, answer_days: int) -> datetime:
    """Return when an answer is due: noon for a newsroom that waits, else after some working days."""
    local = made_at.astimezone(zone)
    if rule is not NeedRule.SOUGHT:
        day = add_working_days(add_working_days(local.date(), 0), answer_days)
        return datetime.combine(day, AFTERNOON, zone)
    day = add_working_days(local.date(), 0)
    noon = datetime.combine(day, NOON, zone)
    return max(noon, local + SOONEST) if day == local.date() else noon


def read_need(article: Article) -> Found | None:
    """Return the rule that holds for one article, the most urgent of them."""
    said = [sentence for sentence in sentences_of(f"{article.title}\n{article.text[:LONGEST_TEXT]}") if sentence]
    for sentence in said:
        if _is_sought(sentence):
            return Found(NeedRule.SOUGHT, sentence, _board(sentence))
    if _is_opinion(article) and (asked := _find_question(said)):
        return asked
    for sentence in said:
        if _appeals(sentence):
            return Found(NeedRule.APPEAL, sentence, _board(sentence))
    return None


def _is_sought(sentence: str) -> bool:
    for silent in _SILENT.finditer(sentence):
        before = sentence[: silent.start()]
        actors = list(_ACTOR.finditer(before))
        if actors and not _OTHER_ACTOR.search(before, actors[-1].end()):
            return True
    for sought in _SOUGHT.finditer(sentence):
        after = sentence[sought.end() :]
        actor = _ACTOR.search(after)
        if actor is None or _OTHER_ACTOR.search(after[: actor.end()]) or _SEEKS_SOMETHING.search(after[: actor.end()]):
            continue
        # "söker kommunen" alone may be any search; a comment, an answer or a newsroom makes it this one.
        if re.search(
            r"\b(?:kommentar|svar|intervju|utan (?:resultat|framgång)|förgäves|redaktion|tidning)",
            sentence,
            re.IGNORECASE,
        ):
            return True
    return False


def _is_opinion(article: Article) -> bool:
    return bool(_OPINION.match(article.title) or _OPINION_PATH.search(article.url))


def _find_question(said: Sequence[str]) -> Found | None:
    """Return the question that is put to the municipality: it names it, or the sentence beside it does."""
    for number, sentence in enumerate(said):
        asks = sentence.rstrip('”"’) ').endswith("?")
        if not asks and not _DEMANDS.search(sentence):
            continue
        near = " ".join(said[max(0, number - 1) : number + 2])
        if _ACTOR.search(sentence) or (asks and _ASKED.search(sentence) and _ACTOR.search(" ".join(said))):
            return Found(NeedRule.QUESTION, sentence, _board(near))
    return None


def _appeals(sentence: str) -> bool:
    if _OPEN_LETTER.search(sentence):
        return _ACTOR.search(sentence) is not None or _POLITICIANS.search(sentence) is not None
    if _DECIDED.search(sentence):
        return False
    if _PROPOSAL.search(sentence):
        return _HANDED_IN.search(sentence) is not None
    return _PETITION.search(sentence) is not None and (
        _ACTOR.search(sentence) is not None or _POLITICIANS.search(sentence) is not None
    )


def _board(text: str) -> str:
    found = next((match for match in _ACTOR.finditer(text) if match["board"]), None)
    return found["board"].strip().lower() if found else ""
