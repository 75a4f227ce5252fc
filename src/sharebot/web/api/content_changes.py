"""What is given of a content, or changed of it, checked before it is kept."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlmodel import Session

from sharebot.errors import NotFound
from sharebot.rules import drafts
from sharebot.runtime import Runtime
from sharebot.sources.discovery import read_page
from sharebot.store.by_hand import add_content, find_known
from sharebot.store.contents import Intake, ingest
from sharebot.store.editing import get_draft, keep_draft
from sharebot.values.drafts import Draft, DraftVersion
from sharebot.values.feeds import FeedItem
from sharebot.values.status import ContentKind, Network
from sharebot.web.api.problems import ApiError, Fault
from sharebot.web.api.types import (
    Code,
    Fingerprint,
    Flag,
    Hashtag,
    Language,
    Line,
    PageAddress,
    Text,
    Title,
    WebAddress,
)

_SHORT_LINK = "/r/0123456789"


class Given(BaseModel):
    """Base of all that is given: unknown fields are errors."""

    model_config = ConfigDict(extra="forbid")


class VersionChange(Given):
    """What is to change of one language version.

    A new language needs a title; without `url` it leads where the first version does.
    """

    language: Language
    title: Title | None = None
    text: Text | None = None
    url: WebAddress | None = None
    texts: Annotated[list[Text] | None, Field(max_length=20, description="Dealt out among the parties.")] = None
    networks: Annotated[dict[Network, Text] | None, Field(description="Words for single networks.")] = None

    def onto(self, version: DraftVersion) -> DraftVersion:
        """Return the version with the change."""
        own = version.own if self.networks is None else tuple((place, said) for place, said in self.networks.items())
        return replace(
            version,
            title=version.title if self.title is None else self.title.strip(),
            text=version.text if self.text is None else self.text.strip(),
            url=version.url if self.url is None else self.url,
            wordings=version.wordings if self.texts is None else tuple(filter(None, map(str.strip, self.texts))),
            own=tuple((place, said.strip()) for place, said in own if said.strip()),
        )


class Sorting(Given):
    """What concerns the whole; `topics` are codes of the settings, `campaign` that of a running one."""

    hashtags: Annotated[list[Hashtag] | None, Field(max_length=10)] = None
    topics: Annotated[list[Line] | None, Field(max_length=12)] = None
    campaign: Code | None = None
    evergreen: Flag | None = None
    versions: Annotated[list[VersionChange], Field(max_length=20)] = []

    @model_validator(mode="after")
    def _one_version_each(self) -> "Sorting":
        languages = [one.language for one in self.versions]
        if len(set(languages)) < len(languages):
            raise ValueError("one version for each language")
        return self

    def onto(self, draft: Draft) -> Draft:
        """Return the draft with the change."""
        known = {one.language: one for one in draft.versions}
        changed = {
            one.language: one.onto(known.get(one.language, DraftVersion(one.language, ""))) for one in self.versions
        }
        return Draft(
            tuple((known | changed).values()),
            draft.hashtags if self.hashtags is None else " ".join(self.hashtags),
            draft.topics if self.topics is None else tuple(self.topics),
            draft.campaign if self.campaign is None else self.campaign,
            draft.evergreen if self.evergreen is None else self.evergreen,
        )


class GivenContent(Sorting):
    """A new content: at least one version with a title, and one with a link, which is what parties share."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "post",
                    "hashtags": ["#VaccinesForAll"],
                    "versions": [
                        {"language": "en", "title": "Vaccines for all", "url": "https://alliance.example/en/vaccines"},
                        {
                            "language": "fr",
                            "title": "Des vaccins pour tous",
                            "url": "https://alliance.example/fr/vaccins",
                        },
                    ],
                }
            ]
        }
    )

    kind: ContentKind = ContentKind.POST
    versions: Annotated[list[VersionChange], Field(min_length=1, max_length=20)]


class GivenLink(Given):
    """The address of a page; `language` counts when the page does not say its own."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"url": "https://alliance.example/en/vaccines"}]})

    url: PageAddress
    language: Language | None = None


class ContentChange(Sorting):
    """What is to change; `edit` is that of the content as you read it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"edit": "0123456789abcdef01234567", "versions": [{"language": "en", "title": "A better title"}]}
            ]
        }
    )

    edit: Fingerprint


def add_given(session: Session, given: GivenContent, runtime: Runtime, *, by: str) -> int:
    """Make a draft; return its id. Raises 422."""
    draft = given.onto(Draft(()))
    _check(draft, runtime)
    if not any(one.url for one in draft.versions):
        raise ApiError(
            422, "There is no link to share.", [Fault(detail="one version needs a url", pointer="/versions")]
        )
    first = next(one.url for one in draft.versions if one.url)
    linked = tuple(one if one.url else replace(one, url=first) for one in draft.versions)
    try:
        return add_content(session, given.kind, replace(draft, versions=linked), by=by, now=runtime.now())
    except NotFound as error:
        raise _no_campaign(error) from error


def change_content(session: Session, content_id: int, change: ContentChange, runtime: Runtime) -> None:
    """Keep a change. Raises NotFound, Refused when somebody was quicker or it is out, and 422."""
    draft = change.onto(get_draft(session, content_id))
    _check(draft, runtime)
    try:
        keep_draft(session, content_id, draft, before=change.edit, now=runtime.now())
    except NotFound as error:
        raise _no_campaign(error) from error


def _no_campaign(error: NotFound) -> ApiError:
    return ApiError(422, "There is no such campaign.", [Fault(detail=str(error), pointer="/campaign")])


def _check(draft: Draft, runtime: Runtime) -> None:
    link = f"{runtime.settings.web.public_url}{_SHORT_LINK}"
    faults = [
        Fault(
            detail=_spell(one),
            pointer="/versions" if one.language else f"/{one.field}",
        )
        for one in drafts.find_faults(draft, link=link)
    ]
    unknown = [topic for topic in draft.topics if topic not in runtime.settings.topics]
    faults += [Fault(detail=f"there is no topic {topic}", pointer="/topics") for topic in unknown]
    if faults:
        raise ApiError(422, "It cannot be kept so.", faults)


def _spell(fault: drafts.Fault) -> str:
    size = f": {fault.n} of {fault.limit}" if fault.limit else ""
    return f"{fault.field} in {fault.language}: {fault.word}{size}" if fault.language else f"{fault.word}{size}"


async def fetch_item(given: GivenLink, runtime: Runtime) -> FeedItem:
    """Read a page under the fetcher's rules. Raises TemporaryError and PermanentError."""
    page = await read_page(given.url, fetcher=runtime.fetcher, parsers=runtime.parsers)
    return FeedItem(
        external_id=page.url,
        title=page.title,
        text=page.text,
        url=page.url,
        published_at=page.published_at or runtime.now(),
        language=page.language or given.language or runtime.settings.organisation.languages[0],
        kind=page.kind,
        media=page.media,
        translations=page.translations,
        warnings=page.warnings,
    )


def add_page(session: Session, item: FeedItem, runtime: Runtime) -> tuple[int, bool]:
    """Make a draft of a page, or a version of a known story; return the content's id, and whether it is new."""
    settings = runtime.settings
    known = find_known(session, item.external_id)
    hosts = _hosts(settings.organisation.url, settings.sources.link_hosts)
    ingest(session, [item], Intake(item.language or "", hosts, runtime.now()))
    content_id = known or find_known(session, item.external_id)
    assert content_id is not None  # noqa: S101 - it has just been made
    return content_id, known is None


def _hosts(url: str, others: Sequence[str]) -> frozenset[str]:
    host = url.partition("://")[2].partition("/")[0].partition(":")[0]
    return frozenset({host.removeprefix("www."), *others})
