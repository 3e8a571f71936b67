"""The trial histories, and the test whether a prompt has all of one."""

import pytest

from antiphon.dialect.conversation import ToolCall, Turn
from antiphon.dialect.probing.histories import build_history, find_lost

HISTORY = (
    Turn("user", "Add é.", "Ann"),
    Turn("assistant", "Yes.", tool_calls=(ToolCall("1", "add", '{"x": "7 \\"é\\"", "y": {"z": [8, null]}}'),)),
    Turn("tool", "four", "add", "1"),
    Turn("tool", "five"),
    Turn("assistant", "Nine."),
)

WHOLE = [
    'Ann: Add é. Yes. add(x=7 "é", y={"z": [8]}) four five Nine.',
    'Ann: Add é. Yes. add {"x": "7 \\"é\\"", "y": {"z": [8, null]}} five four Nine.',
    '"Ann: Add \\u00e9." Yes. add {"x": "7 \\"\\u00e9\\"", "y": {"z": [8]}} four five Nine.',
]
LOST = [
    ('Add é. Yes. add(x=7 "é", y={"z": [8]}) four five Nine.', "the name 'Ann'"),
    ('Ann: Add. Yes. add(x=7 "é", y={"z": [8]}) four five Nine.', "user's text 'Add é.'"),
    ('Ann: Yes. Add é. add(x=7 "é", y={"z": [8]}) four five Nine.', "assistant's text 'Yes.'"),
    ('Ann: Add é. Yes. add(x=7 "é", y={"z": [8]}) four Nine.', "tool's text 'five'"),
    ('Ann: Add é. Yes. add(x=7 "é", y={"z": [8]}) four Nine. five', "assistant's text 'Nine.'"),
    ('Ann: Add é. Yes. sum(x=7 "é", y={"z": [8]}) four five Nine.', "the name 'add'"),
    ('Ann: Add é. Yes. add(x=7 "é", y={"z": []}) four five Nine.', "of the arguments"),
    ('Ann: Add é. Yes. add(x=7, y={"z": [8]}) four five Nine.', "of the arguments"),
]


@pytest.mark.parametrize("prompt", WHOLE)
def test_a_prompt_with_everything_is_whole(prompt: str) -> None:
    """As it was, trimmed or as JSON; results of one round in any order."""
    assert find_lost(HISTORY, prompt) is None


@pytest.mark.parametrize(("prompt", "lost"), LOST)
def test_what_is_not_there_is_told(prompt: str, lost: str) -> None:
    """A text, a name, a call or an argument that is missing or stands in the wrong place."""
    assert lost in (find_lost(HISTORY, prompt) or "")


def test_turns_that_nothing_keeps_apart() -> None:
    """Texts that run into each other count as lost where turns are asked to be apart."""
    turns = (Turn("user", "One"), Turn("user", "Two"))
    assert find_lost(turns, "OneTwo") is None
    assert find_lost(turns, "One Two", apart=True) is None
    assert find_lost(turns, "OneTwo", apart=True) == "what keeps 'Two' apart"


def test_letters_stand_for_turns() -> None:
    """A history is spelled in a letter a turn."""
    turns = build_history("S D U@ A?- Q R T F O M E K L", identify="id{}".format)
    assert [turn.role for turn in turns[:4]] == ["system", "developer", "user", "assistant"]
    assert (turns[2].name, turns[3].text, turns[3].reasoning) == ("Name002", "", "thought003")
    assert [call.id for call in turns[4].tool_calls] == ["id1", "id2"]
    assert [(turn.name, turn.tool_call_id) for turn in turns[5:9]] == [
        ("tool002", "id2"), ("tool001", "id1"), ("stray007", None), (None, "unknown 8"),
    ]  # fmt: skip
    assert [turn.tool_calls[0].kind for turn in turns[9:]] == ["function", "function", "custom", "function"]
    assert len({turn.text for turn in turns if turn.text}) == 8
