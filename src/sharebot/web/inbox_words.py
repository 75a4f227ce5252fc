"""What the inbox says of odd drafts and of those that look like one story."""

from sharebot.rules.stories import Evidence
from sharebot.texts.catalogue import Translator


def advise(t: Translator, reason: str) -> str:
    """Say what to do about a reason to look twice."""
    if reason.startswith("links to a foreign host: "):
        return t("Open the link. If the Alliance means to send people there, approve it; otherwise put it away.")
    if reason.startswith("proposed by "):
        return t("A party would like others to share it: check that it fits all of them.")
    return {
        "no link": t("Write its link into the form, or put it away: without one there is nothing to share."),
        "no date": t("Check that it is of today, then approve it as usual."),
        "older than 30 days": t("Feeds sometimes bring old pieces again. Put it away unless you want it sent anew."),
        "dated in the future": t("Its source gives a date to come. Check whether it may be seen already."),
        "edited after approval": t("Read it again and approve it once more: its words are not the ones approved."),
        "changed at its source, which staff had edited here": t(
            "Compare both, keep your words or take its new ones, then approve it again."
        ),
        "very many new items at once": t(
            "Its source brought very many at once. If that was an accident, tick them all and put them away."
        ),
    }.get(reason, t("Open it and compare it with its source before you approve it."))


def because(t: Translator, evidence: Evidence) -> str:
    """Name what drafts have in common."""
    return {
        Evidence.LINK: t("their links end alike"),
        Evidence.VIDEO: t("the same video"),
        Evidence.PICTURE: t("the same picture"),
        Evidence.LENGTH: t("equally long"),
        Evidence.NAMES: t("the same names"),
        Evidence.NUMBERS: t("the same numbers"),
        Evidence.TIME: t("published close together"),
    }[evidence]
