"""What the demo city is made of: bodies, activities, rewards and people, all made up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation or partner of the demo city."""

    key: str
    name: str
    about: str
    district: str
    street: str
    legal_form: str = "Eingetragener Verein"


@dataclass(frozen=True, slots=True)
class Offer:
    """An activity and how often it takes place.

    every:  days between two dates; 0 for single dates on the days of ``on``, counted from today.
    at:     hour of the start in the city's time · hours: its length
    """

    body: str
    title: str
    text: str
    format: str
    category: str
    district: str
    place: str
    at: int
    hours: float
    capacity: int | None
    every: int = 0
    on: tuple[int, ...] = ()
    kind: str = "volunteering"
    bring: str = ""
    step_free: bool = True
    little_german: bool = False
    minimum_age: int = 0


@dataclass(frozen=True, slots=True)
class Gift:
    """A reward. ``stock`` None for as many as wanted; ``limit`` per person and ``period``."""

    partner: str
    title: str
    text: str
    hand_over: str
    category: str
    cost: int
    cents: int
    stock: int | None = None
    kind: str = "points"
    limit: int = 0
    period: str = "month"
    own_codes: str = "none"


ORGANISATIONS: tuple[Body, ...] = (
    Body("garten", "Nordgarten e. V.", "Wir machen aus Brachflächen Gärten für alle. Jede und jeder darf mitgärtnern, ob mit grünem Daumen oder ohne.", "innenstadt-nord", "Beispielstraße 12"),
    Body("kicker", "Nordstern-Kicker e. V.", "Fußball für Kinder aus der ganzen Nordstadt, mit Hausaufgabenhilfe vor dem Training.", "innenstadt-nord", "Am Musterplatz 3"),
    Body("lesen", "Lesebrücke Hörde e. V.", "Vorlesen in Kitas und Büchereien, Lesepaten in Grundschulen.", "hoerde", "Phantasiegasse 7"),
    Body("tafel", "Mittagstisch Huckarde", "Einmal in der Woche kochen wir für die Nachbarschaft. Wer kommt, isst mit.", "huckarde", "Erfundene Allee 21", "Gemeinnützige Gesellschaft"),
    Body("repair", "Werkstatt Wackelkontakt e. V.", "Reparieren statt wegwerfen: Toaster, Fahrräder, Pullover.", "innenstadt-west", "Schraubenweg 5"),
    Body("emscher", "Freundeskreis Emscherufer", "Wir halten das Ufer sauber, zählen Vögel und pflanzen Weiden.", "mengede", "Uferpfad 2", "Initiative"),
    Body("senior", "Besuchsdienst Sonnenstunde e. V.", "Zeit für ältere Menschen: spazieren, spielen, zuhören, Handys erklären.", "aplerbeck", "Lindenhof 9"),
    Body("labor", "Stadtlabor Dortmund (Demo)", "Workshops, Pop-up-Parks und Expertenteams: Hier reden alle mit, wie die Stadt wird.", "innenstadt-ost", "Ideenplatz 1", "Öffentliche Stelle"),
)  # fmt: skip

PENDING_ORGANISATION = Body("chor", "Chor der vielen Stimmen e. V.", "Wir singen in Pflegeheimen und suchen Leute für den Fahrdienst.", "scharnhorst", "Notenweg 4")  # fmt: skip

OFFERS: tuple[Offer, ...] = (
    Offer("garten", "Beete anlegen im Nachbarschafts­garten", "Wir bereiten die Beete vor, säen und jäten. Werkzeug ist da. Wer nicht knien mag, pflegt die Hochbeete.", "shift", "nature", "innenstadt-nord", "Nordgarten, Eingang am Spielplatz", 10, 3, 12, every=14, bring="Feste Schuhe, gern Handschuhe", little_german=True),
    Offer("garten", "Gießdienst am Abend", "Eine Stunde gießen, danach ein kühles Getränk.", "shift", "nature", "innenstadt-nord", "Nordgarten", 18, 1.5, 6, every=14, little_german=True),
    Offer("garten", "Pop-up-Park: Ein Parkplatz wird Platz", "Für einen Nachmittag wird aus sechs Parkplätzen ein Park. Wir bauen auf, Sie sagen, was bleiben soll.", "pop_up_park", "city_life", "innenstadt-nord", "Münsterplatz der Demo-Stadt", 14, 3, None, on=(-60, 5, 33), kind="participation"),
    Offer("garten", "Obstbäume schneiden lernen", "Ein Baumpfleger zeigt, wie es geht. Danach schneiden wir gemeinsam.", "training", "nature", "eving", "Obstwiese Eving", 11, 3, 10, on=(-95, 19)),
    Offer("kicker", "Kindertraining begleiten", "Hütchen stellen, trösten, anfeuern: Wir brauchen Menschen am Spielfeldrand.", "shift", "sport", "innenstadt-nord", "Bolzplatz Nordstern", 16, 2, 5, every=14, minimum_age=16),
    Offer("kicker", "Hausaufgabenhilfe", "Vor dem Training werden die Hefte aufgeschlagen. Mathe bis Klasse 6 reicht.", "shift", "education", "innenstadt-nord", "Vereinsheim Nordstern", 14, 2, 6, every=14),
    Offer("kicker", "Turnier der Stadtbezirke: Helfende gesucht", "Zwölf Teams, ein Tag. Wir brauchen Hände für Getränke, Spielplan und Erste Hilfe.", "project", "sport", "scharnhorst", "Sportanlage Scharnhorst", 9, 6, 20, on=(-40, 47)),
    Offer("lesen", "Vorlesen in der Kita Sonnenhang", "Eine halbe Stunde vorlesen, eine halbe Stunde erzählen. Bücher sind da.", "shift", "children", "hoerde", "Kita Sonnenhang (Demo)", 15, 1.5, 3, every=14, minimum_age=18),
    Offer("lesen", "Lesepaten-Nachmittag", "Sie lesen mit einem Kind, immer zu zweit, immer dasselbe Kind.", "shift", "education", "hoerde", "Grundschule am Phantasiesee", 13, 2, 8, on=(-72, -30, 9, 23)),
    Offer("lesen", "Bücherflohmarkt aufbauen", "Kisten tragen, sortieren, verkaufen. Der Erlös geht an die Schulbücherei.", "project", "culture", "hoerde", "Bürgersaal Hörde", 8, 4, 15, on=(-51, 12)),
    Offer("lesen", "Sprachcafé", "Deutsch sprechen bei Kaffee und Kuchen. Fehler sind willkommen.", "dialogue", "arrival", "hombruch", "Café Klatsch (Demo)", 17, 2, 16, on=(-20, 6, 20, 34), kind="participation", little_german=True),
    Offer("tafel", "Mittagstisch kochen", "Wir schnippeln ab 10 Uhr und essen um eins gemeinsam.", "shift", "food", "huckarde", "Gemeindeküche Huckarde", 10, 4.5, 8, every=14, bring="Schürze, wenn Sie eine haben"),
    Offer("tafel", "Lebensmittel abholen und verteilen", "Mit dem Lastenrad zu drei Läden, dann an die Ausgabe.", "shift", "food", "huckarde", "Gemeindeküche Huckarde", 8, 2.5, 4, on=(-66, -38, -10, 4, 18), minimum_age=18, step_free=False),
    Offer("tafel", "Weihnachtsessen für 120 Gäste", "Kochen, decken, servieren. Ein langer, schöner Tag.", "project", "food", "huckarde", "Saal der Gemeinde", 12, 6, 25, on=(31,)),
    Offer("repair", "Reparaturcafé: Elektrisches", "Sie können löten oder wollen es lernen? Wir zeigen es.", "shift", "repair", "innenstadt-west", "Werkstatt Wackelkontakt", 17, 3, 10, every=14),
    Offer("repair", "Fahrräder wieder flottmachen", "Gespendete Räder werden verkehrssicher und gehen an Kinder.", "shift", "repair", "innenstadt-west", "Hof der Werkstatt", 10, 3, 8, on=(-80, -24, 11, 25)),
    Offer("repair", "Nähtreff", "Hosen kürzen, Reißverschlüsse retten, Stoffbeutel nähen.", "shift", "repair", "luetgendortmund", "Bürgerhaus Lütgendortmund", 18, 2, 10, on=(-45, 8)),
    Offer("repair", "Leihladen einrichten", "Bohrmaschine, Beamer, Raclette: Wir bauen einen Laden, in dem man leiht statt kauft.", "project", "repair", "innenstadt-west", "Schraubenweg 5", 10, 5, 12, on=(-18, 27)),
    Offer("emscher", "Emscher-Ufer aufräumen", "Mit Greifzange und Eimer am Wasser entlang. Kinder dürfen mit.", "shift", "nature", "mengede", "Parkplatz am Uferpfad", 10, 2.5, 30, on=(-88, -53, -25, 3, 38), little_german=True),
    Offer("emscher", "Vögel zählen bei Sonnenaufgang", "Fernglas haben wir. Früh aufstehen müssen Sie.", "project", "nature", "mengede", "Beobachtungshütte", 7, 2, 10, on=(-35, 21), step_free=False),
    Offer("emscher", "Weiden pflanzen", "Hundert Stecklinge, ein Vormittag, in zehn Jahren ein Wald.", "project", "nature", "mengede", "Uferpfad 2", 9, 3, 25, on=(-58, 16), little_german=True),
    Offer("senior", "Spaziergang mit Bewohnern", "Rollstühle schieben, zuhören, Eis essen.", "shift", "seniors", "aplerbeck", "Haus Lindenhof (Demo)", 15, 2, 8, every=14),
    Offer("senior", "Handy-Sprechstunde", "Fotos finden, Schrift größer, Enkel anrufen: Jugendliche erklären, was sie im Schlaf können.", "shift", "digital", "brackel", "Begegnungsstätte Brackel", 15, 2, 6, on=(-64, -22, 7, 35)),
    Offer("senior", "Spielenachmittag", "Rommé, Skat, Mensch ärgere dich nicht.", "shift", "seniors", "aplerbeck", "Haus Lindenhof (Demo)", 14, 2.5, 10, on=(-49, -7, 14)),
    Offer("senior", "Fahrdienst am Wahltag", "Wir bringen Menschen zum Wahllokal und wieder heim.", "shift", "neighbourhood", "brackel", "Treffpunkt Marktplatz Brackel", 9, 4, 6, on=(-29,), minimum_age=18),
    Offer("labor", "Innovationswerkstatt: Die Straße von morgen", "Mit Modellen und Klebeband entsteht ein Entwurf, den die Stadt sich ansieht.", "workshop", "city_life", "innenstadt-ost", "Stadtlabor, Saal 2", 17, 3, 24, on=(-75, -33, 10), kind="participation"),
    Offer("labor", "Expertenteam Hitze in der Stadt", "Wo ist es im Sommer unerträglich? Anwohnende sind die Fachleute.", "expert_team", "city_life", "innenstadt-ost", "Stadtlabor, Saal 1", 18, 2, 12, on=(-83, -41, 2, 30), kind="participation"),
    Offer("labor", "Bürgerdialog: Ein Platz für Eving", "Bank oder Brunnen, Spielplatz oder Markt? Kommen Sie und sagen Sie es.", "dialogue", "city_life", "eving", "Alte Zechenwaschkaue (Demo)", 18, 2, 60, on=(-56, 13), kind="participation", little_german=True),
    Offer("labor", "Pop-up-Park Hombruch", "Liegestühle, Bäume in Kübeln und ein großer Tisch mit Plänen.", "pop_up_park", "city_life", "hombruch", "Harkortstraße der Demo-Stadt", 13, 4, None, on=(-14, 26), kind="participation"),
    Offer("labor", "Expertenteam Barrierefreie Wege", "Wir gehen die Strecke ab, mit Rollstuhl, Kinderwagen und Blindenstock.", "expert_team", "city_life", "brackel", "Bahnhof Brackel", 15, 2.5, 14, on=(-47, 15), kind="participation"),
    Offer("labor", "Jugendrat: Eure Ideen, euer Geld", "10.000 Spielpunkte, die ihr verteilt. Ab 14 Jahren.", "workshop", "children", "innenstadt-west", "Jugendhaus (Demo)", 16, 3, 20, on=(-27, 22), kind="participation"),
    Offer("labor", "Daten-Spaziergang", "Wir zählen Bänke, Bäume und Schlaglöcher und tragen sie in eine offene Karte ein.", "workshop", "digital", "innenstadt-west", "Treffpunkt Westpark", 11, 2.5, 15, on=(-12, 28), kind="participation"),
    Offer("garten", "Kompost umsetzen", "Schwere Arbeit, gute Gesellschaft, beste Erde.", "shift", "nature", "innenstadt-nord", "Nordgarten", 10, 2, 8, on=(-16, 17)),
    Offer("kicker", "Trikots waschen und flicken", "Vierzig Trikots, zwei Nähmaschinen.", "shift", "sport", "innenstadt-nord", "Vereinsheim Nordstern", 10, 2, 4, on=(-9, 24)),
    Offer("emscher", "Uferfest: Stände aufbauen", "Zelte, Tische, Lichterketten.", "project", "culture", "huckarde", "Festwiese Huckarde", 8, 4, 18, on=(-62,)),
    Offer("senior", "Vorlesen im Pflegeheim", "Krimis sind am beliebtesten.", "shift", "seniors", "luetgendortmund", "Haus am Park (Demo)", 16, 1.5, 5, on=(-43, -15, 13, 41)),
    Offer("tafel", "Marmelade kochen", "Aus geschenktem Obst wird Frühstück für viele.", "project", "food", "scharnhorst", "Schulküche Scharnhorst", 10, 3, 10, on=(-69, 36)),
    Offer("lesen", "Hörbücher aufnehmen", "Sie lesen, wir nehmen auf, Menschen mit Sehbehinderung hören zu.", "project", "culture", "innenstadt-ost", "Tonstudio im Stadtlabor", 17, 2, 6, on=(-37, 29)),
)  # fmt: skip

#: Runs while the city is looked at: Mina has a place and is not there yet.
RUNNING = Offer("garten", "Laubaktion: Der Herbst muss weg", "Rechen, Schubkarren, heißer Tee. Kommen Sie dazu, auch ohne Anmeldung.", "shift", "nature", "innenstadt-nord", "Nordgarten, Eingang am Spielplatz", 0, 2, 20, little_german=True)  # fmt: skip

PARTNERS: tuple[Body, ...] = (
    Body("cafe", "Café Kleine Pause", "Kuchen von nebenan, Kaffee von fairen Höfen.", "innenstadt-nord", "Brückstraße der Demo-Stadt 8"),
    Body("buch", "Buchladen Zeilensprung", "Bücher, die man sonst nicht findet.", "hoerde", "Phantasiegasse 11"),
    Body("kino", "Lichtspielhaus Phönix (Demo)", "Drei Säle, kein Popcornzwang.", "innenstadt-west", "Filmweg 1"),
    Body("bad", "Stadtbad Muster", "Schwimmen, rutschen, ausruhen.", "brackel", "Badstraße 5", "Öffentliche Stelle"),
    Body("rad", "Radwerk Kettenglück", "Wir machen Räder wieder flott.", "aplerbeck", "Speichenhof 2"),
    Body("zweck", "Bürgerstiftung der Demo-Stadt", "Punkte für einen guten Zweck.", "innenstadt-ost", "Ideenplatz 3", "Stiftung"),
)  # fmt: skip

PENDING_PARTNER = Body("eis", "Eisdiele Gletscherspalte", "Zwölf Sorten, alle selbst gemacht.", "mengede", "Kirchplatz 6")  # fmt: skip

GIFTS: tuple[Gift, ...] = (
    Gift("cafe", "Ein Kaffee nach Wahl", "Klein oder groß, mit Hafer- oder Kuhmilch.", "Einen Kaffee nach Wahl", "food", 20, 320),
    Gift("cafe", "Kaffee und Kuchen für zwei", "Ein Nachmittag zu zweit.", "Zwei Kaffee, zwei Stück Kuchen", "food", 60, 1400, 25),
    Gift("cafe", "Willkommen: Ihr erster Kaffee", "Für Ihre erste Teilnahme.", "Einen Filterkaffee", "food", 0, 280, None, "welcome"),
    Gift("cafe", "Frühstück am Samstag", "Brötchen, Ei, Obst.", "Ein Frühstück", "food", 70, 1290, 8, limit=1, period="month"),
    Gift("buch", "Ein Taschenbuch nach Wahl", "Bis 14 Euro.", "Ein Taschenbuch", "books", 90, 1400, 30, limit=1, period="quarter"),
    Gift("buch", "Lesung mit Getränk", "Einmal im Monat liest jemand aus der Stadt.", "Eine Eintrittskarte und ein Getränk", "books", 50, 1000, 12),
    Gift("buch", "Willkommen: Lesezeichen", "Handgedruckt, für Ihre erste Teilnahme.", "Ein Lesezeichen", "books", 0, 150, None, "welcome"),
    Gift("kino", "Kinokarte", "Für jeden Film, an jedem Tag.", "Eine Kinokarte", "ticket", 80, 1100, 40, limit=2, period="month"),
    Gift("kino", "Kinoabend für zwei", "Zwei Karten, zwei Getränke.", "Zwei Karten, zwei Getränke", "ticket", 150, 2800, 5),
    Gift("kino", "Blick hinter die Leinwand", "Führung durch den Vorführraum.", "Eine Führung", "ticket", 40, 800, 2),
    Gift("bad", "Einmal schwimmen", "Zwei Stunden im Bad.", "Eine Eintrittskarte, zwei Stunden", "sport", 40, 500),
    Gift("bad", "Familienkarte", "Für bis zu fünf Personen.", "Eine Familienkarte", "family", 100, 1300, 15, limit=1, period="month"),
    Gift("bad", "Zehn Bahnen mit Trainer", "Kraulen lernen, eine Stunde.", "Eine Trainerstunde", "sport", 120, 2500, 1),
    Gift("rad", "Fahrrad-Check", "Bremsen, Licht, Schaltung: einmal alles.", "Einen Fahrrad-Check", "repair", 70, 1900, 20, limit=1, period="quarter"),
    Gift("rad", "Flickzeug-Set", "Damit der nächste Platten keiner ist.", "Ein Flickzeug-Set", "repair", 25, 450, 35),
    Gift("rad", "Lastenrad für ein Wochenende", "Von Freitag bis Sonntag.", "Schlüssel für das Lastenrad, Freitag bis Sonntag", "repair", 140, 3000, 3, limit=1, period="quarter"),
    Gift("zweck", "Ein Baum für Eving", "50 Punkte, ein Beitrag zu einem Straßenbaum.", "Danke sagen", "good_cause", 50, 0, None, "good_cause"),
    Gift("zweck", "Schulranzen-Hilfe", "Ein Beitrag zu Schulsachen für Kinder.", "Danke sagen", "good_cause", 30, 0, None, "good_cause"),
)  # fmt: skip

#: Put on the shelf last: a ticket, a voucher with the partner's own codes, and one whose value waits for the office.
LATE_GIFTS: tuple[Gift, ...] = (
    Gift("kino", "Filmabend unter freiem Himmel", "Ein Film im Hof, mit Decken und Popcorn.", "Eine Eintrittskarte für den Filmabend", "ticket", 60, 900, 50, "event"),
    Gift("buch", "Gutschein für den Online-Shop", "Zehn Euro im Shop des Buchladens. Den Code sehen Sie nach dem Einlösen.", "Nichts: Der Code steht auf dem Handy", "books", 70, 1000, own_codes="citizen"),
    Gift("rad", "Große Fahrrad-Inspektion", "Alles zerlegt, geputzt, geölt und eingestellt.", "Eine große Inspektion", "repair", 180, 6900, 10),
)  # fmt: skip

FIRST_NAMES = (
    "Renate", "Yusuf", "Greta", "Bogdan", "Leyla", "Heinz", "Amira", "Tobias", "Fatma", "Jürgen", "Sofia", "Krzysztof",
    "Hildegard", "Malik", "Ursula", "Dilan", "Werner", "Anh", "Björn", "Rosa", "Emil", "Zeynep", "Käthe", "Ibrahim",
    "Nele", "Viktor", "Sevgi", "Günter", "Lina", "Paolo", "Ingrid", "Samir", "Martha", "Deniz", "Ole", "Nadia",
    "Friedel", "Elif", "Mats", "Olga", "Theo", "Aylin", "Gisela", "Karim", "Frieda", "Jan", "Mira", "Horst",
    "Selin", "Anton", "Birgit", "Noah", "Rana", "Uwe", "Clara", "Milan", "Heike", "Tarek",
)  # fmt: skip
INITIALS = "ABDEFGHKLMNPRSTUVWZ"

#: Who can sign in, with which part they play.
SIGN_INS: tuple[tuple[str, str, str], ...] = (
    ("mina", "Mina", "Citizen with a history, a place at what is running now, and points"),
    ("omar", "Omar", "Citizen who has just begun"),
    ("juno", "Juno", "Manager of Nordgarten e. V., checks people in"),
    ("vera", "Vera", "Manager of Café Kleine Pause, redeems at the till"),
    ("ada", "Ada", "Programme office, lead"),
    ("otto", "Otto", "Programme office, the second person"),
)
PASSWORD = "drei freundliche Worte"  # noqa: S105  # of the demo city alone, printed on every start
