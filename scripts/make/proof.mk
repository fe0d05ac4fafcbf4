# Proof on a running server: crashes under load, and figures beside the reference.
COUNT ?= 50
DOCS ?= 1000000
REFERENCE ?= 9201

.PHONY: kill-test
kill-test: ## kill -9 under bulk load, COUNT times; acknowledged documents must be there, once
	@$(MAKE) --no-print-directory -s CONFIG=release build/release/quidditch
	python3 scripts/kill-test build/release/quidditch $(COUNT)

.PHONY: tls-test
tls-test: ## HTTPS against a started server: versions, client certificates, broken and slow handshakes
	@$(MAKE) --no-print-directory -s $(PARALLEL) CONFIG=release build/release/quidditch
	@python3 scripts/tls-test build/release/quidditch

.PHONY: bench
bench: ## figures beside the reference (make bench DOCS=1000000 REFERENCE=port); scripts/reference starts one
	@$(MAKE) --no-print-directory -s CONFIG=release build/release/quidditch
	python3 scripts/bench build/release/quidditch --reference $(REFERENCE) --docs $(DOCS)
