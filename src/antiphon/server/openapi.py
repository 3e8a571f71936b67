"""The description of the API at `/openapi.json`, made from the wire's models and the texts below their fields.

Knows how Pydantic and msgspec write schemas, and brings both to one form. Routes say what they take and give
with `documented`.
"""

import ast
import inspect
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from fastapi import Depends, FastAPI
from fastapi.openapi.utils import get_openapi
from msgspec import UNSET

from antiphon.schema.base import Incoming
from antiphon.schema.outgoing import Outgoing
from antiphon.schema.request.support import TABLE, Support
from antiphon.schema.response.error import ErrorResponse
from antiphon.server.auth import needs
from antiphon.store.keys import Scope

REF = "#/components/schemas/{}"
Schema = dict[str, Any]
IGNORED = {
    "description": "Fields that were accepted and mean nothing to this model, separated by commas.",
    "schema": {"type": "string"},
}


def documented(
    *,
    scope: Scope | None,
    gives: type[Outgoing],
    asks: type[Incoming] | None = None,
    takes: type[Incoming] | None = None,
    example: Any = None,
    streams: type[Outgoing] | None = None,
    also: int = 200,
    **more: Any,
) -> dict[str, Any]:
    """Arguments of a route that say who may use it, what it takes, what it gives whole, and event by event.
    scope: what a key must be for; None where nobody is asked for a key. asks: what the query string may say.
    also: another status that comes with what it gives. more: further parts of the description of a success, in
    OpenAPI's terms.
    """
    content = {"application/json": {"schema": ref(gives)}}
    if streams:
        content["text/event-stream"] = {"schema": ref(streams)}
    success: Schema = {"description": inspect.getdoc(gives), "content": content, **more}
    error = {
        "description": inspect.getdoc(ErrorResponse),
        "content": {"application/json": {"schema": ref(ErrorResponse)}},
    }
    extra: Schema = {"security": []} if scope is None else {}
    if asks:
        extra["parameters"] = list(query_parameters(asks))
    if takes:
        media = {"schema": ref(takes), "example": example}
        extra["requestBody"] = {"required": True, "content": {"application/json": media}}
    return {
        "dependencies": [Depends(needs(scope))] if scope else [],
        "responses": {200: success, also: success, "default": error},
        "openapi_extra": extra,
    }


def query_parameters(model: type[Incoming]) -> Iterator[Schema]:
    """A description of each; an object is written `name[key]=value`."""
    schema = model.model_json_schema()
    describe(schema, docs_of(model))
    for name, prop in tidy(schema)["properties"].items():
        schemas = [kind for kind in prop.pop("anyOf", [prop]) if kind.get("type") != "null"]
        described = {"name": name, "in": "query", "description": prop.pop("description"), "schema": schemas[0]}
        yield described | ({"style": "deepObject", "explode": True} if schemas[0]["type"] == "object" else {})


def ref(model: type) -> Schema:
    """Where a model's schema stands."""
    return {"$ref": REF.format(model.__name__)}


def build_openapi(app: FastAPI, models: list[type]) -> Schema:
    """The whole description. models: all that the routes refer to."""
    described = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    components = described.setdefault("components", {})
    incoming = [model for model in models if issubclass(model, Incoming)]
    outgoing = [model for model in models if issubclass(model, Outgoing)]
    schemas = {**incoming_schemas(incoming), **outgoing_schemas(outgoing)}
    components["schemas"] = {name: schemas[name] for name in sorted(schemas)}
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    described["security"] = [{}, {"bearer": []}]
    return described


def incoming_schemas(models: list[type[Incoming]]) -> dict[str, Schema]:
    """Pydantic's schemas of these and all that they are made of."""
    found: dict[str, Schema] = {}
    for model in models:
        schema = model.model_json_schema(ref_template=REF.format("{model}"))
        found |= {**schema.pop("$defs", {}), model.__name__: schema}
    for model in subclasses(Incoming):
        if schema := found.get(model.__name__, {}):
            aliases = {field.alias: name for name, field in model.model_fields.items() if field.alias}
            describe(schema, {alias: docs_of(model).get(name, "") for alias, name in aliases.items()} | docs_of(model))
    if "CreateChatCompletion" in found:
        describe(found["CreateChatCompletion"], {row: tell(support) for row, support in TABLE.items()})
    return {name: tidy(schema) for name, schema in found.items()}


def outgoing_schemas(models: list[type[Outgoing]]) -> dict[str, Schema]:
    """msgspec's schemas of these and all that they are made of. What is always sent is required."""
    _, found = msgspec.json.schema_components(models, ref_template=REF.format("{name}"))
    for model in subclasses(Outgoing):
        if schema := found.get(model.__name__, {}):
            tag = model.__struct_config__.tag
            describe(schema, {"type": f"Always `{tag}`."} | docs_of(model))
            always = {field.name for field in msgspec.structs.fields(model) if field.default is not UNSET}
            schema["required"] = [name for name in schema["properties"] if name in always or (tag and name == "type")]
    return {name: tidy(schema) for name, schema in found.items()}


def describe(schema: Schema, texts: dict[str, str]) -> None:
    """Put the texts to the properties. A reference keeps its own description beside it."""
    for name, prop in schema.get("properties", {}).items():
        if text := texts.get(name):
            prop["description"] = text
            prop.update({"deprecated": True} if text.startswith("Deprecated") else {})
        if prop.get("default", UNSET) is None:
            del prop["default"]


def tell(support: Support) -> str:
    """A row of the table as a description."""
    if support.needs is None:
        return support.effect
    without = "is ignored and told in `antiphon-ignored`" if support.hint else "is refused"
    return f"{support.effect} Where the model's engine has no {support.needs.replace('_', ' ')}, it {without}."


def tidy(schema: Any) -> Any:
    """Without the titles that Pydantic and msgspec make of names, and exact about keys that must match a pattern."""
    if isinstance(schema, list):
        return [tidy(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    tidied = {key: tidy(value) for key, value in schema.items() if not (key == "title" and isinstance(value, str))}
    return tidied | ({"additionalProperties": False} if "patternProperties" in schema else {})


def subclasses(base: type) -> Iterator[type[Any]]:
    """All classes under `base`."""
    under: type[Any]
    for under in type.__subclasses__(base):
        yield under
        yield from subclasses(under)


def docs_of(model: type) -> dict[str, str]:
    """The text below each field, of this class and those it is made from."""
    texts: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if base.__module__.startswith(__package__.split(".")[0]):
            texts |= docs_in(base.__module__).get(base.__name__, {})
    return texts


@cache
def docs_in(module: str) -> dict[str, dict[str, str]]:
    """The text below each field of each class of a module."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {node.name: dict(_docs_of(node)) for node in tree.body if isinstance(node, ast.ClassDef)}


def _docs_of(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, below in zip(node.body, node.body[1:], strict=False):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, inspect.cleandoc(text)
