"""What `sharebot sandbox` starts with: three phones, a group, one site with a feed, a page without one."""

from datetime import timedelta

from sharebot.sandbox.publisher import Story, publish
from sharebot.sandbox.sites import draw_landscape
from sharebot.sandbox.world import Sandbox


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
    sandbox.bluesky.account("alliance.example")
