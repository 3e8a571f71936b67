"""Settings from flags, environment and file, merged once; faults in one sentence."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from antiphon.errors import ConfigurationError
from antiphon.settings import Settings, is_loopback, load_settings
from antiphon.values import parse_key, parse_pair

PAIRS = {
    "one=a.gguf": ("one", "a.gguf"), "one=a=b": ("one", "a=b"), " one = a b ": ("one", "a b"),
    "gpt-*=smollm2": ("gpt-*", "smollm2"), "one=r/n:f.gguf": ("one", "r/n:f.gguf"),
}  # fmt: skip


@pytest.mark.parametrize("text", PAIRS)
def test_pairs(text: str) -> None:
    """NAME=SOURCE is cut at the first sign, and white space around does not count."""
    assert parse_pair(text) == PAIRS[text]


@pytest.mark.parametrize("text", ["", "one", "=a", "one=", " = ", "one= "])
def test_what_is_no_pair(text: str) -> None:
    """Both halves must be there."""
    with pytest.raises(ValueError, match="expected NAME=VALUE"):
        parse_pair(text)


HOSTS = {
    "127.0.0.1": True, "127.8.9.1": True, "localhost": True, "::1": True, "[::1]": True, "0.0.0.0": False,
    "::": False, "192.168.0.1": False, "example.com": False, "": False, "127.0.0.1.nip.io": False,
}  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
def test_loopback(host: str) -> None:
    """Only addresses that no other machine reaches are served without a key."""
    assert is_loopback(host) == HOSTS[host]


def test_each_source_wins_over_the_next(in_folder: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Flags, then environment, then file, then defaults."""
    in_folder('port = 1\nqueue = 2\nparallel = 3\nalias = {"gpt-*" = "smollm2"}\n')
    monkeypatch.setenv("ANTIPHON_PORT", "11")
    monkeypatch.setenv("ANTIPHON_QUEUE", "12")
    merged = load_settings({"port": "21"})
    assert (merged.port, merged.queue, merged.parallel, merged.threads) == (21, 12, 3, None)
    assert merged.alias == {"gpt-*": "smollm2"}


FORMS: list[tuple[str, Any, Any]] = [
    ("model", ("a=x", "b=y"), {"a": "x", "b": "y"}),
    ("model", "a=x,b=y", {"a": "x", "b": "y"}),
    ("model", {"a": "x"}, {"a": "x"}),
    ("api_key", "k,l", ("k", "l")),
    ("api_key", ["k", "l"], ("k", "l")),
    ("api_key", ["team:k"], ("team:k",)),
    ("retention", "30d", 30 * 86400),
    ("retention", "90s", 90),
    ("retention", "2w", 14 * 86400),
    ("retention", 3600, 3600),
    ("memory_limit", "8G", 8 << 30),
    ("memory_limit", "500MiB", 500 << 20),
    ("memory_limit", " 64k ", 64 << 10),
    ("memory_limit", "2TB", 2 << 40),
    ("memory_limit", "123456", 123456),
    ("memory_limit", 123456, 123456),
    ("preload", True, True),
    ("preload", "true", True),
]


@pytest.mark.parametrize(("name", "given", "merged"), FORMS)
def test_lists_in_every_form(name: str, given: Any, merged: Any) -> None:
    """Repeated flags, one variable with commas, and a table or list of the file mean the same."""
    assert getattr(load_settings({name: given}), name) == merged


def test_the_order_of_models_is_kept() -> None:
    """The first model is the default one."""
    assert list(load_settings({"model": ("z=1", "a=2")}).model) == ["z", "a"]


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"port": "x"}, "--port: "), ({"port": 70000}, "--port: "), ({"parallel": 0}, "--parallel: "),
    ({"max_body_bytes": 1}, "--max-body-bytes: "), ({"engine": "vllm"}, "--engine: "), ({"context": 1}, "--context: "),
    ({"alias": ("a=nobody",)}, "--alias a=nobody: there is no model 'nobody'"), ({"model": {}}, "--model: "),
    ({"api_key": ("",)}, "--api-key: a key must not be empty"), ({"api_key": "k,"}, "--api-key: "),
    ({"api_key": ("a b:k",)}, "--api-key: what stands before ':'"), ({"api_key": "team:"}, "--api-key: what stands"),
    ({"api_key": ":k"}, "--api-key: what stands"), ({"retention": "soon"}, "--retention: expected a number with"),
    ({"retention": "0d"}, "--retention: "), ({"retention": "30"}, "--retention: "),
    ({"memory_limit": "much"}, "--memory-limit: expected bytes, or a number with K, M, G or T"),
    ({"memory_limit": "1.5G"}, "--memory-limit: expected"), ({"memory_limit": "0"}, "--memory-limit: "),
    ({"memory_limit": "9999T"}, "--memory-limit: "), ({"preload": "some"}, "--preload: "),
    ({"prot": 1}, "no setting 'prot'"),
    ({"drain_timeout": "nan"}, "--drain-timeout: "),
]  # fmt: skip


@pytest.mark.parametrize(("flags", "words"), MISTAKES)
def test_a_mistake_names_its_setting(flags: dict[str, Any], words: str) -> None:
    """One sentence, which begins with the flag at fault."""
    with pytest.raises(ConfigurationError) as caught:
        load_settings(flags)
    assert words in str(caught.value)
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


KEYS = {
    "k": ("k", None), "team:k": ("k", "team"), "team:k:l": ("k:l", "team"), " k ": ("k", None),
    "a.b_c-1:k": ("k", "a.b_c-1"),
}  # fmt: skip


@pytest.mark.parametrize("text", KEYS)
def test_keys(text: str) -> None:
    """A key, perhaps with its project before the first colon."""
    assert parse_key(text) == KEYS[text]


def test_settings_do_not_change() -> None:
    """Merged once, then frozen."""
    with pytest.raises(ValidationError):
        Settings().port = 1  # type: ignore[misc]
