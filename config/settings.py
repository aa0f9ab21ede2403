"""Everything that differs between installations.  Read once, at start-up."""

from __future__ import annotations

import os
from datetime import time
from enum import StrEnum
from pathlib import Path
from typing import Final

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from config.catalogue import PLAN_FILE, PLANS
from config.secret_files import SecretFiles
from metrics.errors import UserError

PREFIX: Final = "THREATDESK_"

DESTINATION: Final = r"^[a-z]+:\S+$"
"""A platform and its own id of a channel or person."""


SHORTEST_TOKEN: Final = 16
"""Characters of a token that cannot be guessed."""


class LogForm(StrEnum):
    """How the log is written."""

    TEXT = "text"  # for people
    JSON = "json"  # one object a line


class Settings(BaseSettings):
    """Read from `THREATDESK_…` variables, or from a file `.env` in the working folder.

    Every secret may stand in a file instead, which `THREATDESK_…_FILE` names.
    """

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
    region: Path | None = Field(
        default=None,
        description="The file of a region's forces; without one there is a single force.",
    )
    spark: SecretStr = Field(
        default=SecretStr(""),
        description='Where Spark is, for sources with engine = "spark": local[2], sc://host:15002.',
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
    daily_kept_days: int | None = Field(
        default=None,
        ge=366,
        description="How many days daily figures are kept beyond the newest; empty: all of them.",
    )
    briefing_at: str = Field(
        default="Monday 07:30", description="When the weekly briefing is due, Europe/London."
    )
    briefing_channel: str | None = Field(
        default=None,
        pattern=DESTINATION,
        description="The channel that is briefed, for example slack:C041.",
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
        description="Who is told when something fails, for example slack:C042.",
    )
    fallback: str | None = Field(
        default=None,
        pattern=DESTINATION,
        description="Where alerts go whose channel cannot be reached, for example slack:C043.",
    )
    backups: Path | None = Field(
        default=None,
        description="The folder that `threatdesk backup` writes to and `doctor` looks in.",
    )
    host: str = Field(
        default="127.0.0.1", description="The address that `threatdesk web` listens on."
    )
    port: int = Field(
        default=8765, ge=0, le=65535, description="The port that `threatdesk web` listens on."
    )
    audit_kept: str = Field(
        default="6 years",
        description="How long the audit log is kept: years, days, or for ever.",
    )
    log: LogForm = Field(
        default=LogForm.TEXT, description="How the log is written: text, or json for machines."
    )
    web_processes: int = Field(
        default=1, ge=1, le=64, description="In how many processes `threatdesk web` answers."
    )
    metrics_port: int | None = Field(
        default=None, ge=0, le=65535, description="The port of the worker's Prometheus metrics."
    )
    metrics_token: SecretStr | None = Field(
        default=None,
        min_length=SHORTEST_TOKEN,
        description="What Prometheus must present; without one, `web` has no /metrics.",
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
    teams_app_id: str | None = Field(
        default=None, description="Teams: the application (client) id of the app registration."
    )
    teams_tenant_id: str | None = Field(
        default=None, description="Teams: the id of the Entra tenant."
    )
    teams_client_secret: SecretStr | None = Field(
        default=None, description="Teams: the client secret of the app registration."
    )
    teams_service_url: str = Field(
        default="https://smba.trafficmanager.net/teams/",
        description="Teams: where messages are taken for places that were never heard.",
    )
    teams_openid_url: str = Field(
        default="https://login.botframework.com/v1/.well-known/openidconfiguration",
        description="Teams: where the keys are published that its calls are signed with.",
    )
    teams_targeted: bool = Field(
        default=True,
        description="Teams: answer a mention where it stands, for one person alone; false: in "
        "their own chat.",
    )
    teams_workflows: SecretStr | None = Field(
        default=None,
        description="Teams without a bot: name=address of workflows, with spaces between.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's own way
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read what is given here first, then variables, `.env`, and the files they name."""
        variables = {
            name: value
            for source in (dotenv_settings, env_settings)
            if isinstance(source, (DotEnvSettingsSource, EnvSettingsSource))
            for name, value in source.env_vars.items()
        }
        files = SecretFiles(settings_cls, prefix=PREFIX, variables=variables)
        return (init_settings, env_settings, dotenv_settings, files)

    @property
    def plan_folder(self) -> Path:
        """The folder of the plan.

        Raises:
            UserError: There is no such plan.
        """
        for folder in (Path(self.plan), PLANS / self.plan):
            if os.path.isfile(folder / PLAN_FILE):  # noqa: PTH113 - too long a name is no file
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


WANTED: Final = {
    "int_parsing": "a whole number is wanted",
    "time_parsing": "a time is wanted, for example 06:30",
    "time_type": "a time is wanted, for example 06:30",
    "string_pattern_mismatch": "a platform and its own id are wanted, for example slack:C041",
    "bool_parsing": "true or false is wanted",
    "float_parsing": "a number is wanted",
}
"""What to write instead, by pydantic's name of what is wrong; of others its own words are told."""


def read_settings() -> Settings:
    """Read the settings.

    Raises:
        UserError: One is wrong; the message names the variable, what to write and what it is for.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise UserError(
            "The settings cannot be used:\n" + "\n".join(said for _, said in wrong(error)),
            hint="Every setting is described in docs/settings.md.",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"The file .env in {Path.cwd()} cannot be read: {type(error).__name__}.",
            hint="It is text in UTF-8, one NAME=value a line, and this user must be able to "
            "read it.",
        ) from error


def wrong(error: ValidationError) -> list[tuple[str, str]]:
    """Return each variable that is wrong, with a sentence on it; no value is repeated."""
    found = []
    for problem in error.errors(include_input=False, include_url=False):
        name = str(problem["loc"][0])
        wanted = WANTED.get(problem["type"], problem["msg"][0].lower() + problem["msg"][1:])
        about = Settings.model_fields[name].description or ""
        variable = f"{PREFIX}{name}".upper()
        found.append((variable, f"  {variable}: {wanted}. {about}".rstrip()))
    return found
