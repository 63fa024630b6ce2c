# PolyglotKernel: `make run` shows it, `make test` tests it. All of it lives in this folder:
# .venv (Python and its packages), .julia (Julia, only where the machine has none).
# PYTHON=python3.12 makes .venv of another Python; JULIA=/path/to/julia chooses another Julia, for any goal.

PYTHON ?= python3
JULIA ?= $(POLYGLOT_JULIA)
ifneq ($(JULIA),)
export POLYGLOT_JULIA := $(JULIA)
endif
BIN := .venv/bin
SAY := @printf '\033[1m%s\033[0m\n'
PIP := $(BIN)/python -m pip install --disable-pip-version-check
# pip's progress: a line for each package
PACKAGES := awk '/^Collecting/ { print "  " $$2; fflush() } \
	/^Installing/ { print "  installing"; fflush() }'
SHELL := bash
.SHELLFLAGS := -o pipefail -c

.PHONY: run test fuzz soak presses console lab labextension bench image setup lint clean

run: setup
	@$(BIN)/python examples/show.py examples/tour.ipynb

test: setup image labextension
	$(SAY) 'Tests in Julia'
	@"$${POLYGLOT_JULIA:-$$(cat .venv/julia)}" --startup-file=no julia/test/runtests.jl
	$(SAY) 'Tests in Python, and of the real kernel'
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# 50,000 hostile messages; FUZZ='--seed 7 --count 1000' fires others, or fewer.
fuzz: setup
	@$(BIN)/python test/fuzz.py $(FUZZ)

# 20,000 cells with interrupts and kills; SOAK='--seed 7 --count 1000' runs others, or fewer.
soak: setup
	@$(BIN)/python test/soak.py $(SOAK)

# The stop button at random moments of 70 kinds of code, five times each; PRESSES='--rounds 1' for fewer.
presses: setup
	@$(BIN)/python test/presses.py $(PRESSES)

console: setup
	@$(BIN)/jupyter console --kernel polyglot

lab: setup .venv/lab labextension
	@$(BIN)/jupyter lab examples/tour.ipynb

# Each cell in the colours of its language. Without Node.js, JupyterLab has all but them.
LABEXTENSION := .venv/share/jupyter/labextensions/polyglot-kernel
labextension: .venv/installed
	$(SAY) 'The extension for JupyterLab (labextension), up to two minutes the first time'
	@if $(BIN)/python labextension/build_hook.py; then \
		rm -rf $(LABEXTENSION) && mkdir -p $(LABEXTENSION) && \
		cp -R labextension/built/. $(LABEXTENSION); fi

bench: setup image .venv/bench
	@$(BIN)/python -m bench $(if $(JULIA),--julia '$(JULIA)')

# Julia before 1.9 compiles the kernel anew at each start. An image halves the time of the tests.
image: setup
	$(SAY) 'The kernel as a Julia image, where it is of use'
	@$(BIN)/polyglot-kernel compile --if-possible

lint: setup
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

setup: .venv/ready

.venv/installed: pyproject.toml
	$(SAY) 'Python packages (.venv), about half a minute the first time'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@POLYGLOT_LABEXTENSION=no $(PIP) -e '.[test]' | $(PACKAGES)
	@touch $@

# The path of Julia; polyglot_shim.find_julia says which one is taken.
.venv/julia: .venv/installed
	$(SAY) 'Julia'
	@$(BIN)/polyglot-kernel fetch-julia --if-needed
	@$(BIN)/python -m polyglot_shim.find_julia > $@.new && mv $@.new $@

.venv/ready: .venv/julia
	$(SAY) 'Checking the parts, and compiling the Julia package'
	@$(BIN)/polyglot-kernel doctor
	@touch $@

.venv/lab .venv/bench: .venv/%: .venv/installed
	$(SAY) 'More Python packages for make $*'
	@POLYGLOT_LABEXTENSION=no $(PIP) -e '.[$*]' | $(PACKAGES)
	@touch $@

clean:
	rm -rf .venv .julia build dist .pytest_cache .ruff_cache .hypothesis
	rm -rf $(addprefix labextension/,built lib node_modules .yarn)
