"""What is pressed on a card says what was pressed, and no more than somebody might have typed."""

from __future__ import annotations

import pytest

from bot.render.teams_actions import FORM, MENU, RUN, action, button, read_pressed, share
from bot.replies import Button, Style


def test_a_button_carries_its_command_under_the_verb_that_runs_it() -> None:
    made = button(Button(label="Trend", command="/trend burglary", style=Style.PRIMARY))

    assert made["type"] == "Action.Execute"
    assert made["verb"] == RUN
    assert made["data"] == {"command": "/trend burglary"}
    assert made["style"] == "positive"


def test_a_client_that_cannot_execute_submits_the_same() -> None:
    made = button(Button(label="Trend", command="/trend burglary"))

    assert made["fallback"]["type"] == "Action.Submit"
    assert read_pressed(made["fallback"]["data"]) == read_pressed(made["data"], verb=made["verb"])


def test_a_button_is_not_held_up_by_a_field_that_is_still_empty() -> None:
    made = button(Button(label="Trend", command="/trend burglary"))

    assert made["associatedInputs"] == "none"
    assert made["fallback"]["associatedInputs"] == "none"


def test_what_is_to_be_confirmed_is_asked_first() -> None:
    made = button(Button(label="Close", command="/c", style=Style.DANGER, confirm="Are you sure?"))

    assert made["type"] == "Action.ShowCard"
    assert made["style"] == "destructive"
    assert made["card"]["body"][0]["text"] == "Are you sure?"
    [inner] = made["card"]["actions"]
    assert (inner["title"], inner["data"]) == ("Close", {"command": "/c"})


def test_a_button_without_a_label_shows_its_command() -> None:
    assert button(Button(label=" ", command="/threats"))["title"] == "/threats"


def test_a_menu_s_command_is_what_was_chosen() -> None:
    made = action("Go", RUN, {MENU: "menu.2"}, reads_inputs=True)

    pressed = read_pressed({**made["data"], "menu.1": "/one", "menu.2": "/two"}, verb=RUN)

    assert pressed.command == "/two"
    assert "associatedInputs" not in made


def test_a_menu_in_which_nothing_is_chosen_says_so() -> None:
    assert read_pressed({"menu": "menu.1", "menu.1": ""}, verb=RUN).command == ""
    assert read_pressed({"menu": "menu.1"}, verb=RUN).command == ""


def test_a_form_s_answers_stand_under_the_names_of_its_fields() -> None:
    data = {
        "command": "/issue new",
        "fields": "field2.",
        "field2.title": "A rise",
        "field2.about": "",
        "field.title": "of another form",
        "menu.1": "/one",
    }

    pressed = read_pressed(data, verb=FORM)

    assert pressed.command == "/issue new"
    assert pressed.fields == {"title": "A rise", "about": ""}


def test_the_share_button_is_told_from_one_that_only_runs() -> None:
    made = share("/priority 12")

    assert read_pressed(made["data"], verb=made["verb"]).verb == "share"


@pytest.mark.parametrize(
    "data",
    [{}, {"verb": "rm"}, {"verb": 7}, {"command": ["/x"]}, {"menu": {"a": 1}}, {"fields": 3}],
)
def test_what_is_not_ours_says_nothing(data: dict[str, object]) -> None:
    pressed = read_pressed(data)

    assert (pressed.verb, pressed.command, pressed.fields) == ("", "", {})
