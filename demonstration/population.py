"""Real mid-year populations, shipped with the package (Office for National Statistics, OGL v3)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from demonstration.areas import FORCE

POPULATION_FILE = Path(__file__).with_name("population.csv")


def table() -> pd.DataFrame:
    """Rows area, year (mid-year), population; 2011 to 2023.  Earlier years are not held."""
    return pd.read_csv(POPULATION_FILE)


def ratio_to_force(population: pd.DataFrame, year: int) -> dict[str, float]:
    """Population of every area as a multiple of the force's, in the nearest year held."""
    held = population["year"].unique()
    nearest = min(held, key=lambda one: abs(int(one) - year))
    of_year = population[population["year"] == nearest].set_index("area")["population"]
    return {str(area): float(people) / float(of_year[FORCE]) for area, people in of_year.items()}
