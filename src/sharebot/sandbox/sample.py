"""What `sharebot sandbox` starts with: three phones, a group, a site with a feed, the Alliance on the networks."""

from datetime import timedelta

from sharebot.sandbox.publisher import Story, publish
from sharebot.sandbox.sites import draw_landscape
from sharebot.sandbox.world import Sandbox

BLUESKY, X, YOUTUBE = "alliance.example", "alliance", "@alliancetv"
SERVER = "social.example"
MASTODON = f"alliance@{SERVER}"


def fill(sandbox: Sandbox) -> None:
    """Set the stage."""
    for chat_id, name, language in ((1001, "Ana", "fr"), (1002, "Ben", "en"), (1003, "Cy", "es")):
        sandbox.telegram.add_phone(chat_id, name, language=language)
    group = sandbox.telegram.add_group(-5001, "Party North: press")
    group.join(sandbox.telegram.phones[1001], sandbox.telegram.phones[1003])
    sandbox.sites.publish("/img/cover.png", draw_landscape(1), "image/png")
    story = Story(
        "first-post",
        "post",
        {"en": "A first post", "fr": "Un premier article", "es": "Una primera entrada"},
        {
            "en": "Three languages, one story.",
            "fr": "Trois langues, un sujet.",
            "es": "Tres idiomas, un tema.",
        },
        sandbox.clock.now() - timedelta(hours=1),
    )
    publish(sandbox, [story], organisation="The Alliance")
    title, link = story.titles["en"], f"{sandbox.base_url}/site/en/{story.code}"
    sandbox.bluesky.account("north.example")  # the parties of config/members.csv
    sandbox.x.account("partysouth")
    sandbox.bluesky.post(sandbox.bluesky.account(BLUESKY), title, link=link)
    sandbox.x.post(sandbox.x.account(X), title, link=link)
    sandbox.mastodon.post(MASTODON, title, link=link)
    sandbox.youtube.upload(sandbox.youtube.channel(YOUTUBE[1:]), "a-few-words", "A few words")
