"""Calls and results find each other, and the form that a template takes."""

from typing import Any

import pytest

from antiphon.dialect.calls import fit_calls
from antiphon.dialect.conversation import ToolCall, Turn
from antiphon.dialect.probing.histories import build_history
from antiphon.dialect.traits import Roles, Traits


def shorten(history: str, traits: Traits, **options: Any) -> str:
    """The turns in short: calls by their names, results by the name and the id that they answer."""
    words = []
    for turn in fit_calls(build_history(history, "{}".format, **options), traits):
        calls = ",".join(f"{call.name[-1]}={call.id}" for call in turn.tool_calls)
        answers = f"<{turn.name[-1] if turn.name else ''}={turn.tool_call_id}" if turn.role == "tool" else ""
        words.append(f"{turn.role}:{turn.text}{f'!{calls}' if calls else ''}{answers}")
    return " ".join(words).replace("\n", "/")


def test_each_result_finds_its_call() -> None:
    """By its id, whatever the order."""
    shortened = shorten("U P R R A", Traits(), identify="c{}".format)
    assert shortened == "user:0 assistant:!1=c1,2=c2 tool:2<2=c2 tool:3<1=c1 assistant:4"


def test_a_result_without_an_id_answers_the_next_call_of_its_tool() -> None:
    """As function messages do, which name a function and no call."""
    assert shorten("P F F", Traits(), identify="c{}".format) == "assistant:!1=c1,2=c2 tool:1<1=c1 tool:2<2=c2"


def test_a_result_with_an_unknown_id_answers_by_its_place() -> None:
    """A client that makes up ids answers the call that has no answer yet."""
    assert shorten("C O O", Traits(), identify="c{}".format) == "assistant:!1=c1 tool:1<1=c1 tool:2<=unknown 2"


IDS = [
    # form, short, ids that the template gets
    ("call_1", False, "assistant:!1=call_1 tool:1<1=call_1 assistant:!2=call_1_1 tool:3<2=call_1_1"),
    ("", False, "assistant:!1=call_0 tool:1<1=call_0 assistant:!2=call_1 tool:3<2=call_1"),
    ("abc{}45678", True, "assistant:!1=abc145678 tool:1<1=abc145678 assistant:!2=abc245678 tool:3<2=abc245678"),
]


@pytest.mark.parametrize(("form", "short", "expected"), IDS)
def test_ids_are_the_clients_own_where_they_can_be(form: str, short: bool, expected: str) -> None:
    """Every call has an id that no other has, and its result the same."""
    assert shorten("C T C T", Traits(short_ids=short), identify=form.format) == expected


def test_ids_of_nine_letters() -> None:
    """Where a template wants them, any id becomes one of nine letters and digits, always the same."""
    turns = list(fit_calls(build_history("P T T O", identify="é/ {}".format), Traits(short_ids=True)))
    ids = [call.id for call in turns[0].tool_calls]
    assert all(len(given) == 9 and given.isascii() and given.isalnum() for given in ids)
    assert [turn.tool_call_id for turn in turns[1:3]] == ids
    assert len({*ids, turns[3].tool_call_id}) == 3
    assert turns == list(fit_calls(build_history("P T T O", identify="é/ {}".format), Traits(short_ids=True)))


FORMS = [
    # history, traits, turns
    ("U Q T T A", Traits(), "user:0 assistant:1!1=c1,2=c2 tool:2<1=c1 tool:3<2=c2 assistant:4"),
    ("Q T T", Traits(calls="one"), "assistant:0!1=c1 tool:1<1=c1 assistant:!2=c2 tool:2<2=c2"),
    ("Q R R", Traits(calls="one"), "assistant:0!1=c1 assistant:!2=c2 tool:1<2=c2 tool:2<1=c1"),
    ("P T U", Traits(calls="one"), "assistant:!1=c1 tool:1<1=c1 assistant:!2=c2 user:2"),
    ("P U", Traits(calls="one"), "assistant:!1=c1 assistant:!2=c2 user:1"),
    ("B T", Traits(call_text="before"), "assistant:0 assistant:!1=c1 tool:1<1=c1"),
    ("Q T", Traits(calls="one", call_text="before"), "assistant:0 assistant:!1=c1 tool:1<1=c1 assistant:!2=c2"),
    ("C T", Traits(results="none"), "assistant:!1=c1 user:Result of tool001:/1"),
    ("O", Traits(strays=False), "user:Result of unknown 0:/0"),
    ("F", Traits(strays=False), "user:Result of stray000:/0"),
    ("F", Traits(), "tool:stray000: 0<=call_0"),
    ("F", Traits(names=Roles({"tool"})), "tool:0<0=call_0"),
    ("T U", Traits(), "tool:0<=unknown 0 user:1"),
]


@pytest.mark.parametrize(("history", "traits", "expected"), FORMS)
def test_calls_and_results_take_the_form_that_a_template_has(history: str, traits: Traits, expected: str) -> None:
    """One by one, with their text before them, or results as a user's words; in their order always."""
    assert shorten(history, traits, identify="c{}".format) == expected


CALLS = [
    # form, call, text
    ("hermes", ToolCall("a", "add", '{"x": 1}'), '<tool_call>\n{"name": "add", "arguments": {"x": 1}}\n</tool_call>'),
    ("hermes", ToolCall("a", "f", '{"x":1.0 }'), '<tool_call>\n{"name": "f", "arguments": {"x":1.0 }}\n</tool_call>'),
    ("hermes", ToolCall("a", "add", '{"x": '), '<tool_call>\n{"name": "add", "arguments": {"x":}\n</tool_call>'),
    ("hermes", ToolCall("a", "add", " "), '<tool_call>\n{"name": "add", "arguments": {}}\n</tool_call>'),
    ("hermes", ToolCall("a", "add", "[1]"), '<tool_call>\n{"name": "add", "arguments": [1]}\n</tool_call>'),
    ("hermes", ToolCall("a", "sql", "select é\n", "custom"), '<tool_input name="sql">\nselect é\n\n</tool_input>'),
    ("llama", ToolCall("a", "add", '{"x": 1}'), '{"name": "add", "parameters": {"x": 1}}'),
    ("mistral_ids", ToolCall("a", "add", '{"x": 1}'), '[TOOL_CALLS]add[CALL_ID]a1B2c3D4e[ARGS]{"x": 1}'),
    ("lfm2", ToolCall("a", "add", '{"x": "1", "y": true}'), '<|tool_call_start|>[add(x="1", y=True)]<|tool_call_end|>'),
    ("lfm2", ToolCall("a", "add", '{"x y": 1}'), '<|tool_call_start|>[add(**{"x y": 1})]<|tool_call_end|>'),
    ("lfm2", ToolCall("a", "add", '{"x": '), '<|tool_call_start|>[add({"x":)]<|tool_call_end|>'),
    (
        "qwen3_coder",
        ToolCall("a", "add", '{"x": "1", "y": [2]}'),
        "<tool_call>\n<function=add>\n<parameter=x>\n1\n</parameter>\n<parameter=y>\n[2]\n</parameter>\n</function>\n"
        "</tool_call>",
    ),
    (
        "qwen3_coder",
        ToolCall("a", "add", '{"x>y": "1"}'),
        '<tool_call>\n<function=add>\n{"x>y": "1"}</function>\n</tool_call>',
    ),
    (
        "gemma4",
        ToolCall("a", "add", '{"x": "1", "y": {"z": [null]}}'),
        '<|tool_call>call:add{x:<|"|>1<|"|>,y:{z:[null]}}<tool_call|>',
    ),
    ("gemma4", ToolCall("a", "add", '{"x y": 1}'), '<|tool_call>call:add{<|"|>x y<|"|>:1}<tool_call|>'),
    ("harmony", ToolCall("a", "sql", "1", "custom"), "<|channel|>commentary to=functions.sql<|message|>1<|call|>"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "call", "text"), CALLS)
def test_calls_as_text(form: str, call: ToolCall, text: str) -> None:
    """Where a template knows no calls they stand behind the text in the family's form, with arguments as they were
    made where those are JSON there.
    """
    turn = Turn("assistant", "Hm.", tool_calls=(call,))
    (written,) = fit_calls([turn], Traits(calls="none", form=form))
    assert written == Turn("assistant", f"Hm.\n{text}")


def test_custom_tools_are_text_always() -> None:
    """No template knows them: such a turn says all its calls in words, and its results are what a user says. Others
    stay calls, and no id is given twice.
    """
    function, custom = ToolCall("a", "add", "{}"), ToolCall("b", "sql", "select 1", "custom")
    turns = [
        Turn("assistant", "Both.", tool_calls=(function, custom), reasoning="Hm."),
        Turn("tool", "1", "sql", "b"),
        Turn("tool", "2", "add", "a"),
        Turn("assistant", tool_calls=(function,)),
        Turn("tool", "3", "add", "a"),
    ]
    written = list(fit_calls(turns, Traits()))
    call = '<tool_call>\n{"name": "add", "arguments": {}}\n</tool_call>'
    assert written[:3] == [
        Turn("assistant", f'Both.\n{call}\n<tool_input name="sql">\nselect 1\n</tool_input>', reasoning="Hm."),
        Turn("user", "Result of sql:\n1"),
        Turn("user", "Result of add:\n2"),
    ]
    assert [call.name for call in written[3].tool_calls] == ["add"]
    assert written[4] == Turn("tool", "3", "add", written[3].tool_calls[0].id)


def test_a_name_of_who_calls_is_not_lost() -> None:
    """A template that drops text beside calls gets the name in the turn before."""
    turn = Turn("assistant", "", "Bot", tool_calls=(ToolCall("a", "add", "{}"),))
    first, second = fit_calls([turn], Traits(call_text="before"))
    assert (first.text, first.tool_calls, second.text, second.name) == ("Bot:", (), "", None)


def test_very_many_calls_with_one_id() -> None:
    """Ids are made unique, and results find their calls, however often an id comes: nobody waits for that."""
    calls = tuple(ToolCall("c", "f", "{}") for _ in range(20_000))
    results = [Turn("tool", str(number), name="f", tool_call_id="c") for number in range(20_000)]
    fitted = list(fit_calls([Turn("assistant", tool_calls=calls), *results], Traits()))
    assert len({call.id for call in fitted[0].tool_calls}) == 20_000
    assert [turn.tool_call_id for turn in fitted[1:]] == [call.id for call in fitted[0].tool_calls]
