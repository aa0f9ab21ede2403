"""Every published figure the demonstration reproduces, as data, each with its source.

Contradictions between the papers, and what is done about them:

- Vehicle satisfaction, baseline 2012/13: the plan dashboard prints 85.9% beside theft from and
  75.5% beside theft of, both as "all vehicle crime" (and 74.8% twice as latest).  One survey
  cannot have both; 85.9% is honoured because 87.4% a few months later (December 2013) allows it.
- All-user satisfaction 2013/14, "approximately 85.8%" (annual report), is left out.  The three
  groups it averages are 89.1 (burglary), at most 87.2 (vehicle) and 78.1 (violence): with burglary
  and vehicle alike, 85.8 needs violence at 23% of answers (0.77 x 88.15 + 0.23 x 78.1), while
  84.5% in 2012/13 (89.7, 85.9, 78.1) needs it at 34%.  The survey's quotas did not move so far.
- Nine key locations, baseline: 1,240 in the annual report, 1,162 on the plan dashboard.  The
  later paper is honoured.
- "Serious sexual offences" 742 -> 877 (annual report) is narrower than the sexual offences of the
  December 2013 paper: +146 at +22.7% already means 789 crimes by 11 December 2013.  No crime type
  here holds that subset, so it is not reproduced; rape +46.8% is.
- Theft of motor vehicle, Counties "similar ... 0.5%", is printed without a sign.  Force +34 less
  City +36 leaves -2; -2 of about 436 is -0.46%, which rounds to -0.5%.  No contradiction.
"""

from __future__ import annotations

from demonstration.figures import PublishedFigure
from demonstration.published_answers import PARTNERS, SURVEYS
from demonstration.published_crime import RECORDED_CRIME

PUBLISHED: tuple[PublishedFigure, ...] = (*RECORDED_CRIME, *SURVEYS, *PARTNERS)
