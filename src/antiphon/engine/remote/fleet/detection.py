"""Finds out what an upstream is and can do: by what it says of itself, and by questions of one token.

Everything it says is optional; what it does not say is taken as not there.
"""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from antiphon.engine.remote.fault import Fault
from antiphon.engine.remote.fleet.asking import OK, Asker, read_object
from antiphon.engine.remote.fleet.senses import ask_senses, read_senses
from antiphon.engine.remote.found import Found
from antiphon.engine.remote.kinds import KINDS
from antiphon.engine.remote.line import Line
from antiphon.errors import ConfigurationError, UpstreamError
from antiphon.upstreams import KindName

LIMIT_S = 5.0
LONGEST_CONTEXT = 2**31
PLACES: dict[KindName, tuple[str, ...]] = {
    "vllm": ("/version",),
    "sglang": ("/server_info", "/get_server_info", "/model_info", "/get_model_info"),
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
    asker = Asker(line, found.model)
    senses = read_senses(kind, found.model, card, told)
    found = await ask_more(asker, found, told)
    sees, hears = await ask_senses(asker, kind, senses)
    return replace(found, sees=bool(sees), hears=bool(hears))


async def ask_more(asker: Asker, found: Found, told: Mapping[str, Any]) -> Found:
    """With what it does of grammars, tools and priorities."""
    match found.kind.name:
        case "vllm":
            return replace(
                found,
                takes_lark="Grammar error" in await asker.refusal(structured_outputs={"grammar": NO_LARK}),
                parses_tools=await takes_tools(asker),
                prioritizes=await asker.takes(priority=1),
            )
        case "sglang":
            return replace(
                found,
                takes_lark=told.get("grammar_backend") == "llguidance",
                parses_tools=bool(told.get("tool_call_parser")) and await takes_tools(asker),
                prioritizes=bool(told.get("enable_priority_scheduling")),
                high_first=not told.get("schedule_low_priority_values_first"),
            )
        case "llama-server" | "generic":
            return replace(found, parses_tools=await takes_tools(asker))
    return found


async def takes_tools(asker: Asker) -> bool:
    """Whether it takes functions, and its template tells the model of them."""
    return await asker.minds(tools=[TOOL], tool_choice="auto")


async def list_models(line: Line) -> list[dict[str, Any]]:
    """What it has."""
    status, body = await line.get(f"{line.address.base}/models", limit_s=LIMIT_S)
    if status != OK:
        raise Fault("status", UpstreamError(line.model, f"answers {status} when it is asked for its models"))
    found = read_models(body)
    if not found:
        raise Fault("malformed", UpstreamError(line.model, "does not say which models it has"))
    return found


def read_models(body: bytes) -> list[dict[str, Any]]:
    """Those that have a name."""
    models = read_object(body).get("data")
    cards = models if isinstance(models, list) else []
    return [card for card in cards if isinstance(card, dict) and isinstance(card.get("id"), str)]


def renew(found: Found, body: bytes) -> Found:
    """With what its list of models says by now. Another Antiphon says what a model takes when it has loaded it."""
    card = next((card for card in read_models(body) if card["id"] == found.model), None)
    if card is None or not found.kind.native:
        return found
    sees, hears = read_senses(found.kind, found.model, card, {})
    context = find_context(card, {}) or found.context_length
    return replace(found, sees=bool(sees), hears=bool(hears), context_length=context)


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
