.PHONY: formats
formats: ## the sample indices of compat-tests/formats/ are still readable
	@$(MAKE) --no-print-directory -s CONFIG=release build/release/quidditch
	@scripts/formats-test
