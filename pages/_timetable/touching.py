"""What a change of the week does to sessions to come, in words."""

from domain.kit.texts import _, ngettext
from domain.operations.planning import Preview


def touches(preview: Preview) -> str:
    """What becomes of the sessions to come, in a line or two."""
    plan = preview.plan
    said = [
        ngettext("{count} session to come moves.", "{count} sessions to come move.", len(plan.change)) if plan.change else "",
        ngettext("{count} session is added.", "{count} sessions are added.", len(plan.add)) if plan.add else "",
        ngettext("{count} session to come is taken away.", "{count} sessions to come are taken away.", len(plan.drop))
        if plan.drop
        else "",
        ngettext(
            "{count} stays, for it has attendance or was changed by hand.",
            "{count} stay, for they have attendance or were changed by hand.",
            len(plan.kept),
        )
        if plan.kept
        else "",
    ]
    return " ".join(each for each in said if each) or _("No session to come changes.")
