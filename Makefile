# `make run` and `make test` set up what is missing and do the work; the rest is for developers.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO ?= demo-desk
PACKAGES := python3-venv fonts-noto-cjk libreoffice-calc poppler-utils strace xvfb openbox xdotool xclip libegl1 libgl1 \
	libxkbcommon0 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1 libxcb-cursor0 libxcb-icccm4 \
	libxcb-image0 libxcb-keysyms1 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 libxcb-randr0

.PHONY: run test torture gui check bench build system clean

run: $(READY)
	$(BIN)/storedesk demo $(DEMO)
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" != Linux ]; then $(BIN)/storedesk $(DEMO); \
	else echo; echo "这台机器没有屏幕，窗口没有打开。有屏幕时运行：$(BIN)/storedesk $(DEMO)"; fi

test: $(READY)
	$(BIN)/python -m pytest -n 2

# The long runs: thousands of kills, faults, broken files and random days (an hour or more).
torture: $(READY)
	$(BIN)/python -m pytest -n 2 -m slow --timeout 7200

# The window's tests alone: here no event may hold its thread for more than 50 ms.
gui: $(READY)
	$(BIN)/python -m pytest tests/gui

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)
	@for bench in tests/benchmarks/bench_*.py; do echo "== $$bench"; \
		$(BIN)/python -m tests.benchmarks.$$(basename $$bench .py) || failed=1; done; exit $${failed:-0}

build: $(READY)
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

# The system's packages, once, where apt can be used: fonts, LibreOffice for the tests that open our
# workbooks with it, a virtual screen for the window's. Without them those tests skip and say so.
system:
	@if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && ! dpkg -s $(PACKAGES) >/dev/null 2>&1; \
	then \
		echo "installing system packages"; apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(PACKAGES) >/dev/null; \
	fi

$(READY): pyproject.toml constraints.txt | system
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	@touch $@

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis $(DEMO)
