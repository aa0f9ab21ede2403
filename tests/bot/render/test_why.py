"""Explanations in a terminal."""

from __future__ import annotations

import io
from datetime import date

from rich.console import Console

from bot.render.why import print_explanation
from metrics.dashboards import Cell, Explanation, Section, Unit
from metrics.model import AreaId, MeasureId
from metrics.snapshot import SnapshotKind


def printed(*sections: Section) -> str:
    explanation = Explanation(
        measure=MeasureId("boat-theft.recorded"),
        area=AreaId("saltmarsh"),
        heading="Boat theft, Saltmarsh",
        as_at=date(2020, 12, 11),
        kind=SnapshotKind.DAILY,
        snapshot="abc123",
        remarks=("SYNTHETIC",),
        sections=sections,
    )
    console = Console(file=io.StringIO(), width=80, record=True)
    print_explanation(explanation, console)
    return console.export_text()


def test_it_says_what_of_when_and_what_to_beware_of_first() -> None:
    assert printed().splitlines() == [
        "Boat theft, Saltmarsh",
        "As at 11 December 2020, provisional daily figures",
        "• SYNTHETIC",
    ]


def test_a_section_is_its_heading_and_its_sentences() -> None:
    gap = Cell(value=433.2, unit=Unit.OVER_TARGET)

    page = printed(Section(heading="The target", lines=(("Gap: ", gap, "."), ("No more.",))))

    assert page.splitlines()[-3:] == ["The target", "  Gap: +434.", "  No more."]


def test_markup_in_a_note_is_only_text() -> None:
    page = printed(Section(heading="Data quality", lines=(("[bold red]Canoes[/]",),)))

    assert "[bold red]Canoes[/]" in page
