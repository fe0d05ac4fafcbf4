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

.PHONY: specs
specs: ## writes the pages of spec/api/ from the tables in the code
	@for page in errors routes settings; do \
	  python3 scripts/generate/$$page.py > spec/api/$$page.md.new && mv spec/api/$$page.md.new spec/api/$$page.md || exit 1; \
	done

.PHONY: format
format: ## wraps lines that are too long, and touches nothing else; FILES="a.c b.h"
	scripts/format $(FILES)
