"""A reply in Teams: within its limits, calling nobody, and honest about what is left out."""

from __future__ import annotations

import base64
import json
import os
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft6Validator

from bot.render import teams
from bot.render.teams_limits import weight
from bot.replies import (
    Block,
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
)
from tests.bot.render.replies import FORMS, REPLIES
from tests.bot.render.samples import (
    ALERT,
    AS_AT,
    CSP,
    DRAWING,
    FAR_TOO_LONG,
    FORM,
    ISSUE_FORM,
    PRIORITY,
    SAMPLES,
)

ANY = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))

PNG: Final = b"\x89PNG\r\n\x1a\n and more"

REFERENCE: Final = "THREATDESK_REFERENCE"

TEAMS_ONLY: Final = "msteams"
"""Teams' own property, of a card and of a picture: the published schema refuses what it does not
know, and this is all that our cards have beyond it.  It is laxer than Teams everywhere else."""


def seen(node: object) -> Iterator[str]:
    """Every text of a card that somebody sees or hears; commands and fallbacks are not."""
    if isinstance(node, list):
        for inner in node:
            yield from seen(inner)
    elif isinstance(node, dict):
        for key in ("text", "title", "label", "placeholder", "altText", "errorMessage"):
            if isinstance(node.get(key), str):
                yield node[key]
        if isinstance(node.get("value"), str) and node.keys() == {"title", "value"}:
            yield node["value"]
        for key, inner in node.items():
            yield from () if key in ("fallback", "data") else seen(inner)


def said(card: teams.Card) -> str:
    return "\n".join(seen(card["body"])).replace("\u2060", "")


def of_type(node: object, kind: str) -> list[dict[str, Any]]:
    """Every part of a card that has this type, in order; fallbacks are left out."""
    if isinstance(node, list):
        return [found for inner in node for found in of_type(inner, kind)]
    if not isinstance(node, dict):
        return []
    own = [node] if node.get("type") == kind else []
    inner = [value for key, value in node.items() if key != "fallback"]
    return own + of_type(inner, kind)


def a_reply(*blocks: Block, **more: Any) -> Reply:
    return Reply(summary="Words", blocks=blocks, **more)


def buttons(number: int) -> Buttons:
    return Buttons(items=tuple(Button(label=f"B{n}", command=f"/b {n}") for n in range(number)))


def without_teams(node: Any) -> Any:
    """A card as the published schema knows it."""
    if isinstance(node, list):
        return [without_teams(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    return {key: without_teams(inner) for key, inner in node.items() if key != TEAMS_ONLY}


@cache
def schema_problems() -> Callable[[teams.Card], list[str]]:
    """The published schema as a check; the test is left out where it is not at hand."""
    folder = os.environ.get(REFERENCE)
    if folder is None:
        pytest.skip(f"left out: {REFERENCE} names no folder with the schema of Adaptive Cards")
    file = Path(folder) / "schemas" / "adaptive-card-1.5.0.json"
    schema = json.loads(file.read_text(encoding="utf-8"))
    card = schema["definitions"]["AdaptiveCard"]
    # Through `anyOf` a fault would only be said to match nothing.
    validator = Draft6Validator({**schema, "anyOf": [{"allOf": [card]}]})
    return lambda card: [error.message for error in validator.iter_errors(without_teams(card))]


@ANY
@given(REPLIES, st.booleans())
def test_any_reply_is_a_card_within_its_room(reply: Reply, is_post_only: bool) -> None:  # noqa: FBT001
    card = teams.render(reply, is_post_only=is_post_only)

    room = teams.POST_ROOM if is_post_only else teams.BOT_ROOM
    assert teams.check(card, room=room, is_post_only=is_post_only) == []
    assert weight(card) <= room
    json.dumps(card).encode()


@ANY
@given(REPLIES)
def test_any_reply_is_a_card_of_the_published_schema(reply: Reply) -> None:
    assert schema_problems()(teams.render(reply)) == []


LEFT_OUT: Final = re.compile(r"left out|No room here for")


@settings(ANY, max_examples=12)
@given(REPLIES, st.booleans())
def test_whatever_a_small_card_does_not_say_it_says_is_left_out(
    reply: Reply,
    is_post_only: bool,  # noqa: FBT001
) -> None:
    blocks = tuple(block for block in reply.blocks if not isinstance(block, (Form, Menu, Buttons)))
    reply = replace(reply, blocks=blocks, share="")

    small = said(teams.render(reply, room=20_000, is_post_only=is_post_only))
    large = said(teams.render(reply, room=5_000_000))

    missing = set(re.findall(r"\w+", large)) - set(re.findall(r"\w+", small))
    assert not missing or LEFT_OUT.search(small)


@ANY
@given(FORMS, st.booleans())
def test_any_form_asks_for_each_of_its_fields(form: Form, is_alone: bool) -> None:  # noqa: FBT001
    more = () if is_alone else (Menu(label="M", items=(Button(label="A", command="/a"),)),)

    card = teams.render(a_reply(form, *more), room=2_000_000)

    asked = [one["id"] for one in _inputs(card)]
    is_in_words = ": type '" in said(card)  # of a command that no button can carry
    assert asked == ([] if is_in_words else [f"field.{field.name}" for field in form.fields])


def _inputs(card: teams.Card) -> list[dict[str, Any]]:
    kinds = ("Input.Text", "Input.ChoiceSet", "Input.Date")
    return [node for node in card["body"] if node["type"] in kinds]


@pytest.mark.parametrize("is_post_only", [False, True])
@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_a_card_of_the_published_schema(name: str, *, is_post_only: bool) -> None:
    card = teams.render(SAMPLES[name], pictures={4: PNG}, is_post_only=is_post_only)

    assert schema_problems()(card) == []


def test_the_published_schema_would_notice_a_fault() -> None:
    card = teams.render(PRIORITY)
    card["body"][0]["txt"] = card["body"][0].pop("text")

    assert schema_problems()(card)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_a_card_to_the_teams_sdk(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its import warns of previews that we do not use
        from microsoft_teams.cards import AdaptiveCard
    card = teams.render(SAMPLES[name], pictures={4: PNG})

    read = AdaptiveCard.model_validate(card)

    sent = json.loads(read.model_dump_json(by_alias=True, exclude_none=True))
    assert len(sent["body"]) == len(card["body"])
    assert sent["msteams"]["width"] == "full"


def test_a_card_says_which_version_it_is_and_what_to_show_without_it() -> None:
    card = teams.render(PRIORITY)

    assert card["type"] == "AdaptiveCard"
    assert card["version"] == "1.5"
    assert card["fallbackText"] == teams.summary(PRIORITY)


def test_the_summary_is_plain_and_on_one_line() -> None:
    reply = Reply(summary="<at>All</at>:\n*worse*", blocks=())

    assert "\n" not in teams.summary(reply)
    assert "<at>" not in teams.summary(reply)
    assert teams.summary(Reply(summary=" ", blocks=())) == "An answer from Threat Desk"


def test_a_reply_without_blocks_says_its_summary() -> None:
    assert said(teams.render(Reply(summary="All is well.", blocks=()))) == "All is well."


def test_the_first_heading_is_large_and_each_is_a_heading_to_who_hears_it() -> None:
    first, second = [b for b in teams.render(PRIORITY)["body"] if b.get("style") == "heading"]

    assert (first["size"], second["size"]) == ("Large", "Medium")


def test_level_and_standing_are_told_in_words_under_the_heading() -> None:
    badge = teams.render(PRIORITY)["body"][1]

    assert badge["text"] == "▲ Worse · ●●● High threat"


def test_no_colour_is_set_so_that_both_themes_can_be_read() -> None:
    for reply in SAMPLES.values():
        card = json.dumps(teams.render(reply))
        assert not re.search(r'"(?:color|backgroundImage|backgroundColor|foregroundColor)"', card)


def test_bullets_are_a_list_and_facts_are_facts() -> None:
    card = teams.render(PRIORITY)

    assert "- Charnwood: 41% of the rise (+103)\r- Theft from vehicle" in said(card)
    [facts] = of_type(card, "FactSet")
    assert facts["facts"][0] == {"title": "Year to date", "value": "3,314"}


def test_a_chart_is_told_in_words_until_its_picture_is_there() -> None:
    card = teams.render(PRIORITY)

    assert of_type(card, "Image") == []
    assert "above the upper control limit since September.\n\n▂▂▃▂▃▄▆▇█" in said(card)


def test_a_chart_with_its_picture_has_words_for_whoever_does_not_see_it() -> None:
    [image] = of_type(teams.render(PRIORITY, pictures={4: PNG}), "Image")

    assert image["url"] == "data:image/png;base64," + base64.b64encode(PNG).decode()
    assert "above the upper control limit" in image["altText"]
    assert image["msteams"] == {"allowExpand": True}


def test_a_chart_is_found_by_its_place_in_the_reply() -> None:
    chart = Chart(drawing=DRAWING, alt="One")

    card = teams.render(a_reply(chart, replace(chart, alt="Two")), pictures={1: PNG})

    assert [image["altText"] for image in of_type(card, "Image")] == ["Two"]
    assert card["body"][0]["text"] == "One"


def test_a_picture_does_not_take_the_room_of_words() -> None:
    card = teams.render(PRIORITY, pictures={4: PNG * 20_000}, room=8_000)

    assert of_type(card, "Image")
    assert "left out" not in said(card)


def test_a_picture_over_a_megabyte_is_told_in_words() -> None:
    card = teams.render(PRIORITY, pictures={4: b"x" * 1_000_001})

    assert of_type(card, "Image") == []
    assert "above the upper control limit" in said(card)


def test_six_buttons_make_a_row_and_the_seventh_begins_another() -> None:
    rows = of_type(teams.render(a_reply(buttons(8))), "ActionSet")

    assert [len(row["actions"]) for row in rows] == [6, 2]


def test_buttons_carry_their_commands_and_ask_first_where_asked_to() -> None:
    card = teams.render(ALERT)

    [row, _] = of_type(card, "ActionSet")
    acknowledge, why, useless = row["actions"]
    assert acknowledge["data"] == {"command": "/alert ack A-17"}
    assert acknowledge["style"] == "positive"
    assert "style" not in why
    assert useless["card"]["body"][0]["text"] == "Nobody is told again of this alert."
    assert useless["card"]["actions"][0]["data"] == {"command": "/alert useless A-17"}


def test_a_menu_s_button_tells_which_menu_and_its_choices_are_commands() -> None:
    card = teams.render(ALERT)

    [menu] = of_type(card, "Input.ChoiceSet")
    [_, row] = of_type(card, "ActionSet")
    assert (menu["id"], menu["label"], menu["style"]) == ("menu.1", "Snooze", "compact")
    assert menu["choices"][0] == {
        "title": "For a week", "value": "/alert snooze A-17 until 18 December 2013",
    }  # fmt: skip
    [go] = row["actions"]
    assert go["data"] == {"menu": "menu.1"}
    assert "associatedInputs" not in go


def test_two_menus_have_names_of_their_own() -> None:
    menu = Menu(label="M", items=(Button(label="A", command="/a"),))

    menus = of_type(teams.render(a_reply(menu, menu)), "Input.ChoiceSet")

    assert [menu["id"] for menu in menus] == ["menu.1", "menu.2"]


def test_what_asks_to_be_confirmed_leaves_the_menu_and_becomes_a_button() -> None:
    items = (
        Button(label="Sure", command="/a", confirm="Sure?"),
        Button(label="Plain", command="/b"),
    )

    card = teams.render(a_reply(Menu(label="Do", items=items)))

    [menu] = of_type(card, "Input.ChoiceSet")
    assert [choice["title"] for choice in menu["choices"]] == ["Plain"]
    assert len(of_type(card, "Action.ShowCard")) == 1


def test_a_command_that_no_button_can_carry_is_named_and_never_cut() -> None:
    card = teams.render(a_reply(Buttons(items=(Button(label="Huge", command="x" * 2_001),))))

    assert of_type(card, "Action.Execute") == []
    assert "… No room here for: Huge." in said(card)


def test_the_share_button_stands_with_the_others_and_carries_the_command() -> None:
    [row] = of_type(teams.render(PRIORITY), "ActionSet")

    share = row["actions"][-1]
    assert (share["verb"], share["data"]) == (teams.SHARE, {"command": PRIORITY.share})


def test_a_full_row_gets_no_share_button_added_to_it() -> None:
    rows = of_type(teams.render(a_reply(buttons(6), share="/briefing")), "ActionSet")

    assert [len(row["actions"]) for row in rows] == [6, 1]


def test_a_form_asks_for_each_field_under_its_name() -> None:
    card = teams.render(FORM)

    inputs = _inputs(card)
    assert [one["id"] for one in inputs] == [
        "field.title", "field.about", "field.priority", "field.due",
    ]  # fmt: skip
    assert [one["type"] for one in inputs] == [
        "Input.Text", "Input.Text", "Input.ChoiceSet", "Input.Date",
    ]  # fmt: skip
    assert [one.get("isRequired", False) for one in inputs] == [True, False, True, True]
    assert inputs[0]["value"] == "Theft from vehicle, Charnwood"
    assert inputs[0]["errorMessage"] == "Fill in: What is the issue?"
    assert inputs[1]["isMultiline"] is True
    assert inputs[2]["value"] == "12"
    assert inputs[3]["value"] == "2014-01-06"
    assert inputs[3]["label"] == "Review on (the next meeting of the board)"


def test_a_form_is_sent_with_its_command_and_how_its_fields_are_named() -> None:
    [send] = of_type(teams.render(FORM), "Action.Execute")

    assert (send["title"], send["verb"]) == ("Raise", teams.FORM)
    assert send["data"] == {"command": "/issue raise", "fields": "field."}
    assert "associatedInputs" not in send


def test_what_was_filled_in_is_read_under_the_names_of_the_fields() -> None:
    card = teams.render(a_reply(ISSUE_FORM, ISSUE_FORM))
    _, second = of_type(card, "Action.Execute")
    filled = {one["id"]: one["id"] for one in _inputs(card)}

    pressed = teams.read_pressed({**second["data"], **filled}, verb=second["verb"])

    assert pressed.fields == {
        name: f"field2.{name}" for name in ("title", "about", "priority", "due")
    }


def test_a_field_is_not_required_where_it_would_hold_up_another_button() -> None:
    menu = Menu(label="M", items=(Button(label="A", command="/a"),))

    card = teams.render(a_reply(ISSUE_FORM, menu))

    assert not any(one.get("isRequired") for one in _inputs(card))
    assert _inputs(card)[0]["label"] == "What is the issue? (needed)"


def test_a_date_that_is_none_is_not_filled_in() -> None:
    field = Field(name="due", label="Due", kind=FieldKind.DATE, value="next week")

    card = teams.render(a_reply(Form(title="T", command="/x", fields=(field,))))

    assert "value" not in _inputs(card)[0]


def test_choices_that_a_card_cannot_carry_are_counted() -> None:
    choices = tuple(Choice(label=f"C{n}", value=str(n)) for n in range(103))
    field = Field(name="a", label="A", kind=FieldKind.CHOICE, choices=choices)

    card = teams.render(a_reply(Form(title="T", command="/x", fields=(field,))))

    assert _inputs(card)[0]["label"] == "A (3 choices left out)"


def test_a_form_without_room_says_what_to_type() -> None:
    card = teams.render(FORM, room=3_000)

    assert of_type(card, "Input.Text") == []
    assert "Raise: type '/issue raise' and add: What is the issue?" in said(card)


def test_parts_without_room_are_left_out_and_counted() -> None:
    card = teams.render(FAR_TOO_LONG, room=6_000)

    [found] = re.findall(r"… (\d+) more parts left out: Teams shows no longer messages", said(card))
    assert int(found) + len(re.findall(r"Measure \d+", said(card))) == 60


def test_what_is_left_out_never_takes_the_as_at_line_or_the_share_button() -> None:
    *_, share, footnote = teams.render(FAR_TOO_LONG, room=6_000)["body"]

    assert share["actions"][-1]["verb"] == teams.SHARE
    assert footnote["text"] == AS_AT.text


def test_an_as_at_line_in_the_middle_stays_too() -> None:
    paragraphs = tuple(Paragraph(text=f"Word {n}") for n in range(60))
    reply = a_reply(Heading(text="H"), *paragraphs, Footnote(text="As at noon"), buttons(2))

    text = said(teams.render(reply, room=4_000))

    assert text.endswith("more parts left out: Teams shows no longer messages.\nAs at noon")


def test_nothing_is_left_out_of_a_card_that_has_room() -> None:
    for name in ("priority", "alert", "help", "refusal", "ambiguous", "form"):
        assert "left out" not in said(teams.render(SAMPLES[name]))


def test_a_card_that_is_only_posted_says_what_to_ask_for() -> None:
    card = teams.render(PRIORITY, pictures={4: PNG}, is_post_only=True)

    assert "Why High? – Ask in chat: /threatdesk why vehicle-crime" in said(card)
    assert "Ask in chat: /priority 12 as at 11 December 2013" in said(card)
    assert of_type(card, "ActionSet") == of_type(card, "Image") == []


def test_menus_and_forms_of_a_card_that_is_only_posted_are_said_too() -> None:
    alert = said(teams.render(ALERT, is_post_only=True))
    form = said(teams.render(FORM, is_post_only=True))

    assert "For a week – Ask in chat: /alert snooze A-17 until 18 December 2013" in alert
    assert "Raise: type '/issue raise' and add:" in form


def test_a_card_that_is_only_posted_has_no_more_room_than_a_webhook_takes() -> None:
    long = a_reply(*[Paragraph(text="word " * 500)] * 20)

    assert weight(teams.render(long, is_post_only=True)) <= teams.POST_ROOM
    assert weight(teams.render(long)) > teams.POST_ROOM


def test_a_long_value_says_how_much_of_it_is_left_out() -> None:
    card = teams.render(a_reply(Facts(rows=(("Notes", "word " * 500),))))

    assert re.search(r"word… \(1,\d{3} characters left out\)", said(card))


def test_a_paragraph_too_long_for_a_part_goes_on_in_the_next() -> None:
    text = " ".join(f"word{n}" for n in range(1_500))

    card = teams.render(a_reply(Paragraph(text=text)))

    assert len(card["body"]) > 1
    assert " ".join(block["text"] for block in card["body"]) == text


def test_blocks_that_say_nothing_are_not_shown() -> None:
    empty = (Heading(text=" "), Paragraph(text="\u202e"), Bullets(items=("", "\n")), Facts(rows=()))

    assert said(teams.render(a_reply(*empty))) == "Words"


def test_room_that_no_card_could_keep_to_is_a_fault() -> None:
    with pytest.raises(ValueError, match="Teams would refuse this"):
        teams.render(PRIORITY, room=500)


def test_a_table_is_one_of_teams_own() -> None:
    [table] = of_type(teams.render(CSP), "Table")

    assert len(table["rows"]) == 10
