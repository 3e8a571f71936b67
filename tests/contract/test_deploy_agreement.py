"""The files of deploy/ agree with each other: images, ports, names, time limits, numbers of connections."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import antiphon
from antiphon.server.gate import FORM_BYTES
from antiphon.settings import Settings
from antiphon.store.database import NUM_CONNECTIONS
from tests.contract.deployed import (
    COMPOSE,
    DEPLOY,
    DOCKERFILE,
    GATEWAY,
    IN_SECRET,
    ROOT,
    compose,
    containers,
    documents,
    manifests,
    pod_of,
    pods,
    read_yaml,
)

MARGIN_S = 10
IMAGE = re.compile(r"[\w./-]+:v?\d+\.\d+[\w.-]*")


def images() -> Iterator[str]:
    """All that is named anywhere, with defaults filled in."""
    for file in COMPOSE:
        for service in compose(file)["services"].values():
            yield service["image"]
    for path in (DEPLOY / "kubernetes").rglob("kustomization.yaml"):
        for image in read_yaml(path)[0].get("images", []):
            yield f"{image['name']}:{image['newTag']}"
    replaced = {"antiphon", "vllm-ray"}
    yield from (
        container["image"] for _, pod in pods() for container in containers(pod) if container["image"] not in replaced
    )
    for path in DEPLOY.rglob("Dockerfile"):
        text = path.read_text()
        for argument, default in re.findall(r"^ARG (\w+)=(\S+)", text, re.MULTILINE):
            text = text.replace(f"${{{argument}}}", default)
        yield from re.findall(r"^FROM (\S+)", text, re.MULTILINE)


def test_images_are_pinned() -> None:
    """Each has a version; the same image has the same everywhere, and vLLM's is that of Ray's."""
    named = set(images())
    assert all(IMAGE.fullmatch(image) for image in named), named
    assert len({image.split(":")[0] for image in named}) == len(named)
    versions = dict(image.split(":") for image in named)
    assert versions["antiphon"] == antiphon.__version__
    assert versions["vllm-ray"] == versions["vllm/vllm-openai"]


@pytest.mark.parametrize("path", manifests(), ids=lambda path: str(path.relative_to(DEPLOY)))
def test_services_lead_to_pods(path: Path) -> None:
    """Each Service selects pods of its file, by a port that they have."""
    for service in documents("Service", within=path):
        wanted = {key: value for key, value in service["spec"]["selector"].items() if "leaderworkerset" not in key}
        chosen = [pod for _, pod in pods(path) if wanted.items() <= pod["metadata"]["labels"].items()]
        assert len(chosen) == 1, service["metadata"]["name"]
        ports = {port["name"]: port["containerPort"] for port in containers(chosen[0])[0]["ports"]}
        assert all(ports[port["targetPort"]] == port["port"] for port in service["spec"]["ports"])


def test_addresses_are_services() -> None:
    """What the gateways are told to ask is there."""
    hosts = re.findall(r"(?:http://|@)([\w-]+)[:/]", f"{GATEWAY['model']} {IN_SECRET}")
    assert set(hosts) == {"vllm", "postgres"}
    assert set(hosts) <= {service["metadata"]["name"] for service in documents("Service")}


def test_ports_agree() -> None:
    """Who listens, who is looked at, who is let through and who is asked: one port for each."""
    ports = {
        port["port"]
        for policy in documents("NetworkPolicy")
        for rule in policy["spec"]["ingress"]
        for port in rule.get("ports", [])
    }
    assert ports == {GATEWAY["port"], 5432}
    assert f"EXPOSE {GATEWAY['port']}" in DOCKERFILE and f"ANTIPHON_PORT={GATEWAY['port']}" in DOCKERFILE
    assert set(re.findall(r":(\d+)/health", DOCKERFILE)) == {"8000"}
    published = compose("compose.yaml")["services"]["antiphon"]["ports"][0]
    assert (published["target"], published["host_ip"]) == (GATEWAY["port"], "127.0.0.1")
    for name in ("vllm", "vllm-ray leaderTemplate"):
        assert "--port=8000" in pod_of(name)["containers"][0]["args"]
    assert set(re.findall(r"server 10[\d.]+:(\d+)", (DEPLOY / "nginx.conf").read_text())) == {str(GATEWAY["port"])}


@pytest.mark.parametrize("name", [name for name, _ in pods()])
def test_no_service_becomes_a_setting(name: str) -> None:
    """A Service `antiphon` would set ANTIPHON_PORT, and `vllm` VLLM_PORT, in every pod that is not told otherwise."""
    assert pod_of(name)["enableServiceLinks"] is False
    assert pod_of(name)["automountServiceAccountToken"] is False


def test_pods_have_time_to_end() -> None:
    """What is under way may end before anything is killed: in a cluster, under compose, for vLLM as for Antiphon."""
    for name in ("antiphon", "vllm", "vllm-ray leaderTemplate"):
        pod = pod_of(name)
        waits_s = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
        drains_s = shutdown_of(pod["containers"][0]["args"]) or GATEWAY["drain_timeout"]
        assert pod["terminationGracePeriodSeconds"] >= waits_s + drains_s + MARGIN_S
    for file in COMPOSE:
        for service in compose(file)["services"].values():
            if drains_s := shutdown_of(service.get("command") or []):
                assert seconds(service["stop_grace_period"]) >= drains_s + MARGIN_S


def shutdown_of(arguments: list[str]) -> int:
    """Seconds that a command gives to what is under way; 0 where it does not say."""
    found = re.search(r"--(?:shutdown|drain)-timeout=(\d+)", " ".join(arguments))
    return int(found[1]) if found else 0


def seconds(text: str) -> int:
    """`1m15s`."""
    found = re.fullmatch(r"(?:(\d+)m)?(?:(\d+)s)?", text)
    assert found, text
    minutes, rest = found.groups("0")
    return 60 * int(minutes) + int(rest)


def test_a_lost_engine_kills_no_gateway() -> None:
    """/health decides who gets requests, and not who is started again."""
    container = pod_of("antiphon")["containers"][0]
    assert container["readinessProbe"]["httpGet"]["path"] == "/health"
    assert "httpGet" not in container["livenessProbe"] and "httpGet" not in container["startupProbe"]


def test_the_database_has_connections_for_all() -> None:
    """As many gateways as there may be, with those that replace them."""
    most = next(documents("HorizontalPodAutoscaler"))["spec"]["maxReplicas"]
    arguments = " ".join(pod_of("postgres")["containers"][0]["args"])
    allowed = re.search(r"max_connections=(\d+)", arguments)
    assert allowed and int(allowed[1]) >= 2 * most * GATEWAY["workers"] * NUM_CONNECTIONS


def test_the_balancer_waits_longer_than_we_do() -> None:
    """So that clients read why, in our words; and it takes bodies that we take."""
    told = re.findall(r"^\s*(\w+) (\d+)[sm];", (DEPLOY / "nginx.conf").read_text(), re.MULTILINE)
    assert int(dict(told)["proxy_read_timeout"]) > GATEWAY["request_timeout"]
    body, file = (int(value) << 20 for name, value in told if name == "client_max_body_size")
    assert body == Settings.model_fields["max_body_bytes"].default
    assert file > Settings.model_fields["max_file_bytes"].default + FORM_BYTES


def test_the_builder_gets_what_it_copies() -> None:
    """Each source of a COPY is there, and .dockerignore lets it through."""
    sources = [
        source for line in re.findall(r"^COPY (?!--from)(.+)", DOCKERFILE, re.MULTILINE) for source in line.split()[:-1]
    ]
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert set(sources) == let_through
    assert all((ROOT / source).exists() for source in sources)


def test_every_file_is_explained() -> None:
    """deploy/README.md names each, and every manifest is applied by one of the two kustomizations, or says why not."""
    readme = (DEPLOY / "README.md").read_text()
    files = [path.relative_to(DEPLOY) for path in DEPLOY.rglob("*") if path.is_file() and path.name != "README.md"]
    assert [str(path) for path in files if f"`{path}`" not in readme] == []
    applied = {
        (path.parent / name).resolve()
        for path in DEPLOY.rglob("kustomization.yaml")
        for name in read_yaml(path)[0]["resources"]
    }
    left = {path.name for path in manifests() if path.resolve() not in applied}
    assert left == {"autoscaling.yaml", "secret.example.yaml"}
