"""What is shipped: its licences, its bill of materials, the container's and systemd's files."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from typer.main import get_command

from bot.__main__ import cli
from config.secret_files import secret_variables
from config.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("systemd/*.service"))
DROP_INS = sorted(DEPLOY.glob("systemd/secrets/*.conf"))


@cache
def licences() -> ModuleType:
    """The script behind `make licences`."""
    spec = importlib.util.spec_from_file_location("licences", DEPLOY / "licences.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def listed() -> dict[str, tuple[str, str]]:
    """Licence and kind by package, as docs/licences.md has them."""
    rows = re.findall(
        r"^\| ([a-z0-9-]+) \| (.+) \| (.*) \|$",
        (ROOT / "docs" / "licences.md").read_text(encoding="utf-8"),
        flags=re.MULTILINE,
    )
    return {name: (licence, kind) for name, licence, kind in rows if name != "package"}


def test_every_package_of_the_lock_is_listed_with_its_licence() -> None:
    locked = licences().locked((ROOT / "requirements" / "run.txt").read_text(encoding="utf-8"))

    assert sorted(name for name in listed() if set(name) != {"-"}) == locked


def test_what_is_listed_is_what_is_installed() -> None:
    installed = licences().installed() | licences().ELSEWHERE

    for name, (licence, _) in listed().items():
        if set(name) != {"-"}:
            kind = licences().kind_of(installed[name])  # the words differ from version to version
            assert kind == licences().kind_of(licence), f"{name}: run `make licences`"


@pytest.mark.parametrize(
    ("licence", "is_allowed"),
    [
        ("MIT", True),
        ("Apache-2.0 OR GPL-3.0-only", True),
        ("Apache Software License; BSD License", True),
        ("LGPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("GPL-3.0-or-later", False),
        ("GNU Affero General Public License v3", False),
        ("SSPL-1.0", False),
        ("UNKNOWN", False),
        ("", False),
    ],
)
def test_licences_of_other_kinds_are_refused(licence: str, *, is_allowed: bool) -> None:
    assert bool(licences().kind_of(licence)) is is_allowed


def test_no_package_has_a_licence_of_another_kind() -> None:
    for name, (licence, kind) in listed().items():
        if set(name) != {"-"}:
            assert licences().kind_of(licence) == kind != "", name


def test_the_bill_of_materials_is_the_lock_and_the_same_each_time(tmp_path: Path) -> None:
    [recipe] = re.findall(
        r"\$\(BIN\)/(cyclonedx-py (?:.*\\\n)*.*)", (ROOT / "Makefile").read_text()
    )
    made = []
    for number in range(2):
        file = tmp_path / f"{number}.json"
        words = recipe.replace("\\\n", " ").replace("build/sbom.json", str(file)).split()
        program = Path(sys.executable).parent / words[0]
        words += ["--no-validate"] * number  # the second is to be the same as the first
        subprocess.run([program, *words[1:]], cwd=ROOT, check=True, capture_output=True)
        made.append(file.read_bytes())

    found = json.loads(made[0])
    assert made[0] == made[1]
    assert found["bomFormat"] == "CycloneDX"
    assert found["metadata"]["component"]["name"] == "threat-desk"
    locked = licences().locked((ROOT / "requirements" / "run.txt").read_text(encoding="utf-8"))
    assert sorted({licences().normal(one["name"]) for one in found["components"]}) == locked
    assert str(ROOT) not in made[0].decode()


def containerfile() -> str:
    return (DEPLOY / "Containerfile").read_text(encoding="utf-8")


def instructions() -> list[tuple[str, str]]:
    """Instruction and the rest of it, comments and line ends taken out."""
    lines = [one for one in containerfile().splitlines() if not one.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [
        (one.split()[0], one.split(maxsplit=1)[1]) for one in joined.splitlines() if one.strip()
    ]


def test_the_container_installs_only_what_the_lock_has_with_its_hashes() -> None:
    installs = [rest for kind, rest in instructions() if kind == "RUN" and " pip install" in rest]

    assert len(installs) == 2
    assert "--require-hashes" in installs[0]
    assert "--no-deps" in installs[1]
    assert "--no-index" in installs[1]


def test_it_names_no_address() -> None:
    text = re.sub(r"http://127\.0\.0\.1", "", containerfile())

    assert "://" not in text
    assert "index-url" not in text


def test_it_runs_as_nobody_in_particular_and_writes_only_to_its_volume() -> None:
    last_stage = instructions()[[kind for kind, _ in instructions()].index("FROM", 2) :]
    by_kind = dict(last_stage)

    assert by_kind["USER"] == "10001:10001"
    assert by_kind["VOLUME"] == "/data"
    assert "THREATDESK_DATA=/data" in by_kind["ENV"]
    assert "PYTHONDONTWRITEBYTECODE=1" in by_kind["ENV"]
    assert "/healthz" in by_kind["HEALTHCHECK"]
    assert json.loads(by_kind["ENTRYPOINT"]) == ["threatdesk"]
    assert json.loads(by_kind["CMD"])[0] in commands()


def test_every_variable_that_is_shipped_is_a_setting() -> None:
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    known |= set(secret_variables(Settings, PREFIX))
    for file in (DEPLOY / "Containerfile", *UNITS, *DROP_INS):
        for variable in re.findall(r"THREATDESK_[A-Z_]+", file.read_text(encoding="utf-8")):
            assert variable in known, (file.name, variable)


def test_what_is_built_is_all_that_the_builder_sees() -> None:
    ignored = (DEPLOY / "Containerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    kept = {one[1:] for one in ignored if one.startswith("!")}

    assert ignored[1] == "*"
    wanted = re.search(r"packages = \[(.*)\]", (ROOT / "pyproject.toml").read_text())
    assert wanted is not None
    assert kept == {
        *re.findall(r'"(\w+)"', wanted[1]),
        "pyproject.toml",
        "README.md",
        "requirements/run.txt",
    }


def commands() -> set[str]:
    return set(get_command(cli).commands)  # type: ignore[attr-defined]


def unit(file: Path) -> dict[str, str]:
    """Every key of a unit, with what it was set to last."""
    text = file.read_text(encoding="utf-8")
    return dict(re.findall(r"^(\w+)=(.*)$", text, flags=re.MULTILINE))


@pytest.mark.parametrize("file", UNITS, ids=lambda one: one.stem)
def test_a_unit_runs_a_command_as_its_own_user_and_guarded(file: Path) -> None:
    service = unit(file)

    assert service["ExecStart"].split()[1] in commands()
    assert service["User"] == "threatdesk"
    for key in ("NoNewPrivileges", "PrivateTmp", "PrivateDevices", "ProtectKernelTunables"):
        assert service[key] == "yes", key
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""


@pytest.mark.parametrize("name", ["web", "worker"])
def test_a_unit_gives_what_was_begun_the_time_to_end(name: str) -> None:
    from bot.serving import GRACE_S

    service = unit(DEPLOY / "systemd" / f"threatdesk-{name}.service")

    assert int(service["TimeoutStopSec"]) > GRACE_S
    assert service["KillSignal"] == "SIGTERM"


@pytest.mark.parametrize("file", DROP_INS, ids=lambda one: one.stem)
def test_every_secret_comes_as_a_credential_and_through_its_file(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    loaded = re.findall(r"^LoadCredential=(\w+):/\S+$", text, flags=re.MULTILINE)
    used = re.findall(r"^Environment=(\w+)=%d/(\w+)$", text, flags=re.MULTILINE)

    assert [f"{PREFIX}{one}_FILE".upper() for one in loaded] == [variable for variable, _ in used]
    assert loaded == [credential for _, credential in used]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_takes_every_unit(tmp_path: Path) -> None:
    for file in [*UNITS, *DEPLOY.glob("systemd/*.timer")]:
        there = re.sub(
            r"ExecStart=\S+", f"ExecStart={sys.executable}", file.read_text(encoding="utf-8")
        )
        (tmp_path / file.name).write_text(there.replace("threatdesk\nGroup=threatdesk", "root"))
        for drop_in in DROP_INS if file.suffix == ".service" else ():
            folder = tmp_path / f"{file.name}.d"
            folder.mkdir(exist_ok=True)
            shutil.copy(drop_in, folder)
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", str(tmp_path / file.name)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
        )
        assert (done.returncode, done.stderr.strip()) == (0, ""), file.name


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
@pytest.mark.parametrize("file", UNITS, ids=lambda one: one.stem)
def test_systemd_finds_every_unit_well_guarded(file: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout.splitlines()[-1]
