"""The thematic panel report: one theme of the plan, its trends and what they must be read with.

It is published, so it is made of figures and of the plan alone: nothing that people typed, and
nothing that the gate does not let through in public.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.access import Sight
from bot.documents.attention import judged_measures
from bot.documents.briefing import SYNTHETIC_MARK, about_figures, audience_words
from bot.documents.model import Document, Section
from bot.documents.numbering import quarter_of_year, report_number
from bot.documents.objectives import objective, whole_priorities
from bot.documents.tables import paper_table
from bot.replies.doing import Doing
from bot.replies.judged import Judged
from bot.replies.model import Bullets, Facts, Paragraph, Standing
from bot.replies.phrases import counted, together
from bot.replies.pictures import long_term_picture
from bot.replies.subject import family
from bot.replies.verdict import movement, standing_of
from metrics.calendar import performance_year, say_date, year_name
from metrics.dashboards import DashboardName
from metrics.dashboards.significance import told_as_given
from metrics.model import Priority

TITLE: Final = "Thematic performance report"


def theme_report(sight: Sight, theme: str, doing: Doing) -> Document:
    """Make the report of a theme.

    Args:
        sight: The figures, as the public may see them (or whoever the report is for).
        theme: Its name, as the plan has it.
        doing: The operations that run; nothing else of it is told.
    """
    number = report_number(sight.as_at)
    return Document(
        title=TITLE,
        about=f"{theme}, {_quarter(sight)}",
        number=number,
        as_at=sight.as_at,
        standing=sight.standing,
        made_for=audience_words(sight),
        mark=SYNTHETIC_MARK if sight.catalogue.synthetic else "",
        source=sight.source,
        sections=tuple(_sections(sight, theme, doing)),
    )


def _quarter(sight: Sight) -> str:
    year = year_name(performance_year(sight.as_at))
    return f"quarter {quarter_of_year(sight.as_at)} of {year}"


def _sections(sight: Sight, theme: str, doing: Doing) -> Iterator[Section]:
    priorities = [one for one in whole_priorities(sight) if one.theme == theme]
    yield _summary(sight, theme, priorities)
    for priority in priorities:
        section = objective(sight, priority, sight.catalogue.force, doing, all_trends=True)
        yield section or _nothing(priority)
    if any(one.number == sight.catalogue.total_crime().priority for one in priorities):
        yield _long_term(sight)
    yield about_figures(sight)


def _nothing(priority: Priority) -> Section:
    words = "No measure of this priority is kept, so there is no figure to report."
    return Section(
        title=f"{priority.name} (priority {priority.number})", parts=(Paragraph(text=words),)
    )


def _summary(sight: Sight, theme: str, priorities: list[Priority]) -> Section:
    numbers = [one.number for priority in priorities for one in family(sight.catalogue, priority)]
    judged = judged_measures(sight, sight.catalogue.force, numbers) if numbers else []
    purpose = (
        f"This report gives the Police and Crime Panel the trends behind the theme “{theme}” of "
        "the Police and Crime Plan, and what has to be known to read them. The Panel is "
        "recommended to note its contents."
    )
    return Section(
        title="Summary",
        parts=(
            Paragraph(text=purpose),
            Paragraph(text=_verdict(judged), strong=True),
            Bullets(items=tuple(movement(one) for one in judged) or ("No figure may be told.",)),
            Facts(
                rows=(
                    ("Figures", f"{sight.standing}"),
                    ("Period", _quarter(sight)),
                    ("Priorities", together([one.number for one in priorities]) or "none"),
                )
            ),
        ),
    )


def _verdict(judged: list[Judged]) -> str:
    """Count what moved by more than chance explains, each way."""
    if not judged:
        return "There is no figure of this theme that may be told."
    tested = [one for one in judged if not told_as_given(one.measure)]
    if not tested:
        return "Its figures are partners' returns, told as given: none of them is tested."
    standings = [standing_of(one) for one in tested]
    worse, better = standings.count(Standing.WORSE), standings.count(Standing.BETTER)
    rest = len(tested) - worse - better
    if not worse and not better:
        return "No measure of this theme moved by more than chance explains."
    return (
        f"Of {counted(len(tested), 'measures')} tested, {worse} deteriorated and {better} improved "
        f"by more than chance explains; of the other {rest} that cannot be said."
    )


def _long_term(sight: Sight) -> Section:
    force = sight.catalogue.force
    return Section(
        title="Long-term trend",
        parts=(
            Paragraph(
                text=f"Total recorded crime by performance year, to {say_date(sight.as_at)}, from "
                "published totals and from the records that are held."
            ),
            *long_term_picture(sight, force),
            *paper_table(sight, DashboardName.LONG_TERM, force),
        ),
    )
