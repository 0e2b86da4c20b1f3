# Two commands: `make run` and `make test`. See README.md.
PYTHON ?= python3
VENV := .venv
ARGS ?=
NAME ?= sync

.PHONY: run test bench fuzz lock sbom bundle audit clean
.SILENT:

run: $(VENV)/.run
	exec $(VENV)/bin/zhongtai up $(ARGS)

test: $(VENV)/.dev
	exec $(VENV)/bin/python -m tests.all $(ARGS)

bench: $(VENV)/.dev
	exec $(VENV)/bin/python -m bench $(NAME) $(ARGS)

# `make fuzz NAME=verifying`, `NAME=sources` (five minutes, unless ARGS says otherwise), `NAME=openapi`.
fuzz: $(VENV)/.dev
	$(VENV)/bin/python -m pip install -q --require-hashes --target .venv-fuzz --upgrade \
	  -r tests/fuzz/requirements.lock
	PYTHONPATH=.venv-fuzz exec $(VENV)/bin/python -m tests.fuzz.$(NAME) $(ARGS)

$(VENV)/bin/python:
	sh docker/check-python.sh "$(PYTHON)"
	"$(PYTHON)" -m venv $(VENV)

$(VENV)/.run: requirements.lock docker/pip.lock pyproject.toml | $(VENV)/bin/python
	sh docker/install.sh $(VENV) requirements.lock
	touch $@

$(VENV)/.dev: requirements-dev.lock docker/pip.lock pyproject.toml | $(VENV)/bin/python
	sh docker/install.sh $(VENV) requirements-dev.lock
	touch $@ $(VENV)/.run

# Makes the locks anew from the .in files (needs uv). No addresses are written into them.
lock:
	for name in docker/pip docker/audit requirements requirements-dev tests/fuzz/requirements; do \
	  uv pip compile $$name.in --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --no-annotate --no-header -q -o $$name.lock; \
	done

# What an installation is made of (CycloneDX 1.5), out of the lock: no network.
sbom: $(VENV)/.run
	$(VENV)/bin/python docker/sbom.py requirements.lock sbom.json

# One archive that installs without network (docs/deploy.md). ARGS="x86_64": for one machine only.
# Then it is installed and tried where there is no network.
bundle: $(VENV)/.run
	$(VENV)/bin/python -m docker.bundle dist $(ARGS)
	case "$(ARGS)" in ""|$$(uname -m)) sh docker/bundle-try.sh dist/zhongtai-*-bundle.tar "$$(readlink -f $(VENV)/bin/python)";; esac

# Known weaknesses of what the lock pins, by an advisory service on the network.
# ARGS=--where-reached: a service that is not reached fails nothing (CI).
audit: $(VENV)/.run .venv-audit/.made
	PYTHONPATH=.venv-audit $(VENV)/bin/python docker/audit.py requirements.lock $(ARGS)

.venv-audit/.made: docker/audit.lock | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install -q --require-hashes --target .venv-audit --upgrade \
	  -r docker/audit.lock
	touch $@

clean:
	rm -rf $(VENV) .venv-fuzz .venv-audit sbom.json dist *.egg-info build
