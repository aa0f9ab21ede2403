"""Any number of days in any order: what must hold of alerts whatever happens."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import count

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.alerts.decide import tell_all
from bot.alerts.grouping import regroup
from bot.alerts.lifecycle import Evaluation, reconcile
from bot.alerts.model import (
    LEGAL,
    Alert,
    AlertId,
    AlertKey,
    Change,
    Destination,
    Ending,
    Operation,
    RuleName,
    SnoozeUntil,
    Transition,
)
from bot.alerts.muting import acknowledge, snooze
from bot.alerts.routing import Listener
from bot.alerts.saying import Saying
from bot.alerts.telling import Occasion, Told
from config.alerts import QuietHours, Route
from config.catalogue import read_catalogue
from metrics.calendar import london_day
from metrics.classification import ThreatLevel
from tests.bot.alerts.making import DAY, MORNING, a_candidate, a_key, a_reason
from tests.conftest import SALTMARSH

CATALOGUE = read_catalogue(SALTMARSH)[0]
KEYS = (a_key("all-crime.recorded"), a_key("other.recorded"), a_key("other.recorded", "ebb"))
RULES_HERE = (RuleName.DETERIORATION, RuleName.SURGE)
CHANNELS = tuple(Destination(platform="slack", address=one) for one in ("C1", "C2"))
QUIET_FOR = timedelta(days=5)
LONGEST = 20

DAYS = st.fixed_dictionaries(
    {
        key: st.sampled_from(["missing", "half", "quiet", "fire", "fire high", "surge"])
        for key in KEYS
    }
)


class Life(RuleBasedStateMachine):
    """Alerts of three keys told in two channels, one of them for grave ones only."""

    @initialize()
    def begin(self) -> None:
        self.day = 0
        self.basis = "b1"
        self.alerts: dict[AlertId, Alert] = {}
        self.numbers = count(1)
        self.messages: dict[tuple[AlertId, Destination], date] = {}
        self.keys: Counter[str] = Counter()
        self.audience = [
            Listener(
                route=Route(name=str(place), to=str(place), least=least, daily_cap=2),
                destination=place,
            )
            for place, least in zip(CHANNELS, ("low", "high"), strict=True)
        ]

    @rule(days=DAYS, gap=st.integers(1, 4))
    def a_day(self, days: dict[AlertKey, str], gap: int) -> None:
        self.day += gap
        as_at = DAY + timedelta(days=self.day)
        fired, judged = [], {}
        for key, what in days.items():
            reasons = {
                "fire": [a_reason(size=0.1 * self.day)],
                "fire high": [a_reason(level=ThreatLevel.HIGH)],
                "surge": [a_reason(RuleName.SURGE, ThreatLevel.LOW)],
            }.get(what, [])
            known = {"missing": frozenset[RuleName](), "half": frozenset({RuleName.SURGE})}
            judged[key] = known.get(what, frozenset(RULES_HERE))
            if reasons:
                fired.append(
                    a_candidate(
                        *reasons, key=key, as_at=as_at, snapshot=f"{self.day}", basis=self.basis
                    )
                )
        standing = [one for one in self.alerts.values() if one.is_open]
        evaluation = Evaluation(
            as_at=as_at,
            now=self.now,
            rules=judged,
            basis=dict.fromkeys(KEYS, self.basis),
            quiet_for=QUIET_FOR,
            clearly_larger=1.5,
        )
        changed = reconcile(
            open_alerts=standing,
            candidates=fired,
            evaluation=evaluation,
            new_id=lambda: AlertId(f"A-{next(self.numbers)}"),
        )
        again = regroup(changed, standing, CATALOGUE, now=self.now, within=timedelta(days=7))
        for one in changed:
            if one.change is Change.RESOLVED:
                assert days[one.alert.key] in ("quiet", "half"), "ended on a day without data"
                assert one.alert.rules <= judged[one.alert.key]
                if one.alert.ending is Ending.RECOVERED:
                    since = one.alert.quiet_since
                    assert since is not None
                    assert as_at - since >= QUIET_FOR
        self.take(again)

    @precondition(lambda self: any(one.is_open for one in self.alerts.values()))
    @rule(data=st.data(), name=st.sampled_from(["Jane", "Ann"]))
    def someone_acknowledges(self, data: st.DataObject, name: str) -> None:
        alert = self.one_open(data)
        made = acknowledge(alert, by=name, at=self.now)
        assert (made is None) is alert.is_acknowledged
        self.take([made] if made else [])

    @precondition(lambda self: any(one.is_open for one in self.alerts.values()))
    @rule(data=st.data(), days=st.integers(1, LONGEST), until=st.sampled_from(SnoozeUntil))
    def someone_snoozes(self, data: st.DataObject, days: int, until: SnoozeUntil) -> None:
        today = london_day(self.now)
        end = today + timedelta(days=days)
        self.take(
            [
                snooze(
                    self.one_open(data),
                    kind=until,
                    by="Jane",
                    at=self.now,
                    boards=[end],
                    longest_days=LONGEST,
                    day=end,
                )
            ]
        )

    @rule(basis=st.sampled_from(["b1", "b2", "b3"]))
    def the_plan_changes(self, basis: str) -> None:
        self.basis = basis

    @invariant()
    def one_open_alert_a_key(self) -> None:
        held = Counter(one.key for one in self.alerts.values() if one.is_open)
        assert max(held.values(), default=0) <= 1

    @invariant()
    def every_head_is_open_and_no_lesser_and_a_head_itself(self) -> None:
        for one in self.alerts.values():
            if one.is_open and one.head is not None:
                head = self.alerts[one.head]
                assert head.is_open
                assert head.head is None
                assert head.level >= one.level

    @invariant()
    def every_snooze_ends(self) -> None:
        for one in self.alerts.values():
            if one.snooze is not None:
                # At the latest on the first day that is evaluated after its end.
                assert one.snooze.until > london_day(self.now)

    @invariant()
    def nothing_is_told_twice(self) -> None:
        assert max(self.keys.values(), default=0) <= 1

    @property
    def now(self) -> datetime:
        """The morning after the day that was last evaluated."""
        return MORNING + timedelta(days=self.day)

    def one_open(self, data: st.DataObject) -> Alert:
        found = [one for one in self.alerts.values() if one.is_open]
        return data.draw(st.sampled_from(found))

    def take(self, transitions: list[Transition]) -> None:
        """Write transitions as the database would, and tell them."""
        before = [one for one in self.alerts.values() if one.is_open]
        for one in transitions:
            was = self.alerts.get(one.alert.id)
            if one.change is Change.RAISED:
                assert was is None
            else:
                assert was is not None
                assert was.state in LEGAL[one.change], (was.state, one.change)
                assert one.alert.revision == was.revision + 1
            self.alerts[one.alert.id] = one.alert
        decided = tell_all(
            transitions,
            open_alerts=before,
            audience=self.audience,
            told=Told(messages=self.messages),
            occasion=Occasion[Saying](
                now=self.now,
                as_at=DAY + timedelta(days=self.day),
                catalogue=CATALOGUE,
                quiet_hours=QuietHours(),
                merge_within=timedelta(days=7),
                may_tell=lambda _measure, _area, _to: "",
                write=lambda saying: saying,
                is_daily=False,
            ),
        )
        for made in decided.notifications:
            self.keys[made.key] += 1
            if made.message is None:
                continue
            place = (made.message, made.destination)
            if made.operation is Operation.POST:
                assert place not in self.messages, "posted twice"
            else:
                assert place in self.messages, "edited or followed up before it was posted"
            self.messages[place] = london_day(self.now)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
