"""YAML 1.2 without what JSON does not have: no dates, no `yes` for true, no infinity, and keys are texts."""

import re
from io import StringIO
from math import isfinite
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import ConstructorError, SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.tag import Tag

TAG = "tag:yaml.org,2002:"
WORDS = {
    f"{TAG}null": r"~|null|Null|NULL|",
    f"{TAG}bool": r"true|True|TRUE|false|False|FALSE",
    f"{TAG}int": r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+",
    f"{TAG}float": r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?",
}
"""The core schema (https://yaml.org/spec/1.2.2/#103-core-schema), without what JSON has no number for."""


class Resolver(VersionedResolver):
    """Tells by the core schema what a plain word is."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        """Its tag."""
        if kind is ScalarNode and implicit[0]:
            return Tag(suffix=next((tag for tag, form in WORDS.items() if re.fullmatch(form, value)), f"{TAG}str"))
        return super().resolve(kind, value, (False, implicit[1]) if kind is ScalarNode else implicit)


class Constructor(SafeConstructor):
    """Builds what JSON has."""

    def construct_yaml_map(self, node: MappingNode) -> Any:
        """Keys are what was written."""
        mapping: dict[str, Any] = {}
        yield mapping
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                raise ConstructorError(None, None, "a key must be a text", key_node.start_mark)
            if key_node.value in mapping:
                told = f"the key '{key_node.value}' is there twice"
                raise ConstructorError(None, None, told, key_node.start_mark)
            mapping[key_node.value] = self.construct_object(value_node, deep=True)


def build_float(_: Constructor, node: ScalarNode) -> float:
    """JSON has no infinity."""
    number = float(node.value)
    if not isfinite(number):
        raise ConstructorError(None, None, f"the number {node.value} is too large", node.start_mark)
    return number


Constructor.add_constructor(f"{TAG}map", Constructor.construct_yaml_map)
Constructor.add_constructor(f"{TAG}int", lambda _, node: int(node.value, 0 if node.value[:2] in ("0o", "0x") else 10))
Constructor.add_constructor(f"{TAG}float", build_float)


def read_yaml(text: str) -> Any:
    """Raises `ValueError` with a sentence."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Resolver, yaml.Constructor = Resolver, Constructor
    try:
        return yaml.load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        reason = " ".join(part for part in (error.context, error.problem) if part)
        raise ValueError(f"not YAML or JSON: {reason}{place}") from None
    except YAMLError as error:
        raise ValueError(f"not YAML or JSON: {str(error).splitlines()[0]}") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except TypeError:
        raise ValueError("not YAML or JSON: a tag that does not fit") from None


def render_yaml(value: Any) -> str:
    """With names in their own order."""
    yaml = YAML(typ="safe", pure=True)
    yaml.width, yaml.default_flow_style = 100, False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # it says it is None
    stream = StringIO()
    yaml.dump(value, stream)
    return stream.getvalue().removesuffix("...\n")
