"""What the engines behind models are told apart by: settings of each name that has addresses for its source.

Shapes only; what an address or a kind means, `engine/remote/` knows.
"""

import json
import re
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, TypeAdapter

KindName = Literal["vllm", "sglang", "llama-server", "openai", "generic"]
HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
OURS = frozenset({"host", "content-type", "content-length", "transfer-encoding", "connection", "accept-encoding"})
"""Headers that say how we write, and are not to be told otherwise."""
HEADERS = ".headers."
SCHEMES = ("http://", "https://")


def is_address(source: str) -> bool:
    """Whether a model's source is an engine somewhere else."""
    return source.strip().lower().startswith(SCHEMES)


def split_list(value: Any) -> Any:
    """`2,1` as the command line has it."""
    return value.split(",") if isinstance(value, str) else value


def check_header(name: str) -> str:
    """Raises `ValueError` for what is no header, or is one of ours."""
    if not HEADER.fullmatch(name):
        raise ValueError(f"'{name}' is no name of a header")
    if name.lower() in OURS:
        raise ValueError(f"the header '{name}' cannot be set")
    return name


def check_value(value: SecretStr) -> SecretStr:
    """Raises `ValueError` for what would be more than one header."""
    text = value.get_secret_value()
    if not text.isascii() or not text.isprintable():
        raise ValueError("a key or a header has printable ASCII characters only")
    return value


Secret = Annotated[SecretStr, BeforeValidator(lambda value: check_value(TypeAdapter(SecretStr).validate_python(value)))]
HeaderName = Annotated[str, BeforeValidator(check_header)]
Weight = Annotated[float, Field(gt=0, le=1000)]


class UpstreamSettings(BaseModel):
    """Of all upstreams of one model. timeout: seconds without a byte. max_concurrent: answers that one of them gives at
    a time. weights: shares of the load, in the order of the addresses.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    key: Secret | None = None
    headers: dict[HeaderName, Secret] = Field(default={}, max_length=32)
    kind: KindName | None = None
    timeout: float = Field(default=300.0, gt=0)
    connect_timeout: float = Field(default=5.0, gt=0)
    max_concurrent: int | None = Field(default=None, ge=1)
    weights: Annotated[tuple[Weight, ...], BeforeValidator(split_list)] = ()


def parse_told(texts: list[str]) -> dict[str, dict[str, Any]]:
    """`NAME.SETTING=VALUE`, as often as you like, to what a table of the file says. Raises `ValueError`."""
    told: dict[str, dict[str, Any]] = {}
    for text in texts:
        place, sign, value = str(text).partition("=")
        name, dot, header = place.rpartition(HEADERS)
        setting = "headers"
        if not dot:
            name, dot, setting = place.rpartition(".")
            header = ""
        if not (sign and dot and name and setting) or (setting == "headers" and not header):
            raise ValueError("expected NAME.SETTING=VALUE, such as big.kind=vllm or big.headers.X-Team=blue")
        if setting not in UpstreamSettings.model_fields:
            raise ValueError(f"there is no '{setting}'; there are {', '.join(UpstreamSettings.model_fields)}")
        if setting == "headers":
            told.setdefault(name, {}).setdefault("headers", {})[header] = value
        else:
            told.setdefault(name, {})[setting] = value
    return told


def parse_upstreams(value: Any) -> Any:
    """Settings of upstreams as a table, whoever says them. Raises `ValueError`."""
    if isinstance(value, str):
        value = json.loads(value) if value.lstrip().startswith("{") else value.split(",")
    return parse_told(list(value)) if isinstance(value, list | tuple) else value


def try_upstreams(value: Any) -> Any:
    """The same; what is wrong stays for the validator to tell."""
    try:
        return parse_upstreams(value)
    except ValueError:
        return value


KINDS: tuple[KindName, ...] = get_args(KindName)
