"""What the log of changes calls each thing that can be done."""

from sharebot.texts.catalogue import Translator


def name_action(t: Translator, action: str) -> str:
    """Say what was done; the bare word for what these pages do not know."""
    return actions(t).get(action, action)


def actions(t: Translator) -> dict[str, str]:
    """Return all that can be done, by the words of the log."""
    return _items(t) | _parties(t) | _access(t) | _running(t)


def _items(t: Translator) -> dict[str, str]:
    return {
        "content.added": t("Item added"),
        "content.archived": t("Item put away"),
        "content.edited": t("Item edited"),
        "content.brought_back": t("Item brought back"),
        "content.merged": t("Items merged"),
        "content.split": t("Language taken out of an item"),
        "content.corrected": t("Delivered item corrected"),
        "file.added": t("File added"),
        "file.described": t("File described"),
        "file.removed": t("File removed"),
        "entry.approved": t("Entry approved"),
        "entry.proposed": t("Entry proposed"),
        "entry.moved": t("Entry moved to another time"),
        "entry.returned": t("Entry returned with a note"),
        "entry.withdrawn": t("Entry withdrawn"),
        "entry.resumed": t("Entry resumed"),
        "entry.nudged": t("Officers reminded"),
        "hold.begun": t("Country held"),
        "hold.ended": t("Hold of a country ended"),
    }


def _parties(t: Translator) -> dict[str, str]:
    return {
        "member.added": t("Party added"),
        "members.imported": t("Parties imported"),
        "list.added": t("List of parties made"),
        "list.changed": t("List of parties changed"),
        "list.removed": t("List of parties deleted"),
        "member.changed": t("Party changed"),
        "member.noted": t("Note on a party"),
        "account.added": t("Public account added"),
        "account.confirmed": t("Public account confirmed"),
        "account.declined": t("Public account said not to be the party’s"),
        "account.removed": t("Public account removed"),
        "seat.added": t("Seat added"),
        "seat.removed": t("Seat removed"),
        "seat.invited": t("Invitation made"),
        "seat.mailed": t("Invitation by e-mail"),
        "seat.revoked": t("Invitation revoked"),
        "officer.confirmed": t("Officer confirmed"),
        "officer.rejected": t("Officer turned away"),
        "officer.chosen": t("Settings of an officer"),
        "officer.risk": t("Protection of an officer"),
    }


def _access(t: Translator) -> dict[str, str]:
    return {
        "session.opened": t("Signed in"),
        "session.ended": t("Session ended"),
        "passkey.added": t("Passkey added"),
        "passkey.renamed": t("Passkey renamed"),
        "passkey.removed": t("Passkey removed"),
        "telegram.code": t("Code for Telegram shown"),
        "telegram.linked": t("Telegram linked"),
        "telegram.unlinked": t("Telegram unlinked"),
        "staff.added": t("Person of staff added"),
        "staff.changed": t("Person of staff changed"),
        "staff.removed": t("Person of staff removed"),
        "staff.link": t("Sign-in link shown"),
        "staff.language": t("Language chosen"),
    }


def _running(t: Translator) -> dict[str, str]:
    return {
        "campaign.added": t("Campaign added"),
        "campaign.edited": t("Campaign edited"),
        "campaign.ended": t("Campaign ended"),
        "source.added": t("Source added"),
        "source.on": t("Source switched on"),
        "source.off": t("Source switched off"),
        "source.move": t("Source followed to its new address"),
        "network.look": t("Network looked at"),
        "source.poll": t("Source looked at"),
        "token.made": t("API token made"),
        "token.revoked": t("API token revoked"),
        "webhook.made": t("Webhook added"),
        "webhook.tested": t("Webhook tested"),
        "webhook.paused": t("Webhook paused"),
        "webhook.resumed": t("Webhook resumed"),
        "webhook.deleted": t("Webhook deleted"),
        "webhook.retried": t("Webhook called again"),
        "bot.stopped": t("All sending stopped"),
        "bot.resumed": t("Sending resumed"),
        "delivery.decided": t("Message in doubt decided"),
        "chat.refused": t("Refused in the chat"),
    }
