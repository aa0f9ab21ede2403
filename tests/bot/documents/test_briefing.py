"""The briefing of December 2013 reads as the paper of the Strategic Assurance Board did."""

from __future__ import annotations

from datetime import date

import pytest

from bot.access import Refused, Sight
from bot.documents import Document
from bot.documents.briefing import NO_ITEMS, performance_briefing
from bot.documents.model import numbered
from bot.people import Surface
from bot.replies.doing import Doing, OpenIssue, nothing_kept
from bot.replies.model import Facts
from metrics.model import Restriction
from metrics.snapshot import Figures
from tests.bot.asked import CHIEF, MEMBER, STRANGER
from tests.bot.documents.conftest import DOING, MADE_ON
from tests.bot.documents.published import CLASSIFIED, PUBLISHED
from tests.bot.documents.words import every_word, section_words


@pytest.mark.parametrize("said", PUBLISHED)
def test_a_published_figure_stands_in_its_sentence(paper: Document, said: str) -> None:
    assert said in every_word(paper)


@pytest.mark.parametrize(("title", "heading"), CLASSIFIED)
def test_a_classification_is_the_papers_own(paper: Document, title: str, heading: str) -> None:
    assert heading in section_words(paper, title)


def test_burglary_satisfaction_is_at_or_around_90(paper: Document) -> None:
    assert "victims of domestic burglary is 89.6%" in every_word(paper)


def test_the_sections_are_those_of_the_monthly_briefing(paper: Document) -> None:
    assert [section.title for section in paper.sections] == [
        "Summary",
        "Current performance overview",
        "Performance against strategic objectives",
        "Projections",
        "Areas that may need early attention",
        "Risks",
        "Regional, directorate and departmental issues",
        "Open issues",
        "Horizon scanning",
        "About these figures",
    ]


def test_all_crime_comes_first_and_savings_last(paper: Document) -> None:
    [objectives] = [one for one in paper.sections if one.title.startswith("Performance against")]

    assert objectives.sections[0].title == "All crime (priority 11)"
    assert objectives.sections[-1].title == "Savings (priority 18)"


def test_what_is_being_done_stands_with_the_priority_it_is_for(paper: Document) -> None:
    burglary = section_words(paper, "Domestic burglary (priority 12)")

    assert "Operation Tiger, since 28 October 2013" in burglary
    assert "8% below what would have been expected" in burglary
    assert "I-7, Burglary in Hinckley: Crime Reduction Officers" in burglary


def test_an_operation_is_not_told_of_a_priority_it_is_not_for(paper: Document) -> None:
    assert "Tiger" not in section_words(paper, "ASB (priority 8)")


def test_an_overdue_action_is_told_with_its_days_and_that_its_owner_left(paper: Document) -> None:
    issues = section_words(paper, "Open issues")

    assert "due 2 December 2013, 10 days overdue" in issues
    assert "Sam Lee, who has left: it needs a new owner" in issues


def test_a_regional_issue_stands_apart_and_has_no_owner_yet(paper: Document) -> None:
    title = "Regional, directorate and departmental issues"

    assert "I-9 (regional): Regional forensics backlog" in section_words(paper, title)
    assert "nobody yet" in section_words(paper, "Open issues")


def test_a_horizon_item_says_who_noted_it_and_when(paper: Document) -> None:
    said = section_words(paper, "Horizon scanning")

    assert "(Noted by An analyst on 3 December 2013.)" in said


def test_an_empty_register_is_said_to_be_empty(board: Sight) -> None:
    made = performance_briefing(board, Doing(), made_on=MADE_ON)

    assert "The register holds no open issue." in section_words(made, "Open issues")
    assert NO_ITEMS[0] in section_words(made, "Horizon scanning")


def test_no_register_is_not_an_empty_register(board: Sight) -> None:
    made = performance_briefing(board, nothing_kept(MADE_ON), made_on=MADE_ON)

    assert "No performance issue register is kept" in section_words(made, "Open issues")
    assert "Open issues" not in dict(_facts(made))


def test_a_day_is_not_taken_for_the_month(paper: Document) -> None:
    assert paper.number == "PB 2013/14-09/1112"
    assert "provisional" in paper.standing


def test_the_data_are_marked_as_synthetic(paper: Document) -> None:
    assert paper.mark == "SYNTHETIC DEMONSTRATION DATA"


def test_internal_figures_are_for_chief_officers_alone(figures: Figures) -> None:
    """Drug treatment completions are internal until Public Health England publishes them."""
    chief = Sight(figures=figures, person=CHIEF, surface=Surface.PRIVATE)
    board = Sight(figures=figures, person=CHIEF, surface=Surface.EXPORT)
    name = "Successful drug and alcohol treatment completions"

    assert f"{name}: " in every_word(performance_briefing(chief, DOING, made_on=MADE_ON))
    assert f"Not shown: {name}." in every_word(performance_briefing(board, DOING, made_on=MADE_ON))


def test_an_issue_about_an_internal_measure_is_left_out_and_counted(board: Sight) -> None:
    internal = next(
        one for one in board.catalogue.measures.values() if one.restriction is not Restriction.NONE
    )
    secret = OpenIssue(
        id="I-8",
        title="Completions fell to 31%",
        status="new",
        owner="",
        raised=date(2013, 12, 1),
        measure=internal.id,
    )
    made = performance_briefing(board, Doing(issues=(secret,)), made_on=MADE_ON)

    assert "31%" not in every_word(made)
    assert "1 issue about measures that may not be shown" in section_words(made, "Open issues")


def test_free_text_is_never_published(figures: Figures) -> None:
    public = Sight(figures=figures, person=MEMBER, surface=Surface.PUBLIC)
    said = every_word(performance_briefing(public, DOING, made_on=MADE_ON))

    for words in ("Hinckley Patrol", "forensics backlog", "disclosure scheme", "prolific"):
        assert words not in said


def test_who_is_not_known_gets_no_paper(figures: Figures) -> None:
    stranger = Sight(figures=figures, person=STRANGER, surface=Surface.PRIVATE)

    with pytest.raises(Refused):
        performance_briefing(stranger, DOING, made_on=MADE_ON)


def test_the_same_figures_give_the_same_paper(board: Sight, paper: Document) -> None:
    again = performance_briefing(board, DOING, made_on=MADE_ON)

    assert every_word(again) == every_word(paper)


def test_headings_are_numbered_as_far_as_they_are_spoken_of(paper: Document) -> None:
    numbers = [number for number, depth, _ in numbered(paper) if depth <= 2]

    assert numbers[:3] == ["1", "2", "2.1"]
    assert all(not number for number, depth, _ in numbered(paper) if depth > 2)


def _facts(document: Document) -> list[tuple[str, str]]:
    summary = document.sections[0]
    return [row for part in summary.parts if isinstance(part, Facts) for row in part.rows]
