"""Everybody and everything in the play; all of it is invented."""

from datetime import UTC, datetime, timedelta

from sharebot.sandbox.publisher import Story

ORGANISATION = "Alliance of the Open Hand"
START = datetime(2026, 11, 16, 5, 0, tzinfo=UTC)  # a Monday
STAFF = "mira@alliance.example"
READERS = (
    ("president@alliance.example", "en"),
    ("bureau@alliance.example", "fr"),
    ("sur@alliance.example", "es"),
)
ACCOUNT = "alliance.example"
X_ACCOUNT = "openhand"
MASTODON_SERVER = "social.openhand.example"
MASTODON_ACCOUNT = f"openhand@{MASTODON_SERVER}"
YOUTUBE_ACCOUNT = "openhandtv"
SERVERS = (MASTODON_SERVER, "aube.example", "nordlys.example", "pont.example", "colibri.example")
TOPICS = {
    "commons": {"en": "Water and land", "fr": "Eau et terres", "es": "Agua y tierra"},
    "town": {"en": "Town halls", "fr": "Communes", "es": "Municipios"},
    "care": {"en": "Work and care", "fr": "Travail et soin", "es": "Trabajo y cuidados"},
}

# {s} is where the parties' own sites are.
MEMBERS = """\
code,name,kind,country,region,languages,zone,seats,accounts
lumen-ke,Lumen Kenya,party,KE,Africa,en,Africa/Nairobi,Wanja:en; Otieno:en,bluesky=lumen-ke.example; x=lumenkenya
aube-sn,Aube Sénégal,party,SN,Africa,fr,Africa/Dakar,Awa:fr; Cheikh:fr,bluesky=aube-sn.example; mastodon=a@aube.example
rive-ci,La Rive,party,CI,Africa,fr,Africa/Abidjan,Koffi:fr,facebook=larive
delta-ng,Delta Movement,party,NG,Africa,en,Africa/Lagos,Ifeoma:en; Tunde:en,bluesky=delta-ng.example; x=deltamovement
racine-cm,Racines,party,CM,Africa,fr en,Africa/Douala,Ngo:fr,facebook=racines
savane-ml,Savane Verte,partner,ML,Africa,fr,Africa/Bamako,Fanta:fr,
puente-mx,Puente,party,MX,Americas,es,America/Mexico_City,Lupe:es; Memo:es,bluesky=puente-mx.example; instagram=puente
marea-co,Marea,party,CO,Americas,es,America/Bogota,Yuli:es,bluesky=marea-co.example; x=mareacol
andes-pe,Voz de los Andes,party,PE,Americas,es,America/Lima,Nilda:es,facebook=vozandes; telegram=vozandes
sur-cl,Sur Abierto,party,CL,Americas,es,America/Santiago,Rayen:es; Tito:es,mastodon=sur@colibri.example
maple-ca,Common Maple,party,CA,Americas,en fr,America/Toronto,Avery:en; Maude:fr,bluesky=maple-ca.example; x=commonmaple
isla-do,Isla Nueva,party,DO,Americas,es,America/Santo_Domingo,Belkis:es,instagram=islanueva
bridge-us,Bridge Forum,partner,US,Americas,en,America/New_York,Sloane:en,bluesky=bridge-us.example; linkedin=bridgeforum
north-se,Norrsken,party,SE,Europe,en,Europe/Stockholm,Elsa:en,bluesky=north-se.example; mastodon=norr@nordlys.example
pont-fr,Le Pont,party,FR,Europe,fr,Europe/Paris,Camille:fr; Hugo:fr,mastodon=p@pont.example; website={s}/pont-fr
plaza-es,Plaza Mayor,party,ES,Europe,es,Europe/Madrid,Nuria:es; Iker:es,bluesky=plaza-es.example; x=plazamayor
brook-ie,The Brook,party,IE,Europe,en,Europe/Dublin,Niamh:en,bluesky=brook-ie.example; website={s}/brook-ie/feed.xml
canal-be,Canal,party,BE,Europe,fr en,Europe/Brussels,Lotte:fr,linkedin=canal; website={s}/canal-be/sitemap.xml
vistula-pl,Nowa Wisla,party,PL,Europe,en,Europe/Warsaw,Ola:en,bluesky=vistula-pl.example
tejo-pt,Margem Tejo,party,PT,Europe,en es,Europe/Lisbon,Ines:es,facebook=margemtejo; telegram=margemtejo
lotus-in,Lotus Pond Forum,party,IN,Asia-Pacific,en,Asia/Kolkata,Meera:en; Arjun:en,bluesky=lotus-in.example; x=lotuspond
tide-ph,High Tide,party,PH,Asia-Pacific,en,Asia/Manila,Luz:en,facebook=hightide
kauri-nz,Kauri,party,NZ,Asia-Pacific,en,Pacific/Auckland,Aroha:en,bluesky=kauri-nz.example
lagoon-nc,Lagon Commun,party,NC,Asia-Pacific,fr,Pacific/Noumea,Waia:fr,
cedar-lb,Cedar Line,party,LB,Middle East,fr en,Asia/Beirut,Rima:fr,bluesky=cedar-lb.example
olive-jo,Olive Branch,party,JO,Middle East,en,Asia/Amman,Dana:en,x=olivebranch
voice-tn,Dr. Selma Ferchichi,personality,TN,Africa,fr,Africa/Tunis,Bureau:fr,x=selmaferchichi
"""


def _story(
    day: float, code: str, kind: str, titles: dict[str, str], texts: dict[str, str], *, seconds: int = 0
) -> Story:
    at = START + timedelta(days=day)
    return Story(code, kind, titles, texts, at, picture=f"/img/{code}.png", seconds=seconds)


STORIES = (
    _story(
        0.05,
        "clean-water-pact",
        "post",
        {
            "en": "A clean water pact for twelve cities",
            "fr": "Un pacte pour l’eau potable dans douze villes",
            "es": "Un pacto por el agua limpia en doce ciudades",
        },
        {
            "en": "Mayors of our member parties agree on shared wells, open meters and fair prices. "
            "The first two cities start in January.",
            "fr": "Les maires de nos partis membres s’accordent sur des puits partagés, des compteurs ouverts "
            "et des prix justes. Les deux premières villes commencent en janvier.",
            "es": "Las alcaldías de nuestros partidos acuerdan pozos compartidos, medidores abiertos y precios "
            "justos. Las dos primeras ciudades empiezan en enero.",
        },
    ),
    _story(
        0.3,
        "harvest-film",
        "video",
        {"en": "Three harvests: a short film on seed banks"},
        {"en": "Farmers in Kenya, Peru and the Philippines on what they keep, swap and plant."},
    ),
    _story(
        1.1,
        "night-school",
        "post",
        {
            "en": "Night schools open in forty districts",
            "fr": "Quarante quartiers ouvrent une école du soir",
            "es": "Abren escuelas nocturnas en cuarenta barrios",
        },
        {
            "en": "Volunteers teach reading, law and bookkeeping after work. Here is how to open one.",
            "fr": "Des bénévoles enseignent la lecture, le droit et la comptabilité après le travail. "
            "Voici comment en ouvrir une.",
            "es": "Personas voluntarias enseñan lectura, derecho y contabilidad después del trabajo. Así se abre una.",
        },
    ),
    _story(
        2.1,
        "voix-du-fleuve",
        "episode",
        {"fr": "Voix du fleuve : la pêche sans filet invisible"},
        {"fr": "Trois pêcheuses racontent comment leur village a rendu les quotas publics."},
        seconds=3,
    ),
    _story(
        2.4,
        "open-budget-day",
        "post",
        {
            "en": "Open Budget Day: ask your town one question",
            "fr": "Journée du budget ouvert : posez une question à votre commune",
            "es": "Día del presupuesto abierto: haga una pregunta a su municipio",
        },
        {
            "en": "On 28 November parties on five continents ask the same question. Join with yours.",
            "fr": "Le 28 novembre, des partis de cinq continents posent la même question. Ajoutez la vôtre.",
            "es": "El 28 de noviembre, partidos de cinco continentes hacen la misma pregunta. Sume la suya.",
        },
    ),
    _story(
        3.2,
        "mercado-vivo",
        "video",
        {"es": "Mercado vivo: un día con las vendedoras de Lima"},
        {"es": "Un corto de cuatro minutos sobre el derecho a un puesto."},
    ),
    _story(
        4.1,
        "care-work",
        "post",
        {
            "en": "Care work counts: our draft for a fair pension",
            "fr": "Le soin compte : notre projet de retraite équitable",
            "es": "Cuidar cuenta: nuestra propuesta de pensión justa",
        },
        {
            "en": "Years of care become years of pension. Read the eight points and the sums behind them.",
            "fr": "Les années de soin deviennent des années de retraite. Lisez les huit points et les calculs.",
            "es": "Los años de cuidado se vuelven años de pensión. Lea los ocho puntos y las cuentas.",
        },
    ),
)
