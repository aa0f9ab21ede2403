"""What is missing is said beside the figures it is missing from."""

from __future__ import annotations

from metrics.dashboards import all_crime
from metrics.model import Catalogue
from tests.conftest import a_table
from tests.metrics.dashboards.conftest import CRIME, MakeSnapshot


def test_a_year_without_records_is_not_known_and_the_days_are_told(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    table = a_table(
        [("2020-05-01", "ebb", "boat-theft.recorded", 1)],
        [(tally, "saltmarsh", "2020-04-01", "2020-04-30") for tally in CRIME],
    )

    made = all_crime(snapshot_of(table, "2020-04-30"), saltmarsh, saltmarsh.force)

    assert "Last year (1 April 2019 to 30 April 2019): 30 of 30 days are not recorded." in (
        made.caveats
    )
    assert not any("baseline" in caveat for caveat in made.caveats)
