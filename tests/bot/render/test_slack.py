"""A reply in Slack: within its limits, calling nobody, and honest about what is left out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.render import slack, slack_limits
from bot.render.harmless import harmless
from bot.replies import (
    Button,
    Buttons,
    Chart,
    Facts,
    Field,
    FieldKind,
    Form,
    Menu,
    Paragraph,
    Reply,
    Table,
    TableColumn,
    TableRow,
)
from tests.bot.render.replies import FORMS, REPLIES
from tests.bot.render.samples import (
    ALERT,
    CSP,
    DRAWING,
    FAR_TOO_LONG,
    FORM,
    ISSUE_FORM,
    PRIORITY,
    SAMPLES,
)

LIVE = re.compile(
    r"<[@#!]|<http|://|www\.\w|@(?:here|channel|everyone|U123)|mailto:\w|tel:\d"
    r"|\w\.(?:example|com|exe)\b|[\u202a-\u202e\u2066-\u2069\x00-\x09\x0b-\x1f\x7f-\x9f]"
)
"""Written without a look at the renderer: what may not be seen in a message."""

ANY = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def seen(node: object) -> Iterator[str]:
    """Every text of a payload that somebody sees or hears; commands are not among them."""
    if isinstance(node, list):
        for inner in node:
            yield from seen(inner)
    elif isinstance(node, dict):
        for key in ("text", "alt_text"):
            if isinstance(node.get(key), str):
                yield node[key]
        for inner in node.values():
            yield from seen(inner)


def of_type(node: object, kind: str) -> list[dict[str, Any]]:
    """Every part of a payload that has this type."""
    if isinstance(node, list):
        return [found for inner in node for found in of_type(inner, kind)]
    if not isinstance(node, dict):
        return []
    own = [node] if node.get("type") == kind else []
    return own + [found for inner in node.values() for found in of_type(inner, kind)]


def said(payload: dict[str, Any]) -> str:
    return "\n".join(seen(payload["blocks"])).replace("\u2060", "")


def a_reply(*blocks: Any, **more: Any) -> Reply:
    return Reply(summary="Words", blocks=blocks, **more)


@ANY
@given(REPLIES)
def test_no_words_whatever_break_a_limit_or_call_anybody(reply: Reply) -> None:
    payload = slack.render(reply)

    assert slack.check(payload) == []
    assert [text for text in seen(payload) if LIVE.search(text)] == []
    json.dumps(payload).encode()


@ANY
@given(REPLIES)
def test_no_words_whatever_break_the_home(reply: Reply) -> None:
    assert slack.check_view(slack.render_home(reply)) == []


@ANY
@given(FORMS, st.sampled_from([1, 40]))
def test_no_words_whatever_break_a_dialogue(form: Form, times: int) -> None:
    fields = [
        replace(field, name=f"{n}{field.name}") for n in range(times) for field in form.fields
    ]

    view = slack.render_form(replace(form, fields=tuple(fields)), private_metadata="{}")

    assert slack.check_view(view) == []
    assert [text for text in seen(view) if LIVE.search(text)] == []


@pytest.mark.parametrize("name", ["priority", "csp", "alert", "far_too_long"])
def test_golden(name: str, golden: Callable[[str, str], None]) -> None:
    shown = json.dumps(slack.render(SAMPLES[name]), ensure_ascii=False, indent=1)

    golden(f"{name}.slack.json", shown.replace("\u2060", "\\u2060") + "\n")


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_accepted(name: str) -> None:
    assert slack.check(slack.render(SAMPLES[name])) == []


def test_the_fallback_text_is_the_summary_and_is_no_markup() -> None:
    payload = slack.render(Reply(summary="A & B <!channel>", blocks=()))

    assert payload["text"].replace("\u2060", "") == "A &amp; B &lt;!channel&gt;"
    assert "&lt;!channel" not in payload["text"]


def test_a_chart_is_told_in_words_until_its_picture_is_there() -> None:
    assert "above the upper control limit" in said(slack.render(PRIORITY))
    assert "▂▂▃▂▃▄▆▇█" in said(slack.render(PRIORITY))


def test_a_chart_with_a_file_is_a_picture_with_words_for_whoever_does_not_see_it() -> None:
    [image] = of_type(slack.render(PRIORITY, charts={4: "F042"}), "image")

    assert image["slack_file"] == {"id": "F042"}
    assert "above the upper control limit" in image["alt_text"]


def test_level_and_standing_are_told_in_words_under_the_heading() -> None:
    badge = slack.render(PRIORITY)["blocks"][1]

    assert "▲ Worse   ●●● High threat" in list(seen(badge))


def test_parts_over_fifty_are_left_out_and_said() -> None:
    payload = slack.render(FAR_TOO_LONG)

    assert len(payload["blocks"]) == slack_limits.MAX_BLOCKS
    assert "… 15 more parts left out: Slack shows 50 at most." in said(payload)


def test_what_is_left_out_never_takes_the_as_at_line_or_the_share_button() -> None:
    *_, share, footnote = slack.render(FAR_TOO_LONG)["blocks"]

    assert share["elements"][-1]["action_id"] == slack.SHARE
    assert "As at 11 December 2013" in said({"blocks": [footnote]})


def test_a_message_too_long_as_a_whole_says_so() -> None:
    payload = slack.render(a_reply(*[Paragraph(text="word " * 590)] * 9))

    assert "… 6 more parts left out: Slack shows no longer messages." in said(payload)


@pytest.mark.parametrize("last", range(2_840, 2_880, 4))
def test_the_remark_on_what_is_left_out_has_room_itself(last: int) -> None:
    long = Paragraph(text="x" * 2_960)

    payload = slack.render(a_reply(long, long, long, Paragraph(text="x" * last), long))

    assert "left out: Slack shows no longer messages." in said(payload)


def test_a_paragraph_over_the_limit_goes_on_in_the_next_part() -> None:
    text = " ".join(f"word{n}" for n in range(600))

    sections = of_type(slack.render(a_reply(Paragraph(text=text))), "section")

    assert len(sections) == 2
    assert " ".join(section["text"]["text"] for section in sections) == text


def test_a_long_value_says_how_much_of_it_is_left_out() -> None:
    payload = slack.render(a_reply(Facts(rows=(("Notes", "word " * 500),))))

    assert re.search(r"word… \(\d{3} characters left out\)", said(payload))


def test_buttons_carry_their_commands_under_ids_of_their_own() -> None:
    elements = of_type(slack.render(ALERT), "button")

    assert [one["value"] for one in elements] == [
        "/alert ack A-17", "/alert why A-17", "/alert useless A-17",
    ]  # fmt: skip
    assert [one["action_id"] for one in elements] == ["run:1", "run:2", "run:3"]
    assert elements[2]["confirm"]["text"]["text"] == "Nobody is told again of this alert."


def test_a_menu_carries_the_commands_of_its_choices() -> None:
    [menu] = of_type(slack.render(ALERT), "static_select")

    assert menu["action_id"] == "run:4"
    assert [one["value"] for one in menu["options"]] == [
        "/alert snooze A-17 until 18 December 2013",
        "/alert snooze A-17 until 11 January 2014",
    ]


def test_what_asks_to_be_confirmed_or_is_too_long_for_a_menu_becomes_a_button() -> None:
    items = (
        Button(label="Confirmed", command="/a", confirm="Sure?"),
        Button(label="Long", command="/b " + "x" * 150),
    )

    payload = slack.render(a_reply(Menu(label="Do", items=items)))

    assert len(of_type(payload, "button")) == 2
    assert of_type(payload, "static_select") == []


def test_a_command_that_no_button_can_carry_is_named_and_never_cut() -> None:
    payload = slack.render(a_reply(Buttons(items=(Button(label="Huge", command="x" * 2_001),))))

    assert of_type(payload, "button") == []
    assert "… No room here for: Huge." in said(payload)


def test_the_share_button_carries_the_command_that_answers_again() -> None:
    [share] = [b for b in of_type(slack.render(PRIORITY), "button") if b["action_id"] == "share"]

    assert share["value"] == PRIORITY.share


def test_a_table_is_slack_s_own_with_figures_to_the_right() -> None:
    [table] = of_type(slack.render(CSP), "table")

    assert len(table["rows"]) == 10
    assert {len(row) for row in table["rows"]} == {9}
    assert [one["align"] for one in table["column_settings"]] == ["left"] + ["right"] * 7 + ["left"]


def test_a_second_table_is_lines_for_a_phone_and_names_the_columns_left_out() -> None:
    payload = slack.render(replace(CSP, blocks=(*CSP.blocks, *CSP.blocks)))

    assert len(of_type(payload, "table")) == 1
    [lines] = of_type(payload, "rich_text_preformatted")
    text = lines["elements"][0]["text"].replace("\u2060", "")
    assert max(map(len, text.splitlines())) <= 40
    assert "… No room here for: Last year, p, Rank of 9, Rate per 1,000, 12 months." in said(
        payload
    )


def test_rows_that_a_table_has_no_room_for_are_counted_and_the_total_stays() -> None:
    rows = tuple(TableRow(label=f"Beat {n}", cells=("7",)) for n in range(299))
    total = TableRow(label="Total", cells=("2,093",), is_total=True)
    table = Table(
        caption="Beats",
        label="Beat",
        columns=(TableColumn(name="Crimes", is_number=True),),
        rows=(*rows, total),
    )

    payload = slack.render(a_reply(table))

    [made] = of_type(payload, "table")
    assert len(made["rows"]) == slack_limits.MAX_TABLE_ROWS
    assert "Total" in list(seen(made["rows"][-1]))
    assert "… 201 more rows left out." in said(payload)


def test_a_form_in_a_message_says_what_to_type() -> None:
    text = said(slack.render(FORM))

    assert "Raise: type `/issue raise` and add:" in text
    assert "Priority (one of: 12: vehicle crime, 11: burglary; now: 12: vehicle crime)" in text


def test_a_dialogue_asks_for_each_field_under_its_name() -> None:
    view = slack.render_form(ISSUE_FORM, private_metadata="/issue raise")

    inputs = of_type(view, "input")
    assert [one["block_id"] for one in inputs] == ["title", "about", "priority", "due"]
    assert [one["element"]["type"] for one in inputs] == [
        "plain_text_input", "plain_text_input", "static_select", "datepicker",
    ]  # fmt: skip
    assert inputs[0]["element"]["initial_value"] == "Theft from vehicle, Charnwood"
    assert inputs[1]["optional"] is True
    assert inputs[2]["element"]["initial_option"]["value"] == "12"
    assert inputs[3]["element"]["initial_date"] == "2014-01-06"


def test_a_title_too_long_for_a_dialogue_is_cut_and_told_whole() -> None:
    view = slack.render_form(ISSUE_FORM, private_metadata="")

    assert view["title"]["text"] == "Raise a performance…"
    assert view["blocks"][0]["text"]["text"] == "Raise a performance issue"


def test_private_metadata_that_is_too_long_is_a_fault_and_not_sent() -> None:
    with pytest.raises(ValueError, match="private_metadata"):
        slack.render_form(ISSUE_FORM, private_metadata="x" * 3_001)


def test_a_date_that_is_none_is_not_filled_in() -> None:
    field = Field(name="due", label="Due", kind=FieldKind.DATE, value="next week")

    view = slack.render_form(Form(title="T", command="/x", fields=(field,)), private_metadata="")

    assert "initial_date" not in view["blocks"][0]["element"]


def test_what_is_made_harmless_looks_the_same() -> None:
    text = "See https://example.com or ask @here, #general, a@b.uk"

    assert harmless(text).replace("\u2060", "") == text


@pytest.mark.parametrize(
    "text",
    ["10:30", "+12.5%", "p 0.0031", "e.g. A-17", "2,881: 434 crimes", "Area: north", "a < b"],
)
def test_figures_and_plain_words_are_left_as_they_are(text: str) -> None:
    assert harmless(text) == text


def test_a_chart_is_found_by_its_place_in_the_reply() -> None:
    chart = Chart(drawing=DRAWING, alt="One")

    payload = slack.render(a_reply(chart, replace(chart, alt="Two")), charts={1: "F2"})

    assert "One" in said(payload)
    assert [one["alt_text"] for one in of_type(payload, "image")] == ["Two"]
