"""The monthly performance briefing: what the Chief Constable and the Commissioner discuss."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final, assert_never

from bot.access import Sight
from bot.access.writing import OTHERS_SEE
from bot.documents.attention import (
    early_attention,
    judged_measures,
    performance_risks,
    reputational_risks,
)
from bot.documents.issues import issue_sections
from bot.documents.model import Document, Part, Section
from bot.documents.numbering import briefing_month, briefing_number
from bot.documents.objectives import objectives
from bot.documents.tables import PROJECTION_COLUMNS, paper_table
from bot.people import Surface
from bot.replies.dashboards import verdict_of
from bot.replies.doing import Doing
from bot.replies.model import Bullets, Facts, Paragraph
from bot.replies.verdict import in_brief
from metrics.calendar import say_date
from metrics.classification import ThreatLevel
from metrics.dashboards import DashboardName
from metrics.snapshot import SnapshotKind

TITLE: Final = "Performance briefing"

SYNTHETIC_MARK: Final = "SYNTHETIC DEMONSTRATION DATA"
"""Stands on every page of a paper of a demonstration."""

NOTHING: Final = "Nothing stands out."


def performance_briefing(sight: Sight, doing: Doing, *, made_on: date) -> Document:
    """Make the briefing of the day that the figures stand at.

    Args:
        sight: The figures, as whoever the paper is for may see them.
        doing: What is being done and watched for, as it stands when the paper is made.
        made_on: The day on which the paper is made.
    """
    force = sight.catalogue.force
    return Document(
        title=TITLE,
        about=f"{force.name}, {briefing_month(sight.as_at, sight.kind)}",
        number=briefing_number(sight.as_at, sight.kind),
        as_at=sight.as_at,
        standing=sight.standing,
        made_for=audience_words(sight),
        mark=SYNTHETIC_MARK if sight.catalogue.synthetic else "",
        source=sight.source,
        sections=tuple(_sections(sight, doing, made_on)),
    )


def audience_words(sight: Sight) -> str:
    """Say who a paper may be given to: it was made through the gate for them."""
    match sight.surface:
        case Surface.PRIVATE:
            role = sight.person.role
            return f"For {role.words}s only" if role else "For nobody"
        case Surface.CHANNEL:
            return "For members"
        case Surface.EXPORT:
            return "For the board: holds no internal figures"
        case Surface.PUBLIC:
            return "For publication"
        case _:
            assert_never(sight.surface)


def _sections(sight: Sight, doing: Doing, made_on: date) -> Iterator[Section]:
    judged = judged_measures(sight, sight.catalogue.force)
    yield _summary(sight, doing, made_on)
    yield _overview(sight)
    yield Section(
        title="Performance against strategic objectives",
        sections=objectives(sight, doing),
        on_new_page=True,
    )
    yield _projections(sight)
    yield Section(
        title="Areas that may need early attention",
        parts=_listed(
            "What is not a High threat yet, and may become one: a target in the balance, a month "
            "outside its limits, a classification that has begun to move.",
            early_attention(judged),
        ),
    )
    yield Section(
        title="Risks",
        parts=(
            Paragraph(
                text="Where performance stays below the levels that were agreed, the professional "
                "reputation of the Force and of the Commissioner's office is at stake as well as "
                "the target. Both are told here, because they are not always the same measures."
            ),
        ),
        sections=(
            Section(
                title="Performance risk",
                parts=_listed(
                    "Classified High, or with a target that is unlikely to be met.",
                    performance_risks(judged),
                ),
            ),
            Section(
                title="Reputational risk",
                parts=_listed(
                    "What people say of the service, how the Force compares with the most similar "
                    "forces, and how many crimes have an outcome.",
                    reputational_risks(judged),
                ),
            ),
        ),
    )
    yield from issue_sections(sight, doing, made_on)
    yield _horizon(sight, doing)
    yield about_figures(sight)


def _summary(sight: Sight, doing: Doing, made_on: date) -> Section:
    judged = judged_measures(sight, sight.catalogue.force)
    high = [one for one in judged if one.assessment.threat.level is ThreatLevel.HIGH]
    total = next(
        (one for one in judged if one.measure.id == sight.catalogue.total_crime().id), None
    )
    lines = [f"{in_brief(total)}."] if total else []
    lines += [f"{in_brief(one)}." for one in high]
    overdue = doing.overdue(made_on)
    facts = [
        ("Figures", sight.standing),
        ("Made on", say_date(made_on)),
        ("High threats", f"{len(high)}" if high else "none"),
    ]
    if doing.is_kept and sight.surface is not Surface.PUBLIC:
        facts.append(("Open issues", f"{len(doing.issues)}"))
        facts.append(("Actions overdue", f"{len(overdue)}"))
    return Section(
        title="Summary",
        parts=(
            Paragraph(
                text="This briefing gives the position of the Force against the objectives of the "
                "Police and Crime Plan, where the year is likely to end, and what carries risk. It "
                f"is for discussion; every figure in it is of one version, {_firmness(sight)}."
            ),
            Bullets(items=tuple(lines) or (NOTHING,)),
            Facts(rows=tuple(facts)),
        ),
    )


def _firmness(sight: Sight) -> str:
    if sight.kind is SnapshotKind.MONTH_END:
        return f"the month end of {say_date(sight.as_at)}"
    return f"the provisional daily figures as at {say_date(sight.as_at)}"


def _overview(sight: Sight) -> Section:
    """Tell the dashboards that the papers print whole."""
    framework = sight.catalogue.framework(sight.as_at)
    numeric = framework is not None and any(one.kind.is_numeric for one in framework.targets)
    main = DashboardName.TARGETS if numeric else DashboardName.PLAN
    title = f"Police and Crime Dashboard, {framework.id}" if framework else "Dashboard"
    return Section(
        title="Current performance overview",
        sections=(
            _dashboard(sight, main, title),
            _dashboard(sight, DashboardName.SCORECARD, "Emergent Scorecard"),
            _dashboard(sight, DashboardName.ALL_CRIME, "All crime against last year"),
        ),
    )


def _dashboard(sight: Sight, name: DashboardName, title: str) -> Section:
    force = sight.catalogue.force
    made = sight.dashboard(name, force)
    parts: tuple[Part, ...] = paper_table(sight, name, force)
    if not parts:
        return Section(title=title, parts=(Paragraph(text=" ".join(made.caveats) or NOTHING),))
    words = verdict_of(name, made, rule=sight.catalogue.rule)
    return Section(title=title, parts=(Paragraph(text=words, strong=True), *parts))


def _projections(sight: Sight) -> Section:
    """Tell where the year is likely to end: against targets, or of every crime type."""
    force = sight.catalogue.force
    framework = sight.catalogue.framework(sight.as_at)
    numeric = framework is not None and any(one.kind.is_numeric for one in framework.targets)
    name = DashboardName.TARGETS if numeric else DashboardName.ALL_CRIME
    columns = PROJECTION_COLUMNS if numeric else ("Year to date", "Year end", "95% range")
    table = [one for one in paper_table(sight, name, force, columns=columns) if _is_table(one)]
    words = (
        "What the performance year is expected to end with if things go on as they have, with the "
        "range in which it ends with a chance of 95%. Of surveys, the rolling 12 months then."
    )
    return Section(title="Projections", parts=(Paragraph(text=words), *table))


def _is_table(part: Part) -> bool:
    return not isinstance(part, Bullets)


def _listed(about: str, lines: tuple[str, ...]) -> tuple[Part, ...]:
    return Paragraph(text=about), Bullets(items=lines or (NOTHING,))


def _horizon(sight: Sight, doing: Doing) -> Section:
    """Tell what is coming, as people noted it.

    Notes are free text about no measure, which nobody can check: in private and in papers only.
    """
    if sight.surface in OTHERS_SEE:
        words = "Horizon-scanning items stand in the paper and are not told here."
        return Section(title="Horizon scanning", parts=(Paragraph(text=words),))
    lines = tuple(
        f"{one.text.rstrip('.')}. (Noted by {one.by} on {say_date(one.day)}.)"
        for one in doing.horizon
    )
    return Section(title="Horizon scanning", parts=(Bullets(items=lines or NO_ITEMS),))


NO_ITEMS: Final = ("No items have been noted. /brief add TEXT notes one.",)

SIGNIFICANT_MEANS: Final = (
    "A change is called significant where chance and the usual variation do not explain it at the "
    "1% level, after adjustment for all that was tested beside it; p is that adjusted chance."
)

ROUNDING: Final = (
    "Crimes short of a target and outcomes required are rounded up: half a crime cannot be "
    "prevented."
)

SURVEYS: Final = (
    "Satisfaction is told with how many people were asked, and with the range in which it lies "
    "with a chance of 95%."
)

PROVISIONAL: Final = "Daily figures are provisional: late records and re-classifications follow."


def about_figures(sight: Sight) -> Section:
    """Say which figures these are, and how the words about them are meant."""
    lines = [f"{sight.standing}. {sight.source}."]
    if sight.kind is SnapshotKind.DAILY:
        lines.append(PROVISIONAL)
    lines += [SIGNIFICANT_MEANS, ROUNDING, SURVEYS]
    if sight.catalogue.synthetic:
        lines.append("These are synthetic data of a demonstration: they are not real crimes.")
    return Section(title="About these figures", parts=(Bullets(items=tuple(lines)),))
