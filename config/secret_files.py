"""Secrets from files: `THREATDESK_…_FILE` names the file that holds what `THREATDESK_…` would be.

So a secret is in no environment, which every process of a user can read and every crash report
copies: containers and systemd hand secrets over as files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from metrics.errors import UserError

SUFFIX: Final = "_FILE"
"""What is added to the name of a secret's variable."""

LONGEST: Final = 65_536
"""Bytes of a secret file, at most: a key, not the wrong file."""


class SecretFiles(PydanticBaseSettingsSource):
    """Reads the secrets of some settings from the files that variables name."""

    def __init__(
        self, settings: type[BaseSettings], *, prefix: str, variables: Mapping[str, str | None]
    ) -> None:
        """Read from variables.

        Args:
            settings: Those whose fields of type `SecretStr` may stand in files.
            prefix: Of their variables.
            variables: Every variable that is set, with its name as it was written.
        """
        super().__init__(settings)
        self._prefix = prefix
        self._variables = {name.upper(): value for name, value in variables.items()}

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return what a field's file holds; None where no file is named.

        Raises:
            UserError: The file cannot be used, or the secret is given in two ways.
        """
        secret = self._secret(field_name) if is_secret(field) else None
        return secret, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return every secret that stands in a file.

        Raises:
            UserError: A file cannot be used, or a secret is given in two ways.
        """
        found = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
        }
        return {name: secret for name, secret in found.items() if secret is not None}

    def _secret(self, field: str) -> str | None:
        variable = f"{self._prefix}{field}".upper()
        file = self._variables.get(variable + SUFFIX)
        if not file:
            return None
        if self._variables.get(variable):
            raise UserError(
                f"Both {variable} and {variable}{SUFFIX} are set: which one counts is not clear.",
                hint="Take one of them away.",
            )
        return _read(variable + SUFFIX, Path(file))


def is_secret(field: FieldInfo) -> bool:
    """Whether a setting is a secret, and so may stand in a file."""
    return SecretStr in (field.annotation, *get_args(field.annotation))


def secret_variables(settings: type[BaseSettings], prefix: str) -> Iterator[str]:
    """Return the variables that may name a file."""
    for name, field in settings.model_fields.items():
        if is_secret(field):
            yield f"{prefix}{name}{SUFFIX}".upper()


def _read(variable: str, file: Path) -> str:
    """Return what a file holds, without the line ends that editors and `echo` add."""
    try:
        with file.open("rb") as stream:
            held = stream.read(LONGEST + 1)
        secret = held.decode("utf-8").rstrip("\r\n")
    except OSError as error:
        raise UserError(
            f"{variable} = {file}: the file cannot be read: {error.strerror}.",
            hint="Give the path of a file that holds the secret and nothing else, and that this "
            "user may read.",
        ) from error
    except UnicodeDecodeError as error:
        raise UserError(
            f"{variable} = {file}: the file is not text.",
            hint="It holds the secret as it would be typed, and nothing else.",
        ) from error
    if not secret.strip() or len(held) > LONGEST or "\n" in secret:
        what = "is empty" if not secret.strip() else "holds more than one line"
        raise UserError(
            f"{variable} = {file}: the file {what}.",
            hint="It holds the secret on one line, and nothing else.",
        )
    return secret
