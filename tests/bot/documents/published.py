"""What the Strategic Assurance Board was told in December 2013, as the paper words it.

Each is a figure of the published paper in the sentence that this product writes it in.
"""

from __future__ import annotations

PUBLISHED = (
    # All crime
    "a 2.8% increase in all crime, which is nearly 3,200 crimes (3,197) short of the 5% reduction",
    "1,141 more crimes than in the same period of the previous year",
    "shoplifting, which is currently 18.9% (685 crimes) above the level",
    "cycle theft (+333 crimes, 22.1%)",
    "violence with injury (+375 crimes, 12.8%)",
    "sexual offences (+146 crimes, 22.7%)",
    "theft from motor vehicle (+282 crimes, 8.0%)",
    "theft from the person (+270 crimes, 33.5%)",
    "burglary other than dwelling (+416 crimes, 18.0%)",
    "The City BCU is reporting a 2.0% increase (397 more crimes",
    "the Counties BCU is reporting a 3.5% increase (744 more crimes",
    "The crime outcome rate for all crime is currently 27.4%. That is 2,098 outcomes fewer",
    "when the Force was achieving a rate of 33.2%",
    # All users
    "all users is 85.0%",
    "matching the 85% target",
    "follow-up (78.8%) and action (82.8%) remain below the target level",
    # Domestic burglary
    "a 3.5% reduction in domestic burglary, which is 263 crimes short of the 13% reduction target",
    "a 7.0% reduction (89 fewer crimes; 76 short of the Force target rate)",
    "a 0.6% reduction (9 fewer crimes; 188 short of the Force target rate)",
    "Blaby LPU (26.6%, 86 crimes)",
    "Hinckley LPU (47.5%, 94 crimes)",
    "domestic burglary is currently 16.8%, which is below the target of 25%",
    "a further 219 outcomes are currently required",
    "522 crimes under investigation",
    "16.4% on the City BCU and 17.1% on the Counties BCU",
    # Theft of motor vehicle
    "a 4.6% increase in theft of motor vehicle, which is 109 crimes short of the 10% reduction",
    "34 more crimes than in the same period",
    "an 11.6% increase (36 more crimes",
    "Beaumont Leys LPU (41.3%, 31 crimes)",
    "Harborough LPU (50.0%, 13 crimes)",
    "North West Leicestershire LPU (25.7%, 18 crimes)",
    "theft of motor vehicle is currently 22.2%, which is below the target of 23%",
    "a further 7 outcomes are currently required",
    "149 crimes under investigation",
    "26.0% on the City BCU and 19.1% on the Counties BCU",
    # Theft from motor vehicle
    "an 8.0% increase in theft from motor vehicle, which is 775 crimes short of the 14% reduction",
    "282 more crimes than in the same period",
    "an 8.9% increase (124 more crimes",
    "a 7.4% increase (158 more crimes",
    "theft from motor vehicle is currently 8.0%, which is below the target of 9%",
    "a further 37 outcomes are currently required",
    "11.4% on the City BCU and 5.8% on the Counties BCU",
    # Vehicle crime
    "victims of vehicle crime is 87.4%",
    "follow-up (78.0%) and action (82.6%) remain below the target level",
    # Violence with injury
    "a 12.8% increase in violence with injury, which is 434 crimes short of the 2% reduction",
    "a 12.4% increase (190 more crimes; 221 short of the Force target rate)",
    "a 13.1% increase (185 more crimes; 214 short of the Force target rate)",
    "City Centre LPU (26.9%, 97 crimes)",
    "Charnwood LPU (4.8%, 9 crimes)",
    "violence with injury is currently 50.0%, at the target of 50%",
    "51.8% on the City BCU and 48.0% on the Counties BCU",
    "victims of violence is 78.6%",
    # Other threats
    "domestic violence with injury is currently 50.0%, at the target of 50%",
    "hate crime is currently 44.6%, which is below the target of 55%",
    "a further 68 outcomes are currently required",
    "victims of racist incidents is 81.1%",
    "victims of anti-social behaviour is 80.1%",
    "follow-up (63.1%) and action (73.7%) remain below the target level",
)

CLASSIFIED = (
    ("Domestic burglary (priority 12)", "Recorded crime (overall classification: High)"),
    ("Domestic burglary (priority 12)", "Crime outcomes (overall classification: High)"),
    ("Theft of motor vehicle", "Recorded crime (overall classification: Medium)"),
    ("Theft of motor vehicle", "Crime outcomes (overall classification: Low)"),
    ("Theft from motor vehicle", "Recorded crime (overall classification: Medium)"),
    ("Theft from motor vehicle", "Crime outcomes (overall classification: Low)"),
    ("Violence with injury (priority 13)", "Recorded crime (overall classification: High)"),
    ("Violence with injury (priority 13)", "Crime outcomes (overall classification: Medium)"),
)
"""The headings under which the paper gives its classifications."""
