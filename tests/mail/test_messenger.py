"""A message becomes a mail: what it holds, what it never holds, and what each answer of a mail server means."""

import pytest

from sharebot.config.settings import Smtp
from sharebot.errors import PermanentError, RecipientGone, SharebotError, TemporaryError
from sharebot.mail.letters import build_letter, to_text
from sharebot.mail.messenger import MailMessenger
from sharebot.mail.smtp import SmtpMailer
from sharebot.values.messages import Button, Letter, Message, Upload
from tests.mail.test_smtp import HOST, Postbox, serving

PAGE = "https://share.alliance.example/o/7-abc"
WORDS = Message(
    '<b>A title &lt;script&gt;alert(1)&lt;/script&gt;</b>\n\nTwo\nlines & a <a href="https://a.example">link</a>',
    ((Button("Open and share", url=PAGE), Button("Later", data="l:7:")), (Button("Other", url="https://o.example"),)),
    subject="A title\r\nBcc: everybody@alliance.example",
    upload=Upload("picture.jpg", "image/jpeg", b"\xff\xd8"),
    letter=Letter(7, PAGE, "fr", 'A "crowd"'),
)


def test_the_html_part_has_our_words_and_nothing_of_a_strangers_markup():
    mail = build_letter("eva@west.example", WORDS, message_id="<7@alliance.example>")
    assert "<script" not in mail.html
    assert "&lt;script&gt;" in mail.html
    assert f'<a href="{PAGE}"' in mail.html and "https://o.example" in mail.html
    assert "Later" not in mail.html, "a tap has no place in a mail"
    assert 'alt="A &quot;crowd&quot;"' in mail.html
    assert '<html lang="fr">' in mail.html
    assert "Two<br>lines" in mail.html
    assert mail.subject == "A title Bcc: everybody@alliance.example"
    assert mail.stop_url == f"{PAGE}/stop"


def test_the_text_part_says_the_same():
    mail = build_letter("eva@west.example", WORDS, message_id="<7@alliance.example>")
    assert mail.text.startswith("A title <script>alert(1)</script>\n\nTwo\nlines & a link (https://a.example)")
    assert f"Open and share:\n{PAGE}" in mail.text
    assert to_text("<i>a &amp; b</i>") == "a & b"


ANSWERS = [
    ("rcpt", "550 5.1.1 no such user", RecipientGone),
    ("rcpt", "452 4.2.2 mailbox full", TemporaryError),
    ("data", "554 5.7.1 looks like spam", PermanentError),
]


@pytest.mark.parametrize(("step", "answer", "kind"), ANSWERS)
async def test_each_answer_of_a_mail_server_means_one_thing(step: str, answer: str, kind: type[SharebotError]):
    box = Postbox()
    setattr(box, step, answer)
    with serving(box) as smtp:
        messenger = MailMessenger(SmtpMailer(smtp, organisation="The Alliance"), sender=smtp.sender)
        with pytest.raises(SharebotError) as caught:
            await messenger.send("eva@west.example", WORDS)
        assert type(caught.value) is kind
        setattr(box, step, "")
        assert (await messenger.send("eva@west.example", WORDS)).message_id == 7
        await messenger.send("eva@west.example", WORDS)
        first, second = [_header(raw, b"Message-ID") for raw in box.taken][-2:]
        assert first == second


async def test_what_is_no_letter_is_not_mailed():
    nobody = SmtpMailer(Smtp(host=HOST, port=9, security="none"), organisation="The Alliance")
    with pytest.raises(PermanentError):
        await MailMessenger(nobody, sender="a@b.example").send(1001, Message("Words"))


def _header(raw: bytes, name: bytes) -> bytes:
    return next(line for line in raw.splitlines() if line.startswith(name))
