"""Faults of chunks that are JSON: shapes, choices, and what cannot follow what."""

from tests.contract.upstreams.chunks import choice, chunk, counted, finished, role, said
from tests.contract.upstreams.faults import Stream
from tests.contract.upstreams.table.row import HEL, Row, both

WRONG = {
    "choices that are an object": chunk({"index": 0}),
    "choices that are a number": chunk(1),
    "a choice that is null": chunk([None]),
    "a choice that is a text": chunk(["lo"]),
    "a text that is a number": said(17),
    "a text that is a list": said([{"type": "text", "text": "lo"}]),
    "a text that is true": said(True),
    "a delta that is a list": choice(["lo"]),
    "a delta that is a text": choice("lo"),
    "a choice that was not asked for": said("lo", 1),
    "a choice of far away": said("lo", 10**30),
    "a negative choice": said("lo", -1),
    "a choice that is a text's": choice({"content": "lo"}, "0"),
    "half a choice": choice({"content": "lo"}, 0.5),
    "a finish that nobody knows": finished("banana"),
    "a finish that is a number": finished(1),
    "calls that are an object": choice({"tool_calls": {"index": 0}}),
    "a call that is null": choice({"tool_calls": [None]}),
    "reasoning that is a number": choice({"reasoning_content": 1}),
    "log-probabilities that are a list": said("lo", logprobs=[]),
}
BEHIND_THE_END = {
    "a text": said("lo"),
    "reasoning": choice({"reasoning_content": "hm"}),
    "a call": choice({"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": "{}"}}]}),
    "another finish with a text": choice({"content": "lo"}, finish_reason="stop"),
}


def rows() -> dict[str, Row]:
    """By their names."""
    table = {
        "only one choice of two": Row(
            behaviour=Stream(*HEL, finished(), counted()), again=False, said="Hel", fields={"n": 2}
        ),
        "a third choice of two": Row(
            behaviour=Stream(role(2), said("Hel", 2), finished(number=2), counted()), fields={"n": 2}
        ),
    }
    for name, wrong in WRONG.items():
        table |= both(name, wrong)
    table |= {
        f"{name} behind the end": Row(behaviour=Stream(*HEL, finished(), more, counted()), again=False, said="Hel")
        for name, more in BEHIND_THE_END.items()
    }
    return table
