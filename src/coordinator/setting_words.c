#include "coordinator/setting_words.h"

#include <string.h>

#include "base/text.h"

/* How a wrong value is shown. */
enum shown { AS_GIVEN, IN_CAPITALS, NOT_SHOWN };

static const struct words {
    const char *key;
    const char *words;  /* small, between blanks; case does not matter */
    const char *before; /* the reason up to the value */
    const char *after;  /* and behind it */
    enum shown shown;
} rows[] = {
#define ADMISSION(key)                                                                                       \
    { key, " disabled monitor_only enforced ", "Invalid AdmissionControlMode: ", "", AS_GIVEN }
    ADMISSION("admission_control.transport.cpu_usage.mode_override"),
    ADMISSION("admission_control.transport.io_usage.mode_override"),
    ADMISSION("admission_control.transport.mode"),
    ADMISSION("admission_control.transport.native_memory_usage.mode_override"),
#undef ADMISSION
    { "cluster.migration.direction", " none remote_store docrep ", "[",
      "] migration.direction is not supported.", AS_GIVEN },
    { "cluster.no_cluster_manager_block", " all write metadata_write ", "invalid no-cluster-manager block [",
      "], must be one of [all, write, metadata_write]", AS_GIVEN },
    { "cluster.no_master_block", " all write metadata_write ", "invalid no-cluster-manager block [",
      "], must be one of [all, write, metadata_write]", AS_GIVEN },
    { "cluster.persistent_tasks.allocation.enable", " all none ", "Illegal value [",
      "] for [cluster.persistent_tasks.allocation.enable]", IN_CAPITALS },
    { "cluster.remote_store.compatibility_mode", " strict mixed ", "[",
      "] compatibility mode is not supported. supported modes are [[STRICT, MIXED]]", AS_GIVEN },
#define HASH(key)                                                                                            \
    { key, " fnv_1a_base64 fnv_1a_composite_1 ", "Could not parse PathHashAlgorithm for [", "]", AS_GIVEN }
#define PATH(key)                                                                                            \
    { key, " fixed hashed_prefix hashed_infix ", "Could not parse PathType for [", "]", AS_GIVEN }
    HASH("cluster.remote_store.index.path.hash_algorithm"),
    PATH("cluster.remote_store.index.path.type"),
    HASH("cluster.remote_store.index_metadata.path_hash_algo"),
    PATH("cluster.remote_store.index_metadata.path_type"),
    HASH("cluster.remote_store.routing_table.path_hash_algo"),
    PATH("cluster.remote_store.routing_table.path_type"),
#undef HASH
#undef PATH
    { "cluster.remote_store.state.checksum_validation.mode", " debug trace failure none ", "[",
      "] mode is not supported. supported modes are [[DEBUG, TRACE, FAILURE, NONE]]", AS_GIVEN },
#define PRIORITY(key)                                                                                        \
    { key, " immediate urgent high normal low languid ", "No enum constant org.opensearch.common.Priority.", \
      "", IN_CAPITALS }
    PRIORITY("cluster.routing.allocation.balanced_shards_allocator.schedule_reroute.priority"),
    PRIORITY("cluster.routing.allocation.shard_state.reroute.priority"),
    PRIORITY("cluster.routing.allocation.shards_batch_gateway_allocator.schedule_reroute.priority"),
#undef PRIORITY
    { "cluster.routing.allocation.enable", " all none primaries new_primaries ",
      "Illegal allocation.enable value [", "]", IN_CAPITALS },
    { "cluster.routing.allocation.shard_movement_strategy", " no_preference primary_first replica_first ",
      "Illegal allocation.shard_movement_strategy value [", "]", IN_CAPITALS },
    { "cluster.routing.rebalance.enable", " all none primaries replicas ", "Illegal rebalance.enable value [",
      "]", IN_CAPITALS },
#define SLOWLOG(key)                                                                                         \
    { key, " warn trace debug info ", "No enum constant org.opensearch.common.logging.SlowLogLevel.", "",    \
      IN_CAPITALS }
    SLOWLOG("cluster.search.request.slowlog.level"),
    SLOWLOG("index.indexing.slowlog.level"),
    SLOWLOG("index.search.slowlog.level"),
    SLOWLOG("index.tiered.storage.slowlog.level"),
#undef SLOWLOG
    { "index.fielddata.cache", " node none ", "failed to parse [", "] must be one of [node,none]", AS_GIVEN },
    { "index.ingestion_source.mapper_type", " default raw_payload field_mapping ",
      "Unknown ingestion mapper type: ", ". Valid values are: default, raw_payload, field_mapping",
      AS_GIVEN },
    { "index.merge.policy", " tiered log_byte_size default ",
      "The setting has unsupported policy specified: ", ". Please use one of: tiered, log_byte_size, default",
      AS_GIVEN },
    { "index.merge_on_flush.policy", " default merge-on-flush ",
      "The index.merge_on_flush.policy has unsupported policy specified: ",
      ". Please use one of: default, merge-on-flush", AS_GIVEN },
    { "index.replication.type", " document segment ", "Could not parse ReplicationStrategy for [", "]",
      AS_GIVEN },
    { "index.routing.allocation.enable", " all none primaries new_primaries ",
      "Illegal allocation.enable value [", "]", IN_CAPITALS },
    { "index.routing.rebalance.enable", " all none primaries replicas ", "Illegal rebalance.enable value [",
      "]", IN_CAPITALS },
    { "index.search.concurrent_segment_search.mode", " all none auto ",
      "Setting value must be one of [all, none, auto]", "", NOT_SHOWN },
    { "index.shard.check_on_startup", " true false checksum ",
      "unknown value for [index.shard.check_on_startup] must be one of [true, false, checksum] but was: ", "",
      AS_GIVEN },
    { "index.sort.missing", " _last _first ", "Illegal missing value:[", "], must be one of [_last, _first]",
      AS_GIVEN },
    { "index.sort.mode", " min max ", "Illegal sort mode: ", "", AS_GIVEN },
    { "index.sort.order", " asc desc ", "Illegal sort order:", "", AS_GIVEN },
    { "index.store.data_locality", " full partial ", "Unknown locality type constant [", "].", AS_GIVEN },
    { "index.store.fs.fs_lock", " native simple ", "unrecognized [index.store.fs.fs_lock] \"",
      "\": must be native or simple", AS_GIVEN },
};

static const struct words *find(const char *key)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(rows[i].key, key) == 0) return &rows[i];
    }
    return NULL;
}

static bool is_word(const char *words, struct qd_slice text)
{
    struct qd_slice rest = qd_slice_from_string(words);
    struct qd_slice word;
    while (qd_split_next(&rest, ' ', &word)) {
        if (word.size > 0 && qd_equal_ignore_case(word, text)) return true;
    }
    return false;
}

enum qd_status qd_setting_words_check(const char *key, struct qd_slice text, struct qd_error *error)
{
    const struct words *row = find(key);
    if (row == NULL || is_word(row->words, text)) return QD_OK;
    struct qd_slice shown = row->shown == NOT_SHOWN ? QD_SLICE("") : text;
    if (row->shown == IN_CAPITALS && error != NULL) shown = qd_uppercase(error->arena, text);
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "%s%.*s%s", row->before, QD_SLICE_ARG(shown), row->after);
}
