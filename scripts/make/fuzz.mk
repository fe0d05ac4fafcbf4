# Fuzzing. One source per target (fuzz/fuzz_<name>.c with LLVMFuzzerTestOneInput), three ways to run it:
#   libFuzzer   make fuzz F=http S=60
#   replay      make fuzz-replay: all corpora under ASan and UBSan, then S seconds of fresh inputs each
#   AFL++       make CONFIG=afl build/afl/fuzz_http, then
#               AFL_SKIP_CPUFREQ=1 afl-fuzz -i fuzz/corpus/http -o build/afl/http -- build/afl/fuzz_http
#               afl-clang-fast's own driver for -fsanitize=fuzzer runs the same entry point in persistent mode.

# http-parser is the second opinion of one fuzz target; nothing else links it.
$(BUILD)/fuzz_http: FUZZ_EXTRA_LIBS := -lhttp_parser

FUZZ_SECONDS ?= 10
S ?= 60

.PHONY: fuzz
fuzz: ## fuzzes one target: F=name [S=seconds]; what it finds new stays in build/fuzz/corpus/name
	@test -n "$(F)" || { echo "usage: make fuzz F=name [S=seconds]; names: $(FUZZ_TARGETS)"; exit 2; }
	@$(MAKE) --no-print-directory -s $(PARALLEL) CONFIG=fuzz build/fuzz/fuzz_$(F)
	@mkdir -p build/fuzz/corpus/$(F) build/fuzz/artifacts
	build/fuzz/fuzz_$(F) -max_total_time=$(S) -timeout=20 -rss_limit_mb=2048 \
	  -artifact_prefix=build/fuzz/artifacts/$(F)- build/fuzz/corpus/$(F) fuzz/corpus/$(F)

.PHONY: fuzz-replay
fuzz-replay: ## replays all fuzz corpora and fuzzes each target for FUZZ_SECONDS (10)
	@$(MAKE) --no-print-directory -s $(PARALLEL) CONFIG=fuzz $(FUZZ_TARGETS:%=build/fuzz/fuzz_%)
	@python3 scripts/fuzz_replay.py --seconds $(FUZZ_SECONDS) --jobs $(JOBS) --build build/fuzz $(FUZZ_TARGETS)
