# Compatibility tests: the official REST suite and the project's own corpus. `scripts/compat help` says what
# each does.
# C=text runs the matching tests; URL=http://… runs against any server, TARGET=opensearch against the
# reference.
COMPAT_ARGS = $(if $(C),-k "$(C)") $(COMPAT_EXTRA)

.PHONY: compat-setup
compat-setup:
	@scripts/compat setup

# The suite measures Quidditch only when no other server is named.
.PHONY: compat
compat: compat-setup $(if $(URL)$(TARGET),,compat-server) ## official suite and own corpus; C= URL= TARGET=opensearch
	@URL="$(URL)" TARGET="$(TARGET)" scripts/compat run $(COMPAT_ARGS)

.PHONY: compat-server
compat-server:
	@$(MAKE) --no-print-directory CONFIG=release build/release/quidditch

.PHONY: compat-accept
compat-accept: compat-setup compat-server ## run all and add what newly passes to the ratchet
	@scripts/compat accept

.PHONY: compat-record
compat-record: compat-setup ## record the reference's answers to the own corpus; C= for some of them
	@URL="$(URL)" scripts/compat record $(COMPAT_ARGS)

.PHONY: compat-report
compat-report: compat-setup compat-server ## run all and write build/compat/report.md and report.html
	@scripts/compat report

.PHONY: clients
clients: compat-setup compat-server ## the official Python and JavaScript clients against Quidditch
	@URL="$(URL)" TARGET="$(TARGET)" scripts/compat clients $(COMPAT_ARGS)

.PHONY: differential
differential: compat-setup compat-server ## random requests to Quidditch and to the reference; SEED= SEEDS= N=
	@URL="$(URL)" scripts/compat differential $(if $(SEED),--seed $(SEED)) \
	  $(if $(SEEDS),--seeds $(SEEDS)) $(if $(N),--requests $(N))
