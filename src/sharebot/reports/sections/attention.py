"""What needs a person, and what comes next."""

from sharebot.reports.section import Section
from sharebot.texts.catalogue import Translator
from sharebot.values.figures import Figures
from sharebot.values.status import AnswerKind, DeliveryStatus


def attention(figures: Figures, t: Translator) -> Section:
    """Name failures plainly; say so when there were none."""
    failed = figures.deliveries.get(DeliveryStatus.FAILED, 0)
    review = figures.deliveries.get(DeliveryStatus.NEEDS_REVIEW, 0)
    expired = figures.deliveries.get(DeliveryStatus.EXPIRED, 0)
    declined = figures.answers.get(AnswerKind.DECLINED, 0)
    lines = []
    if failed:
        lines.append(t.n("{n} message could not be delivered.", "{n} messages could not be delivered.", failed))
    if review:
        lines.append(t.n("{n} message waits for a decision.", "{n} messages wait for a decision.", review))
    if expired:
        lines.append(t.n("{n} message expired unsent.", "{n} messages expired unsent.", expired))
    if declined:
        lines.append(t.n("{n} item was declined.", "{n} items were declined.", declined))
    if not lines:
        lines.append(t("Everything was delivered, and nothing was declined."))
    if figures.queued_next:
        lines.append(
            t.n(
                "{n} item is planned for next week.",
                "{n} items are planned for next week.",
                figures.queued_next,
            )
        )
    return Section(t("Worth knowing"), tuple(lines))
