"""Survey answers: satisfied out of responses, each response once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from config.sources import SurveysSource
from metrics.delivery import Delivery
from metrics.model import Catalogue
from metrics.sources.surveys import COLUMNS, Surveys
from tests.metrics.sources.conftest import counts, covers, silent

Written = Callable[..., Path]
SATISFIED = "survey.burglary.overall.satisfied"
RESPONSES = "survey.burglary.overall.responses"
DAY = "2024-02-29"


def delivered(path: Path, catalogue: Catalogue, **changes: object) -> Delivery:
    source = SurveysSource.model_validate(
        {"kind": "surveys", "name": "surveys", "path": str(path), "max_rejected": 1} | changes
    )
    return Surveys(source, Path()).deliver(catalogue, progress=silent)


def row(
    satisfied: object = 8, responses: object = 10, area: str = "east", month: str = "2024-02"
) -> list[object]:
    return [month, area, "Burglary", "overall", satisfied, responses]


def test_answers_count_as_satisfied_and_as_responses(
    written: Written, catalogue: Catalogue
) -> None:
    delivery = delivered(written("s.csv", COLUMNS, row()), catalogue)

    assert counts(delivery) == {(DAY, "east", SATISFIED): 8, (DAY, "east", RESPONSES): 10}


@pytest.mark.parametrize(
    ("satisfied", "responses", "reason"),
    [
        (11, 10, "more are satisfied than have responded"),
        ("", 10, "the number satisfied is missing"),
        (8, "", "the number of responses is missing"),
        ("80%", 10, "“80%” is not a whole number"),
    ],
)
def test_answers_that_cannot_be_are_rejected(
    written: Written, catalogue: Catalogue, satisfied: object, responses: object, reason: str
) -> None:
    delivery = delivered(written("s.csv", COLUMNS, row(satisfied, responses)), catalogue)

    assert not counts(delivery)
    assert reason in delivery.rejected[0].reason


def test_a_component_that_no_measure_asks_for_is_rejected(
    written: Written, catalogue: Catalogue
) -> None:
    path = written("s.csv", COLUMNS, ["2024-02", "east", "burglary", "biscuits", 1, 2])

    assert "the component “biscuits”" in delivered(path, catalogue).rejected[0].reason


def test_a_total_that_is_the_sum_of_its_parts_counts_once(
    written: Written, catalogue: Catalogue
) -> None:
    path = written("s.csv", COLUMNS, row(17, 30, "northshire"), row(8, 10), row(9, 20, "west"))

    delivery = delivered(path, catalogue, force_rows="total")

    assert sum(counts(delivery, RESPONSES).values()) == 30
    assert delivery.remarks == ()
    assert covers(delivery, SATISFIED) == [("northshire", "2024-02-01", DAY)]


def test_a_rest_with_more_satisfied_than_responses_is_left_out_and_remarked(
    written: Written, catalogue: Catalogue
) -> None:
    path = written("s.csv", COLUMNS, row(19, 31, "northshire"), row(8, 10), row(9, 20, "west"))

    delivery = delivered(path, catalogue, force_rows="total")

    assert sum(counts(delivery, RESPONSES).values()) == 30
    assert "differ from the sum of their parts" in delivery.remarks[0]


def test_a_month_in_which_nobody_answered_is_covered(
    written: Written, catalogue: Catalogue
) -> None:
    path = written("s.csv", COLUMNS, row(month="2024-01"), row(area="west", month="2024-01"), row())

    assert covers(delivered(path, catalogue), RESPONSES) == [("northshire", "2024-01-01", DAY)]
