"""What pages say after a form, and when something went wrong; addresses carry words, never texts."""

from sharebot.texts.catalogue import Translator


def find(t: Translator, word: str) -> str | None:
    """Spell out what was done; None for words that are not ours."""
    return {
        "approved": t("Approved. It goes out at the time you chose."),
        "already": t("This was queued already, so nothing was queued twice."),
        "texts_set": t("Kept. An approval from before does not hold any more."),
        "sorted": t("Kept. An approval from before does not hold any more."),
        "archived": t("Put away. Nobody will get it."),
        "withdrawn": t(
            "Withdrawn. What was not sent stays unsent, delivered messages lose their buttons, its short links lead "
            "nowhere, and whoever shared it is told."
        ),
        "confirmed": t("Confirmed. The officer gets a welcome and the next items."),
        "thanks": t("Noted. Thank you!"),
        "link_taken": t("Thank you! Your link is noted."),
        "link_refused": t("That link is not a post of your party, so it was not noted."),
        "taken_already": t("A colleague has it already."),
        "agreed": t("Thank you! The next items will come by e-mail."),
        "kept": t("Kept."),
        "paused": t("You take a break. Nothing more comes until you go on."),
        "back": t("Welcome back! The next items will come by e-mail."),
        "not_sure": t("Nothing was erased: the box was not ticked."),
        "mailed": t("The mail is on its way. Nothing else is sent there before they agree."),
        "rejected": t("Turned away. The seat is free again."),
        "resumed": t("The bot sends again."),
        "stopped": t("Stopped. Nothing is sent until somebody lets the bot go on."),
        "corrected": t("Corrected. What was delivered is edited in place, and whoever shared it is told."),
        "decided": t("Noted. What you decided is carried out."),
        "proposal_accepted": t("Accepted: this is its draft. Whoever proposed it is told."),
        "translation_accepted": t("Accepted: it goes out with the next sending. Whoever wrote it is told."),
        "translation_to_approve": t(
            "Accepted. What was approved and not yet sent has to be approved again, since its words have changed."
        ),
        "declined": t("Declined. Whoever proposed it is told kindly."),
        "decided_before": t("Somebody has decided this already."),
        "nothing_ticked": t("Nothing was ticked, so nothing was decided."),
    }.get(word)


def explain(t: Translator, word: str) -> tuple[str, str]:
    """Return title and text of the page for a problem."""
    return {
        "not_found": (t("Nothing here"), t("This address leads nowhere. It may have been withdrawn.")),
        "sign_in": (
            t("Please sign in"),
            t("Ask whoever runs this bot for a sign-in link; it works once and for ten minutes."),
        ),
        "signed_out": (
            t("You are signed out"),
            t("Ask whoever runs this bot for a sign-in link; it works once and for ten minutes."),
        ),
        "bad_link": (
            t("This link does not open anything"),
            t("Sign-in links work once and for ten minutes. Ask for a new one."),
        ),
        "not_allowed": (t("Not for your role"), t("Your role allows you to look, but not to do this.")),
        "stale": (
            t("It has changed in the meantime"),
            t("Somebody or its source edited this content after you opened it. Nothing was approved."),
        ),
        "refused": (t("This cannot be done now"), t("It is not in the state that this needs any more.")),
        "unreadable": (
            t("This form cannot be read"),
            t("A value in it is missing or is not a possible one."),
        ),
        "broken": (t("Something broke"), t("It is our fault, not yours, and it has been noted down.")),
    }[word]


def find_objection(t: Translator, word: str) -> str | None:
    """Spell out why an approval is not possible as the form stands."""
    return {
        "changed": t("You changed the form. Below is who would get it now: look, then approve."),
        "day_missing": t("Choose the day on which it should be sent."),
        "past": t("The time you chose lies in the past."),
        "nobody": t("Nobody would get it: no party with an active officer fits."),
        "no_link": t("It has no link to share, so it cannot be sent."),
    }.get(word)
