# Fuzzing. One source per target (fuzz/fuzz_<name>.c with LLVMFuzzerTestOneInput), three ways to run it:
#   libFuzzer   make fuzz F=http S=60
#   replay      make fuzz-replay: all corpora under ASan and UBSan, then S seconds of fresh inputs each
#   AFL++       make afl F=http S=60 (installed by scripts/setup all); make afl-build builds every target
#               afl-clang-fast's own driver for -fsanitize=fuzzer runs the same entry point in persistent mode.

# http-parser is the second opinion of one fuzz target; nothing else links it.
$(BUILD)/fuzz_http: FUZZ_EXTRA_LIBS := -lhttp_parser

# Whole requests are mutated by a part of its own, with the words of the API at hand.
$(BUILD)/fuzz_rest: $(BUILD)/obj/fuzz/request_mutator.o
build/fuzz/rest.dict: scripts/generate/fuzz_dictionary.py spec/api/routes.md
	@mkdir -p $(@D)
	python3 $< > $@.new
	@mv $@.new $@

FUZZ_SECONDS ?= 10
FUZZ_SEED ?= 0
S ?= 60

.PHONY: fuzz
fuzz: ## fuzzes one target: F=name [S=seconds]; what it finds new stays in build/fuzz/corpus/name
	@test -n "$(F)" || { echo "usage: make fuzz F=name [S=seconds]; names: $(FUZZ_TARGETS)"; exit 2; }
	@$(MAKE) --no-print-directory -s $(PARALLEL) CONFIG=fuzz build/fuzz/fuzz_$(F) build/fuzz/rest.dict
	@mkdir -p build/fuzz/corpus/$(F) build/fuzz/artifacts
	build/fuzz/fuzz_$(F) $(if $(filter rest,$(F)),-dict=build/fuzz/rest.dict) -max_total_time=$(S) -timeout=20 -rss_limit_mb=2048 \
	  -artifact_prefix=build/fuzz/artifacts/$(F)- build/fuzz/corpus/$(F) fuzz/corpus/$(F)

.PHONY: fuzz-replay
fuzz-replay: ## replays all fuzz corpora and fuzzes each target for FUZZ_SECONDS (10)
	@$(MAKE) --no-print-directory -s $(PARALLEL) CONFIG=fuzz $(FUZZ_TARGETS:%=build/fuzz/fuzz_%) build/fuzz/rest.dict
	@python3 scripts/fuzz_replay.py --seconds $(FUZZ_SECONDS) --seed $(FUZZ_SEED) --jobs $(JOBS) --build build/fuzz $(FUZZ_TARGETS)

.PHONY: afl
afl: ## fuzzes one target with AFL++: F=name [S=seconds]; findings in build/afl/out/name
	@test -n "$(F)" || { echo "usage: make afl F=name [S=seconds]; names: $(FUZZ_TARGETS)"; exit 2; }
	@$(MAKE) --no-print-directory -s $(PARALLEL) CONFIG=afl build/afl/fuzz_$(F) build/fuzz/rest.dict
	@mkdir -p build/afl/out/$(F)
	AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1 afl-fuzz -V $(S) -t 5000+ \
	  $(if $(filter rest,$(F)),-x build/fuzz/rest.dict) -i fuzz/corpus/$(F) -o build/afl/out/$(F) -- build/afl/fuzz_$(F)

.PHONY: afl-build
afl-build: ## builds every fuzz target for AFL++
	@$(MAKE) --no-print-directory -s $(PARALLEL) CONFIG=afl $(FUZZ_TARGETS:%=build/afl/fuzz_%)
