"""`alerts.toml`: what may be written, and how a mistake is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.alerts import ALERTS_FILE, AlertPolicy, alerts_from, read_alerts
from config.catalogue import PLANS, read_catalogue
from metrics.errors import CatalogueError
from metrics.model import Catalogue


@pytest.mark.parametrize("plan", ["leicestershire", "leicestershire-policeuk"])
def test_the_alerts_of_the_plans_that_are_shipped_can_be_read(plan: str) -> None:
    policy = read_alerts(PLANS / plan / ALERTS_FILE, read_catalogue(PLANS / plan)[0])

    assert policy.route


def test_what_is_written_in_the_shipped_plan_is_what_is_documented_as_the_default(
    leicestershire: Catalogue,
) -> None:
    policy = read_alerts(PLANS / "leicestershire" / ALERTS_FILE, leicestershire)

    assert policy.model_copy(update={"route": (), "boards": ()}) == AlertPolicy()


def test_a_plan_without_the_file_has_the_defaults_and_tells_nobody(
    tmp_path: Path, saltmarsh: Catalogue
) -> None:
    assert read_alerts(tmp_path / ALERTS_FILE, saltmarsh) == AlertPolicy()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            "levels = ['force']\n\n[budget]\nfalse_alerts_a_week = -1\n",
            "alerts.toml, line 4: budget.false_alerts_a_week = -1: ",
            id="a value out of range",
        ),
        pytest.param(
            "[target]\nunlikley = 0.2\n",
            "alerts.toml, line 2: target.unlikley = 0.2: there is no such key in [target]",
            id="a key that is misspelt",
        ),
        pytest.param(
            "[target]\nunlikely = 0.5\n", "line 1: target = (the table): write them so", id="order"
        ),
        pytest.param(
            "[[route]]\nname = 'a'\nto = 'slack:C1'\npriorities = ['99']\n",
            'line 4: [[route]] number 1, priorities = "99": the plan has no such',
            id="a priority that is not in the plan",
        ),
        pytest.param(
            "[[route]]\nname = 'a'\nto = 'C1'\n", "the platform and its own id", id="no platform"
        ),
        pytest.param("[[route]]\nname = 'a'\n", "either `to` or `role`", id="no destination"),
        pytest.param(
            "[[route]]\nname='a'\nto='slack:C1'\n[[route]]\nname='a'\nto='slack:C2'\n",
            "2 routes are named “a”",
            id="two of one name",
        ),
        pytest.param("[route]\nname = 'a'\n", "double brackets", id="a plain table"),
    ],
)
def test_a_mistake_is_told_with_its_line(saltmarsh: Catalogue, text: str, said: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        alerts_from(text, saltmarsh)

    assert said in str(caught.value)
    assert "threatdesk check" in caught.value.hint


def test_every_mistake_is_told_at_once(saltmarsh: Catalogue) -> None:
    text = "[budget]\nsurge = 3\n[[route]]\nname = 'a'\n"

    with pytest.raises(CatalogueError) as caught:
        alerts_from(text, saltmarsh)

    assert "surge" in str(caught.value)
    assert "role" in str(caught.value)
