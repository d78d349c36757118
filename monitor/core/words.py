"""Swedish words as stories and topics count them: stems, common words, names."""

import re
import threading
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import snowballstemmer

_WORD = re.compile(r"[^\W_]+(?:[-:'’][^\W_]+)*")
_SENTENCE_END = re.compile(r"[.!?:–—\n”\"»]\s*$")


class _Stemmer(threading.local):
    """A stemmer for each thread: one keeps the word that it works on, and two threads would spoil each other's."""

    def __init__(self) -> None:
        self.stem = snowballstemmer.stemmer("swedish").stemWord


_stemmer = _Stemmer()

# Words that stand in any text and tell nothing of its event.
_COMMON = """
alla allt alltså andra annan annat att av bara bland bli blir blev blivit bort både bör da de dem den denna deras dess
dessa det detta dig din dina dit ditt dock du där därför då efter eftersom eller en enligt er era ett fanns fast fick
finns fler flera fram framför från få får fått för före förra första ge genom ger går gå gått göra gör gjorde gjort ha
hade han hans har helt hela hennes henne hon honom hur här i ibland idag ifrån igen in ingen inget inte inom innan
inför ja jag ju just kan kom komma kommer kommit kring kunde kunna kunnat kvar lite långt låg låter man med medan mellan
men mer mest mig min mina mitt mot mycket måste många måndags när nu ny nya nytt något någon några nej ner ni nog nå
och också om oss på redan samma samt sade sedan sen ses sig sin sina sitt ska skall skulle som står stå strax stor stora
stort så säga säger sa sådan tack tar ta tills tidigare till trots tro två tre tog under upp ur ut utan vad vara var
varit varje vart vem vi vid vidare vilka vilken vilket vill ville väl våra vår vårt åt än ännu är över
fyra fem sex sju åtta nio tio elva tolv ett par
morgon morgonen måndag måndagen måndagens tisdag tisdagen tisdagens onsdag onsdagen onsdagens torsdag torsdagen
torsdagens fredag fredagen fredagens lördag lördagen lördagens söndag söndagen söndagens måndagskvällen
måndagsmorgonen tisdagskvällen tisdagsmorgonen onsdagskvällen onsdagsmorgonen torsdagskvällen torsdagsmorgonen
fredagskvällen fredagsmorgonen lördagskvällen lördagsmorgonen söndagskvällen söndagsmorgonen natt natten kväll kvällen
dag dagen dagar dagens vecka veckan veckor veckorna helg helgen månad månader år året åren timme timmar timmarna tid
klockan kl igår januari februari mars april maj juni juli augusti september oktober november december
procent kronor miljon miljoner tusen kr
kommun kommunen kommunens kommuner person personer människor plats platsen fler flest använda anser berättar
uppger meddelar skriver visar bekräftar hos ligger sätt del delar olika bra stor större största nästa senaste
tillsammans samtidigt dessutom fortfarande framöver vidare cirka omkring drygt
the of and in to a is for on with at by from
"""


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Return the stem of a Swedish word in lower case (Snowball); a hyphen or colon joins no stems."""
    return str(_stemmer.stem(word.lower().split(":")[0].replace("’", "").replace("'", "")))


COMMON = frozenset(stem(word) for word in _COMMON.split()) | frozenset(_COMMON.split())

# What local news is made of: so common that two texts which share it need not tell of one event.
_FREQUENT = """
polis polisen polisens brott misstänkt misstänks gripen gripits anmälan anmälts utreder utredning larm larmades larmet
räddningstjänsten räddningstjänstens ambulans sjukhus skadad skadade skador skadades skada olycka olyckan trafikolycka
brand branden brann brinner inbrott stöld stulits stulen misshandel rån bil bilen bilar personbil lastbil buss förare
föraren trafik trafiken väg vägen vägar gata gatan krock kollision kolliderat singelolycka rattfylleri narkotika man
mannen män kvinna kvinnan kvinnor åldern barn barnen ungdomar pojke flicka familj föräldrar äldre elever elev skola
skolan skolor förskola förskolan lärare rektor personal personalen anställda chef chefen ordförande politiker
politikerna nämnd nämnden beslut beslutet beslutade beslutar fullmäktige kommunfullmäktige
kommunstyrelsen kommunstyrelsens region
regionen regionens länsstyrelsen förslag förslaget plan planen projekt projektet pengar kostnad kostnaden budget bygga
byggs bygger bygget bostäder lägenheter lägenhet hus huset område området centrum staden stad stan länet sörmland
företag företaget jobb arbete arbetet arbetar tjänst tjänster verksamhet verksamheten fråga frågan frågor problem svar
informerar information öppnar öppnas öppen öppet stänger stängs stängt startar börjar började börja klar klart planeras
väntas räknar hoppas vill kräver föreslår satsar sparar ökar minskar match matchen laget klubben seger mål spelare
besökare publik stöd insats ärende händelsen händelse händer hänt platsen söndags måndags invånare boende medborgare
"""
FREQUENT = frozenset(stem(word) for word in _FREQUENT.split()) - COMMON


class Word(NamedTuple):
    """A word that tells something: its stem, and whether it is written as a name within a sentence."""

    stem: str
    written: str
    name: bool


def telling_words(text: str) -> Iterator[Word]:
    """Give the words of a text that tell something of it, in order. One letter or figure alone tells nothing."""
    for match in _WORD.finditer(text):
        written = match[0]
        if len(written) > 1 and (folded := _telling_stem(written)):
            yield Word(folded, written, written[0].isupper() and not _begins(text, match.start()))


@lru_cache(maxsize=200_000)
def _telling_stem(written: str) -> str:
    """Return the stem of a word, or "" when it tells nothing."""
    folded = stem(written)
    return "" if folded in COMMON or written.lower() in COMMON else folded


def _begins(text: str, start: int) -> bool:
    """Whether a sentence begins at `start`: there, a capital makes no name."""
    return not start or _SENTENCE_END.search(text, max(0, start - 3), start) is not None
