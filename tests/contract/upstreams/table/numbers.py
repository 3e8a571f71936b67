"""Faults of what is counted: usage and log-probabilities."""

from typing import Any

from tests.contract.upstreams.chunks import chunk, counted, finished, frame, logprobs_of, role, said
from tests.contract.upstreams.faults import Stream
from tests.contract.upstreams.floods import Endless
from tests.contract.upstreams.table.row import HEL, Row

USAGES = {
    "a list": [1],
    "a text": "nine",
    "true": True,
    "empty": {},
    "one number only": {"prompt_tokens": 7},
}
COUNTS = {
    "negative": counted(-7),
    "beyond what is counted": counted(2**63),
    "beyond all bounds": counted(10**400),
    "texts": counted("7"),
    "fractions": counted(7.5),
    "null": counted(None),
    "lists": counted([]),
    "more cached than there are": counted(prompt_tokens_details={"cached_tokens": 8}),
    "negative details": counted(prompt_tokens_details={"cached_tokens": -1}),
    "details that are a list": counted(prompt_tokens_details=[]),
    "more thoughts than tokens": counted(completion_tokens_details={"reasoning_tokens": 3}),
}
LOGPROBS: dict[str, Any] = {
    "missing": None,
    "empty": {"content": []},
    "a content that is null": {"content": None},
    "a content that is an object": {"content": {}},
    "a token that is a number": {"content": [{"token": 1, "logprob": -0.5, "bytes": None, "top_logprobs": []}]},
    "a token that is missing": {"content": [{"logprob": -0.5}]},
    "a number that is a text": {"content": [{"token": "Hel", "logprob": "-0.5", "top_logprobs": []}]},
    "bytes that are none": {"content": [{"token": "Hel", "logprob": -0.5, "bytes": [256], "top_logprobs": []}]},
    "likeliest that are an object": {"content": [{"token": "Hel", "logprob": -0.5, "top_logprobs": {}}]},
    "a likeliest without a token": {"content": [{"token": "Hel", "logprob": -0.5, "top_logprobs": [{}]}]},
}


def rows() -> dict[str, Row]:
    """By their names."""
    table = {
        f"usage: {name}": Row(behaviour=Stream(*HEL, finished(), chunk([], usage=told)), again=False, said="Hel")
        for name, told in USAGES.items()
    }
    table |= {
        f"usage: {name}": Row(behaviour=Stream(*HEL, finished(), told), again=False, said="Hel")
        for name, told in COUNTS.items()
    }
    asked = {"logprobs": True, "top_logprobs": 1}
    many = {"content": [logprobs_of("x", 1)["content"][0]] * 500}
    begun = (role(), said("Hel", logprobs=logprobs_of("Hel", 1)))
    table["log-probabilities without an end"] = Row(
        behaviour=Endless(frame(said("", logprobs=many)), begun, most=48 << 20),
        counted="too_much", again=False, said="Hel", fields=asked,
    )  # fmt: skip
    return table | {
        f"log-probabilities: {name}": Row(
            behaviour=Stream(said("Hel", logprobs=told), finished(), counted()), fields=asked
        )
        for name, told in LOGPROBS.items()
    }
