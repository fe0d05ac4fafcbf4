# Quidditch: one non-recursive Makefile. `make help` lists the targets.
# Configurations: release (default for the server), debug (ASan + UBSan; tests), tsan, fuzz (clang, libFuzzer),
# afl (AFL++), sim (planted bugs can be switched on), cov (gcov).

CONFIG ?= release
CC_release ?= gcc
CC_debug ?= gcc
CC_tsan ?= gcc
CC_sim ?= gcc
CC_fuzz ?= clang-19
CC_afl ?= afl-clang-fast
CC_cov ?= gcc
# Compilers and fuzzers at once; more than four are of no use to anyone's memory.
JOBS ?= $(shell n=$$(nproc); echo $$(( n > 4 ? 4 : n )))
# Not within a make that already shares out its jobs.
PARALLEL = $(if $(filter --jobserver%,$(MAKEFLAGS)),,-j$(JOBS))
ifneq ($(shell command -v ccache 2>/dev/null),)
CCACHE := ccache
endif
ifneq ($(origin CC),default)
CC_release := $(CC)
CC_debug := $(CC)
CC_sim := $(CC)
CC_tsan := $(CC)
endif

BUILD := build/$(CONFIG)
PACKAGES := libuv yyjson libllhttp mbedtls mbedx509 mbedcrypto icu-uc icu-i18n liblz4 libzstd libxxhash zlib
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
  -Wswitch-enum -Wimplicit-fallthrough -Wcast-align -Wformat=2 -Wundef -Wvla -Werror
CPPFLAGS := -Isrc -Iinclude -I. -D_GNU_SOURCE -MMD -MP
CFLAGS_common := -std=c17 $(WARNINGS) -g -march=x86-64-v2 -fno-omit-frame-pointer -ffp-contract=off \
  $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
HARDENING := -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
CFLAGS_release := -O2 $(HARDENING)
# Under a sanitizer gcc 12 reports memory handed to a const parameter as maybe uninitialised: a false alarm.
SANITIZER_WARNINGS := $(if $(findstring clang,$(CC_$(CONFIG))),,-Wno-maybe-uninitialized)
CFLAGS_debug := -O1 $(SANITIZER_WARNINGS) -DQD_DEBUG=1 -fsanitize=address,undefined -fno-sanitize-recover=all
CFLAGS_tsan := -O1 $(SANITIZER_WARNINGS) -DQD_DEBUG=1 -fsanitize=thread
CFLAGS_fuzz := -O1 -DQD_DEBUG=1 -DQD_FUZZ=1 -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all
CFLAGS_afl := -O2 -DQD_DEBUG=1 -DQD_FUZZ=1
CFLAGS_cov := -O0 -DQD_DEBUG=1 --coverage
CFLAGS_sim := -O2 -DQD_DEBUG=1 -DQD_PLANTED_BUGS=1
LDFLAGS_release := -pie -Wl,-z,relro,-z,now
LDFLAGS_debug := -fsanitize=address,undefined
LDFLAGS_tsan := -fsanitize=thread
LDFLAGS_fuzz := -fsanitize=address,undefined,fuzzer
LDFLAGS_afl := -fsanitize=fuzzer
LDFLAGS_cov := --coverage
LDFLAGS_sim :=
LIBS := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lstemmer -lm -lpthread

COMPILE := $(CCACHE) $(CC_$(CONFIG)) $(CPPFLAGS) $(CFLAGS_common) $(CFLAGS_$(CONFIG)) $(EXTRA_CFLAGS)

ALL_C := $(sort $(wildcard src/*/*.c src/*/*/*.c))
TEST_C := $(filter %_test.c,$(ALL_C))
MAIN_C := src/node/main.c
LIB_C := $(filter-out $(TEST_C) $(MAIN_C),$(ALL_C))
FAKE_C := $(sort $(wildcard simulation/fake/*.c))
SIM_C := $(sort $(wildcard simulation/*.c))
FUZZ_C := $(sort $(wildcard fuzz/fuzz_*.c))
FUZZ_TARGETS := $(patsubst fuzz/fuzz_%.c,%,$(FUZZ_C))

obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))

.DEFAULT_GOAL := all
.PHONY: all
all: $(BUILD)/quidditch ## build the server (CONFIG=release|debug|tsan|sim|cov)

$(BUILD)/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(COMPILE) -c -o $@ $<

$(BUILD)/libquidditch.a: $(call obj,$(LIB_C))
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/quidditch: $(call obj,$(MAIN_C)) $(BUILD)/libquidditch.a
	$(CC_$(CONFIG)) -o $@ $^ $(LDFLAGS_$(CONFIG)) $(LIBS)

$(BUILD)/tests: $(call obj,$(TEST_C)) $(call obj,$(FAKE_C)) $(BUILD)/libquidditch.a
	$(CC_$(CONFIG)) -o $@ $^ $(LDFLAGS_$(CONFIG)) -lcmocka $(LIBS)

$(BUILD)/simulator: $(call obj,$(SIM_C)) $(call obj,$(FAKE_C)) $(BUILD)/libquidditch.a
	$(CC_$(CONFIG)) -o $@ $^ $(LDFLAGS_$(CONFIG)) $(LIBS)

$(BUILD)/fuzz_%: $(BUILD)/obj/fuzz/fuzz_%.o $(call obj,$(FAKE_C)) $(BUILD)/libquidditch.a
	$(CC_$(CONFIG)) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LDFLAGS_$(CONFIG)) $(LIBS) $(FUZZ_EXTRA_LIBS)

.PHONY: link-flags
link-flags: ## what a program that embeds the server links behind libquidditch.a
	@echo $(LIBS)

.PRECIOUS: $(BUILD)/obj/%.o $(BUILD)/obj/fuzz/%.o

.PHONY: test
test: ## unit and contract tests under ASan and UBSan; T=module or T=module/name runs some of them
	@$(MAKE) --no-print-directory -s $(PARALLEL) CONFIG=debug build/debug/tests
	build/debug/tests $(T)

.PHONY: compile-tests
compile-tests: ## build the unit tests without running them
	@$(MAKE) --no-print-directory -s $(PARALLEL) CONFIG=debug build/debug/tests

.PHONY: clean
clean: ## remove everything that was built
	rm -rf build

.PHONY: help
help: ## this list
	@grep -hE '^[a-zA-Z_-]+:.*##' $(MAKEFILE_LIST) scripts/make/*.mk 2>/dev/null | sort -u | sed -E 's/^([a-zA-Z_-]+):[^#]*## /  \1\t/' | expand -t 24

-include $(wildcard scripts/make/*.mk)
DEPENDENCIES := $(patsubst %.o,%.d,$(call obj,$(ALL_C) $(FAKE_C) $(SIM_C) $(FUZZ_C)))
-include $(DEPENDENCIES)
