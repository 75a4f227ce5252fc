"""Who a mail goes to, as far as its words need to know."""

from dataclasses import dataclass

from sharebot.values.messages import Upload


@dataclass(frozen=True, slots=True)
class Reader:
    """An officer with a mailbox: the delivery's `number`, their page, and the small picture that goes along.

    `enrols` says that they have not agreed yet: then the mail asks for that, and for nothing else.
    """

    number: int
    page_url: str
    language: str
    party: str
    organisation: str
    enrols: bool = False
    picture: Upload | None = None
    alt: str = ""
