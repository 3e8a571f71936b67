"""Finds out what an upstream is and can do: by what it says of itself, and by questions of one token.

Everything it says is optional; what it does not say is taken as not there.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from antiphon.engine.remote.fault import Fault
from antiphon.engine.remote.found import Found
from antiphon.engine.remote.kinds import KINDS
from antiphon.engine.remote.line import Line
from antiphon.engine.remote.saying import read_error
from antiphon.errors import ConfigurationError, UpstreamError
from antiphon.upstreams import KindName

LIMIT_S = 5.0
PROBE_LIMIT_S = 60.0
"""A first answer may have to wait for others."""
OK = 200
LONGEST_CONTEXT = 2**31
PLACES: dict[KindName, tuple[str, ...]] = {
    "vllm": ("/version",),
    "sglang": ("/server_info", "/get_server_info"),
    "llama-server": ("/props",),
}
"""Where they say what they are."""
NO_LARK = "%llguidance {}\nstart: nowhere\n"
"""What llguidance refuses in its own words. vLLM's engine is not reached, and keeps the choice of a library."""
TOOL = {"type": "function", "function": {"name": "noop", "parameters": {"type": "object", "properties": {}}}}


async def detect(line: Line, given: KindName | None) -> Found:
    """Raises `Fault` where it does not answer as it must."""
    models = await list_models(line)
    card = choose_model(line, models)
    told = await describe(line, given)
    kind = KINDS[given or guess(card, told)]
    version = str(told.get("version") or told.get("build_info") or card.get("owned_by") or "")[:80]
    meta = card.get("meta")
    num_vocab = meta.get("n_vocab") if isinstance(meta, dict) and type(meta.get("n_vocab")) is int else None
    found = Found(
        kind=kind,
        model=card["id"],
        version=version,
        context_length=find_context(card, told),
        num_vocab=num_vocab,
    )
    match kind.name:
        case "vllm":
            return msgspec.structs.replace(
                found,
                takes_lark="Grammar error" in await refusal(line, found, {"structured_outputs": {"grammar": NO_LARK}}),
                parses_tools=await takes_tools(line, found),
                prioritizes=await probe(line, found, {"priority": 1}) is not None,
            )
        case "sglang":
            return msgspec.structs.replace(
                found,
                takes_lark=told.get("grammar_backend") == "llguidance",
                parses_tools=bool(told.get("tool_call_parser")) and await takes_tools(line, found),
                prioritizes=bool(told.get("enable_priority_scheduling")),
                high_first=not told.get("schedule_low_priority_values_first"),
            )
        case "llama-server" | "generic":
            return msgspec.structs.replace(found, parses_tools=await takes_tools(line, found))
    return found


async def list_models(line: Line) -> list[dict[str, Any]]:
    """What it has."""
    status, body = await line.get(f"{line.address.base}/models", limit_s=LIMIT_S)
    if status != OK:
        raise Fault("status", UpstreamError(line.model, f"answers {status} when it is asked for its models"))
    told = read_object(body)
    models = told.get("data")
    cards = models if isinstance(models, list) else []
    found = [card for card in cards if isinstance(card, dict) and isinstance(card.get("id"), str)]
    if not found:
        raise Fault("malformed", UpstreamError(line.model, "does not say which models it has"))
    return found


def choose_model(line: Line, models: list[dict[str, Any]]) -> dict[str, Any]:
    """The one that is wanted, or the only one. An upstream may know more names than it lists."""
    wanted = line.address.model
    if wanted:
        return next((card for card in models if card["id"] == wanted), {"id": wanted})
    if len(models) > 1:
        names = ", ".join(f"#{card['id']}" for card in models[:5])
        raise ConfigurationError(
            f"--model {line.model}={line.address.base}: it has several models; say which by one of {names}."
        )
    return models[0]


async def describe(line: Line, kind: KindName | None) -> dict[str, Any]:
    """All that it says of itself, from wherever upstreams of its kind say it; of any kind where that is not known."""
    told: dict[str, Any] = {}
    for path in PLACES.get(kind, ()) if kind else [path for paths in PLACES.values() for path in paths]:
        try:
            status, body = await line.get(line.address.root + path, limit_s=LIMIT_S)
        except Fault:
            continue
        told |= read_object(body) if status == OK else {}
    return told


def guess(card: Mapping[str, Any], told: Mapping[str, Any]) -> KindName:
    """By who owns the model, else by what it answers."""
    match card.get("owned_by"):
        case "vllm":
            return "vllm"
        case "sglang":
            return "sglang"
        case "llamacpp":
            return "llama-server"
        case "antiphon":
            return "openai"
    if "default_generation_settings" in told:
        return "llama-server"
    if "tool_call_parser" in told or "grammar_backend" in told:
        return "sglang"
    return "openai" if str(card.get("owned_by", "")).startswith("openai") else "generic"


def find_context(card: Mapping[str, Any], told: Mapping[str, Any]) -> int | None:
    """Tokens, where it says so: vLLM and SGLang, Antiphon, llama-server."""
    settings = told.get("default_generation_settings")
    candidates = (
        card.get("max_model_len"),
        card.get("context_length"),
        settings.get("n_ctx") if isinstance(settings, dict) else None,
    )
    return next((count for count in candidates if type(count) is int and 0 < count < LONGEST_CONTEXT), None)


async def takes_tools(line: Line, found: Found) -> bool:
    """Whether it takes functions, and its template tells the model of them: then the prompt is longer."""
    without, within = await probe(line, found, {}), await probe(line, found, {"tools": [TOOL], "tool_choice": "auto"})
    return within is not None and (without is None or within > without)


async def refusal(line: Line, found: Found, fields: dict[str, Any]) -> str:
    """What it says against such a request; nothing where it takes it."""
    try:
        status, answer = await ask(line, found, fields)
    except Fault:
        return ""
    return read_error(answer).message if status != OK else ""


async def ask(line: Line, found: Found, fields: dict[str, Any]) -> tuple[int, bytes]:
    """A question of one token. Raises `Fault`."""
    body = {"model": found.model, "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 1, **fields}
    return await line.post(f"{line.address.base}/chat/completions", body, limit_s=PROBE_LIMIT_S)


async def probe(line: Line, found: Found, fields: dict[str, Any]) -> int | None:
    """How many tokens a prompt has with these fields; None where such a request is refused."""
    try:
        status, answer = await ask(line, found, fields)
    except Fault:
        return None
    usage = read_object(answer).get("usage")
    count = usage.get("prompt_tokens") if isinstance(usage, dict) else None
    return None if status != OK else count if type(count) is int else 0


def read_object(body: bytes) -> dict[str, Any]:
    """A JSON object; an empty one for anything else."""
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
