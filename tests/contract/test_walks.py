"""Walks over routes, settings, flags, errors, imports and the official package, that fail when one is missed."""

import ast
import inspect
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from fastapi import FastAPI
from openai.types.chat.completion_create_params import (
    CompletionCreateParamsNonStreaming,
    CompletionCreateParamsStreaming,
)
from starlette.routing import Route

from antiphon import errors
from antiphon.cli.main import cli
from antiphon.schema.request.create import CreateChatCompletion
from antiphon.server.app import build_app
from antiphon.settings import Settings
from tests.contract.live import check_error, error_of


def routes(app: FastAPI) -> list[tuple[str, str]]:
    """(method, path) of each route; parameters stay as they are written."""
    documented = [(method.upper(), path) for path, ways in app.openapi()["paths"].items() for method in ways]
    own = [(method, route.path) for route in app.routes if isinstance(route, Route) for method in route.methods or ()]
    return sorted({*documented, *own})


ROUTES = routes(build_app(Settings(engine="scripted")))


def test_there_are_routes_to_walk() -> None:
    """The walk sees the API, the documentation and its description."""
    assert {"/health", "/v1/chat/completions", "/v1/models", "/docs", "/openapi.json"} <= {path for _, path in ROUTES}


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_asks_for_a_key(keyed_url: str, method: str, path: str) -> None:
    """Deny by default: where keys are configured, every route but /health refuses whoever has none."""
    answer = httpx.request(method, keyed_url + path)
    assert answer.status_code == (200 if path == "/health" else 401)
    assert path == "/health" or method == "HEAD" or error_of(answer)["code"] == "invalid_api_key"


@pytest.mark.parametrize("path", ["/", "/nothing", "/health/", "/health/../v1/models", "//health", "/HEALTH", "/v1"])
def test_what_is_no_route_asks_for_a_key_too(keyed_url: str, path: str) -> None:
    """Without a key nobody learns which paths there are."""
    assert httpx.get(keyed_url + path).status_code == 401


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_a_flag_and_a_variable(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each setting has a flag in `antiphon serve --help`, told by its description, and an ANTIPHON_ variable."""
    shown = CliRunner().invoke(cli, ["serve", "--help"]).output
    description = Settings.model_fields[name].description
    assert f"--{name.replace('_', '-')} " in shown
    assert description and " ".join(description.split()[:4]) in " ".join(shown.split())
    example = EXAMPLES[name]
    needed = {"ANTIPHON_API_KEY": "k"} | ({"ANTIPHON_MODEL": "m=http://a/v1"} if name == "upstream" else {})
    for variable, value in {f"ANTIPHON_{name.upper()}": example, **needed}.items():
        monkeypatch.setenv(variable, example if name == "api_key" else value)
    assert getattr(Settings(), name) != Settings.model_fields[name].default


EXAMPLES = {
    "host": "0.0.0.0", "port": "1234", "model": "m=file.gguf", "alias": "gpt=smollm2", "api_key": "k,l",
    "data_dir": "/tmp/x", "engine": "scripted", "context": "64", "parallel": "3", "queue": "7", "threads": "2",
    "flash_attention": "on", "cpu_layout": "file", "cache_bytes": "0", "unknown_fields": "ignore",
    "request_timeout": "5", "drain_timeout": "6",
    "chat_template": "smollm2=qwen", "reasoning_field": "none", "max_body_bytes": "4096",
    "database_url": "sqlite:////tmp/x.db", "retention": "30d",
    "preload": "true", "memory_limit": "8G", "disk_cache_bytes": "0", "kv_type": "q8_0", "draft": "false",
    "deterministic": "true", "workers": "2", "upstream": "m.kind=vllm",
    "allow_media_urls": "*.example.org", "transcriber": "small", "voice": "echo=fenrir",
    "max_file_bytes": "4096", "max_project_bytes": "8192",
}  # fmt: skip

ROOMS = [
    "settings", "errors", "capability", "workplace", "upstreams", "values", "metrics", "recent", "cores", "schema",
    "constraint", "frames", "media", "dialect", "engine", "store", "completion", "server", "catalog", "client", "bench",
    "cli",
]  # fmt: skip
MAY_IMPORT: dict[str, set[str]] = {
    "settings": {"errors", "upstreams", "values", "media"},
    "values": {"upstreams"},
    "upstreams": set(),
    "metrics": set(),
    "errors": set(),
    "catalog": {"errors"},
    "capability": set(),
    "workplace": set(),
    "recent": set(),
    "cores": set(),
    "schema": {"errors", "capability"},
    "constraint": {"errors"},
    "frames": set(),
    "media": {"frames", "recent", "cores"},
    "dialect": {"errors", "recent", "constraint"},
    "engine": {
        "errors",
        "frames",
        "media",
        "workplace",
        "upstreams",
        "metrics",
        "catalog",
        "capability",
        "recent",
        "cores",
        "constraint",
        "dialect",
    },
    "store": {"errors"},
    "completion": {
        "settings",
        "values",
        "errors",
        "capability",
        "recent",
        "schema",
        "constraint",
        "dialect",
        "engine",
        "media",
        "store",
    },
    "server": {
        "settings",
        "cores",
        "frames",
        "media",
        "errors",
        "workplace",
        "upstreams",
        "values",
        "metrics",
        "schema",
        "dialect",
        "engine",
        "store",
        "completion",
    },
    "client": {"errors", "schema"},
    "bench": {"errors", "cores"},
    "cli": {"values", "client", "catalog", "engine", "settings", "errors", "store", "completion", "server", "bench"},
}


def imported(file: Path) -> set[str]:
    """The names of all modules that a file imports, anywhere in it."""
    nodes = list(ast.walk(ast.parse(file.read_text())))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_import_downwards_only(source: Path, room: str) -> None:
    """Imports run in one direction: cli, server, completion, engine, dialect, constraint, then what knows none."""
    files = [source / f"{room}.py"] if (source / f"{room}.py").exists() else sorted((source / room).rglob("*.py"))
    assert files
    for file in files:
        theirs = {name.split(".")[1] for name in imported(file) if name.startswith("antiphon.")} - {room}
        assert theirs <= MAY_IMPORT[room], f"{file.relative_to(source)} imports upwards"


def test_every_module_is_in_a_room(source: Path) -> None:
    """A new room needs its place in the order."""
    names = {path.stem for path in source.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert names - {"__init__", "__main__"} <= set(ROOMS)


def test_only_the_binding_imports_llama_cpp(source: Path) -> None:
    """One file touches llama.cpp, and it is loaded in the worker process only."""
    importers = [file for file in source.rglob("*.py") if any("llama_cpp" in name for name in imported(file))]
    assert [file.relative_to(source).as_posix() for file in importers] == ["engine/llama/binding.py"]


CLASSES = [value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, Exception)]
FIELDS: dict[str, Any] = {
    "message": "m", "reason": "r", "param": "p", "advice": "a", "context": 8, "prompt": 9, "given": True, "name": "n",
    "known": ["m"], "method": "GET", "path": "/", "limit_bytes": 1, "content_type": "t", "limit": 1, "limit_s": 1.0,
    "model": "m", "token": 1, "scope": "chat", "pointer": "#", "num_bytes": 1,
    "kind": "image", "extra": "speech",
}  # fmt: skip


@pytest.mark.parametrize("error_class", [c for c in CLASSES if issubclass(c, errors.ApiError)])
def test_every_error_says_what_the_wire_needs(error_class: type[errors.ApiError]) -> None:
    """Each class of error has a status, a type and a body with the four fields, in its own sentence."""
    needed = [
        parameter.name
        for parameter in inspect.signature(error_class).parameters.values()
        if parameter.default is parameter.empty
    ]
    error = error_class(**{name: FIELDS[name] for name in needed})
    told = check_error(error.body())
    assert 400 <= error.status < 600
    assert told["type"] == error.type
    assert (error.status >= 500) == (error.type == "server_error")


@pytest.mark.parametrize("error_class", CLASSES)
def test_every_error_is_in_the_drawn_tree(error_class: type[Exception]) -> None:
    """The tree in the docstring of `errors.py` has every class, under its base, with its status."""
    lines = [line for line in (errors.__doc__ or "").splitlines() if error_class.__name__ in line.split()]
    assert len(lines) == 1
    if (
        issubclass(error_class, errors.ApiError)
        and "status" in vars(error_class)
        and error_class is not errors.ApiError
    ):
        assert str(error_class.status) in lines[0]
    base = error_class.__bases__[0].__name__
    assert base == "Exception" or base in (errors.__doc__ or "")


def test_every_property_of_the_official_request_is_a_field() -> None:
    """What the official package can send is known here: honoured, or refused by its name."""
    official = {*CompletionCreateParamsNonStreaming.__annotations__, *CompletionCreateParamsStreaming.__annotations__}
    assert len(official) > 30
    assert official <= set(CreateChatCompletion.model_fields)
    assert set(CreateChatCompletion.model_fields) - official == {"top_k", "min_p"}
