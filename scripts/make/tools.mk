# Tools of a developer.

.PHONY: cov
cov: ## line coverage of the unit tests: build/cov/coverage.txt
	@$(MAKE) --no-print-directory -s $(PARALLEL) CONFIG=cov build/cov/tests
	@find build/cov -name '*.gcda' -delete
	build/cov/tests $(T) > build/cov/tests.log || { tail -3 build/cov/tests.log; exit 1; }
	gcovr --root . --filter src/ --exclude '.*_test\.c' --exclude '.*_table\.c' build/cov/obj > build/cov/coverage.txt
	@tail -n 3 build/cov/coverage.txt

.PHONY: tsan
tsan: ## unit and contract tests under ThreadSanitizer; T=module
	@$(MAKE) --no-print-directory -s $(PARALLEL) CONFIG=tsan build/tsan/tests
	build/tsan/tests $(T)

.PHONY: routes
routes: ## writes spec/api/routes.md from the route tables
	python3 scripts/generate/routes.py > spec/api/routes.md.new
	mv spec/api/routes.md.new spec/api/routes.md

.PHONY: format
format: ## wraps lines that are too long, and touches nothing else; FILES="a.c b.h"
	scripts/format $(FILES)
