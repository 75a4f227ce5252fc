"""On a content's page: the texts that parties post, the topics, and the campaign."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from sharebot.errors import Refused
from sharebot.rules.wordings import LONGEST_WORDING, MOST_WORDINGS, split_wordings
from sharebot.store.campaigns import sort_content
from sharebot.store.wordings import set_wordings
from sharebot.web.guard import Editor
from sharebot.web.pages import go, runtime_of

router = APIRouter()


class WordingsForm(BaseModel):
    """The texts of one language version, an empty line between two."""

    model_config = ConfigDict(extra="forbid")

    language: Annotated[str, Field(max_length=3)]
    texts: Annotated[str, Field(max_length=MOST_WORDINGS * (LONGEST_WORDING + 10))] = ""


class SortingForm(BaseModel):
    """What a content is about; no campaign is an empty word."""

    model_config = ConfigDict(extra="forbid")

    topics: Annotated[list[Annotated[str, Field(max_length=16)]], Field(max_length=12)] = []
    campaign: Annotated[str, Field(max_length=40)] = ""


@router.post("/contents/{content_id}/texts")
def give_texts(request: Request, editor: Editor, content_id: int, form: Annotated[WordingsForm, Form()]) -> Response:
    """Give a language version these texts; an approval of it is void then."""
    with runtime_of(request).database.write() as session:
        changed = set_wordings(session, content_id, form.language, split_wordings(form.texts))
    return go(f"/contents/{content_id}", said="texts_set" if changed else "")


@router.post("/contents/{content_id}/sorting")
def sort(request: Request, editor: Editor, content_id: int, form: Annotated[SortingForm, Form()]) -> Response:
    """Say what a content is about, and which campaign it belongs to."""
    runtime = runtime_of(request)
    if not set(form.topics) <= set(runtime.settings.topics):
        raise Refused("there is no such topic")
    topics = [code for code in runtime.settings.topics if code in form.topics]
    with runtime.database.write() as session:
        changed = sort_content(session, content_id, topics=topics, campaign_code=form.campaign)
    return go(f"/contents/{content_id}", said="sorted" if changed else "")
