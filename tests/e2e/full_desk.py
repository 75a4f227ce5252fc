"""A morning on which staff's desk has something of everything on it, for its pictures."""

from dataclasses import replace
from datetime import date, time, timedelta

from sqlmodel import Session, col, select

from sharebot.cli.stage import Stage
from sharebot.jobs.make_renditions import make_renditions
from sharebot.models import Delivery
from sharebot.rules.audience import Audience
from sharebot.rules.timing import Timing
from sharebot.runtime import Runtime
from sharebot.sandbox.sites import draw_landscape
from sharebot.store import (
    admission,
    alerts,
    approvals,
    campaigns,
    contents,
    editing,
    lists,
    officers,
    proposals,
    queue,
    silences,
    staff,
)
from sharebot.values.alerts import AlertCode, Condition
from sharebot.values.feeds import FeedItem, Media, Translation
from sharebot.values.proposals import Draft
from sharebot.values.status import (
    AssetKind,
    ContentKind,
    DeliveryKind,
    DeliveryStatus,
    OfficerStatus,
    Priority,
    StaffRole,
)

EDITOR, APPROVER = "ana@alliance.example", "joao@alliance.example"
Words = dict[str, tuple[str, str]]

RENT: Words = {
    "en": ("Five cities cap their rents: what changed in a year", "Evictions fell by a third and building went on. "
           "The mayors of our member parties tell how they won the vote, and what they would do sooner."),
    "fr": ("Cinq villes plafonnent les loyers : un an après", "Les expulsions ont reculé d’un tiers et les chantiers "
           "continuent. Les maires de nos partis membres racontent comment le vote a été gagné."),
    "es": ("Cinco ciudades ponen tope al alquiler: un año después", "Los desahucios bajaron un tercio y se sigue "
           "construyendo. Las alcaldías de nuestros partidos cuentan cómo ganaron la votación."),
}  # fmt: skip
WELLS: Words = {
    "en": ("Twelve wells, one price: the water pact after its first week", "The first two towns have voted. What the "
           "bill of a household looks like, and how yours can join."),
    "fr": ("Douze puits, un prix : le pacte de l’eau après une semaine", "Les deux premières communes ont voté. Voici "
           "la facture d’un ménage, et comment la vôtre peut suivre."),
    "es": ("Doce pozos, un precio: el pacto del agua tras una semana", "Las dos primeras ciudades han votado. Así es "
           "la factura de un hogar, y así puede sumarse la suya."),
}  # fmt: skip
PORT: Words = {
    "es": (
        "La noche del puerto: quién descarga lo que comemos",
        "Un corto de cuatro minutos con las estibadoras de Callao.",
    ),
}
FERRY: Words = {
    "en": ("Night ferries for those who clean the offices", "A ticket of one euro between ten at night and six."),
    "fr": ("Des bacs de nuit pour celles qui nettoient les bureaux", "Un billet à un euro entre 22 h et 6 h."),
}
SEEDS: Words = {
    "en": ("Seed banks belong to those who sow", "An open letter of forty farmers’ unions to five governments."),
    "es": ("Las semillas son de quien siembra", "Carta abierta de cuarenta sindicatos agrarios a cinco gobiernos."),
}
LIBRARY: Words = {
    "en": ("The library that lends tools", "A drill is used for twelve minutes in its life. Here it is used daily."),
    "fr": ("La bibliothèque qui prête des outils", "Une perceuse sert douze minutes dans sa vie. Ici, tous les jours."),
}
BUSES: Words = {
    "en": ("Free buses, three years on", "Two more cities join, one leaves. What the figures say."),
    "fr": ("Bus gratuits : trois ans après", "Deux villes de plus, une de moins. Ce que disent les chiffres."),
    "es": ("Autobuses gratuitos, tres años después", "Dos ciudades más, una menos. Lo que dicen las cifras."),
}
VOICES: Words = {
    "fr": (
        "Voix du fleuve, épisode 2 : le prix de la glace",
        "Sans glace, pas de poisson au marché. Reportage à Saint-Louis.",
    ),
}


class FullDesk:
    """Puts things on a desk whose database has been lived in for some days."""

    def __init__(self, stage: Stage, runtime: Runtime) -> None:
        self.stage, self.runtime, self.now = stage, runtime, runtime.now()
        self._number = 0

    async def lay(self) -> dict[str, int]:
        """Fill the desk and return the contents' numbers by what they show."""
        with self.runtime.database.write() as session:
            for email, role in ((EDITOR, StaffRole.EDITOR), (APPROVER, StaffRole.APPROVER)):
                staff.add_staff(session, email, role=role, language="en", now=self.now)
            self._campaign(session)
            numbers = self._drafts(session)
            self._decided(session, numbers)
            self._people(session)
            self._troubles(session)
        for _ in range(self._number + 4):
            await make_renditions(self.runtime)
        return numbers

    def _draft(self, session: Session, slug: str, words: Words, *, kind: ContentKind = ContentKind.POST,
               apart: bool = False, host: str = "", age: timedelta = timedelta(hours=3)) -> int:  # fmt: skip
        """Let a story come in, its languages together or `apart`; return its first draft."""
        self._number += 1
        base = f"{self.stage.sandbox.base_url}/site"
        self.stage.sandbox.sites.publish(f"/img/{slug}.png", draw_landscape(40 + self._number), "image/png")
        urls = {language: f"{host or base}/{language}/{slug}" for language in words}
        links = () if apart else tuple(Translation(language, url) for language, url in urls.items())
        picture = Media(AssetKind.PICTURE, f"{base}/img/{slug}.png", "image/png", width=1200, height=675)
        items = [
            FeedItem(f"{slug}-{language}", title, text, urls[language], self.now - age, language, kind,
                     (replace(picture, alt="A drawing of hills under a low sun"),), links)
            for language, (title, text) in words.items()
        ]  # fmt: skip
        known = {one.id for one in contents.list_drafts(session)}
        contents.ingest(session, items, contents.Intake("en", frozenset({"127.0.0.1"}), self.now))
        return min(one.id or 0 for one in contents.list_drafts(session) if one.id not in known)

    def _campaign(self, session: Session) -> None:
        words = campaigns.CampaignWords("Homes for all", "#HomesForAll", "A campaign of the Alliance of the Open Hand")
        plan = campaigns.CampaignPlan("Half of our parties share something about rents.", 14, date(2026, 11, 2),
                                      date(2026, 12, 20))  # fmt: skip
        campaigns.add_campaign(session, "homes", words, plan=plan, now=self.now)

    def _drafts(self, session: Session) -> dict[str, int]:
        numbers = {
            "story": self._draft(session, "twelve-wells", WELLS, apart=True),
            "video": self._draft(session, "noche-del-puerto", PORT, kind=ContentKind.VIDEO),
            "odd": self._draft(session, "land", {"en": ("“They sold the valley while we slept”", "A reader's letter.")},
                               host="https://valley-news.example", age=timedelta(days=48)),
            "draft": self._draft(session, "rent-caps", RENT, age=timedelta(hours=1)),
            "proposed": self._draft(session, "night-ferries", FERRY),
            "returned": self._draft(session, "seed-letter", SEEDS),
            "planned": self._draft(session, "tool-library", LIBRARY),
            "later": self._draft(session, "free-buses", BUSES),
            "episode": self._draft(session, "voix-2", VOICES, kind=ContentKind.EPISODE),
        }  # fmt: skip
        self._edit(session, numbers["draft"])
        return numbers

    def _edit(self, session: Session, number: int) -> None:
        before = editing.get_draft(session, number)
        texts = {
            "en": ("Five cities capped their rents. A year on, evictions are down by a third.",
                   "Who said it could not be done? Five mayors on a year of capped rents."),
            "fr": ("Cinq villes ont plafonné les loyers. Un an après, un tiers d’expulsions en moins.",),
        }  # fmt: skip
        versions = tuple(replace(one, wordings=texts.get(one.language, ())) for one in before.versions)
        words = replace(before, versions=versions, hashtags="#Rents #Cities", topics=("town",), campaign="homes")
        editing.keep_draft(session, number, words, before=before.fingerprint, now=self.now)

    def _decided(self, session: Session, numbers: dict[str, int]) -> None:
        today = self.now.date()
        nine = time(9)
        tomorrow, some = Timing(send_on=today + timedelta(days=1), send_local=nine), frozenset({"Europe", "Africa"})
        proposed = self._approval(session, numbers["proposed"], tomorrow, audience=Audience(regions=some))
        approvals.propose(session, proposed, now=self.now)
        asked = self._approval(session, numbers["returned"], Timing(send_on=today + timedelta(days=4), send_local=nine))
        entry = approvals.propose(session, asked, now=self.now)
        note = "The letter has 42 signatories by now; please change the number, and add the French version."
        approvals.return_entry(session, entry.id or 0, by=APPROVER, note=note, now=self.now)
        plans = (
            ("planned", tomorrow, Priority.NORMAL),
            ("later", Timing(send_on=today + timedelta(days=6), send_local=nine), Priority.NORMAL),
            ("episode", Timing(send_at=self.now + timedelta(days=4, hours=7)), Priority.HIGH),
        )
        for name, timing, priority in plans:
            queue.approve(session, self._approval(session, numbers[name], timing, priority=priority), now=self.now)

    def _approval(self, session: Session, number: int, timing: Timing, *, audience: Audience | None = None,
                  priority: Priority = Priority.NORMAL) -> queue.Approval:  # fmt: skip
        seen = contents.content_hash(session, number)
        until = self.now + timedelta(days=10)
        return queue.Approval(number, audience or Audience(), timing, until, EDITOR, seen, priority)

    def _people(self, session: Session) -> None:
        """Somebody waits to be let in, two officers propose something, and there are lists."""
        seats = officers.list_officers(session)
        free = next(one for one in seats if one.status is OfficerStatus.INVITED)
        token = officers.create_invitation(session, free.id, now=self.now)
        assert officers.join(session, token, bot_id=1, address=880_001, now=self.now)
        admission.agree(
            session, free.id, language=free.language, name=f"{free.label} T.", staff_chat=None, now=self.now
        )
        active = [one for one in seats if one.status is OfficerStatus.ACTIVE]
        french = next(one for one in active if one.language == "fr")
        english = next(one for one in active if one.language == "en")
        market = "https://www.example.org/marche-couvert"
        self._propose(session, french.id, Draft("Un marché couvert repris par les vendeuses",
                      "La mairie voulait le raser ; elles en ont fait une coopérative.", market))  # fmt: skip
        clinic = ("After two years of asking, the night shift is paid.", "https://www.example.org/clinic")
        self._propose(session, english.id, Draft("Our clinic stays open at night", *clinic))
        lists.add_list(session, "Coastal parties", [one.member_code for one in active[:4]], now=self.now)

    def _propose(self, session: Session, officer_id: int, draft: Draft) -> None:
        number = proposals.add_draft(session, officer_id, draft, now=self.now)
        proposal = proposals.find_draft(session, officer_id, number)
        assert proposal is not None
        proposals.confirm(session, proposal, settings=self.runtime.settings, now=self.now)

    def _troubles(self, session: Session) -> None:
        """A message of which nobody knows whether it arrived, a country that is silent, a source that fails."""
        latest = select(Delivery).where(Delivery.kind == DeliveryKind.ITEM, Delivery.status == DeliveryStatus.SENT)
        doubtful = session.exec(latest.order_by(col(Delivery.id).desc()).limit(2)).all()
        for one in doubtful:
            one.status, one.attempts, one.copies = DeliveryStatus.NEEDS_REVIEW, 2, 1
            one.error, one.message_id, one.sent_at = "the connection broke after the message had left", None, None
            session.add(one)
        wish = silences.Wish("SN", self.now.date() + timedelta(days=2), self.now.date() + timedelta(days=4),
                             reason="Election silence")  # fmt: skip
        silences.begin(session, wish, settings=self.runtime.settings, region=None, by=APPROVER, now=self.now)
        found = [
            Condition(AlertCode.NEEDS_REVIEW, str(doubtful[0].entry_id), "2"),
            Condition(AlertCode.SOURCE_FAILING, "3", "26"),
        ]
        alerts.record_open(session, found, now=self.now - timedelta(hours=2))
