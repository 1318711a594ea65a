# Each target sets up everything that it needs; `make setup` alone only sets up.
# On Windows and macOS the README's plain pip lines do the same.

PYTHON ?=
export PYTHON

# Test processes side by side.
WORKERS ?= 2

BIN := .venv/bin

.PHONY: setup demo test check bench words migration lock clean

setup:
	@installers/setup
	@echo "Ready: $(BIN)/viajante"

demo:
	@installers/setup
	$(BIN)/viajante demo

test:
	@installers/setup --postgresql
	QT_QPA_PLATFORM=offscreen $(BIN)/python tests/with_postgresql.py \
	    $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(TESTS)

check:
	@installers/setup
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy --strict
	$(BIN)/lint-imports

bench:
	@installers/setup
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m benchmarks

# The catalogues follow the code: new words are added empty, unused ones leave.
words:
	@installers/setup
	$(BIN)/python -m resources.locale.words update
	$(BIN)/python -m resources.locale.words compile
	$(BIN)/python -m resources.locale.words check

migration:
	@installers/setup
	$(BIN)/python -m installers.new_migration "$(NAME)"

lock:
	installers/lock --upgrade

# Everything that the other targets make, but for .venv.
clean:
	rm -rf build dist out .postgresql .hypothesis .mypy_cache .ruff_cache .import_linter_cache
	rm -rf .pytest_cache .coverage* *.egg-info
	rm -f resources/locale/*/LC_MESSAGES/app.mo
	find . -path ./.venv -prune -o -name __pycache__ -prune -exec rm -rf {} +
