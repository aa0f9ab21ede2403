"""What users are told exists is there, and what is there is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from bot.__main__ import cli
from bot.app import App
from bot.handlers.threatdesk import PARTS
from config.entries import ENTRY_TYPES
from config.settings import PREFIX, Settings
from metrics.dashboards import DashboardName

ROOT = Path(__file__).parents[2]


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("setting", Settings.model_fields)
@pytest.mark.parametrize("document", ["docs/settings.md", ".env.example"])
def test_every_setting_is_described(setting: str, document: str) -> None:
    assert f"{PREFIX}{setting.upper()}" in page(document)


def test_every_command_is_described() -> None:
    commands = get_command(cli).commands  # type: ignore[attr-defined]

    for name in commands:
        assert f"`threatdesk {name}" in page("docs/commands.md"), name
    for dashboard in DashboardName:
        assert f"`{dashboard}`" in page("docs/commands.md"), dashboard


def test_every_chat_command_is_described(tmp_path: Path) -> None:
    said = " ".join(page("docs/commands.md").split())
    settings = Settings.model_validate({"database_url": f"sqlite:///{tmp_path / 'desk.db'}"})

    with App(settings=settings) as app:
        commands = [*app.commands, *PARTS]

    for command in commands:
        is_group = command.usage.startswith("/threatdesk why|")
        assert is_group or f"`{command.usage}" in said, command.usage


@pytest.mark.parametrize("table", ENTRY_TYPES)
def test_every_key_of_a_plan_is_described(table: str) -> None:
    [line] = [
        one for one in page("docs/plan.md").splitlines() if one.startswith(f"| `[[{table}]]`")
    ]

    for key in ENTRY_TYPES[table].model_fields:
        assert key in line, key


@pytest.mark.parametrize(
    "document", sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("**/*.md")
                       if ".venv" not in path.parts and "node_modules" not in path.parts)
)  # fmt: skip
def test_a_link_leads_somewhere(document: str) -> None:
    folder = (ROOT / document).parent
    for link in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page(document)):
        if not link.startswith("http"):
            assert (folder / link).exists(), link


@pytest.mark.parametrize("program", ["release", "worker", "web"])
def test_what_the_procfile_runs_is_a_command(program: str) -> None:
    [line] = [one for one in page("Procfile").splitlines() if one.startswith(f"{program}:")]
    _, words = line.split(":", 1)

    name, command, *_ = words.strip().removeprefix("exec ").split()
    assert name == "threatdesk"
    assert command in get_command(cli).commands  # type: ignore[attr-defined]


def test_the_requirements_name_no_address_and_pin_every_hash() -> None:
    for name in ("run", "test"):
        text = page(f"requirements/{name}.txt")
        assert "://" not in text
        pins = re.findall(r"^\S+==", text, flags=re.MULTILINE)
        assert len(pins) == len(re.findall(r"^\S+==[^\n]*\\\n\s+--hash=", text, flags=re.MULTILINE))
