"""Who a Teams user is to us: by their Entra object id, as `people.toml` names it.

Who is in which group only Microsoft Graph says, and the app asks for no permission there.  So
groups give no role in Teams; where `people.toml` has some, it is said when the desk starts.
"""

from __future__ import annotations

from bot.channels.teams import quiet
from bot.channels.teams.addresses import TEAMS
from bot.channels.teams.heard import Heard
from bot.people import Person
from config.people import People

log = quiet.logger(__name__)


class TeamsPeople:
    """Finds persons."""

    def __init__(self, people: People) -> None:
        self._people = people

    def person(self, heard: Heard) -> Person:
        """Return who speaks.

        Who has no Entra object id (anonymous in a meeting, or from outside) is given nothing,
        whatever the default is: it is not known who they are.
        """
        if not heard.person:
            return Person(id=f"{TEAMS}:{heard.user}", name=heard.name or heard.user, role=None)
        return self._people.person(TEAMS, heard.person, name=heard.name)

    def warn_of_groups(self) -> None:
        """Say that the groups of `people.toml` give no role here, where there are any."""
        if groups := self._people.groups(TEAMS):
            log.warning(
                "people.toml gives a role to %d Teams groups, which are not looked at: "
                "name their members one by one, each with teams = their Entra object id",
                len(groups),
            )
