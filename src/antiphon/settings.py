"""All settings, merged once: flags, then environment ANTIPHON_*, then antiphon.toml, then defaults. Frozen.

The command line's flags are made from these fields; a field's description is its help.
"""

from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from antiphon.errors import ConfigurationError
from antiphon.media.fetch.policy import parse_hosts
from antiphon.upstreams import UpstreamSettings, is_address, parse_upstreams, try_upstreams
from antiphon.values import collect, join, parse_duration, parse_key, parse_pair, parse_size

FILE = "antiphon.toml"
Names = Annotated[dict[str, str], NoDecode]
ReasoningField = Literal["reasoning_content", "reasoning", "none"]
DEFAULT_MODEL = {"smollm2": "smollm2"}


class Variables(EnvSettingsSource):
    """The environment. What it says of upstreams is read at once, so that it is merged with what others say of them: a
    key need not stand where all else does.
    """

    def prepare_field_value(self, field_name: str, field: FieldInfo, value: Any, value_is_complex: bool) -> Any:
        """See pydantic-settings."""
        given = super().prepare_field_value(field_name, field, value, value_is_complex)
        return try_upstreams(given) if field_name == "upstream" else given


class Settings(BaseSettings):
    """Everything `antiphon serve` can be told."""

    model_config = SettingsConfigDict(env_prefix="ANTIPHON_", toml_file=FILE, frozen=True, extra="forbid")

    host: str = Field("127.0.0.1", description="Address to listen on. Other than this machine needs --api-key.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    workers: int = Field(
        1,
        ge=1,
        le=64,
        description="API processes, which share engines, store and limits. With several, SIGHUP replaces them one after"
        " another, without a dropped stream (see docs/scale.md).",
    )
    model: Names = Field(
        default=DEFAULT_MODEL,
        description="NAME=SOURCE, repeatable: a GGUF file, a name of `antiphon models list`, repo/name:file.gguf on the"
        " Hugging Face hub, the bundled smollm2, or http://HOST:PORT/v1#MODEL, an engine somewhere else; a name with"
        " several addresses has several engines. The first is the default.",
    )
    upstream: Annotated[dict[str, UpstreamSettings], NoDecode] = Field(
        default={},
        description="NAME.SETTING=VALUE, repeatable: of a model with an address, its key, kind, timeout,"
        " connect_timeout, max_concurrent, weights or headers.HEADER (see docs/scale.md).",
    )
    alias: Names = Field(
        default={}, description="PATTERN=NAME, repeatable: answer for other names, such as 'gpt-*=smollm2'."
    )
    chat_template: Names = Field(
        default={},
        description="NAME=TEMPLATE, repeatable: another chat template for a model than its file has: a Jinja file, or"
        " a family's, such as qwen (see docs/dialects.md).",
    )
    preload: bool = Field(
        default=False, description="Load all models at start; by default the first one, and others at their first use."
    )
    memory_limit: int | None = Field(
        None,
        ge=1,
        lt=1 << 50,
        description="Memory that all models may take together, such as 8G or 500M: to make room for one, those used"
        " least recently are unloaded. No limit by default.",
    )
    api_key: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="A key that clients must send, repeatable; PROJECT:KEY names whose stored completions it sees."
        " Every route but /health asks for one. See also: antiphon keys.",
    )
    data_dir: Path = Field(Path("~/.local/share/antiphon"), description="Folder for what the server keeps.")
    database_url: str | None = Field(
        None,
        description="Where stored completions and keys are: postgresql+asyncpg://USER:PASSWORD@HOST/NAME, or"
        " sqlite:///FILE. A SQLite file in --data-dir by default.",
    )
    retention: int | None = Field(
        None, ge=1, description="Age at which stored completions are deleted, such as 30d, 12h or 90m; kept by default."
    )
    engine: Literal["llama", "scripted"] = Field(
        "llama", description="llama computes; scripted plays back events, for tests and demos."
    )
    context: int | None = Field(
        None, ge=8, lt=2**31, description="Longest sequence in tokens; the model's own up to 8192 by default."
    )
    parallel: int = Field(8, ge=1, le=256, description="Choices computed together; more wait.")
    queue: int = Field(1024, ge=0, le=1_000_000, description="Choices that may wait; more are answered 429.")
    threads: int | None = Field(
        None, ge=1, le=512, description="Threads that compute; chosen while running by default."
    )
    cache_bytes: int = Field(
        1 << 30,
        ge=0,
        lt=1 << 50,
        description="Memory to keep computed prompts in, beside that of running choices; 0 keeps none aside.",
    )
    disk_cache_bytes: int = Field(
        4 << 30,
        ge=0,
        lt=1 << 50,
        description="Disk space in --data-dir for prompts with prompt_cache_retention 24h; 0 keeps none there.",
    )
    kv_type: Literal["f16", "q8_0"] = Field(
        "f16", description="Numbers of computed prompts; q8_0 takes half the memory, and flash attention."
    )
    draft: bool = Field(
        True,
        description="Guess what repeats the prompt, and verify several tokens at once; the same text up to rounding.",
    )
    deterministic: bool = Field(
        False,
        description="Answers with the same seed are the same to the last bit, whatever else runs; slower"
        " (see docs/engine.md).",
    )
    flash_attention: Literal["auto", "on", "off"] = Field(
        "auto",
        description="llama.cpp's flash attention; auto measures once whether it is faster on this machine."
        " Greedy text can differ.",
    )
    cpu_layout: Literal["auto", "file", "q8_0", "q4_0"] = Field(
        "auto",
        description="Weights as the file has them, or a copy converted once, in --data-dir; auto measures whether that"
        " of 8 bits (q8_0) is faster on this machine. Greedy text can differ.",
    )
    reasoning_field: ReasoningField = Field(
        "reasoning_content",
        description="Field of an answer that holds what the model thought; with none it is counted, and not sent.",
    )
    unknown_fields: Literal["refuse", "ignore"] = Field(
        "refuse", description="Fields of a request that the API does not have: 400, or named in antiphon-ignored."
    )
    allow_media_urls: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Hosts that images may be fetched from, repeatable: * for all public ones, example.org,"
        " *.example.org, or private:HOST for one inside; none by default (see docs/media.md).",
    )
    transcriber: str | None = Field(
        None,
        description="Whisper model that writes out recordings for models that do not hear: a name such as small, a"
        " repo/name on the Hugging Face hub, or a folder; base by default, medium on a GPU.",
    )
    voice: Names = Field(
        default={},
        description="NAME=SOURCE, repeatable: another speaker for a voice, or a new voice: one of hibari's, or an ONNX"
        " file of its kind (see docs/media.md).",
    )
    request_timeout: float = Field(600.0, gt=0, description="Seconds a completion may take in all.")
    drain_timeout: float = Field(30.0, ge=0, description="Seconds that running answers get when the server is stopped.")
    max_body_bytes: int = Field(32 * 2**20, ge=1024, description="Largest request body.")
    max_file_bytes: int = Field(512 * 2**20, ge=1, lt=1 << 50, description="Largest file that can be uploaded.")
    max_project_bytes: int = Field(
        10 * 2**30, ge=1, lt=1 << 50, description="Disk space that a project's uploaded files may take together."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, environment, file, in this order."""
        return init_settings, Variables(settings_cls), TomlConfigSettingsSource(settings_cls)

    @field_validator("model", "alias", "chat_template", "voice", mode="before")
    @classmethod
    def _parse_pairs(cls, value: Any) -> Any:
        """`NAME=SOURCE` pairs: a list of them, or one text with commas, or a table of the file."""
        if isinstance(value, str):
            value = value.split(",")
        if isinstance(value, list | tuple):
            value = collect(map(parse_pair, value))
        return {name: join(source) for name, source in value.items()} if isinstance(value, dict) else value

    @field_validator("upstream", mode="before")
    @classmethod
    def _parse_upstreams(cls, value: Any) -> Any:
        return parse_upstreams(value)

    @field_validator("api_key", mode="before")
    @classmethod
    def _parse_keys(cls, value: Any) -> Any:
        keys = tuple(value.split(",")) if isinstance(value, str) else value
        if isinstance(keys, list | tuple):
            for key in keys:
                parse_key(str(key))
        return keys

    @field_validator("allow_media_urls", mode="before")
    @classmethod
    def _parse_hosts(cls, value: Any) -> Any:
        hosts = tuple(value.split(",")) if isinstance(value, str) else value
        if isinstance(hosts, list | tuple):
            hosts = tuple(host.strip() for told in hosts for host in str(told).split(",") if host.strip())
            if hosts:
                parse_hosts(",".join(hosts))
        return hosts

    @field_validator("retention", mode="before")
    @classmethod
    def _parse_retention(cls, value: Any) -> Any:
        return parse_duration(value) if isinstance(value, str) else value

    @field_validator("memory_limit", mode="before")
    @classmethod
    def _parse_memory_limit(cls, value: Any) -> Any:
        return parse_size(value) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.kv_type != "f16" and self.flash_attention == "off":
            raise ValueError(f"--kv-type {self.kv_type} needs flash attention: leave --flash-attention off out")
        if self.deterministic and (self.kv_type != "f16" or self.flash_attention == "on"):
            raise ValueError(
                "--deterministic needs --kv-type f16 and no flash attention, whose results depend on shapes"
            )
        if not self.model:
            raise ValueError("--model: at least one is needed")
        for pattern, name in self.alias.items():
            if name not in self.model:
                raise ValueError(f"--alias {pattern}={name}: there is no model '{name}'")
        for name in self.chat_template:
            if name not in self.model:
                raise ValueError(f"--chat-template {name}=…: there is no model '{name}'")
        return self

    @model_validator(mode="after")
    def _agree_on_upstreams(self) -> Self:
        for name, told in self.upstream.items():
            if not is_address(self.model.get(name, "")):
                raise ValueError(f"--upstream {name}.…: there is no model '{name}' with an address")
            if told.weights and len(told.weights) != len(self.model[name].split()):
                raise ValueError(f"--upstream {name}.weights: as many as '{name}' has addresses are needed")
        return self


def load_settings(flags: Mapping[str, Any]) -> Settings:
    """The one reading of all sources. Raises `ConfigurationError`, one sentence for a person."""
    if "upstream" in flags:
        flags = {**flags, "upstream": try_upstreams(flags["upstream"])}
    try:
        return Settings(**flags)
    except ValidationError as error:
        raise ConfigurationError(explain(error)) from None
    except ValueError as error:  # the file is not TOML
        raise ConfigurationError(f"{FILE} cannot be read: {error}.") from None


def explain(error: ValidationError) -> str:
    """The first fault, with the setting it is about."""
    detail = error.errors()[0]
    place = "".join(f"--{str(step).replace('_', '-')}: " for step in detail["loc"][:1])
    if len(detail["loc"]) > 1 and detail["loc"][0] == "upstream":
        place = f"--upstream {'.'.join(map(str, detail['loc'][1:3]))}: "
    elif detail["type"] == "extra_forbidden":
        return f"{FILE}: there is no setting '{detail['loc'][0]}'."
    return f"{place}{detail['msg'].removeprefix('Value error, ')}."


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
