"""What a database is filled with, and what is asked of it. Knows no server and no database.

One completion a second, of users, jobs, stages and verdicts. Users are many and rare, stages few and frequent; a
verdict of `bad` never has the stage `live`.
"""

import json
import random
from collections.abc import Callable
from typing import Any

from antiphon.bench.prompts import WORDS
from antiphon.completion.prepare import new_id
from antiphon.store.record import Record

MODEL = "smollm2"
PROJECT = "default"
BEGIN_S, STEP_MS = 1_700_000_000, 1000


def build_metadata(chance: random.Random) -> dict[str, str]:
    """Four pairs, as an application would tell its completions apart."""
    verdict = chance.choices(("good", "bad", "none"), (70, 10, 20))[0]
    stage = chance.choices(("live", "test"), (80, 20))[0]
    return {
        "user": f"user-{chance.randrange(20_000)}",
        "job": f"job-{chance.randrange(200)}",
        "stage": "test" if verdict == "bad" else stage,
        "verdict": verdict,
    }


def build_record(number: int, chance: random.Random) -> Record:
    """A conversation of three messages and an answer, some 1,500 bytes in all."""
    now_ms = BEGIN_S * 1000 + number * STEP_MS
    name, created = new_id(now_ms), now_ms // 1000
    said = [" ".join(chance.choices(WORDS, k=length)) for length in (40, 60, 30, 80)]
    message: dict[str, Any] = {"role": "assistant", "content": said[3], "refusal": None, "annotations": []}
    answer = {
        "id": name,
        "object": "chat.completion",
        "created": created,
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 130, "completion_tokens": 80, "total_tokens": 210},
        "system_fingerprint": "fp_0",
    }
    roles = ("system", "user", "user")
    return Record(
        project=PROJECT,
        id=name,
        created=created,
        model=MODEL,
        request_id="req_0",
        metadata=build_metadata(chance),
        answer=json.dumps(answer),
        request=json.dumps({"model": MODEL, "store": True, "temperature": 1.0, "top_p": 1.0, "seed": number}),
        messages=json.dumps([{"role": role, "content": words} for role, words in zip(roles, said, strict=False)]),
    )


def build_questions(chance: random.Random) -> dict[str, Callable[[], dict[str, Any]]]:
    """For each kind of question a way to make one up: the query of a list."""

    def user() -> str:
        return f"user-{chance.randrange(20_000)}"

    def job() -> str:
        return f"job-{chance.randrange(200)}"

    return {
        "list, oldest": dict,
        "list, newest": lambda: {"order": "desc"},
        "list, from anywhere": lambda: {"anywhere": True},
        "filter, user and stage (1 in 20,000)": lambda: {"user": user(), "stage": "live"},
        "filter, user and job (never, as a rule)": lambda: {"user": user(), "job": job()},
        "filter, job and verdict (1 in 2,000)": lambda: {"job": job(), "verdict": "bad"},
        "filter, stage and verdict (1 in 2)": lambda: {"stage": "live", "verdict": "good", "order": "desc"},
        "filter, stage and verdict from anywhere": lambda: {"stage": "live", "verdict": "good", "anywhere": True},
    }
