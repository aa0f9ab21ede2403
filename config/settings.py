"""Everything that differs between installations.  Read once, at start-up."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Final

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from config.catalogue import PLAN_FILE, PLANS
from metrics.errors import UserError

PREFIX: Final = "THREATDESK_"

DESTINATION: Final = r"^[a-z]+:\S+$"
"""A platform and its own id of a channel or person."""


class Settings(BaseSettings):
    """Read from `THREATDESK_…` variables, or from a file `.env` in the working folder."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_file_encoding="utf-8", frozen=True, extra="ignore"
    )

    database_url: SecretStr = Field(
        default=SecretStr("sqlite:///data/threatdesk.db"),
        description="Where figures are kept: a SQLite file or a PostgreSQL database.",
    )
    plan: str = Field(
        default="leicestershire",
        description="The plan: a folder that holds plan.toml, or the name of one that is shipped.",
    )
    data: Path = Field(
        default=Path("data"), description="The folder that the paths in sources.toml start from."
    )
    sources: Path | None = Field(
        default=None, description="The file of sources; by default sources.toml of the plan."
    )
    people: Path | None = Field(
        default=None,
        description="The file of people and roles; by default people.toml of the plan.",
    )
    alerts: Path | None = Field(
        default=None, description="The file of alert rules and routes; by default of the plan."
    )
    daily_at: time = Field(
        default=time(6, 30),
        description="When the daily run is due, Europe/London; not 01:00-02:00.",
    )
    briefing_at: str = Field(
        default="Monday 07:30", description="When the weekly briefing is due, Europe/London."
    )
    briefing_channel: str | None = Field(
        default=None,
        pattern=DESTINATION,
        description="The channel that is briefed, e.g. slack:C041.",
    )
    reminders_at: time = Field(
        default=time(9, 0), description="When people are reminded of the register, Europe/London."
    )
    operations: Path | None = Field(
        default=None, description="The file of operations; by default operations.toml of the plan."
    )
    operators: str | None = Field(
        default=None,
        pattern=DESTINATION,
        description="Who is told when something fails, e.g. slack:C042.",
    )
    fallback: str | None = Field(
        default=None,
        pattern=DESTINATION,
        description="Where alerts go whose channel cannot be reached, e.g. slack:C043.",
    )
    host: str = Field(
        default="127.0.0.1", description="The address that `threatdesk web` listens on."
    )
    port: int = Field(
        default=8765, ge=0, le=65535, description="The port that `threatdesk web` listens on."
    )
    slack_bot_token: SecretStr | None = Field(
        default=None, description="Slack: the bot token, xoxb-…; without one, no Slack."
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None, description="Slack over HTTP: the app's signing secret."
    )
    slack_app_token: SecretStr | None = Field(
        default=None, description="Slack by Socket Mode: the app-level token, xapp-…"
    )
    slack_api_url: str = Field(
        default="https://slack.com/api/", description="Where Slack's Web API is; ends in a slash."
    )

    @property
    def plan_folder(self) -> Path:
        """The folder of the plan.

        Raises:
            UserError: There is no such plan.
        """
        for folder in (Path(self.plan), PLANS / self.plan):
            if (folder / PLAN_FILE).is_file():
                return folder
        shipped = sorted(folder.name for folder in PLANS.iterdir() if folder.is_dir())
        raise UserError(
            f"THREATDESK_PLAN = {self.plan}: there is no {PLAN_FILE} in such a folder.",
            hint=f"Give a folder, or one of the plans that are shipped: {', '.join(shipped)}.",
        )

    @property
    def sources_file(self) -> Path:
        """The file that says where figures come from."""
        return self.sources or self.plan_folder / "sources.toml"

    @property
    def people_file(self) -> Path:
        """The file that says who may see what."""
        return self.people or self.plan_folder / "people.toml"

    @property
    def operations_file(self) -> Path:
        """The file that says which operations the plan knows."""
        return self.operations or self.plan_folder / "operations.toml"

    @property
    def alerts_file(self) -> Path:
        """The file that says what is an alert, and who is told."""
        return self.alerts or self.plan_folder / "alerts.toml"


def read_settings() -> Settings:
    """Read the settings.

    Raises:
        UserError: One is wrong; the message names the variable.
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"  {PREFIX}{'_'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}"
            for problem in error.errors()
        ]
        raise UserError(
            "The settings cannot be used:\n" + "\n".join(lines),
            hint="Every setting is described in docs/settings.md.",
        ) from error
