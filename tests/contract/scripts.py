"""Scripts that together make every kind of answer, with the fields of the request that each needs."""

from typing import Any

from tests.contract.live import script
from tests.unit.schema.request.cases.base import custom, function

TOOLS: dict[str, Any] = {"tools": [function("weather"), function("time"), custom("calculate")]}
FUNCTIONS: dict[str, Any] = {"functions": [{"name": "weather"}, {"name": "time"}]}
LOGPROBS = [["é", "w6k=", -0.5, [["é", "w6k=", -0.5], ["e", "ZQ==", -1.25]]]]


def call(name: str = "weather", call_id: str = "", **more: Any) -> dict[str, Any]:
    """A call begins."""
    return {"event": "tool_call", "name": name, "id": call_id, **more}


def arguments(*texts: str, **more: Any) -> list[dict[str, Any]]:
    """Arguments, piece by piece."""
    return [{"event": "arguments", "text": text, **more} for text in texts]


def thought(*texts: str, **more: Any) -> list[dict[str, Any]]:
    """What is thought, piece by piece."""
    return [{"event": "reasoning", "text": text, **more} for text in texts]


def refusal(*texts: str, **more: Any) -> list[dict[str, Any]]:
    """A refusal, piece by piece."""
    return [{"event": "refusal", "text": text, **more} for text in texts]


PARIS = [call(call_id="call_a"), *arguments('{"ci', 'ty": "Pa', 'ris"}')]
LONDON = [call("time", "call_b"), *arguments('{"city"', ': "London"}')]
SUM = [call("calculate", "call_c", kind="custom"), *arguments("1 +", " 1\n")]
HM = thought("Hm", ", é🎉\n")
THIS: dict[str, Any] = {"type": "function", "function": {"name": "weather"}}
THIS_CUSTOM: dict[str, Any] = {"type": "custom", "custom": {"name": "calculate"}}
ONLY: dict[str, Any] = {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [THIS]}}

SCRIPTS: dict[str, tuple[list[Any], dict[str, Any], str]] = {
    # events, fields, the reason that the choices end with
    "text": (["Hello", " there"], {}, "stop"),
    "nothing": ([], {}, "stop"),
    "unicode": (["Grüße ", "日本語", "👩‍👩‍👧", "\u2028\n"], {}, "stop"),
    "thoughts": ([*HM, "So", "."], {}, "stop"),
    "thoughts alone": (HM, {}, "stop"),
    "thoughts and a refusal": ([*HM, *refusal("No.")], {}, "stop"),
    "thoughts and calls": ([*HM, "I look.", *PARIS, *SUM], TOOLS, "tool_calls"),
    "thoughts between": (["a", *HM, "b"], {}, "stop"),
    "thoughts that have a stop string": ([*thought("END"), "a", "EN", "D"], {"stop": "END"}, "stop"),
    "cut thoughts": (HM, {"max_completion_tokens": 1}, "length"),
    "choices that think": ([*HM, "a"], {"n": 2}, "stop"),
    "logprobs of thoughts": ([*thought("é", logprobs=LOGPROBS), "x"], {"logprobs": True, "top_logprobs": 2}, "stop"),
    "a refusal": (refusal("I ", "won't."), {}, "stop"),
    "text and a refusal": (["Well.", *refusal("No.")], {}, "stop"),
    "a filter": (["a", {"event": "finish", "reason": "content_filter"}], {}, "content_filter"),
    "a call": (PARIS, TOOLS, "tool_calls"),
    "a call that must be": (PARIS, TOOLS | {"tool_choice": "required", "parallel_tool_calls": False}, "tool_calls"),
    "an allowed call": (PARIS, TOOLS | {"tool_choice": ONLY}, "tool_calls"),
    "this call": (PARIS, TOOLS | {"tool_choice": THIS}, "stop"),
    "this custom tool's call": (SUM, TOOLS | {"tool_choice": THIS_CUSTOM}, "stop"),
    "this call, cut": (PARIS, TOOLS | {"tool_choice": THIS, "max_tokens": 2}, "length"),
    "a withheld call": ([*PARIS, {"event": "finish", "reason": "content_filter"}], TOOLS, "content_filter"),
    "a call without arguments": ([call(call_id="call_a")], TOOLS, "tool_calls"),
    "a call with an id of ours": ([call(), *arguments("{}")], TOOLS, "tool_calls"),
    "calls": ([*PARIS, *LONDON, *PARIS], TOOLS, "tool_calls"),
    "text and calls": (["I look.", *PARIS, *LONDON], TOOLS, "tool_calls"),
    "text after a call": ([*PARIS, "Wait."], TOOLS, "tool_calls"),
    "arguments that are no JSON": ([call(call_id="call_a"), *arguments('{"a": ', "é\n🎉")], TOOLS, "tool_calls"),
    "a custom tool's call": (SUM, TOOLS, "tool_calls"),
    "both kinds": ([*SUM, *PARIS, *SUM], TOOLS, "tool_calls"),
    "no calls": (["a"], TOOLS, "stop"),
    "a function's call": (PARIS, FUNCTIONS, "function_call"),
    "this function's call": (PARIS, FUNCTIONS | {"function_call": {"name": "weather"}}, "stop"),
    "text and a function's call": (["I look.", *PARIS], FUNCTIONS, "function_call"),
    "functions without a call": (["a"], FUNCTIONS | {"function_call": "none"}, "stop"),
    "cut text": (["a", "b", "c"], {"max_completion_tokens": 2}, "length"),
    "a cut call": (PARIS, TOOLS | {"max_tokens": 2}, "length"),
    "a cut second call": ([*PARIS, *LONDON], TOOLS | {"max_tokens": 4}, "length"),
    "a cut function's call": (PARIS, FUNCTIONS | {"max_tokens": 2}, "length"),
    "a stop string": (["one t", "wo three"], {"stop": "two"}, "stop"),
    "logprobs": (["a", " b"], {"logprobs": True}, "stop"),
    "likeliest tokens": ([{"event": "text", "text": "é", "logprobs": LOGPROBS}, "x"],
                         {"logprobs": True, "top_logprobs": 2}, "stop"),
    "logprobs of a call": ([call(call_id="call_a"), *arguments("é", logprobs=LOGPROBS)],
                           TOOLS | {"logprobs": True, "top_logprobs": 2}, "tool_calls"),
    "logprobs of a refusal": (refusal("é", logprobs=LOGPROBS), {"logprobs": True, "top_logprobs": 2}, "stop"),
    "choices": (["a", "b"], {"n": 3}, "stop"),
    "choices that call": (["a", *PARIS, *SUM], TOOLS | {"n": 2}, "tool_calls"),
    "usage": (["a", {"event": "usage", "prompt_tokens": 9, "completion_tokens": 8, "cached_tokens": 7}], {}, "stop"),
    "a tier": (["a"], {"service_tier": "auto"}, "stop"),
    "metadata": (["a"], {"metadata": {"team": "a", "": "é"}}, "stop"),
    "no metadata": (["a"], {"metadata": {}}, "stop"),
    "everything at once": (
        ["I look.", *PARIS, *SUM],
        TOOLS
        | {"n": 2, "logprobs": True, "top_logprobs": 1, "service_tier": "default", "metadata": {"a": "b"}, "seed": 1}
        | {"user": "ann", "verbosity": "low", "temperature": 0, "parallel_tool_calls": True},
        "tool_calls",
    ),
}  # fmt: skip


def wanted(name: str) -> dict[str, Any]:
    """The body of a request for one of them."""
    events, fields, _ = SCRIPTS[name]
    message = {"role": "user", "content": script(*events) if events else '[{"event": "finish"}]'}
    return {"model": "smollm2", "messages": [message], **fields}
