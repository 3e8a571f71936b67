"""What deploy/ tells Antiphon is what it takes; and nothing secret is in there."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from antiphon.cli.serve import serve
from antiphon.settings import Settings, load_settings
from antiphon.upstreams import UpstreamSettings
from tests.contract.deployed import (
    BASE,
    COMPOSE,
    DEPLOY,
    DOCKERFILE,
    GATEWAY,
    GIVEN,
    IN_SECRET,
    ROOT,
    SECRETS,
    compose,
    containers,
    documents,
    pod_of,
    pods,
    read_env,
    read_yaml,
)

SECRET = re.compile(r"KEY|PASSWORD|TOKEN|SECRET|DATABASE_URL|UPSTREAM$")


def flags_of(command: list[str]) -> dict[str, Any]:
    """A container's arguments as `antiphon serve` reads them. Raises what it says of those that it does not know."""
    assert command[0] == "serve"
    given = serve.make_context("serve", command[1:]).params
    return {name: value for name, value in given.items() if value not in (None, ())}


def set_environment(monkeypatch: pytest.MonkeyPatch, given: dict[str, Any]) -> None:
    """The image's variables, and these over them. Each of ours is a setting."""
    image = dict(re.findall(r"\b(ANTIPHON_\w+)=(\S+)", DOCKERFILE))
    ours = {name: value for name, value in {**image, **given}.items() if name.startswith("ANTIPHON_")}
    assert {name.removeprefix("ANTIPHON_").lower() for name in ours} <= set(Settings.model_fields)
    for name, value in ours.items():
        monkeypatch.setenv(name, value)


def compose_settings(monkeypatch: pytest.MonkeyPatch, **given: str) -> Settings:
    """Of the gateway that compose.yaml starts."""
    service = compose("compose.yaml", **given)["services"]["antiphon"]
    set_environment(monkeypatch, service["environment"])
    return load_settings(flags_of(service["command"]))


@pytest.fixture
def cluster_settings(monkeypatch: pytest.MonkeyPatch, in_folder: Callable[[str], Path]) -> Settings:
    """Of the gateways in a cluster: the ConfigMap's file, the Secret's variables, the container's arguments."""
    in_folder((BASE / "gateway.toml").read_text())
    set_environment(monkeypatch, IN_SECRET)
    return load_settings(flags_of(pod_of("antiphon")["containers"][0]["args"]))


def test_settings_of_compose(monkeypatch: pytest.MonkeyPatch) -> None:
    """Flags and variables of compose.yaml mean what they are to mean."""
    settings = compose_settings(monkeypatch)
    assert (settings.host, settings.port, settings.workers) == ("0.0.0.0", 8000, 2)
    assert settings.model == {"main": "http://vllm:8000/v1#main"}
    assert settings.api_key == ("team:k1",)
    assert settings.database_url == "postgresql+asyncpg://antiphon:p1@postgres/antiphon"
    key = settings.upstream["main"].key
    assert key and key.get_secret_value() == "v1"


def test_another_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """UPSTREAM_URL is where the model is, if not here."""
    settings = compose_settings(monkeypatch, UPSTREAM_URL="http://10.0.0.1:8000/v1")
    assert settings.model == {"main": "http://10.0.0.1:8000/v1#main"}


def test_settings_of_the_cluster(cluster_settings: Settings) -> None:
    """The file and the Secret's variables mean what they are to mean."""
    assert (cluster_settings.host, cluster_settings.port, cluster_settings.workers) == ("0.0.0.0", 8000, 2)
    assert cluster_settings.model == {"main": "http://vllm:8000/v1#main"}
    key = cluster_settings.upstream["main"].key
    assert key and key.get_secret_value() == "v1"


def test_the_secrets_of_a_cluster() -> None:
    """The template has each that pods read, and no value."""
    secrets = {document["metadata"]["name"]: document["stringData"] for document in documents("Secret")}
    assert set(secrets["antiphon"]) == set(IN_SECRET)
    assert {value for secret in secrets.values() for value in secret.values()} == {""}
    read = {source["secretRef"]["name"] for _, pod in pods() for source in containers(pod)[0].get("envFrom", [])}
    for _, pod in pods():
        for variable in containers(pod)[0].get("env", []):
            if reference := variable.get("valueFrom", {}).get("secretKeyRef"):
                read.add(reference["name"])
                assert reference["key"] in secrets[reference["name"]]
    assert read == set(secrets)


def variables() -> Iterator[tuple[str, Any]]:
    """Each that a file sets by itself, as it stands there."""
    for file in COMPOSE:
        for service in read_yaml(DEPLOY / file)[0]["services"].values():
            yield from service["environment"].items()
    for _, pod in pods():
        for variable in containers(pod)[0].get("env", []):
            yield variable["name"], variable.get("value", "${}")


def test_no_secret_is_in_a_file() -> None:
    """What is secret is told from outside."""
    secret = {name: value for name, value in variables() if SECRET.search(name)}
    assert {"ANTIPHON_API_KEY", "ANTIPHON_UPSTREAM", "POSTGRES_PASSWORD", "VLLM_API_KEY"} <= set(secret)
    assert all("${" in value for value in secret.values())
    assert {read_env()[name] for name in SECRETS} == {""}
    assert not {"api_key", "database_url", "upstream"} & set(GATEWAY)


def test_what_compose_wants_is_in_the_example() -> None:
    """example.env has each variable that must be there, and the ones that differ from machine to machine."""
    wanted = {name for file in COMPOSE for name in re.findall(r"\$\{(\w+):\?", (DEPLOY / file).read_text())}
    assert wanted <= set(read_env())
    assert set(GIVEN) <= set(read_env())


def test_settings_of_upstreams_are_told() -> None:
    """docs/scale.md has a row for each, with its default where that is a number."""
    rows = dict(re.findall(r"^\| `(\w+)` \|([^|]*)\|", (ROOT / "docs" / "scale.md").read_text(), re.MULTILINE))
    assert set(UpstreamSettings.model_fields) <= set(rows)
    for name, field in UpstreamSettings.model_fields.items():
        assert not isinstance(field.default, float) or rows[name].strip() == f"{field.default:g}"
