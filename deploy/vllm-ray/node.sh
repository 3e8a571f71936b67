#!/bin/sh
# One node of the Ray cluster that carries one vLLM.
#     vllm-node head ARGUMENTS...   starts Ray, waits until all nodes are there, becomes `vllm serve ARGUMENTS...`
#     vllm-node worker              waits for the head, joins it, and ends when that ends
# Variables: VLLM_HOST_IP, this node's address in the network of the nodes; RAY_NODES, how many there are (head);
# RAY_HEAD, the head's address (worker); RAY_PORT (6379); RAY_WAIT_S, how long to wait for the others (1800).
# It knows no model and starts nothing again: that is for whoever started it, because all must start together.
set -eu

port=${RAY_PORT:-6379}
limit_s=${RAY_WAIT_S:-1800}
: "${VLLM_HOST_IP:?is not set: the address of this node that the other nodes reach}"

start_ray() {
  ray start --node-ip-address="$VLLM_HOST_IP" --disable-usage-stats "$@"
}

wait_for_nodes() {
  python3 - "$1" "$limit_s" <<'PY'
import sys
import time

import ray

wanted, deadline = int(sys.argv[1]), time.monotonic() + float(sys.argv[2])
ray.init(address="auto", log_to_driver=False)
while (alive := sum(node["Alive"] for node in ray.nodes())) < wanted:
    if time.monotonic() > deadline:
        sys.exit(f"vllm-node: {alive} of {wanted} nodes came.")
    time.sleep(1)
PY
}

wait_for_head() {
  deadline=$(($(date +%s) + limit_s))
  until ray health-check --address "$RAY_HEAD:$port" >/dev/null 2>&1; do
    [ "$(date +%s)" -lt "$deadline" ] || { echo "vllm-node: no head at $RAY_HEAD:$port." >&2; exit 1; }
    sleep 2
  done
}

case ${1:-} in
  head)
    shift
    : "${RAY_NODES:?is not set: how many nodes there are, the head with them}"
    start_ray --head --port="$port" --include-dashboard=false
    wait_for_nodes "$RAY_NODES"
    exec vllm serve "$@" --distributed-executor-backend ray
    ;;
  worker)
    : "${RAY_HEAD:?is not set: the address of the head}"
    wait_for_head
    start_ray --address="$RAY_HEAD:$port" --block &
    trap 'kill "$!"' INT TERM  # as process 1 it would be deaf to them
    wait "$!"
    ;;
  *)
    echo "usage: vllm-node head ARGUMENTS... | vllm-node worker" >&2
    exit 2
    ;;
esac
