# The deterministic simulation of a node under faults.
#   make sim SEED=1 N=1000 W=2      runs seeds 1..1000 in 2 processes, each seed twice
#   make sim SEED=17 N=1 V=1        replays one seed and prints every request
SEED ?= 1
N ?= 1000
W ?= $(shell nproc)
PLANTED_N ?= 1000

# Every bug that can be planted; each must be caught within PLANTED_N seeds.
PLANTED_BUGS := no_translog_sync ack_before_sync skip_segment_sync skip_manifest_directory_sync \
  torn_tail_accepted replay_from_wrong_generation translog_trim_too_early version_map_not_restored \
  delete_lost_in_merge delete_lost_in_refresh stale_live_docs_on_flush seq_no_check_skipped \
  skip_checksum_check context_sees_refresh pit_freed_early scroll_cursor_stays context_ids_reused \
  contexts_survive_close noop_ignores_condition pit_fetch_forgets_search \
  state_not_synced wait_for_answers_early delete_lost_in_build failed_shard_stays \
  dead_engine_serves documents_of_any_shard

.PHONY: sim
sim: ## random operations, faults and crashes against a model; SEED= N= W= V=1
	@$(MAKE) --no-print-directory CONFIG=sim build/sim/simulator
	build/sim/simulator --seed $(SEED) --count $(N) --workers $(W) $(if $(V),--verbose --once)

.PHONY: sim-planted
sim-planted: ## each planted bug must be caught by the simulation; PLANTED_N=
	@$(MAKE) --no-print-directory CONFIG=sim build/sim/simulator
	@failed=0; for bug in $(PLANTED_BUGS); do \
	  build/sim/simulator --planted $$bug --count $(PLANTED_N) --workers $(W) || failed=1; done; exit $$failed
