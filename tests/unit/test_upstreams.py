"""Settings of engines somewhere else: from flags, environment and file, with mistakes in one sentence, and secrets in
none.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from antiphon.errors import ConfigurationError
from antiphon.settings import Settings, load_settings
from antiphon.upstreams import UpstreamSettings, is_address, parse_told

ONE, TWO = "http://one:8000/v1", "http://two:8000/v1#m"
SECRET = "sk-hidden"


@pytest.mark.parametrize(("source", "meant"), [
    (ONE, True), ("https://one/v1", True), ("HTTP://ONE", True), (f" {ONE}", True), ("model.gguf", False), ("", False),
    ("org/repo:file.gguf", False), ("http", False), ("/http://x", False), ("ftp://one", False), ("smollm2", False),
])  # fmt: skip
def test_what_is_an_address(source: str, meant: bool) -> None:
    """Told from files and names by how it begins."""
    assert is_address(source) is meant


@pytest.mark.parametrize(("texts", "told"), [
    ([], {}),
    (["big.kind=vllm"], {"big": {"kind": "vllm"}}),
    (["a.kind=vllm", "a.timeout=5", "b.key=k"], {"a": {"kind": "vllm", "timeout": "5"}, "b": {"key": "k"}}),
    (["big.kind=vllm", "big.kind=sglang"], {"big": {"kind": "sglang"}}),
    (["qwen2.5-7b.kind=vllm"], {"qwen2.5-7b": {"kind": "vllm"}}),
    (["big.key=a=b.c=d"], {"big": {"key": "a=b.c=d"}}),
    (["big.key="], {"big": {"key": ""}}),
    (["big.headers.X-Api-Key=a", "big.headers.X-Team=b"], {"big": {"headers": {"X-Api-Key": "a", "X-Team": "b"}}}),
    (["big.headers.X.Y=a"], {"big": {"headers": {"X.Y": "a"}}}),
    (["a.headers.b.headers.X=c"], {"a.headers.b": {"headers": {"X": "c"}}}),
], ids=range(10))  # fmt: skip
def test_as_the_command_line_has_it(texts: list[str], told: dict[str, Any]) -> None:
    """NAME.SETTING=VALUE; names may have points, values anything, and the last one counts."""
    assert parse_told(texts) == told


@pytest.mark.parametrize(("text", "words"), [
    ("", "expected NAME.SETTING=VALUE"), ("big", "expected NAME"), ("big.kind", "expected NAME"), ("=", "expected"),
    ("kind=vllm", "expected NAME"), (".kind=vllm", "expected NAME"), ("big.=vllm", "expected NAME"),
    ("big.colour=red", "there is no 'colour'; there are key, headers, kind"),
    ("big.Kind=vllm", "there is no 'Kind'"), (f"{SECRET}", "expected NAME"), (f"big.key {SECRET}", "expected NAME"),
])  # fmt: skip
def test_what_the_command_line_cannot_have(text: str, words: str) -> None:
    """It says what was expected, and not what was given."""
    with pytest.raises(ValueError, match=r"\S") as caught:
        parse_told([text])
    assert words in str(caught.value) and SECRET not in str(caught.value)


def load(*told: str, model: Any = (f"big={ONE}",)) -> Settings:
    """Settings by flags."""
    return load_settings({"model": model, "upstream": told})


def test_what_is_meant() -> None:
    """Numbers, lists, and secrets that are there for who asks for them."""
    told = ("key=k", "kind=vllm", "timeout=1.5", "connect_timeout=2", "max_concurrent=7", "weights=2", "headers.X-A=b")
    big = load(*(f"big.{one}" for one in told)).upstream["big"]
    assert big.key and big.key.get_secret_value() == "k" and big.headers["X-A"].get_secret_value() == "b"
    assert (big.kind, big.timeout, big.connect_timeout, big.max_concurrent) == ("vllm", 1.5, 2.0, 7)
    assert big.weights == (2.0,)


def test_what_is_not_told() -> None:
    """Has defaults that suit a server nearby; the kind is found out."""
    nothing = UpstreamSettings.model_validate({})
    assert (nothing.key, nothing.headers, nothing.kind, nothing.max_concurrent, nothing.weights) == (
        None,
        {},
        None,
        None,
        (),
    )
    assert (nothing.timeout, nothing.connect_timeout) == (300.0, 5.0)
    assert load().upstream == {}


MODELS: list[tuple[Any, dict[str, str]]] = [
    ((f"big={ONE}", f"big={TWO}"), {"big": f"{ONE} {TWO}"}),
    ((f"big={ONE}", "small=a.gguf", f"big={TWO}", f"big={ONE}"), {"big": f"{ONE} {TWO} {ONE}", "small": "a.gguf"}),
    (f"big={ONE},small=a.gguf,big={TWO}", {"big": f"{ONE} {TWO}", "small": "a.gguf"}),
    (("big=a.gguf", "big=b.gguf"), {"big": "b.gguf"}),
    (("big=a.gguf", f"big={ONE}"), {"big": ONE}),
    ((f"big={ONE}", "big=a.gguf"), {"big": "a.gguf"}),
    ({"big": [ONE, TWO], "small": ONE}, {"big": f"{ONE} {TWO}", "small": ONE}),
]


@pytest.mark.parametrize(("model", "meant"), MODELS, ids=range(len(MODELS)))
def test_several_addresses(model: Any, meant: dict[str, str]) -> None:
    """A name that is repeated with another address has both, in their order; of files it has the last."""
    assert load(model=model).model == meant


def test_the_file(in_folder: Callable[[str], Path]) -> None:
    """Tables and lists."""
    in_folder(
        f'[model]\nbig = ["{ONE}", "{TWO}"]\nsmall = "a.gguf"\n'
        f'[upstream.big]\nkey = "{SECRET}"\nkind = "vllm"\ntimeout = 5\nweights = [2, 1]\nheaders = {{ "X-A" = "b" }}\n'
    )
    settings = load_settings({})
    assert settings.model == {"big": f"{ONE} {TWO}", "small": "a.gguf"}
    big = settings.upstream["big"]
    assert big.key and big.key.get_secret_value() == SECRET and big.headers["X-A"].get_secret_value() == "b"
    assert (big.kind, big.timeout, big.weights) == ("vllm", 5.0, (2.0, 1.0))


def test_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key need not stand on the command line, which everybody on the machine can read."""
    monkeypatch.setenv("ANTIPHON_MODEL", f"big={ONE}")
    monkeypatch.setenv("ANTIPHON_UPSTREAM", json.dumps({"big": {"key": SECRET, "weights": [3]}}))
    big = load_settings({}).upstream["big"]
    assert big.key and big.key.get_secret_value() == SECRET and big.weights == (3.0,)


def test_all_three_are_merged(in_folder: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Setting by setting: a key in the environment, all else in the file, and a flag that wins."""
    in_folder(f'[model]\nbig = "{ONE}"\n[upstream.big]\nkind = "vllm"\ntimeout = 5\nmax_concurrent = 9\n')
    monkeypatch.setenv("ANTIPHON_UPSTREAM", json.dumps({"big": {"key": SECRET, "timeout": 6}}))
    big = load_settings({"upstream": ("big.timeout=7",)}).upstream["big"]
    assert big.key and big.key.get_secret_value() == SECRET
    assert (big.kind, big.timeout, big.max_concurrent) == ("vllm", 7.0, 9)


MISTAKES: list[tuple[tuple[str, ...], str]] = [
    (("big",), "--upstream: expected NAME.SETTING=VALUE"),
    (("big.colour=red",), "--upstream: there is no 'colour'"),
    (("other.kind=vllm",), "--upstream other.…: there is no model 'other' with an address"),
    (("big.kind=ollama",), "--upstream big.kind: "),
    (("big.timeout=0",), "--upstream big.timeout: "),
    (("big.timeout=nan",), "--upstream big.timeout: "),
    (("big.timeout=soon",), "--upstream big.timeout: "),
    (("big.connect_timeout=-1",), "--upstream big.connect_timeout: "),
    (("big.max_concurrent=0",), "--upstream big.max_concurrent: "),
    (("big.max_concurrent=1.5",), "--upstream big.max_concurrent: "),
    (("big.weights=0",), "--upstream big.weights: "),
    (("big.weights=1001",), "--upstream big.weights: "),
    (("big.weights=a",), "--upstream big.weights: "),
    (("big.weights=nan",), "--upstream big.weights: "),
    (("big.weights=2,1",), "--upstream big.weights: as many as 'big' has addresses are needed"),
    (("big.headers.Host=a",), "--upstream big.headers: the header 'Host' cannot be set"),
    (("big.headers.content-LENGTH=5",), "--upstream big.headers: the header 'content-LENGTH' cannot be set"),
    (("big.headers.Transfer-Encoding=a",), "--upstream big.headers: the header"),
    (("big.headers.X Y=a",), "--upstream big.headers: 'X Y' is no name of a header"),
    (("big.headers.é=a",), "--upstream big.headers: 'é' is no name of a header"),
    (("big.headers.=a",), "--upstream: expected NAME.SETTING=VALUE"),
    (("big.headers=a",), "--upstream: expected NAME.SETTING=VALUE"),
    (("big.headers=a", "big.headers.X-A=b"), "--upstream"),
]


def explain(flags: dict[str, Any]) -> str:
    """Why these are no settings."""
    with pytest.raises(ConfigurationError) as caught:
        load_settings(flags)
    message = str(caught.value)
    assert message.endswith(".") and "\n" not in message and "pydantic" not in message
    return message


@pytest.mark.parametrize(("told", "words"), MISTAKES, ids=range(len(MISTAKES)))
def test_a_mistake(told: tuple[str, ...], words: str) -> None:
    """One sentence, which begins with what is at fault."""
    assert explain({"model": (f"big={ONE}",), "upstream": told}).startswith(words)


@pytest.mark.parametrize("model", [("big=a.gguf",), ("smollm2=smollm2",), (f"small={ONE}",)])
def test_settings_of_what_has_no_address(model: tuple[str, ...]) -> None:
    """Would do nothing."""
    assert "there is no model 'big' with an address" in explain({"model": model, "upstream": ("big.kind=vllm",)})


def test_weights_of_several() -> None:
    """One for each address."""
    both = (f"big={ONE}", f"big={TWO}")
    assert load("big.weights=2,1", model=both).upstream["big"].weights == (2.0, 1.0)
    assert load("big.weights= 2 , 1 ", model=both).upstream["big"].weights == (2.0, 1.0)
    for weights in ("2", "2,1,1"):
        assert "as many as 'big' has" in explain({"model": both, "upstream": (f"big.weights={weights}",)})


@pytest.mark.parametrize("value", [
    "5", "[1]", '["big.kind=vllm", 5]', "{", "big.kind", '{"big": 5}', '{"big": {"key": 5}}',
    '{"big": {"key": ["a"]}}',
    '{"big": {"headers": ["a"]}}', '{"big": {"headers": {"X-A": 5}}}', '{"big": {"weights": "heavy"}}',
    '{"big": {"weights": {"a": 1}}}', '{"big": {"colour": "red"}}', "null", '"big"',
])  # fmt: skip
def test_mistakes_in_the_environment(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of whatever shape, they are a sentence too."""
    monkeypatch.setenv("ANTIPHON_UPSTREAM", value)
    assert explain({"model": (f"big={ONE}",)}).startswith("--upstream")


@pytest.mark.parametrize("toml", [
    "upstream = 5", "upstream = [1]", "[upstream]\nbig = 5", "[upstream.big]\nkey = 12345",
    "[upstream.big]\ntimeout = []",
    "[upstream.big]\nweights = [[1]]", "[upstream.big]\nheaders = 5", "[upstream.big.headers]\nX-A = 12345",
    "[upstream.big]\ncolour = 5",
])  # fmt: skip
def test_mistakes_in_the_file(toml: str, in_folder: Callable[[str], Path]) -> None:
    """The same."""
    in_folder(f'{toml}\n[model]\nbig = "{ONE}"\n')
    message = explain({})
    assert message.startswith("--upstream") and "12345" not in message


NOT_PRINTABLE = [f"{SECRET}\n", f"{SECRET}\r\nX: y", f"{SECRET}\0", f"é{SECRET}", f"{SECRET}\x7f", f"\t{SECRET}"]


@pytest.mark.parametrize("secret", NOT_PRINTABLE, ids=range(len(NOT_PRINTABLE)))
@pytest.mark.parametrize("setting", ["key", "headers.X-A"])
def test_a_secret_that_would_be_more_than_a_header(setting: str, secret: str) -> None:
    """Is refused, and not shown."""
    message = explain({"model": (f"big={ONE}",), "upstream": (f"big.{setting}={secret}",)})
    assert "has printable ASCII characters only" in message and "hidden" not in message


WITH_SECRETS = (f"big.key={SECRET}", f"big.headers.X-Api-Key={SECRET}")


def test_secrets_are_not_shown() -> None:
    """Neither by themselves, nor with all settings, nor where those are written down."""
    settings = load(*WITH_SECRETS)
    upstream = settings.upstream["big"]
    shown = [
        repr(settings),
        str(settings),
        repr(upstream),
        str(upstream),
        settings.model_dump_json(),
        str(vars(upstream)),
    ]
    assert not any("hidden" in text for text in [*shown, str(settings.model_dump())])


@pytest.mark.parametrize("told", [told for told, _ in MISTAKES], ids=range(len(MISTAKES)))
def test_secrets_are_not_in_mistakes(told: tuple[str, ...]) -> None:
    """Whatever else is wrong."""
    assert "hidden" not in explain({"model": (f"big={ONE}",), "upstream": (*WITH_SECRETS, *told)})


def test_secrets_in_the_environment_are_not_in_mistakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor where the JSON is none."""
    for value in (
        f'{{"big": {{"key": "{SECRET}"',
        f'{{"big": {{"key": "{SECRET}", "kind": 5}}}}',
        SECRET,
        f'"{SECRET}"',
    ):
        monkeypatch.setenv("ANTIPHON_UPSTREAM", value)
        assert "hidden" not in explain({"model": (f"big={ONE}",)})
