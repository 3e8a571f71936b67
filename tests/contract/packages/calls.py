"""Runs a script of calls with the official Python package, as an application would; calls.mjs does the same in Node.

Takes {base_url, api_key, headers, events, calls} on stdin, and writes one record for each call. Knows nothing of what
should come.
"""

import json
import sys
from collections.abc import Callable
from functools import reduce
from typing import Any

import openai
from openai import OpenAI

Record = dict[str, Any]
script = json.load(sys.stdin)
client = OpenAI(base_url=script["base_url"], api_key=script["api_key"])
answers: dict[str, Any] = {}


def create(request: Any, record: Record, client: OpenAI) -> Any:
    answer = client.chat.completions.create(**request)
    record["answer"] = answer.to_dict()
    return answer


def stream(request: Any, record: Record, client: OpenAI) -> None:
    record["chunks"] = []
    for chunk in client.chat.completions.create(**request, stream=True):
        record["chunks"].append(chunk.to_dict())


def helper(request: Any, record: Record, client: OpenAI) -> Any:
    record["events"] = []
    with client.chat.completions.stream(**request) as stream:
        for event in stream:
            if event.type in script["events"]:
                record["events"].append([event.type, getattr(event, script["events"][event.type])])
        answer = stream.get_final_completion()
    record["answer"] = answer.to_dict()
    return answer


def parse(request: Any, record: Record, client: OpenAI) -> Any:
    answer = client.chat.completions.parse(**request)
    record["answer"] = answer.to_dict()
    return answer


def headers(request: Any, record: Record, client: OpenAI) -> None:
    response = client.chat.completions.with_raw_response.create(**request)
    record["status"] = response.status_code
    record["headers"] = {name: response.headers.get(name) for name in script["headers"]}
    answer = response.parse()
    if request.get("stream"):
        record["chunks"] = [chunk.to_dict() for chunk in answer]


def leave(request: Any, record: Record, client: OpenAI) -> None:
    with client.chat.completions.create(**request, stream=True) as stream:
        record["chunks"] = [next(stream).to_dict()]


def list_models(request: Any, record: Record, client: OpenAI) -> None:
    record["models"] = []
    for model in client.models.list():
        record["models"].append(model.to_dict())


def retrieve(request: Any, record: Record, client: OpenAI) -> None:
    record["models"] = [client.models.retrieve(request["model"]).to_dict()]


def stored(request: Any, record: Record, client: OpenAI) -> None:
    completions, kept = client.chat.completions, record.setdefault("kept", {})
    name, metadata = request["id"], request["metadata"]
    kept["retrieved"] = completions.retrieve(name).to_dict()
    kept["messages"] = [message.to_dict() for message in completions.messages.list(name, limit=1)]
    kept["updated"] = completions.update(name, metadata=metadata).to_dict()
    kept["listed"] = [one.to_dict() for one in completions.list(metadata=metadata, limit=1, order="desc")]
    kept["deleted"] = completions.delete(name).to_dict()
    kept["left"] = [one.to_dict() for one in completions.list(metadata=metadata)]
    completions.retrieve(name)


WAYS: dict[str, Callable[[Any, Record, OpenAI], Any]] = {
    "create": create,
    "stream": stream,
    "helper": helper,
    "parse": parse,
    "headers": headers,
    "leave": leave,
    "list": list_models,
    "retrieve": retrieve,
    "stored": stored,
}


def filled(value: Any) -> Any:
    """A value with what earlier calls gave in place of {"$answer": [call, step, ...]}."""
    if isinstance(value, list):
        return [filled(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$answer" not in value:
        return {key: filled(item) for key, item in value.items()}
    name, *steps = value["$answer"]
    return reduce(
        lambda found, step: found[step] if isinstance(step, int) else getattr(found, step), steps, answers[name]
    )


def told(error: openai.APIError) -> Record:
    status = error if isinstance(error, openai.APIStatusError) else None
    return {
        "class": type(error).__name__,
        "status": status and status.status_code,
        "message": error.body["message"] if isinstance(error.body, dict) else None,
        "type": error.type,
        "param": error.param,
        "code": error.code,
        "request_id": status and status.request_id,
    }


def run(call: Any) -> Record:
    record: Record = {"name": call["name"]}
    sender = client.with_options(api_key=call["key"]) if call["key"] else client
    try:
        answers[call["name"]] = WAYS[call["way"]](filled(call["request"]), record, sender)
    except openai.APIError as error:
        record["error"] = told(error)
    return record


json.dump([run(call) for call in script["calls"]], sys.stdout)
