"""The words that speak for or against a place name, by what they tell. Closed lists, checked by hand.

Each list is small on purpose: a word stands here because a test sentence needs it.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FOREIGN = _words(
    """USA Norge Danmark Finland Tyskland England Frankrike Spanien Italien Polen Ryssland Ukraina
    Storbritannien Skottland Irland Kanada Australien Indien Kina Estland Lettland Litauen Island Österrike Schweiz
    Nederländerna Belgien"""
)
"""Countries that a namesake can lie in."""

# --- before the name --------------------------------------------------------------------------------

AT = _words(
    """i på vid utanför inom från till centrala norra södra östra västra nordöstra sydöstra nordvästra sydvästra
    hela kring runt genom nära strax över mellan mot om bortom intill utmed utefter längs via för öster väster
    norr söder nordost sydost nordväst sydväst invånarna invånare kommunen staden orten tätorten samhället
    polisen räddningstjänsten kommunhuset stadshuset tingsrätten sjukhuset lasarettet resecentrum stationen
    domkyrkan centralorten kommunalråden"""
)
"""Words after which a place is named: prepositions of place and what lies in a town."""


PERSON_TITLES = _words(
    """drottning drottningen prinsessan prinsessa prins kung kungen grevinnan friherre dottern dotter sonen systern
    systrarna brodern mormor farmor morfar farfar modern fadern hustrun maken kusinen flickan pojken kvinnan mannen
    hette heter namnet
    fru herr herrn doktor professor docent rektor överste major kapten advokat åklagare polismästare inspektör
    kommissarie kommissarien statsminister statsministern minister ministern riksdagsledamot kommunalråd
    kommunalrådet landshövding biskop biskopen kyrkoherde prost pastor vd ordförande ordföranden tränaren
    tränare forskaren författaren skådespelaren sångaren artisten regissören konstnären målvakten backen
    forwarden kaptenen lagkaptenen programledaren journalisten reportern redaktören kommunchefen rektorn läkaren
    överläkaren presschefen presstalespersonen pressekreteraren insatsledaren befälet chefen direktören
    generaldirektören ledamoten politikern partiledaren debattören komikern mästaren kammaråklagare
    chefsåklagare domaren"""
)
"""A title right before a name that can be a surname or a first name."""

FIRST_NAMES = _words(
    """Adam Adrian Agnes Agneta Albin Alexander Alexandra Alf Alfred Alice Alicia Alma Alva Amanda Amelia Amina
    Anders Andrea Andreas Anette Anita Anna Anna-Karin Anna-Lena Ann Ann-Charlotte Ann-Christin Ann-Marie Anne
    Annelie Annica Annika Anton Arne Arvid Astrid August Axel Barbro Beatrice Bengt Benjamin Berit Bernt Birger
    Birgit Birgitta Bo Britt Britta Börje Camilla Carin Carina Carl Carl-Johan Carola Carolina Caroline Cecilia
    Charlie Charlotta Charlotte Christer Christian Christina Christoffer Claes Clara Claudia Conny Crister Dag
    Dan Daniel Daniela David Dennis Doris Ebba Edit Edith Edvard Edward Edvin Elias Elin Elina Elisabet
    Elisabeth Ella Ellen Ellinor Elliot Elsa Elvira Emelie Emil Emilia Emma Erik Eric Erika Ester Eva Evelina
    Fanny Felicia Felix Filip Folke Frank Fredrik Frida Frits Fritz Gabriel Georg George Gerd Gun Gunilla Gunnar
    Gunnel Gustaf Gustav Göran Gösta Hanna Hannah Hans Harald Harry Hedvig Helen Helena Helene Henning Henrik
    Henry Hilda Hjalmar Holger Hugo Håkan Ida Ingela Inger Ingmar Ingrid Ingvar Ines Isabella Isak Ivar Jack
    Jacob Jakob Jan Jan-Erik Jan-Olof Janne Jannike Jasmine Jenny Jens Jesper Jessica Jim Jimmy Joakim Johan
    Johanna Johannes John Johnny Jonas Jonathan Jonna Jonny Josef Josefin Josefine Julia Julius Jörgen Kaj Kajsa
    Kalle Karin Karl Karl-Erik Karolina Katarina Kenneth Kennet Kent Kerstin Kevin Kim Kjell Klara Klas Knut
    Krister Kristian Kristin Kristina Kristoffer Kurt Lars Lars-Erik Lasse Leif Lena Lennart Leo Leon Liam Lina
    Linda Linn Linnea Linus Lisa Lisbeth Liv Lotta Lova Lovisa Lucas Ludvig Lukas Madeleine Magdalena Magnus
    Maja Malin Malva Margareta Margaretha Maria Marianne Marie Martin Martina Mathias Mats Matilda Matteo
    Mattias Max Maximilian Melker Michael Mikael Mimmi Moa Mohamed Mohammed Molly Monica Monika Måns Mårten
    Märta Natalie Nathalie Nellie Niclas Nicole Niklas Nils Nina Noah Noel Ola Olle Olof Oliver Olivia Oscar
    Oskar Otto Ove Owe Patricia Patrik Paul Paula Pauline Per Pernilla Peter Petra Petter Pia Pontus Ragnar Ralf
    Rebecka Richard Rickard Robert Robin Roger Roland Rolf Ronja Ronny Rose Rune Rut Ruth Saga Sam Samuel Sandra
    Sara Sarah Sebastian Selma Signe Sigrid Simon Siv Sixten Sofia Sofie Sonja Sophia Sophie Staffan Stefan Stella
    Stellan Stig Stina Sture Sune Susanna Susanne Svante Sven Sven-Erik Sverker Sylvia Therese Theo Theodor
    Thomas Thorbjörn Tilda Tilde Tim Tina Tobias Tom Tomas Tommy Tony Tor Torbjörn Tord Tore Torsten Tova Ture
    Tuva Tyra Ulf Ulla Ulrica Ulrika Ulrik Urban Ursula Vera Veronica Victor Victoria Viggo Viktor Viktoria
    Vilhelm Vilma Vincent Viola Wilhelm William Wilma Yngve Ylva Yvonne Zlatan Åke Åsa Örjan Ali Ahmed Ahmad
    Hassan Omar Fatima Maryam Leila Mehmet Ibrahim Yusuf Aksel Arnold Alban Mikkel Mads Pekka Jukka"""
)

SPEECH = _words(
    """säger sade sa menar menade berättar berättade skriver skrev tycker anser uppger förklarar tillägger svarar
    konstaterar hoppas intygar påpekar understryker medger"""
)
"""Verbs of people beside a name that can be a person's."""

MEDIA_BEFORE = _words(
    "Radio P4 SVT TV4 Lokaltidningen Tidningen Förbifart Hotell Trafikverket Trafik Destination Citybanan"
)

OTHER_PLACE_BEFORE = _words(
    """Norra Södra Östra Västra Nordöstra Sydöstra Nordvästra Sydvästra N S Ö V Stora Lilla Övre Nedre Gamla Nya
    Munka Sankt S:t Yttre Inre Kvarter Kvarteret Fjärås Skåne Kyrk"""
)
"""A capitalised word that makes a longer name of the next one: Västra Mark, Norra Bro, Gamla Uppsala."""

# --- clubs and bodies named after a town ------------------------------------------------------------

CLUB_BEFORE = _words(
    """IFK IK IF FF BK FC SK IS HK HC GIF GF AIF AIS KFUM IBK IBF BTK OK SOK GK FK HIF BoIS Real HV KIF LIF
    Assyriska Lokomotiv Team Rögle Allians"""
)

CLUB_AFTER = _words(
    """IF IFK IK BK FF FK FC HC HF HK IBK IBF SK IS GIF GF GoIF GOIF BoIS AIK AIF AIS SF OK OL RK RF BTK KK TK GK
    SS SLK SC Hockey Basket Bandy Volley Volleyboll Handboll Handbollsklubb Innebandy Fotboll FBC IBS Q Ungdom
    Dam Lakers Vikings Dolphins Eagles Kings Lions Wolves Redhawks Tigers Dragons Dragarbrunn Giants Griffins
    Borgare Simsällskap Golfklubb Ridklubb Tennisklubb Skidklubb Orienteringsklubb Brottarklubb Löparklubb
    Judoklubb Idrottsförening Idrottsklubb Fotbollsklubb Bollklubb Sportklubb"""
)

SCHOOL_AFTER = _words(
    """universitet universitets universitetet universitetssjukhus universitetsbibliotek University högskola högskolas
    högskolan lasarett lasaretts sjukhus sjukhem folkhögskola konserthus stadsteater symfoniker symfoniorkester
    filharmoniker musikhögskola konsthögskola nation nations"""
)

COURT_AFTER = _words(
    """tingsrätt tingsrätts tingsrätten hovrätt kammarrätt förvaltningsrätt stift stifts domkyrka
    domkyrkoförsamling domkapitel regemente garnison flygflottilj artilleriregemente pastorat församling
    fängelse anstalten anstalt"""
)

COUNTY_AFTER = _words("""län läns landsting""")

REGION_BEFORE = _words("""Region region Regionen Länsstyrelsen länsstyrelsen""")

PAPER_AFTER = _words(
    """Tidning Tidningar Tidningen Allehanda Nyheter Kuriren Posten Dagblad Folkblad Kurir Tidende Dagbladet Folket
    Läns-Tidning Länstidning Avis Veckoblad Bladet Press Direkt Lokaltidning"""
)

OTHER_AFTER = _words(
    """Arena Stadion Airport airport Flygplats flygplats Central Centralstation Marathon Maraton Open Pride Festival
    Filmfestival filmfestival stadsmission Stadsmission studentkår handelskammare Handelskammare Energi Hamn
    stadion Konserthus Stadsteater Symfoniker Symfoniorkester Filharmoniker Teater Bank Sparbank
    sparbank Fastigheter Bostäder bostadsbolag Bryggeri bryggeri Bruk Motorstadion Travbana travbana Golf Resort
    Hotell Stadshotell Nation City"""
)

BODY_AFTER = _words(
    """kommun kommuns kommunen kommunens Kommun Kommuns stad stads Stad kommunala kommunfullmäktige
    kommunfullmäktiges kommunstyrelse kommunstyrelsen kommunalråd socialnämnd byggnadsnämnd stadsbyggnadsnämnd
    utbildningsnämnd barnnämnd miljönämnd kulturnämnd vårdnämnd socialtjänst brandkår räddningstjänst gymnasium
    gymnasieskola bibliotek stadsbibliotek kommunhus stadshus rådhus politiker centrum gator skolor fullmäktige
    stadskärna innerstad torg näringsliv invånare tätort kommundel hembygdsförening socialförvaltning
    äldreomsorg"""
)
"""After the name (or its genitive): the municipality itself, its bodies and what it runs."""

MUNICIPAL_AFTER = _words("""kommun kommuns kommunen Kommun Kommuns KOMMUN stad stads Stad""")

COUNCIL = (
    " kommunen ",
    " kommunen.",
    " kommunen,",
    "Kommunen ",
    " kommunens ",
    "Kommunens ",
    "ommunalråd",
    "ullmäktige",
    "ommunstyrelse",
    " kommunhuset",
    "ppositionsråd",
    " stadshuset",
)
"""Words for a municipality that is not named: where only one is named, they mean it. "grannkommunen" does not."""

DEEDS = _words(
    """vill ska satsar bygger planerar beslutar beslutade säger får söker inför stoppar öppnar stänger köper säljer
    höjer sänker utreder anställer varslar stäms polisanmäls kräver avslår antar lägger startar blir tar ger betalar
    anmäls kritiseras vinner firar förbereder river renoverar avvecklar sparar"""
)
"""What a municipality does, right after its name."""

TOWN_DEEDS = _words("bygger satsar inför stänger höjer sänker varslar växer stoppar planerar sparar avvecklar utreder")
"""What towns do and people seldom: tells "Lund bygger" from "Lund ler"."""

LONGER_NAME_AFTER = _words(
    """backe backen by kyrkby ö öar ön hed hage slätt skog sjö sjön älv fjäll fjällen berg udde vik kulle
    häradsväg landsväg kyrka"""
)
"""A lower-case word that makes a longer place name: Sala backe, Mora by, Åre by."""

PART_BEFORE = _words("stadsdelen bostadsområdet byn kvarteret gården gatan fastigheten ön sjön")
"""What is not a municipality: the district of that name lies in another town."""

MANOR_AFTER = _words("slott slottet Slott herrgård herrgården säteri gård gods kungsgård stenar")
"""A house or a site of its own that bears the name: Katrineholms slott, Ales stenar."""

TEAM_VERBS = _words("vann slog besegrade förlorade kvitterade föll mötte möter tog leder spelar gästar ställs")

NAMING_BEFORE = CLUB_BEFORE | MEDIA_BEFORE | REGION_BEFORE
NAMING_AFTER = CLUB_AFTER | SCHOOL_AFTER | COURT_AFTER | PAPER_AFTER | OTHER_AFTER | COUNTY_AFTER

# --- compounds --------------------------------------------------------------------------------------

INHABITANT_TAILS = _words(
    """are aren arna ares arens arnas bo bon bor borna bos bons bors bornas it iten iter iterna it:s ing ingar
    ingarna"""
)

COMPOUND_TAILS = _words(
    """polisen polis poliser regionen region området områdena trakten företag företaget företagare företagaren
    företagarna kvinna kvinnan man mannen par paret familj familjen politiker politikern politikerna elev elever
    eleverna skola skolan skolor skolorna tonåring tonåringen pojke pojken flicka flickan ungdomar ungdomarna
    student studenter studenten studenterna artist artisten artister bandet band duon gruppen killen killarna
    tjejen tjejerna sonen dottern profil profilen publiken bolag bolaget butik butiken fabriken fabrik
    restaurang restaurangen krögare krögaren åklagaren chefen direktör vården sjukhuset borgmästare mamma mamman
    pappa pappan syskonen läkare läkaren forskare forskaren författare författaren konstnär konstnären modellen
    marknaden bygden kommunen förort förorten stadsdelen centrum bostad bostaden villan branden mordet
    rättegången målet fallet spåret besök besöket resan född fött uppvuxen baserad baserade baserat ansvarig"""
)
"""What is said of the town when its name begins the word: Uppsalapolisen, Stockholmsregionen."""

CLUB_TAILS = _words(
    """laget spelare spelaren spelarna forwarden målvakten tränaren tränare anfallaren mittfältaren kaptenen
    fansen fans"""
)
BEARER_TAILS = _words("anstalten fängelset arenan festivalen loppet mässan flygplatsen")
PAPER_TAILS = _words("""kuriren posten tidningen bladet nytt radion""")

# --- the text around --------------------------------------------------------------------------------

SPORT_WORDS = _words(
    """SHL allsvenskan allsvensk allsvenska superettan hockeyallsvenskan hockeyettan hockeytvåan elitserien
    basketligan handbollsligan division serien serieledare derby derbyt matchen match matcher matchens seger
    segern segrade förlust förlusten förlorade vann slog besegrade kvitterade kvittering kvitteringen mål målet
    målvakt målvakten tränare tränaren period perioden halvlek halvleken spelare spelaren hemmalaget bortalaget
    gästerna slutspel slutspelet kvalet poäng poängen straffar straff hörna hattrick backen forwarden playoff
    kvartsfinal semifinal finalen laget avbytare derbyseger hemmaplan bortaplan cupen serielunken lagkapten
    målskytt powerplay tabellen nykomlingen uppflyttning nedflyttning mittfältare anfallare gruppspel omgången
    kontrakt förlänger"""
)

EVENT_WORDS = (
    "brand",
    "olycka",
    "krock",
    "rån",
    "mord",
    "misshand",
    "stöld",
    "inbrott",
    "skjut",
    "larm",
    "anhåll",
    "grip",
    "greps",
    "slagsmål",
    "åtal",
    "bygg",
    "invig",
    "öppna",
    "stäng",
    "läggs ned",
    "varsel",
    "varsl",
    "beslut",
    "satsa",
    "planera",
    "protest",
    "festival",
    "marknad",
    "premiär",
    "utställning",
    "konsert",
    "renover",
    "rivs",
    "rivas",
    "rivit",
    "rivning",
    "flytta",
    "etabler",
)
