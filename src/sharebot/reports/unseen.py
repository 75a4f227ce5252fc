"""The words for why nothing of a party can be seen."""

from sharebot.texts.catalogue import Translator
from sharebot.values.tracking import Unobservable


def why_unseen(why: Unobservable, t: Translator) -> str:
    """Say it in a few words, to stand behind a party's name."""
    return {
        Unobservable.NO_ACCOUNT: t("no account known"),
        Unobservable.NO_TRACKER: t("a network that shows us nothing"),
        Unobservable.SWITCHED_OFF: t("network not watched"),
        Unobservable.NO_APPROVAL: t("network has not approved us"),
        Unobservable.NOT_CONFIRMED: t("account not confirmed"),
        Unobservable.NOT_LOOKED_UP: t("account not looked up yet"),
        Unobservable.NOT_FOUND: t("account not found"),
        Unobservable.GONE: t("account gone"),
        Unobservable.PROTECTED: t("account protected"),
        Unobservable.TAKEN_OVER: t("account taken over"),
        Unobservable.NO_BOT: t("our bot is not in the channel"),
        Unobservable.BUDGET_SPENT: t("budget spent"),
        Unobservable.FAILING: t("network does not answer"),
    }[why]
