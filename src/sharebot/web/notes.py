"""What pages say after a form, and when something went wrong; addresses carry words, never texts."""

from sharebot.texts.catalogue import Translator


def find(t: Translator, word: str) -> str | None:
    """Spell out what was done; None for words that are not ours."""
    known = _entries(t) | _officers(t) | _access(t) | _parties(t) | _drafts(t)
    return known.get(word)


def _entries(t: Translator) -> dict[str, str]:
    """Entries, campaigns, sources and holds."""
    return {
        "approved": t("Approved. It goes out at the time you chose."),
        "proposed": t("Proposed. An approver decides on it; you see here what becomes of it."),
        "proposed_first": t("Proposed. Two pairs of eyes are needed, so somebody else approves it after you."),
        "returned": t("Returned. Whoever proposed it sees your note."),
        "already": t("This was queued already, so nothing was queued twice."),
        "edited": t("Kept. An approval from before does not hold any more."),
        "archived": t("Put away. Nobody will get it."),
        "withdrawn": t(
            "Withdrawn. What was not sent stays unsent, delivered messages lose their buttons, its short links lead "
            "nowhere, and whoever shared it is told."
        ),
        "campaign_ended": t("Ended. Texts go without its words from now on."),
        "source_added": t("Added. What it brings waits in the inbox in a minute."),
        "source_moved": t("Kept. It is looked at there from now on."),
        "polled_soon": t("It is looked at within a minute."),
        "look_soon": t("It is looked at within a minute or two."),
        "hold_begun": t("On hold. Nothing that asks for something is sent there on these days."),
        "hold_ended": t("Ended. What waited for it goes out now, within working hours."),
        "moved": t("Moved to that day."),
    }


def _officers(t: Translator) -> dict[str, str]:
    """Officers, their own pages, the bot, and proposals."""
    return {
        "confirmed": t("Confirmed. The officer gets a welcome and the next items."),
        "thanks": t("Noted. Thank you!"),
        "link_taken": t("Thank you! Your link is noted."),
        "link_refused": t("That link is not a post of your party, so it was not noted."),
        "taken_already": t("A colleague has it already."),
        "agreed": t("Thank you! The next items will come by e-mail."),
        "kept": t("Kept."),
        "paused": t("You take a break. Nothing more comes until you go on."),
        "back": t("Welcome back! The next items will come by e-mail."),
        "account_not_ticked": t("Nothing was noted: please tick that the account is your party’s."),
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
    }


def _access(t: Translator) -> dict[str, str]:
    """Sign-in and staff."""
    return {
        "signed_out": t("You are signed out"),
        "add_passkey": t("You are signed in. Add a passkey below, so that you need no link the next time."),
        "passkey_added": t("This passkey signs you in from now on."),
        "passkey_removed": t("Removed. That passkey opens nothing any more."),
        "session_ended": t("Ended. That browser has to sign in again."),
        "telegram_unlinked": t("Unlinked. The bot does not know you any more."),
        "staff_added": t("Added. Show a sign-in link and hand it over in person or over a safe line."),
        "staff_changed": t("Kept. Whoever got another role or region has to sign in again."),
        "staff_removed": t("Removed. No link, browser, passkey or chat of theirs opens anything any more."),
    }


def _parties(t: Translator) -> dict[str, str]:
    """Parties and their lists."""
    return {
        "seat_added": t("The seat is there. Invite its officer now."),
        "seat_removed": t("Removed. Nothing is held about its officer any more."),
        "revoked": t("Revoked. That link opens nothing any more."),
        "account_added": t("Added. Posts there are looked for from now on, where its network allows it."),
        "account_confirmed": t("Noted. Its posts may be looked at from now on."),
        "account_declined": t("Noted. It is not looked at any more; what was proved there stays."),
        "account_removed": t("Removed. What was proved there stays."),
        "imported": t("Imported, all of it."),
        "list_removed": t("Deleted. What was approved for its parties goes to them all the same."),
        "nudged": t("The reminders are on their way, each in its officer’s own hours."),
        "nobody_nudged": t("Nobody was reminded: everybody has answered or is left alone for a reason."),
    }


def _drafts(t: Translator) -> dict[str, str]:
    """Drafts and their files, programs, and the rest."""
    return {
        "added": t("A draft was made of it. Look it over, then approve it."),
        "known_already": t("This link is known already: here is its item."),
        "merged": t("One item now. A language that does not belong can be taken out again further down."),
        "split": t("Taken out: it is a draft of its own again."),
        "uploaded": t("Uploaded. It goes out with the item."),
        "no_file": t("No file was chosen."),
        "described": t("Kept."),
        "file_removed": t("Removed. An approval from before does not hold any more."),
        "token_revoked": t("Revoked. That token opens nothing any more."),
        "webhook_tested": t("The call is on its way. Look here again in a few seconds."),
        "webhook_paused": t("Paused. What happens from now on is not told there."),
        "webhook_resumed": t("It is told again of what happens, and first of what was waiting."),
        "webhook_deleted": t("Deleted, along with its calls."),
        "nothing_ticked": t("Nothing was ticked, so nothing was decided."),
    }


def explain(t: Translator, word: str) -> tuple[str, str]:
    """Return title and text of the page for a problem."""
    return {
        "not_found": (t("Nothing here"), t("This address leads nowhere. It may have been withdrawn.")),
        "bad_link": (
            t("This link does not open anything"),
            t("Sign-in links work once and for ten minutes. Ask for a new one."),
        ),
        "not_allowed": (t("Not for your role"), t("Your role allows you to look, but not to do this.")),
        "stale": (
            t("It has changed in the meantime"),
            t("Somebody or its source edited this content after you opened it. Nothing was approved."),
        ),
        "refused": (t("This cannot be done now"), t("Nothing was changed. This is why:")),
        "unreadable": (
            t("This form cannot be read"),
            t("A value in it is missing or is not a possible one."),
        ),
        "too_many": (t("Too much at once"), t("Please wait a few minutes, then try again.")),
        "bad_identity": (
            t("You are not signed in"),
            t("The identity provider did not vouch for an address of the staff, or it could not be asked."),
        ),
        "unfit_file": (t("This file is not taken"), t("Go back, choose another one and try again.")),
        "broken": (t("Something broke"), t("It is our fault, not yours, and it has been noted down.")),
    }[word]


def find_objection(t: Translator, word: str) -> str | None:
    """Spell out why an approval is not possible as the form stands."""
    return {
        "changed": t("You changed the form. Below is who would get it now: look, then approve."),
        "day_missing": t("Choose the day on which it should be sent."),
        "past": t("The time you chose lies in the past."),
        "share_past": t("The moment from which it may be shared lies in the past."),
        "share_day_missing": t("Choose the day from which it may be shared."),
        "note_missing": t("Say in a note what is to be changed."),
        "nobody": t("Nobody would get it: no party with an active officer fits."),
        "no_link": t("It has no link to share, so it cannot be sent."),
    }.get(word)
