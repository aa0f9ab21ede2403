"""Sample replies which together use every block: what each renderer is tried on.

The figures of the answer to `/priority 12` are invented; their shape is that of a real one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from bot.replies import (
    Bullets,
    Button,
    Buttons,
    Chart,
    Choice,
    Facts,
    Field,
    FieldKind,
    Footnote,
    Form,
    Heading,
    Menu,
    Paragraph,
    Reply,
    Standing,
    Style,
    Table,
    TableColumn,
    TableRow,
)
from bot.replies.charts import LongTermChart
from metrics.classification import ThreatLevel

DRAWING: Final = LongTermChart(
    title="Burglary dwelling",
    subtitle="Charnwood",
    unit="crimes",
    years=("2011/12", "2012/13"),
    values=(1_012.0, 934.0),
)

AS_AT: Final = Footnote(text="As at 11 December 2013 · provisional · source: recorded crime")

PRIORITY: Final = Reply(
    summary="Priority 12, vehicle crime: significantly worse than last year, target out of reach.",
    standing=Standing.WORSE,
    level=ThreatLevel.HIGH,
    share="/priority 12 as at 11 December 2013",
    blocks=(
        Heading(text="Priority 12: vehicle crime"),
        Paragraph(
            text="Vehicle crime is up 8.2% on last year: chance does not explain it (p 0.0031).",
            strong=True,
        ),
        Paragraph(text="At this rate the chance of meeting the target is under 1%."),
        Facts(
            rows=(
                ("Year to date", "3,314"),
                ("Same time last year", "3,063"),
                ("Change", "+251 (+8.2%)"),
                ("Target", "2,881: 434 crimes too many"),
                ("Satisfaction", "84.1% of 312 asked"),
                ("Among similar forces", "6th of 8"),
            )
        ),
        Chart(
            drawing=DRAWING,
            alt="Vehicle crime by month: above the upper control limit since September.",
            sparkline="▂▂▃▂▃▄▆▇█",
        ),
        Heading(text="What drives it"),
        Bullets(
            items=(
                "Charnwood: 41% of the rise (+103)",
                "Theft from vehicle: 77% of the rise (+193)",
            )
        ),
        Buttons(
            items=(
                Button(label="Why High?", command="/threatdesk why vehicle-crime"),
                Button(label="Trend", command="/trend vehicle crime", style=Style.PRIMARY),
            )
        ),
        AS_AT,
    ),
)

_CRIMES: Final = (
    ("All crime", "7,012", "6,844", "+168", "+2.5%", "0.1548", "4th", "41.9", "▃▃▄▅▅▆"),
    ("Burglary dwelling", "412", "371", "+41", "+11.1%", "0.0214", "7th", "5.8", "▂▃▃▅▆▇"),
    ("Burglary other", "365", "401", "−36", "−9.0%", "0.1931", "3rd", "2.2", "▆▅▅▄▃▂"),
    ("Theft from vehicle", "903", "800", "+103", "+12.9%", "0.0126", "7th", "5.4", "▂▂▃▅▇█"),
    ("Theft of vehicle", "122", "131", "−9", "−6.9%", "0.6171", "2nd", "0.7", "▄▄▅▄▃▄"),
    ("Robbery", "38", "44", "−6", "−13.6%", "0.5801", "3rd", "0.2", "▅▃▂▄▃▂"),
    ("Violence with injury", "611", "590", "+21", "+3.6%", "0.5637", "5th", "3.7", "▄▄▄▅▄▅"),
    ("Criminal damage", "1,140", "1,188", "−48", "−4.0%", "0.3299", "4th", "6.8", "▅▅▄▄▄▃"),
    ("Total", "10,603", "10,369", "+234", "+2.3%", "0.1078", "4th", "63.4", "▃▃▄▄▅▆"),
)

CSP: Final = Reply(
    summary="Charnwood: two of eight crime types are significantly worse than last year.",
    standing=Standing.WORSE,
    level=ThreatLevel.MEDIUM,
    blocks=(
        Heading(text="Charnwood"),
        Paragraph(
            text="Burglary dwelling and theft from vehicle are significantly worse.", strong=True
        ),
        Table(
            caption="Recorded crime in Charnwood, year to date",
            label="Crime type",
            columns=(
                TableColumn(name="This year", is_number=True),
                TableColumn(name="Last year", is_number=True, is_detail=True),
                TableColumn(name="Change", is_number=True),
                TableColumn(name="Change %", is_number=True),
                TableColumn(name="p", is_number=True, is_detail=True),
                TableColumn(name="Rank of 9", is_number=True),
                TableColumn(name="Rate per 1,000", is_number=True, is_detail=True),
                TableColumn(name="12 months"),
            ),
            rows=tuple(
                TableRow(label=label, cells=cells, is_total=label == "Total")
                for label, *rest in _CRIMES
                for cells in [tuple(rest)]
            ),
        ),
        Menu(
            label="More about a crime type",
            items=tuple(
                Button(label=crime[0], command=f"/csp charnwood {crime[0].lower()}")
                for crime in _CRIMES[:-1]
            ),
        ),
        AS_AT,
    ),
)

HELP: Final = Reply(
    summary="What Threat Desk answers.",
    blocks=(
        Heading(text="What you can ask"),
        Paragraph(text="Type a command, or ask in words:\nhow is burglary in Charnwood?"),
        Heading(text="Commands"),
        Bullets(
            items=(
                "/priority NUMBER|NAME [AREA]: how bad, how sure, what drives it",
                "/csp NAME [CRIME TYPE]: a partnership's table with tests",
                "/threats [AREA]: what is open",
            )
        ),
        Buttons(items=(Button(label="Try /priority 12", command="/priority 12"),)),
    ),
)

REFUSAL: Final = Reply(
    summary="You may not see rape figures below force level.",
    standing=Standing.NOTICE,
    blocks=(
        Paragraph(text="You may not see rape figures below force level.", strong=True),
        Paragraph(text="Ask the Performance Review Team, or ask for the whole force."),
        Buttons(items=(Button(label="The whole force", command="/trend rape force"),)),
    ),
)

AMBIGUOUS: Final = Reply(
    summary="Which Hinckley do you mean?",
    standing=Standing.NOTICE,
    blocks=(
        Paragraph(text="“hinkley” could be one of two.", strong=True),
        Buttons(
            items=(
                Button(label="Hinckley and Bosworth (CSP)", command="/csp hinckley-bosworth"),
                Button(label="Hinckley (LPU)", command="/csp hinckley-lpu"),
            )
        ),
    ),
)

ALERT: Final = Reply(
    summary="A-17 High: burglary dwelling in Charnwood is significantly worse.",
    standing=Standing.WORSE,
    level=ThreatLevel.HIGH,
    blocks=(
        Heading(text="A-17: burglary dwelling, Charnwood"),
        Paragraph(text="21 crimes last week, about 12 were expected.", strong=True),
        Facts(rows=(("State", "raised"), ("Since", "2 December 2013"), ("Owner", "nobody yet"))),
        Buttons(
            items=(
                Button(label="Acknowledge", command="/alert ack A-17", style=Style.PRIMARY),
                Button(label="Why?", command="/alert why A-17"),
                Button(
                    label="Not useful",
                    command="/alert useless A-17",
                    style=Style.DANGER,
                    confirm="Nobody is told again of this alert.",
                ),
            )
        ),
        Menu(
            label="Snooze",
            items=(
                Button(label="For a week", command="/alert snooze A-17 until 18 December 2013"),
                Button(label="For a month", command="/alert snooze A-17 until 11 January 2014"),
            ),
        ),
        AS_AT,
    ),
)

ISSUE_FORM: Final = Form(
    title="Raise a performance issue",
    command="/issue raise",
    submit="Raise",
    fields=(
        Field(name="title", label="What is the issue?", value="Theft from vehicle, Charnwood"),
        Field(name="about", label="What is known?", kind=FieldKind.TEXT, is_required=False),
        Field(
            name="priority",
            label="Priority",
            kind=FieldKind.CHOICE,
            choices=(
                Choice(label="12: vehicle crime", value="12"),
                Choice(label="11: burglary", value="11"),
            ),
            value="12",
        ),
        Field(
            name="due",
            label="Review on",
            kind=FieldKind.DATE,
            value=date(2014, 1, 6).isoformat(),
            hint="the next meeting of the board",
        ),
    ),
)

FORM: Final = Reply(summary="Raise a performance issue.", blocks=(ISSUE_FORM,))

FAR_TOO_LONG: Final = Reply(
    summary="Everything, which is too much.",
    level=ThreatLevel.LOW,
    standing=Standing.BETTER,
    share="/briefing",
    blocks=(
        Heading(text="Everything"),
        *(Paragraph(text=f"Measure {n} is where it was.") for n in range(1, 61)),
        AS_AT,
    ),
)

SAMPLES: Final[Mapping[str, Reply]] = {
    "priority": PRIORITY,
    "csp": CSP,
    "help": HELP,
    "refusal": REFUSAL,
    "ambiguous": AMBIGUOUS,
    "alert": ALERT,
    "form": FORM,
    "far_too_long": FAR_TOO_LONG,
}
