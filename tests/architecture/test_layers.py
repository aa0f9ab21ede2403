"""The rules about imports hold, and would be noticed if they did not."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYPROJECT = ROOT / "pyproject.toml"
CONTRACTS = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["tool"]["importlinter"][
    "contracts"
]


def named_modules() -> set[str]:
    """Every module that any contract names."""
    fields = ("layers", "modules", "source_modules", "forbidden_modules")
    entries = [entry for one in CONTRACTS for field in fields for entry in one.get(field, [])]
    return {name.strip() for entry in entries for name in entry.split("|")}


def lint(folder: Path, config: Path) -> subprocess.CompletedProcess[str]:
    """Run the linter in a process of its own: run in ours, it would switch our loggers off."""
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run(
        [program, "--config", config, "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_imports_only_point_down() -> None:
    result = lint(ROOT, PYPROJECT)

    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("module", sorted(named_modules()))
def test_a_contract_names_only_modules_that_exist(module: str) -> None:
    """A misspelt name would make its contract guard nothing."""
    assert importlib.util.find_spec(module) is not None


def test_every_module_of_the_domain_is_guarded() -> None:
    """A new file in `metrics/` is part of the domain, unless it is a source."""
    guarded = next(one for one in CONTRACTS if one["name"].startswith("The domain"))[
        "source_modules"
    ]
    modules = {
        f"metrics.{path.stem}"
        for path in (ROOT / "metrics").iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists())
        and path.stem not in ("__init__", "sources", "__pycache__")
    }

    assert modules == set(guarded)


def test_there_are_no_exceptions() -> None:
    assert not any("ignore_imports" in contract for contract in CONTRACTS)
