# The audit: wrong requests to every route, to Quidditch and to the reference, errors compared.

.PHONY: audit
audit: compat-setup compat-server ## wrong requests to every route of ours and of the reference; C= for some
	@URL="$(URL)" scripts/compat audit $(if $(C),--only "$(C)")
