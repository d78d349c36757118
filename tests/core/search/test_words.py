"""Words of the index: which inflections meet, and which words stay apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.search import index_text, root, words_of

MEET = """
skola skolan skolor skolorna skolans skolornas skolas
förskola förskolan förskolorna förskolornas
kommun kommunen kommuner kommunerna kommunens kommunernas kommuns
väg vägen vägar vägarna vägens vägarnas
hus huset husen husens husets
bibliotek biblioteket biblioteken bibliotekens bibliotekets
lärare läraren lärarna lärarens lärarnas lärares
elev elever eleverna elevernas elevens
barn barnet barnen barnens barns
simhall simhallen simhallar simhallarna simhallens
nämnd nämnden nämnder nämndens nämndernas
politiker politikern politikerna politikernas
bro bron broar broarna brons broarnas
ny nya nytt
stor stora stort
stänga stänger stängde stängt stängs stängd stängda
bygga bygger byggde byggt byggs byggd byggda
beslut beslutet besluten besluts beslutets
besluta beslutar beslutade beslutat
flicka flickan flickor flickorna flickornas
pojke pojken pojkar pojkarna pojkarnas
stad staden städer städerna stadens
bok boken böcker böckerna
man mannen män männen
fråga frågan frågor frågorna frågornas
äldreboende äldreboendet äldreboenden äldreboendena äldreboendets
boende boendet boenden boendena
museum museet museer museerna museets
företag företaget företagen företagens
invånare invånaren invånarna invånarnas
medborgare medborgaren medborgarna medborgarnas
chef chefen chefer cheferna chefernas
rektor rektorn rektorer rektorerna
region regionen regionens regioner
budget budgeten budgetar budgetens
park parken parker parkerna parkens
gata gatan gator gatorna gatans gatornas
torg torget torgen torgets
olycka olyckan olyckor olyckorna olyckornas
brand branden bränder bränderna
hyra hyran hyror hyrorna
hyresgäst hyresgästen hyresgäster hyresgästerna hyresgästernas
lägenhet lägenheten lägenheter lägenheterna lägenheternas
verksamhet verksamheten verksamheter verksamheternas
kostnad kostnaden kostnader kostnaderna
familj familjen familjer familjerna familjernas
förening föreningen föreningar föreningarna föreningarnas föreningens
idrott idrotten idrottens
avgift avgiften avgifter avgifterna avgifternas
tjänst tjänsten tjänster tjänsterna
förvaltning förvaltningen förvaltningar förvaltningens
plan planen planer planerna planernas
sjö sjön sjöar sjöarna sjöns
by byn byar byarna byns
kyrka kyrkan kyrkor kyrkorna kyrkornas
resa resan resor resorna
buss bussen bussar bussarna bussarnas
tåg tåget tågen tågens
station stationen stationer stationerna
problem problemet problemen problemens
system systemet systemen
personal personalen personalens
förslag förslaget förslagen
ordförande ordföranden
protest protesten protester protesterna
nedläggning nedläggningen nedläggningar
mat maten matens
vattnet vattnets
år året åren årets årens
kvinna kvinnan kvinnor kvinnorna kvinnornas
ungdom ungdomen ungdomar ungdomarna ungdomarnas
cykel cykeln cyklar cyklarna
nyckel nyckeln nycklar
regel regeln regler reglerna reglernas
fängelse fängelser
händelse händelsen händelser händelserna
undersökning undersökningen undersökningar
kritik kritiken kritikens
kritisk kritiska kritiskt
arg arga argt
svensk svenska svenskt
trygg trygga tryggt
"""
APART = """
polis polen
plan planket
region regi
park parti
bror bro
stat stad
buss buske
val valp
skola skolios
barn barr
kommun kommunist
bank bänk
mat matta
katt katalog
sol solid
by bygga
vård värd
hand handel
nämnd nämna
al ål
"""


@pytest.mark.parametrize("line", MEET.strip().splitlines())
def test_the_inflections_of_a_word_that_people_expect_to_meet_do(line: str) -> None:
    assert {root(word) for word in line.split()} == {root(line.split(maxsplit=1)[0])}


@pytest.mark.parametrize("line", APART.strip().splitlines())
def test_words_of_different_meaning_stay_apart(line: str) -> None:
    one, other = line.split()
    assert root(one) != root(other)


@given(st.text(alphabet="abcdefghijklmnoprstuvxyåäö", min_size=1, max_size=20))
def test_a_root_is_its_own_root_and_never_empty(word: str) -> None:
    assert root(word)
    assert root(root(word)) == root(word)


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_every_word_of_a_text_stands_in_its_index_and_no_word_looks_like_a_mark(a: str, b: str, c: str) -> None:
    tokens = index_text(a, b, c).split(" ")
    for word in words_of(f"{a} {b} {c}"):
        assert f"={root(word)}" in tokens
        assert not set(word) & set('=+" ')


def test_letters_are_composed_before_they_are_compared() -> None:
    assert words_of("A\u030alder") == ["ålder"]
