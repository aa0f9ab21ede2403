"""Every error says what to do next, or the reason why its message already does is written here."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.words.sentences import ROOMS, ROOT

ENOUGH = {
    "bot/access/sight.py": "the gate's reason, which names who may see it and where",
    "bot/channels/teams/connector.py": "an answer of Teams', not the gate's refusal",
    "bot/channels/workflows/posting.py": "passes on what the workflow said, with the step",
    "bot/handlers/alert.py": "the gate's reason, which names who may see it and where",
    "bot/handlers/brief.py": "names where to ask",
    "bot/handlers/glossary.py": "caught where it is raised, and said with the words that are alike",
    "bot/handlers/impact.py": "the gate's reason, which names who may see it and where",
    "bot/handlers/issue.py": "the gate's reason, which names who may see it and where",
    "bot/handlers/operation.py": "the gate's reason, which names who may see it and where",
    "bot/handlers/registering.py": "the gate's reason, which names who may see it and where",
    "bot/region/standings.py": "names who may ask and where",
    "bot/replies/priority.py": "the plan's or the gate's reason",
    "bot/replies/threat.py": "the gate's reason, which names who may see it and where",
}
"""Files in which an error goes without a hint, and why that is enough."""

BY_REASON = 3
"""So many errors of one file at most go without one."""


def test_every_error_of_the_readers_says_what_to_do_next() -> None:
    without = [
        (place, said) for place, said in _without_hint() if place.split(":")[0] not in ENOUGH
    ]

    assert without == []


def test_the_exceptions_are_few_and_still_needed() -> None:
    counts: dict[str, int] = {}
    for place, _ in _without_hint():
        file = place.split(":")[0]
        counts[file] = counts.get(file, 0) + 1

    assert {one for one in ENOUGH if one not in counts} == set()
    assert {one: count for one, count in counts.items() if count > BY_REASON} == {}


def _without_hint() -> Iterator[tuple[str, str]]:
    trees = {
        file: ast.parse(file.read_text("utf-8"))
        for room in ROOMS
        for file in sorted((ROOT / room).rglob("*.py"))
    }
    family = _family(trees.values())
    for file, tree in trees.items():
        for node in ast.walk(tree):
            match node:
                case ast.Raise(exc=ast.Call(func=ast.Name(id=name)) as call) if name in family:
                    if not any(one.arg == "hint" for one in call.keywords):
                        place = f"{file.relative_to(ROOT).as_posix()}:{node.lineno}"
                        yield place, ast.unparse(call)


def _family(trees: object) -> set[str]:
    """Return the names of `UserError` and of everything derived from it."""
    classes = [one for tree in trees for one in ast.walk(tree) if isinstance(one, ast.ClassDef)]  # type: ignore[attr-defined]
    found = {"UserError"}
    while True:
        more = {
            one.name
            for one in classes
            if any(isinstance(base, ast.Name) and base.id in found for base in one.bases)
        }
        if more <= found:
            return found
        found |= more
