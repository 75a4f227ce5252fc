"""Which texts are ours, nearly word for word, and which only sound like ours."""

import pytest

from sharebot.rules.similarity import Library, take_apart

LETTER = (
    "Ministers, you have the power to suspend the patents on essential medicines today. We, the undersigned doctors, "
    "nurses, patients and elected representatives, ask you to use it at the council in December and to publish every "
    "contract signed with the manufacturers."
)
SHORT = "Sign the letter and share it with your friends today."
CHINESE = (
    "各位部长，你们今天就有权暂停基本药物的专利。我们这些签名的医生、护士、病人和民选代表，请求你们公布每一份合同。"
)
THAI = "ท่านรัฐมนตรีมีอำนาจระงับสิทธิบัตรยาจำเป็นได้ตั้งแต่วันนี้ พวกเราแพทย์ พยาบาล ผู้ป่วย และผู้แทนที่ร่วมลงนาม"
ARABIC = "ندعو كل الحكومات إلى تقاسم الجرعات ورفع براءات الاختراع وتمويل الإنتاج المحلي قبل الشتاء"
LIBRARY = Library(
    [("letter", LETTER), ("short", SHORT), ("zh", CHINESE), ("th", THAI), ("ar", ARABIC), ("none", "Sign!")]
)


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        (LETTER, "letter"),
        (LETTER.upper() + " ✊✊ https://north.example/a?b=c #PatentsOff @north", "letter"),
        (LETTER.replace("essential", "life-saving").replace("December", "spring"), "letter"),
        ("Wortlaut: " + LETTER + " Unterschrieben haben: " + "Anja Vogt, Ümit Kaya, Sabine Löw, " * 9, "letter"),
        (LETTER[:140], "letter"),
        ("We have been saying so since 2021. " * 30 + LETTER[84:230], "letter"),
        (SHORT, "short"),
        ("转发：" + CHINESE + "谢谢！", "zh"),
        (THAI.replace(" ", "") + " ช่วยกันแชร์นะคะ", "th"),
        ("ندعو كلَّ الحكومات إلى تقاسم الجرعات، ورفع براءات الاختراع، وتمويل الإنتاج المحليّ قبل الشتاء!", "ar"),
        (LETTER.translate({ord(letter): chr(ord(letter) + 0xFEE0) for letter in "abcdefgh"}), "letter"),
        ("", None),
        ("Sign!", None),
        ("Sign the letter.", None),
        (
            "Ministers, you have the power to lower the rents today. We, the tenants, ask you to use it.",
            None,
        ),
        ("各位部长，请辞职。你们没有听医生、护士和病人的意见，预算案应当重写。", None),
        ("ประชุมสาขาวันเสาร์นี้ บ่ายสองโมง ที่เดิม มีข้าวเที่ยงเลี้ยง", None),
        (" ".join(sorted(LETTER.split())), None),
        ("a" * 100_000, None),
        ("\u0301" * 100_000, None),
        ("a." * 50_000 + "/", None),
    ],
)
def test_a_text_of_ours_is_known_again(text: str, ours: str | None) -> None:
    found = LIBRARY.find(text)
    assert (found.key if found else None) == ours
    assert found is None or 0 < found.share <= 1


def test_the_nearer_of_two_texts_is_told() -> None:
    other = LETTER.replace("suspend", "abolish").replace("December", "March")
    assert (found := Library([(1, LETTER), (2, other)]).find(other))
    assert (found.key, found.share) == (2, 1.0)


def test_words_without_gaps_are_taken_apart_by_letters() -> None:
    assert len(take_apart(CHINESE, most=1000)) > 30
    assert len(take_apart(THAI, most=1000)) > 50
    assert len(take_apart("one two three four", most=1000)) == 2
