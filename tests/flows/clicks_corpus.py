"""10,000 labelled requests for short links on one day: kinds of people and robots as data, the rest drawn by a seed."""

# ruff: noqa: E501 - a kind stays on its line
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

Headers = dict[str, str]
LANGUAGES = (
    "fr-BE,fr;q=0.9,en;q=0.8",
    "en-GB,en;q=0.9",
    "es-ES,es;q=0.9",
    "de-DE,de;q=0.9,en;q=0.7",
    "pt-BR",
    "ar",
    "pl",
)
_HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
_FETCH = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
_KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
_IOS = "AppleWebKit/605.1.15 (KHTML, like Gecko)"

# kind, what it sends besides Accept and Accept-Language ("fetch" too, or "little": neither), its User-Agent; {v} is drawn
PEOPLE = (
    ("Chrome, Android", "fetch", f"Mozilla/5.0 (Linux; Android 10; K) {_KIT} Chrome/{{v}}.0.0.0 Mobile Safari/537.36"),
    ("Chrome, Windows", "fetch", f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_KIT} Chrome/{{v}}.0.0.0 Safari/537.36"),
    ("Edge", "fetch", f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_KIT} Chrome/{{v}}.0.0.0 Safari/537.36 Edg/{{v}}.0"),
    ("Chrome, Mac", "fetch", f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_KIT} Chrome/{{v}}.0.0.0 Safari/537.36"),
    ("Chromebook", "fetch", f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {_KIT} Chrome/{{v}}.0.0.0 Safari/537.36"),
    ("Firefox, Linux", "fetch", "Mozilla/5.0 (X11; Linux x86_64; rv:{v}.0) Gecko/20100101 Firefox/{v}.0"),
    ("Firefox, Android", "fetch", "Mozilla/5.0 (Android 14; Mobile; rv:{v}.0) Gecko/{v}.0 Firefox/{v}.0"),
    ("Tor", "fetch", "Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0"),
    ("Safari, iPhone", "fetch", f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_{{m}} like Mac OS X) {_IOS} Version/18.{{m}} Mobile/15E148 Safari/604.1"),
    ("Safari, iPad as a Mac", "fetch", f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_IOS} Version/18.{{m}} Safari/605.1.15"),
    ("Safari, older", "", f"Mozilla/5.0 (iPhone; CPU iPhone OS 15_{{m}} like Mac OS X) {_IOS} Version/15.{{m}} Mobile/15E148 Safari/604.1"),
    ("Chrome, iPhone", "fetch", f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_{{m}} like Mac OS X) {_IOS} CriOS/{{v}}.0 Mobile/15E148 Safari/604.1"),
    ("Samsung Internet", "fetch", f"Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-A536B) {_KIT} SamsungBrowser/2{{m}}.0 Chrome/115.0.0.0 Mobile Safari/537.36"),
    ("Opera", "fetch", f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_KIT} Chrome/{{v}}.0.0.0 Safari/537.36 OPR/12{{m}}.0.0.0"),
    ("Vivaldi", "fetch", f"Mozilla/5.0 (X11; Linux x86_64) {_KIT} Chrome/{{v}}.0.0.0 Safari/537.36 Vivaldi/7.{{m}}"),
    ("Yandex", "fetch", f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_KIT} Chrome/{{v}}.0.0.0 YaBrowser/25.{{m}} Safari/537.36"),
    ("Huawei", "fetch", f"Mozilla/5.0 (Linux; Android 12; HarmonyOS; NOH-AN00) {_KIT} Chrome/114.0.5735.196 HuaweiBrowser/15.{{m}} Mobile Safari/537.36"),
    ("Cubot telephone", "fetch", f"Mozilla/5.0 (Linux; Android 13; CUBOT_X70 Build/TP1A) {_KIT} Chrome/{{v}}.0.0.0 Mobile Safari/537.36"),
    ("DuckDuckGo", "", f"Mozilla/5.0 (Linux; Android 14) {_KIT} Version/4.0 Chrome/{{v}}.0.0.0 Mobile DuckDuckGo/5 Safari/537.36"),
    ("Facebook, Android", "", f"Mozilla/5.0 (Linux; Android 13; SM-A135F; wv) {_KIT} Version/4.0 Chrome/{{v}}.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/49{{m}}.0.0;]"),
    ("Facebook, iPhone", "", f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_{{m}} like Mac OS X) {_IOS} Mobile/15E148 [FBAN/FBIOS;FBAV/48{{m}}.0;FBDV/iPhone14,5]"),
    ("Instagram, Android", "", f"Mozilla/5.0 (Linux; Android 12; M2101K6G; wv) {_KIT} Version/4.0 Chrome/{{v}}.0.0.0 Mobile Safari/537.36 Instagram 35{{m}}.0.0 Android"),
    ("Instagram, iPhone", "", f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_{{m}} like Mac OS X) {_IOS} Mobile/22A Instagram 35{{m}}.0.0 (iPhone15,3; scale=3.00)"),
    ("LinkedIn", "", f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_{{m}} like Mac OS X) {_IOS} Mobile/15E148 [LinkedInApp]/9.3{{m}}"),
    ("Telegram, Android", "", f"Mozilla/5.0 (Linux; Android 14; Pixel 7; wv) {_KIT} Version/4.0 Chrome/{{v}}.0.0.0 Mobile Safari/537.36 Telegram-Android/11.{{m}}"),
    ("Telegram, iPhone", "", f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_{{m}} like Mac OS X) {_IOS} Mobile/15E148 Telegram-iOS/11.{{m}}"),
    ("TikTok", "", f"Mozilla/5.0 (Linux; Android 13; Infinix X6833B; wv) {_KIT} Version/4.0 Chrome/{{v}}.0.0.0 Mobile Safari/537.36 trill_3{{m}} BytedanceWebview/d8a21c6"),
    ("WeChat", "", f"Mozilla/5.0 (Linux; Android 13; 22081212C; wv) {_KIT} Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.{{v}} NetType/WIFI"),
    ("Line", "", f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_{{m}} like Mac OS X) {_IOS} Mobile/15E148 Safari Line/14.{{m}}.0"),
    ("Viber", "", f"Mozilla/5.0 (Linux; Android 11; RMX3231; wv) {_KIT} Version/4.0 Chrome/{{v}}.0.0.0 Mobile Safari/537.36 Viber/22.{{m}}"),
    ("Google app", "", f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_{{m}} like Mac OS X) {_IOS} GSA/3{{m}}0.0 Mobile/15E148 Safari/604.1"),
    ("Opera Mini", "little", "Opera/9.80 (Android; Opera Mini/7{m}.0/191.{v}; U; fr) Presto/2.12.423 Version/12.16"),
    ("UC Browser", "", f"Mozilla/5.0 (Linux; U; Android 9; en-US; RMX1941) {_KIT} Version/4.0 Chrome/78.0.3904.108 UCBrowser/13.{{m}} Mobile Safari/537.36"),
    ("KaiOS", "", "Mozilla/5.0 (Mobile; Nokia_8110_4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.{m}"),
    ("Nokia", "little", "Nokia301/2.0 (02.{m}) Profile/MIDP-2.1 Configuration/CLDC-1.1 UNTRUSTED/1.0"),
    ("Android 4", "", "Mozilla/5.0 (Linux; U; Android 4.1.{m}; es-es; GT-I9100) AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Mobile Safari/534.30"),
    ("Kindle", "", f"Mozilla/5.0 (Linux; Android 9; KFMAWI) {_KIT} Silk/12{{m}}.1 like Chrome/{{v}}.0.0.0 Safari/537.36"),
    ("Puffin", "little", f"Mozilla/5.0 (X11; U; Linux x86_64; fr-FR) {_KIT} Chrome/79.0.3945.130 Safari/537.36 Puffin/9.{{m}}AP"),
    ("Internet Explorer", "", "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; SLCC2; .NET4.0C; rv:11.0; v{m}) like Gecko"),
    ("WebbIE, for the blind", "", "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; WebbIE 4.{m})"),
    ("Lynx", "little", "Lynx/2.9.{m} libwww-FM/2.14 SSL-MM/1.4.1 OpenSSL/3.0"),
    ("w3m", "little", "w3m/0.5.3+git202{m}"),
    ("Playstation", "", f"Mozilla/5.0 (PlayStation; PlayStation 5/{{m}}.00) {_IOS} Version/15.4 Safari/605.1.15"),
)  # fmt: skip

PREVIEWS = (
    "TelegramBot (like TwitterBot)", "WhatsApp/2.25.{m} A", "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "meta-externalagent/1.1", "Twitterbot/1.0", "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient)", "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "Mozilla/5.0 (compatible; Bluesky Cardyb/1.1; +mailto:support@bsky.app)", "Mastodon/4.5.{m} (http.rb/5.3.1; +https://social.example/)",
    "Akkoma 3.1{m}; https://social.example", "Misskey/2025.{m}", "Mozilla/5.0 (Windows NT 10.0) SkypeUriPreview Preview/0.5",
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_KIT} Chrome/120.0 Safari/537.36 MicrosoftPreview/2.0", "Pinterestbot/1.0",
    "Mozilla/5.0 (compatible; redditbot/1.0)", "Mozilla/5.0 (compatible; vkShare; +http://vk.com/dev/Share)",
    "Mozilla/5.0 (compatible; Embedly/0.2)", "Iframely/1.3.1 (+https://iframely.com/docs/about)", "Viber/21.{m}.0",
    "Mozilla/5.0 (compatible; Snap URL Preview Service; bot)", "facebookexternalhit/1.1;line-poker/1.0", "kakaotalk-scrap/1.0",
    "Synapse (bot; +https://github.com/matrix-org/synapse)", "Mozilla/5.0 (compatible; TikTokSpider; ttspider-feedback@tiktok.com)",
    "ZoomBot (zoombot 1.0)", "Tumblr/14.0.8",
)  # fmt: skip
SCANNERS = (
    f"Mozilla/5.0 (Windows NT 10.0) {_KIT} SafeLinks", "Microsoft Office/16.0 (Windows NT 10.0; Outlook 16.0.{m})", "BarracudaCentral",
    "Mozilla/5.0 (compatible; Mimecast URL Protection)", "Mozilla/5.0 (Proofpoint URL Defense)", "Mozilla/5.0 (Cisco-Talos)",
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)", "YahooMailProxy; https://help.yahoo.com",
    "Zscaler/1.{m}", "VirusTotal/1.0", "Forcepoint", "Mozilla/5.0 (compatible; urlscan.io)", "Mozilla/5.0 Trendmicro WTP",
)  # fmt: skip
PROGRAMS = (
    "curl/8.{m}.0", "Wget/1.2{m}", "python-requests/2.3{m}", "python-httpx/0.2{m}", "Go-http-client/2.0", "okhttp/4.1{m}", "Java/17.0.{m}",
    "axios/1.{m}", "node", "PHP/8.{m}", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bingbot/2.0",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0)", "GPTBot/1.{m}", "ClaudeBot/1.0", "Bytespider", "LinkChecker/10.{m}", "W3C-checklink/5.0",
    "Xenu Link Sleuth/1.3", "Screaming Frog SEO Spider/2{m}", "UptimeRobot/2.0", "Pingdom.com_bot", "Mozilla/5.0 zgrab/0.x", "Nmap Scripting",
    f"Mozilla/5.0 (X11; Linux x86_64) {_KIT} HeadlessChrome/{{v}}.0.0.0 Safari/537.36", "Mozilla/5.0 (compatible; Lighthouse)", "", "Mozilla/5.0",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: what it truly is, and what it says. `link` is a number, `at` since midnight."""

    kind: str
    is_person: bool
    link: int
    at: timedelta
    address: str
    headers: Headers
    method: str = "GET"


class Corpus:
    """Draws the day."""

    def __init__(self, seed: int, links: int) -> None:
        self._rng = random.Random(seed)  # noqa: S311 - repeatable
        self._links = links

    def draw(self, part: float = 1.0) -> list[Ask]:
        """Return the whole day in order, or a part of every kind."""
        makers: tuple[tuple[int, Callable[[int], Iterator[Ask]]], ...] = (
            (4200, self._people),
            (300, self._offices),
            (400, self._carriers),
            (150, self._again),
            (1500, self._previews),
            (900, self._scanners),
            (1050, self._programs),
            (300, self._prefetches),
            (200, self._probes),
            (500, self._liars),
            (8, self._driven),
            (492, self._floods),
        )
        asks = [ask for number, make in makers for ask in make(max(1, round(number * part)))]
        return sorted(asks, key=lambda ask: ask.at)

    def _person(self) -> tuple[str, Headers]:
        rng = self._rng
        kind, sends, agent = PEOPLE[min(rng.randrange(len(PEOPLE)), rng.randrange(len(PEOPLE)))]
        headers = {"User-Agent": self._fill(agent)}
        if sends != "little":
            headers |= {"Accept": _HTML, "Accept-Language": rng.choice(LANGUAGES)}
        return kind, headers | (_FETCH if sends == "fetch" else {})

    def _fill(self, agent: str) -> str:
        return agent.replace("{v}", str(self._rng.randrange(136, 146))).replace("{m}", str(self._rng.randrange(1, 7)))

    def _ask(self, kind: str, headers: Headers, *, is_person: bool = False, **more: Any) -> Ask:
        given: dict[str, Any] = {
            "link": self._rng.randrange(self._links),
            "at": self._moment(),
            "address": self._home(),
        }
        return Ask(kind, is_person, headers=headers, **(given | more))

    def _moment(self, first: float = 0, last: float = 24) -> timedelta:
        return timedelta(hours=self._rng.uniform(first, last - 0.01))

    def _home(self) -> str:
        rng = self._rng
        if rng.random() < 0.4:
            return f"2a02:{rng.randrange(1, 65536):x}:{rng.randrange(65536):x}:{rng.randrange(65536):x}::{rng.randrange(65536):x}"
        return f"{rng.randrange(60, 120)}.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(1, 255)}"

    def _people(self, number: int) -> Iterator[Ask]:
        for _ in range(number):
            kind, headers = self._person()
            yield self._ask(kind, headers, is_person=True)

    def _offices(self, number: int) -> Iterator[Ask]:
        """Fifteen colleagues behind one address, most with the same make of browser, who read it in the morning."""
        for office in range(0, number, 15):
            link, address = self._rng.randrange(self._links), f"198.51.{office // 15}.1"
            for _ in range(min(15, number - office)):
                _, headers = self._person()
                at = self._moment(8, 12)
                yield self._ask("an office of 15", headers, is_person=True, link=link, address=address, at=at)

    def _carriers(self, number: int) -> Iterator[Ask]:
        """Telephones behind the few addresses of a carrier, who read one link all day."""
        for _ in range(number):
            _, headers = self._person()
            carrier = self._rng.randrange(4)
            address = f"100.64.{carrier}.{self._rng.randrange(1, 60)}"
            yield self._ask("a carrier's NAT", headers, is_person=True, link=carrier, address=address)

    def _again(self, number: int) -> Iterator[Ask]:
        """Come back to the same link on the same day; IPv6 with another address of the same home."""
        for place in range(number // 2 or 1):
            kind, headers = self._person()
            more: dict[str, Any] = {"link": place % self._links, "at": self._moment(0, 12)}
            home = f"2a03:{place + 1:x}:1:1"
            yield self._ask(kind, headers, is_person=True, address=f"{home}::1", **more)
            more["at"] = self._moment(12, 24)
            yield self._ask(
                "the same person again", headers, address=f"{home}::{self._rng.randrange(2, 65536):x}", **more
            )

    def _previews(self, number: int) -> Iterator[Ask]:
        for place in range(number):
            agent = PREVIEWS[place % len(PREVIEWS)]
            yield self._ask(f"preview: {agent[:30]}", {"User-Agent": self._fill(agent), "Accept": "*/*"})

    def _scanners(self, number: int) -> Iterator[Ask]:
        for place in range(number):
            if place % 3:
                agent = SCANNERS[place % len(SCANNERS)]
                yield self._ask(f"scanner: {agent[:30]}", {"User-Agent": self._fill(agent), "Accept": _HTML})
                continue
            # A detonation chamber: a true browser's name from a data centre, without a person's language.
            agent = self._fill(PEOPLE[self._rng.randrange(1, 3)][2])
            yield self._ask("scanner: detonation", {"User-Agent": agent, "Accept": _HTML, **_FETCH}, address="52.1.2.3")

    def _programs(self, number: int) -> Iterator[Ask]:
        for place in range(number):
            agent = PROGRAMS[place % len(PROGRAMS)]
            named = {"Accept": _HTML, "Accept-Language": "en", **_FETCH} if place % 2 else {"Accept": "*/*"}
            yield self._ask(f"program: {agent[:30]}", {"User-Agent": self._fill(agent), **named})

    def _prefetches(self, number: int) -> Iterator[Ask]:
        says = (
            {"Sec-Purpose": "prefetch;prerender"},
            {"Purpose": "prefetch"},
            {"X-Moz": "prefetch"},
            {"X-Purpose": "preview"},
        )
        for place in range(number):
            _, headers = self._person()
            yield self._ask("prefetch", headers | says[place % len(says)])

    def _probes(self, number: int) -> Iterator[Ask]:
        for _ in range(number):
            _, headers = self._person()
            yield self._ask("HEAD", headers, method="HEAD")

    def _liars(self, number: int) -> Iterator[Ask]:
        """Programs with a browser's name that forget one of its headers."""
        for place in range(number):
            agent = self._fill(PEOPLE[self._rng.randrange(9)][2])
            whole = {"User-Agent": agent, "Accept": _HTML, "Accept-Language": "en-US,en;q=0.9", **_FETCH}
            lies = (
                {"User-Agent": agent, "Accept": "*/*"},
                {name: value for name, value in whole.items() if name != "Accept-Language"},
                {name: value for name, value in whole.items() if not name.startswith("Sec-")},
                whole | {"Accept": "*/*"},
                whole | {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"},
            )
            yield self._ask("a browser's name alone", lies[place % len(lies)])

    def _driven(self, number: int) -> Iterator[Ask]:
        """Whole browsers that a program drives, each from a home of its own: nothing tells them from people."""
        for _ in range(number):
            _, headers = self._person()
            yield self._ask("a driven browser", headers)

    def _floods(self, number: int) -> Iterator[Ask]:
        """Three floods within minutes, each request with the headers of another whole browser."""
        for place in range(number):
            _, headers = self._person()
            flood = place % 3
            kind = ("one address", "one /24", "one /48")[flood]
            address = ("192.0.2.9", f"203.0.113.{self._rng.randrange(256)}", f"2001:db8:7:{place:x}::1")[flood]
            at = timedelta(hours=15, minutes=flood * 20 + self._rng.uniform(0, 9.9))
            yield self._ask(f"a flood from {kind}", headers, link=flood, address=address, at=at)
