"""One form for all addresses of one page: without tracking, wrappers, AMP, mobile hosts and trailing marks."""

import re
import unicodedata
from functools import lru_cache
from posixpath import normpath
from urllib.parse import SplitResult, parse_qs, parse_qsl, quote, unquote, urlencode, urlsplit

from sharebot.values.url_wrappers import unwrap

MAX_URL = 2048
_MAX_HOST = 253
VIDEO_BASE = "https://youtube.com/watch?v="
_KEPT = 8_192  # addresses whose form is remembered
_ROUNDS = 5
_TRACKING = re.compile(
    r"(utm_|mtm_|pk_|piwik_|matomo_|hsa_|_hs|vero_|oly_|wt_|at_(?:campaign|medium|custom)|ns_|__cft__|__tn__|trk).*"
    r"|fbclid|fb_(action_ids|action_types|ref|source)|mibextid|gclid|gclsrc|gbraid|wbraid|gad_source|dclid|_gl|_ga"
    r"|msclkid|twclid|ttclid|yclid|ysclid|_openstat|rb_clickid|epik|igsh(id)?|li_fat_id|lipi|mc_[ce]id|mkt_tok|ml_subscriber"
    r"(_hash)?|ref(_src|_url|errer)?|cmpid|cmp_id|s_cid|spm|sc_(campaign|channel|content|medium|outcome|geo|country)|ceid|emci"
    r"|emdi|sfnsn|xtor|ncid|nr_email_referer|wickedid|_branch_match_id|_bta_(tid|c)|__s|sms_(click|source|uph|ss)"
    r"|guccounter|guce_referrer(_sig)?|share_id|tgwebapp\w+"
)
_HOST_TRACKING = {  # parameters that are tracking on these hosts, and may be the page's own elsewhere
    "x.com": frozenset({"s", "t"}),
    "twitter.com": frozenset({"s", "t"}),
    "tiktok.com": frozenset({"_r", "_t", "is_from_webapp", "sender_device", "web_id", "share_app_id"}),
    "linkedin.com": frozenset({"rcm"}),
    "facebook.com": frozenset({"rdid", "share_url", "ref", "fref", "refsrc"}),
    "open.spotify.com": frozenset({"si", "context"}),
    "t.me": frozenset({"single"}),
}
_AMP_VALUES = frozenset({"", "1", "true", "amp"})
_FRONTS = ("www.", "m.", "mobile.", "amp.")
_YOUTUBE = frozenset({"youtube.com", "music.youtube.com", "gaming.youtube.com", "youtube-nocookie.com"})
_VIDEO = re.compile(r"[A-Za-z0-9_-]{11}", re.ASCII)
_VIDEO_PATH = re.compile(r"/(?:shorts|live|embed|v|e|watch)/([A-Za-z0-9_-]{11})", re.ASCII)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$")
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")
_MARKS = frozenset({"Po", "Pe", "Pf", "Pi", "Ps", "Pd", "So", "Sk", "Zs"})
_PLAIN_MARKS = ".,;:!?'\"*`|"
_BRACKETS = {")": "(", "]": "[", "}": "{", ">": "<"}


def normalise_url(url: str) -> str | None:
    """Return one form for all addresses of one page; None for what is no web address of at most 2,048 characters.

    Scheme, "www." and mobile hosts, default ports, needless slashes, "index.html", marks of any script at the end,
    AMP, fragments, tracking parameters, the order of parameters, wrappers that lead on (at most two) and YouTube's
    many forms make no difference. Hosts are compared in their ASCII form, so a look-alike letter stays different.
    Applying it twice changes nothing.
    """
    return _final_form(url) if len(url) <= MAX_URL else None


def trim_marks(text: str) -> str:
    """Return an address without the marks, signs and open brackets of the sentence it stands in."""
    end = len(text)
    while end and _is_mark(text[end - 1], text, end):
        end -= 1
    return text[:end]


@lru_cache(maxsize=_KEPT)
def _final_form(url: str) -> str | None:
    plain = _round(url)
    for _ in range(_ROUNDS):
        again = _round(plain) if plain else None
        if again == plain:
            return plain
        plain = again
    return None


def _round(url: str) -> str | None:
    parts = _split(trim_marks(unwrap(trim_marks(url))))
    if parts is None:
        return None
    try:
        host = _host(parts)
        query = _query(host, parts.query)
        path = _path(parts.path, is_last=not query)
    except ValueError:
        return None
    if video := _video(host, path, parts.query):
        return f"{VIDEO_BASE}{video}"
    plain = f"https://{host}{path}{'?' if query else ''}{query}"
    return plain if len(plain) <= MAX_URL else None


def _is_mark(mark: str, text: str, end: int) -> bool:
    if mark in _BRACKETS:
        return text.count(mark, 0, end) > text.count(_BRACKETS[mark], 0, end)
    if mark.isascii():
        return mark in _PLAIN_MARKS
    return unicodedata.category(mark) in _MARKS


def _split(url: str) -> SplitResult | None:
    if not url.isprintable() or " " in url or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts if parts.scheme in {"http", "https"} and "@" not in parts.netloc else None


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if len(host) > _MAX_HOST:
        raise ValueError("not a host")
    if ":" not in host:
        host = ".".join(_label(label) for label in re.split("[.\u3002\uff0e\uff61]", host)).lower().rstrip(".")
    if not _HOST.fullmatch(host) or ".." in host or host.startswith("."):
        raise ValueError("not a host")
    while front := next((one for one in _FRONTS if host.startswith(one) and host.count(".") > 1), ""):
        host = host.removeprefix(front)
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in {None, 80, 443} else f"{host}:{parts.port}"


def _label(label: str) -> str:
    """Return a host's part in ASCII, as browsers do: the sharp s and the final sigma are letters of their own."""
    plain = unicodedata.normalize("NFKC", label).lower()
    if "\u00df" in plain or "\u03c2" in plain:
        return "xn--" + plain.encode("punycode").decode("ascii")
    return label.encode("idna").decode("ascii")


def _path(path: str, *, is_last: bool) -> str:
    plain = unquote(path, errors="surrogateescape")
    plain = trim_marks(plain) if is_last else plain
    plain = _INDEX.sub("", "/" + normpath(f"/{plain}").strip("/")).rstrip("/")
    while plain.endswith("/amp"):
        plain = plain.removesuffix("/amp").rstrip("/")
    if plain.startswith("/amp/"):
        plain = plain.removeprefix("/amp")
    return quote(plain, safe="/:@!$&'()*+,;=~", errors="surrogateescape")


def _query(host: str, query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape", max_num_fields=200)
    own = _HOST_TRACKING.get(host, frozenset())
    kept = sorted(pair for pair in pairs if pair[0] not in own and not _is_no_matter(pair[0].lower(), pair[1]))
    return urlencode(kept, quote_via=quote, errors="surrogateescape", encoding="utf-8")


def _is_no_matter(name: str, value: str) -> bool:
    if name in {"amp", "outputtype"}:
        return value.lower() in _AMP_VALUES
    return _TRACKING.fullmatch(name) is not None


def _video(host: str, path: str, query: str) -> str | None:
    if host == "youtu.be":
        return path[1:] if _VIDEO.fullmatch(path[1:]) else None
    if host not in _YOUTUBE:
        return None
    if path == "/watch":
        value = parse_qs(query).get("v", [""])[0]
        return value if _VIDEO.fullmatch(value) else None
    found = _VIDEO_PATH.fullmatch(path)
    return found[1] if found else None
