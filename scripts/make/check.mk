# What a merge needs. Steps that belong to a part of their own are run when that part's makefile exists.
CHECK_STEPS := tidy-test tidy test formats tls-test fuzz-replay \
  $(if $(wildcard scripts/make/sim.mk),sim sim-planted) \
  $(if $(wildcard scripts/make/compat.mk),compat clients)

.PHONY: check
check: ## everything a merge needs: tidy, tests, fuzz corpora, simulation, compatibility, clients
	@MAKE="$(MAKE)" JOBS=$(JOBS) python3 scripts/check.py $(CHECK_STEPS)

.PHONY: tidy
tidy: compile-release ## layers, banned calls, sizes, header documentation, symbols, generated files
	@python3 scripts/tidy.py --objects build/release/obj

.PHONY: tidy-test
tidy-test: ## tests of the tidy checks themselves
	@python3 scripts/tidy_test.py

.PHONY: tidy-ratchet
tidy-ratchet: compile-release ## lowers the entries of scripts/tidy-exceptions.txt to what is there now
	@python3 scripts/tidy.py --objects build/release/obj --ratchet

.PHONY: compile-release
compile-release:
	@$(MAKE) --no-print-directory $(PARALLEL) -s CONFIG=release build/release/libquidditch.a
