# Two commands do all the set-up on a fresh machine: `make audit` and `make test`.
# All that they need is python3 (3.11 or newer) with its venv module.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= out

.PHONY: audit test test-images test-lab check format bench models profiles examples image-cases kills mutants ownership twins job image-job man dist clean help

help: ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

$(BIN)/rempart: pyproject.toml
	@echo "Making the environment in $(VENV) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is older than 3.11: give another one with make PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "on Debian: apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@$(BIN)/python -m compileall -q core agent reports store controller server
	@touch $@

$(VENV)/dev: $(BIN)/rempart
	@echo "Adding what the tests need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

# Findings are what an audit is for, so they do not fail this target; its own status is printed.
audit: $(BIN)/rempart ## audit this machine: findings here, reports in out/
	@mkdir -p $(OUT)
	@# In the background, so that a signal that ends make reaches it: the reports of an interrupted audit are written too.
	@$(BIN)/rempart audit --engine embedded --junit $(OUT)/junit.xml --html $(OUT)/report.html --json $(OUT)/run.json \
		--markdown $(OUT)/summary.md & audit=$$!; trap 'kill -TERM $$audit' INT TERM HUP; \
	while wait $$audit; status=$$?; kill -0 $$audit 2>/dev/null; do :; done; \
	echo; echo "Exit status of the audit: $$status (0 nothing open, 1 findings, 3 incomplete, 143 interrupted)"; \
	case $$status in 0|1|3) echo "Reports: $(OUT)/report.html $(OUT)/junit.xml $(OUT)/run.json $(OUT)/summary.md";; \
	*) exit $$status;; esac

# Modules of tests run in parallel, one for each processor: JOBS=1 runs one after the other. `make test` runs one more, for
# tests wait as well: for hosts that do not answer, for deadlines, for what is written to reach the disk.
PROCESSORS := $(shell getconf _NPROCESSORS_ONLN)
test: JOBS ?= $(shell expr $(PROCESSORS) + 1)
test-images test-lab examples: JOBS ?= $(PROCESSORS)
PYTEST = $(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

test: $(VENV)/dev ## run every test but those on booted machines
	@$(PYTEST) -m "not lab" --ignore tests/lab

# Each kind of disk, file system and container, made by its own tools: here a tool that is missing is a
# failure. Only btrfs needs root.
test-images: $(VENV)/dev ## run the tests of images; each tool must be there: none may be skipped
	@$(PYTEST) --no-skips tests/images tests/agent/images tests/agent/engines/embedded/test_image_engine.py \
		tests/agent/engines/embedded/test_image_containers.py

test-lab: $(VENV)/dev ## run the tests on booted machines: needs root and systemd-nspawn
	@$(PYTEST) -m lab tests/lab

# TESTS=no leaves the tests out, for whoever runs `make test` by itself after it.
check: $(VENV)/dev ## format, lint, types, imports, content, tests, docs
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/mypy --config-file .ci/mypy-elsewhere.ini --platform win32 --cache-dir .mypy_cache/win32
	@$(BIN)/mypy --config-file .ci/mypy-elsewhere.ini --platform darwin --cache-dir .mypy_cache/darwin
	@$(BIN)/lint-imports
	@# "file" is a table of ours, which vermin takes for Python 2's builtin
	@$(BIN)/vermin --quiet --no-tips --violations --exclude file -t=3.8- agent/rempart_agent/said.py agent/rempart_agent/source agent/rempart_agent/formats agent/rempart_agent/models \
		agent/rempart_agent/readers agent/rempart_agent/tables agent/rempart_agent/targets agent/rempart_agent/collector agent/rempart_agent/__init__.py playbooks/roles/change/module_utils
	@cd playbooks && ../$(BIN)/python -m ansiblelint --offline --profile production -q
	@$(BIN)/rempart checks lint
	@$(BIN)/rempart checks test
	@test "$(TESTS)" = no || $(MAKE) --no-print-directory test

format: $(VENV)/dev ## format and fix what can be fixed
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(VENV)/dev ## measure against goss, testinfra and bare osquery: medians and ratios
	@$(BIN)/python bench/compare.py
	@$(BIN)/python bench/daemon.py
	@$(BIN)/python bench/reports.py
	@$(BIN)/python bench/secret_search.py
	@$(BIN)/python bench/image.py
	@$(BIN)/python bench/container.py
	@$(BIN)/python bench/walk.py
	@$(BIN)/python bench/server.py

# MODEL=pam CASES=10000 SEED=7 narrow it. Needs root and the oracles' packages, which .ci/run installs.
models: $(VENV)/dev ## hold the models against the real programs: 10,000 random cases each
	@PYTHONPATH=tests:tests/support $(BIN)/python -m rempart_testing.models \
		$(if $(CASES),--cases $(CASES)) $(if $(SEED),--seed $(SEED)) $(if $(SECONDS),--seconds $(SECONDS)) $(MODEL)

# After checks were added, or answers, or what they answer changed: then read the difference.
profiles: $(VENV)/dev ## write the supports-… profiles, what each profile selects, and the tables of docs/benchmarks.md
	@PYTHONPATH=tests/support $(BIN)/python -m rempart_testing.foreign_profiles
	@REMPART_UPDATE_GOLDEN=1 $(BIN)/python -m pytest -q -p no:cacheprovider tests/checks/test_profiles.py tests/docs/test_benchmarks.py

# CASES=10000 SEED=7 say how many damaged images each reader is shown, and which.
image-cases: $(VENV)/dev ## show damaged images to every reader of images and archives: 10,000 each
	@REMPART_CASES=$(or $(CASES),10000) REMPART_ARCHIVE_CASES=$(or $(CASES),10000) $(BIN)/python -m pytest -q \
		tests/agent/images tests/agent/readers/files/test_archive.py $(if $(SEED),--hypothesis-seed=$(SEED))

# CASES=10000 SEED=7 say how many examples of each property, and which.
examples: $(VENV)/dev ## try 1,000 examples of each property, where `make test` tries 50
	@REMPART_EXAMPLES=$(or $(CASES),1000) $(PYTEST) -m "hypothesis and not lab" --ignore tests/lab \
		$(if $(SEED),--hypothesis-seed=$(SEED))

# CASES=10000 SEED=7 say how many sequences, and which.
ownership: $(VENV)/dev ## others edit while fixes are done, killed and undone: 3,000 sequences
	@REMPART_SEQUENCES=$(or $(CASES),3000) $(BIN)/python -m pytest -q -s tests/playbooks/fix/test_ownership.py \
		$(if $(SEED),--hypothesis-seed=$(SEED))

# CASES=200 SEED=7 say how many sequences, and which; FAULT=settle or FAULT=all plants faults that they have to find.
# Needs root, and boots machines.
twins: $(VENV)/dev ## others work on a booted host while fixes are done, killed and undone: it equals its twin then
	@PYTHONPATH=tests:tests/support:playbooks/roles/change/module_utils $(BIN)/python -m rempart_testing.twins \
		$(if $(CASES),--cases $(CASES)) $(if $(SEED),--seed $(SEED)) $(if $(ENOUGH),--enough $(ENOUGH)) \
		$(if $(PAIRS),--pairs $(PAIRS)) $(if $(FAULT),--fault "$(FAULT)")

# Needs root, boots five machines, and takes a quarter of an hour: a command of its own, no part of CI.
job: $(VENV)/dev ## fix and roll back hosts on which others are at work, and whole profiles; says the seconds
	@REMPART_JOB=1 $(BIN)/python -m pytest -q -s tests/lab/test_main_job.py tests/lab/test_whole_profile.py tests/lab/test_benchmark_profile.py

# Needs root, debootstrap, LVM's tools, and packages of Debian; takes a quarter of an hour. GITLAB_CI_LOCAL=…/gitlab-ci-local
# names that program, where every user may run it.
image-job: $(VENV)/dev ## a Debian in four formats is judged, attested, verified, here and by GitLab's job; says seconds and memory
	@$(BIN)/python tests/images/main_job.py

# TRIALS=500 SEED=7 say how often, and when.
kills: $(VENV)/dev ## kill server, workers and PostgreSQL 100 times while machines report: nothing confirmed is lost or stored twice
	@PYTHONPATH=tests/support $(BIN)/python -m rempart_testing.kill_trials \
		$(if $(TRIALS),--trials $(TRIALS)) $(if $(SEED),--seed $(SEED))
	@REMPART_KILLS=$(or $(TRIALS),100) REMPART_SEED=$(or $(SEED),1) $(BIN)/python -m pytest -q tests/server/test_killed_database.py

# MODULE=wave narrows it, RULES=1 takes conditions out and changes nothing else. It takes hours: a command of its own, no
# part of CI.
mutants: $(VENV)/dev ## change rules of safety one by one: is there a test that fails?
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'cosmic-ray>=8.3'
	@$(BIN)/python bench/mutants.py $(MODULE)

man: $(VENV)/dev ## write the manual page into out/: man -l out/rempart.1
	@$(BIN)/python manual/manual_page.py $(OUT)/rempart.1

dist: $(VENV)/dev ## build wheel and source archive into dist/, the manual page with them
	@$(BIN)/python -m build --no-isolation --outdir dist .

clean: ## take away what was made
	@rm -rf $(VENV) $(OUT) .mypy_cache .ruff_cache .pytest_cache .hypothesis
