"""The description at `/openapi.json`: valid, complete, and in agreement with what the server takes; and `/docs`."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema_rs
import pytest
import schemathesis
from pydantic import ValidationError

from antiphon.schema.request.create import CreateChatCompletion
from antiphon.server.app import ROOMS, build_app
from antiphon.settings import Settings
from tests.contract.flatten import Schema, flatten
from tests.unit.schema.request.cases import GOOD, GOOD_FIELDS, RICH
from tests.unit.schema.request.cases.places import Steps, path_of, places, replaced

DOCUMENT: Schema = build_app(Settings(engine="scripted")).openapi()
SCHEMAS: Schema = DOCUMENT["components"]["schemas"]
PROPERTIES = [(name, prop) for name, schema in SCHEMAS.items() for prop in schema.get("properties", {})]
ROUTES = {
    "/health": {"get"}, "/metrics": {"get"}, "/v1/models": {"get"}, "/v1/models/{model}": {"get"},
    "/v1/chat/completions": {"get", "post"},
    "/v1/chat/completions/{completion_id}": {"get", "post", "delete"},
    "/v1/chat/completions/{completion_id}/messages": {"get"},
    "/v1/files": {"get", "post"}, "/v1/files/{file_id}": {"get", "delete"}, "/v1/files/{file_id}/content": {"get"},
}  # fmt: skip


def test_it_is_served(http: httpx.Client) -> None:
    """`/openapi.json` is the description, as JSON."""
    answer = http.get("/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == DOCUMENT


def test_it_is_valid() -> None:
    """It is a document of OpenAPI 3.1, and each of its schemas is valid JSON Schema."""
    assert DOCUMENT["openapi"].startswith("3.1")
    schemathesis.openapi.from_dict(DOCUMENT).validate()
    for schema in SCHEMAS.values():
        jsonschema_rs.meta.validate(schema)


def test_every_route_is_described() -> None:
    """Each route of the API is there, by its method, with its parameters; nothing else is."""
    described = {path: set(methods) for path, methods in DOCUMENT["paths"].items()}
    assert described == ROUTES
    written: dict[str, set[str]] = {}
    for route in (route for room in ROOMS for route in room.router.routes):
        written.setdefault(re.sub(r":path\}", "}", route.path), set()).update(map(str.lower, route.methods))  # type: ignore[attr-defined]
    assert described == written


@pytest.mark.parametrize("path", DOCUMENT["paths"])
def test_every_route_tells_what_it_gives(path: str) -> None:
    """Each has a summary, a description, a tag, an answer, and the error object for everything else."""
    for route in DOCUMENT["paths"][path].values():
        assert route["summary"] and route["description"] and route["tags"]
        assert {"200", "default"} <= set(route["responses"])
        assert "422" not in route["responses"]
        for response in route["responses"].values():
            assert response["description"] and response["content"]
            for media in response["content"].values():
                assert media["schema"]


def references(value: Any) -> Iterator[str]:
    """All that is referred to, anywhere."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "$ref":
                yield inner
            elif key == "mapping":
                yield from inner.values()
            else:
                yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_every_reference_leads_somewhere() -> None:
    """No `$ref` and no discriminator names a schema that is not there, and no schema is named by nobody."""
    named = set(references(DOCUMENT))
    assert named == {f"#/components/schemas/{name}" for name in SCHEMAS}


@pytest.mark.parametrize(("name", "prop"), PROPERTIES)
def test_every_property_is_described(name: str, prop: str) -> None:
    """Whoever reads the description learns of each field what it is."""
    text = SCHEMAS[name]["properties"][prop].get("description", "")
    assert text.endswith(".") and len(text) > 5


@pytest.mark.parametrize("name", [*SCHEMAS])
def test_every_schema_is_described(name: str) -> None:
    """And of each object."""
    assert SCHEMAS[name]["description"].endswith(".")


def test_examples_are_good() -> None:
    """An example that stands in the description is a request that would be answered."""
    for media in DOCUMENT["paths"]["/v1/chat/completions"]["post"]["requestBody"]["content"].values():
        if media.get("example") is not None:
            CreateChatCompletion.model_validate(media["example"])


VALIDATOR = jsonschema_rs.validator_for(
    {"$ref": "#/components/schemas/CreateChatCompletion", "components": DOCUMENT["components"]}
)
VALUES: list[Any] = [None, True, 7, -7, 1.5, "text", "", [], ["text"], {}, {"text": "text"}]


def is_taken(request: Any) -> bool:
    """Whether the shape of a request is good."""
    try:
        CreateChatCompletion.model_validate(request)
    except ValidationError:
        return False
    return True


def broken(request: Any) -> Iterator[tuple[Steps, Any, Any]]:
    """A request with every value in it exchanged for others, taken out, or made unknown."""
    for path in places(request):
        values = [*VALUES, ...] if not isinstance(path[-1], int) else VALUES
        for new in values:
            yield path, new, replaced(request, path, new)
        if isinstance(path[-1], str):
            yield path, "unknown", replaced(request, (*path[:-1], f"{path[-1]}_"), 1)


@pytest.mark.parametrize("name", ["tools", "functions", "media"])
def test_what_is_described_is_what_is_taken(name: str) -> None:
    """Whatever value stands at whatever place: the description says it is good exactly when the server takes it."""
    differences = [
        (path, new) for path, new, request in broken(RICH[name]) if is_taken(request) != VALIDATOR.is_valid(request)
    ]
    assert differences == []


@pytest.mark.parametrize("fields", GOOD_FIELDS)
def test_what_is_good_is_described_as_good(fields: Any) -> None:
    """Every good field is good by the description too."""
    assert [error.message for error in VALIDATOR.iter_errors(GOOD | fields)] == []


def test_good_requests_use_every_field() -> None:
    """What no case uses would never be tested: each path of the description is in one of the good requests."""
    described = flatten(SCHEMAS["CreateChatCompletion"], definitions=SCHEMAS)
    names = {re.sub(r"<\w+>", "", path) for path in described.kinds}
    used = {
        re.sub(r"\[\d+\]", "[]", path_of(path))
        for request in [*RICH.values(), *GOOD_FIELDS]
        for path in places(request)
    }
    free = {name.removesuffix(".*") for name in names if name.endswith(".*")}
    assert {name for name in names if name and name not in used and name.removesuffix(".*") not in free} == set()


def test_the_documentation_comes_from_here(http: httpx.Client) -> None:
    """`/docs` and all that it loads is served by this server: it works without the internet, and tells nobody."""
    page = http.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    sources = re.findall(r"""(?:src|href)=["']([^"']+)["']""", page.text)
    assert [source for source in sources if source.endswith(".js")] and [
        source for source in sources if source.endswith(".css")
    ]
    assert "http://" not in page.text and "https://" not in page.text and not re.findall(r"[\"'(]//", page.text)
    for source in sources:
        asset = http.get(source)
        assert asset.status_code == 200 and asset.content, source
        if source.endswith(".css"):
            assert not re.findall(rb"url\([\"']?(?:https?:)?//", asset.content)


def test_the_documentation_is_behind_the_key(keyed_url: str) -> None:
    """Where keys are asked for, the page, what it loads and the description are for those who have one."""
    for path in ("/docs", "/openapi.json", "/static-offline-docs/swagger-ui-bundle.js"):
        assert httpx.get(keyed_url + path).status_code == 401


def test_what_is_deprecated_says_so() -> None:
    """Whoever reads the description sees which fields have a successor."""
    request = SCHEMAS["CreateChatCompletion"]["properties"]
    deprecated = {name for name, field in request.items() if field.get("deprecated")}
    assert deprecated == {"max_tokens", "user", "functions", "function_call"}
    assert SCHEMAS["AssistantMessage"]["properties"]["function_call"]["deprecated"]


def test_who_needs_a_key() -> None:
    """Every route may ask for a key, but /health never does."""
    assert DOCUMENT["security"] == [{}, {"bearer": []}]
    open_paths = [path for path, ways in DOCUMENT["paths"].items() if ways.get("get", {}).get("security") == []]
    assert open_paths == ["/health"]
