"""What servers of each kind say of themselves, by which they can be told apart."""

from typing import Any, Literal

from tests.contract.upstreams.chunks import NAME

Kind = Literal["vllm", "sglang", "llama-server", "openai", "generic"]
CONTEXT = 4096
OWNERS = {"vllm": "vllm", "sglang": "sglang", "llama-server": "llamacpp", "openai": "openai"}


def describe(kind: Kind) -> dict[str, Any]:
    """What is to be read at each path; other paths are 404."""
    return {"/v1/models": list_models(kind), **OWN.get(kind, {})}


def list_models(kind: Kind) -> dict[str, Any]:
    """`GET /v1/models`."""
    model: dict[str, Any] = {"id": NAME, "object": "model", "created": 1795876733}
    if kind in ("vllm", "sglang"):
        model |= {"root": NAME, "parent": None, "max_model_len": CONTEXT}
    if kind == "llama-server":
        model |= {"meta": {"vocab_type": 2, "n_vocab": 49152, "n_ctx_train": CONTEXT, "n_params": 134515008}}
    return {"object": "list", "data": [model | {"owned_by": OWNERS.get(kind, "somebody")}]}


OWN: dict[str, dict[str, Any]] = {
    "vllm": {"/version": {"version": "0.32.0"}, "/health": ""},
    "sglang": {
        "/get_server_info": {"version": "0.5.9", "model_path": NAME, "context_length": CONTEXT},
        "/server_info": {"version": "0.5.9", "model_path": NAME, "context_length": CONTEXT},
        "/health": "",
    },
    "llama-server": {
        "/props": {
            "default_generation_settings": {"n_ctx": CONTEXT, "params": {"seed": 4294967295}},
            "total_slots": 4,
            "model_path": f"/models/{NAME}.gguf",
            "build_info": "b8000-0a1b2c3d",
        },
        "/health": {"status": "ok"},
    },
}
