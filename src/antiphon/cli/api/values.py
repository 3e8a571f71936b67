"""Values as they are written on a command line: YAML 1.2, and so JSON. No dates, no `yes` for true, keys are texts."""

import json
import re
from typing import Any

import yaml

RESOLVERS = {
    "tag:yaml.org,2002:null": (r"~|null|Null|NULL|", "~nN\0"),
    "tag:yaml.org,2002:bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "tag:yaml.org,2002:int": (r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    "tag:yaml.org,2002:float": (r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+0123456789."),
}
"""The core schema (https://yaml.org/spec/1.2.2/#103-core-schema), without what JSON has no number for."""


class Loader(yaml.SafeLoader):
    """Reads by the core schema."""

    yaml_implicit_resolvers: dict[str, list[Any]] = {}  # noqa: RUF012 (PyYAML's own name, filled below)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Keys are what was written."""
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key must be a text", key_node.start_mark)
            if key_node.value in mapping:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key '{key_node.value}' is there twice", key_node.start_mark
                )
            mapping[key_node.value] = self.construct_object(value_node, deep=True)
        return mapping


for tag, (pattern, first) in RESOLVERS.items():
    Loader.add_implicit_resolver(tag, re.compile(rf"^(?:{pattern})$"), [c if c != "\0" else "" for c in first])
Loader.add_constructor(
    "tag:yaml.org,2002:int", lambda _, node: int(node.value, 0 if node.value[:2] in ("0o", "0x") else 10)
)
Loader.add_constructor("tag:yaml.org,2002:float", lambda _, node: float(node.value))


def read_value(text: str) -> Any:
    """What a text stands for. Raises `ValueError` with a sentence. JSON is read as JSON: it is faster so, and YAML
    refuses some of its characters.
    """
    try:
        return json.loads(text, object_pairs_hook=collect_pairs, parse_constant=refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except ValueError:
        return read_yaml(text)


def read_yaml(text: str) -> Any:
    """Raises `ValueError` with a sentence."""
    try:
        return yaml.load(text, Loader)  # noqa: S506 (a safe loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        reason = " ".join(part for part in (error.context, error.problem) if part)
        raise ValueError(f"not YAML or JSON: {reason}{place}") from None
    except yaml.YAMLError as error:
        raise ValueError(f"not YAML or JSON: {str(error).splitlines()[0]}") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None


def collect_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raises `ValueError` where a key is there twice, of which YAML says where."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is there twice")
    return found


def refuse(constant: str) -> Any:
    """JSON has no such number."""
    raise ValueError(constant)


def read_text(text: str) -> Any:
    """A value that may be a text: it is one as it stands, unless it begins like a quoted one, a list or an object."""
    return read_value(text) if text.lstrip()[:1] in {'"', "'", "[", "{"} else text
