"""How each statistic is asked of a run's figures: one file per part of an assessment."""
