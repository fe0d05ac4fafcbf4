/* The cluster state: everything the cluster agrees on, as an immutable value.
 *
 * Changed only by master/master.h; read by everybody. A state shares unchanged index metadata with the state
 * it was made from. Reference counts are plain integers: a state is used on the loop only (work items get
 * what they need copied). Source: OpenSearch ClusterState, Metadata, IndexMetadata, RoutingTable.
 */
#ifndef QD_MASTER_CLUSTER_STATE_H
#define QD_MASTER_CLUSTER_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "base/map.h"
#include "base/slice.h"
#include "base/status.h"

/* The custom that lists the nodes without a vote: an array of {"node_id", "node_name"}. */
#define QD_VOTING_EXCLUSIONS_KEY QD_SLICE("coordination/voting_config_exclusions")

/* yes, no, or not said. */
enum qd_tristate { QD_UNSET, QD_NO, QD_YES };

/* An alias of one index. */
struct qd_alias {
    struct qd_slice name;
    struct qd_slice filter;         /* JSON text of the query; data NULL: none */
    struct qd_slice index_routing;  /* data NULL: none */
    struct qd_slice search_routing; /* data NULL: none */
    enum qd_tristate is_write_index;
    enum qd_tristate is_hidden;
};

enum qd_shard_state { QD_SHARD_UNASSIGNED, QD_SHARD_INITIALIZING, QD_SHARD_STARTED, QD_SHARD_RELOCATING };

/* One copy of a shard. */
struct qd_shard_routing {
    uint32_t shard;
    bool primary;
    enum qd_shard_state state;
    struct qd_slice node_id;           /* data NULL when unassigned */
    struct qd_slice allocation_id;     /* data NULL when unassigned */
    const char *unassigned_reason; /* "INDEX_CREATED", "CLUSTER_RECOVERED", ...; static; NULL when assigned */
    int64_t unassigned_at_ms;
    struct qd_slice unassigned_details; /* data NULL: none */
    uint32_t failed_allocations;   /* times in a row that it has failed since it was started last */
};

/* One index. Immutable; owned by the states that list it. */
struct qd_index_metadata {
    struct qd_arena *arena;            /* holds everything below */
    uint32_t references;
    struct qd_slice name;
    struct qd_slice uuid;              /* 22 characters */
    int64_t version, mapping_version, settings_version, aliases_version;
    int64_t creation_date_ms;
    uint32_t shard_count;              /* index.number_of_shards */
    uint32_t replica_count;            /* index.number_of_replicas */
    uint32_t routing_shard_count;      /* index.number_of_routing_shards, for hashing */
    uint32_t routing_partition_size;   /* 1 */
    bool closed;
    bool hidden;                       /* index.hidden */
    struct qd_map settings; /* flat key ("index.refresh_interval") -> struct qd_slice * : JSON text, a string
                               or an array of strings; ascending by key */
    struct qd_slice mapping;           /* JSON text as qd_mapping_write prints it; "{}" when empty */
    struct qd_map aliases;             /* name -> struct qd_alias *; ascending by name */
    int64_t *primary_terms;            /* primary_terms[shard_count], from 1 */
    struct qd_shard_routing
        *routing; /* routing[shard_count * (1 + replica_count)], primary first for each shard */
};

/* What the room on a node's disk allows. */
enum qd_disk_room {
    QD_DISK_ROOM_FREE, /* any copy */
    QD_DISK_ROOM_LOW,  /* above the low watermark: primaries only that begin empty */
    QD_DISK_ROOM_HIGH  /* above the high one: no copy that has no data there already */
};

/* A node of the cluster. */
struct qd_node_info {
    struct qd_slice id, ephemeral_id, name, host, ip, transport_address, http_address;
    const struct qd_slice *attributes;  /* attributes[2 * attribute_count]: key, value */
    size_t attribute_count;
    bool cluster_manager, data, ingest, remote_cluster_client;
    enum qd_disk_room room;             /* not kept on disk: told anew by the node */
    struct qd_slice room_reason;        /* why it is not FREE: the disk and the watermark, as a sentence */
};

/* A state. Read-only outside master/. */
struct qd_cluster_state {
    struct qd_arena *arena;
    uint32_t references;
    struct qd_slice cluster_name, cluster_uuid, state_uuid;
    int64_t version;
    int64_t term;
    struct qd_slice master_node_id;     /* data NULL: none */
    struct qd_node_info *nodes;         /* nodes[node_count] */
    size_t node_count;
    struct qd_index_metadata **indices; /* indices[index_count], ascending by name */
    size_t index_count;
    struct qd_map persistent_settings;  /* flat key -> struct qd_slice * : JSON text */
    struct qd_map transient_settings;
    struct qd_map
        customs; /* kind ("template", "index_template", "component_template", "data_stream", "pipeline",
                    "stored_script", ...) + "/" + name -> struct qd_slice * : JSON text; ascending by key */
    bool recovered;                     /* false: "state not recovered" block */
};

/* References. release of the last one frees the state and the indices that only it lists. */
struct qd_cluster_state *qd_cluster_state_retain(struct qd_cluster_state *state);
void qd_cluster_state_release(struct qd_cluster_state *state);
void qd_index_metadata_retain(struct qd_index_metadata *index);
void qd_index_metadata_release(struct qd_index_metadata *index);

/* An empty state of a new cluster, one reference. */
struct qd_cluster_state *qd_cluster_state_create(struct qd_slice cluster_name, struct qd_slice cluster_uuid);

/* A copy with version + 1 that shares the indices, one reference; for changing it before anybody sees it. */
struct qd_cluster_state *qd_cluster_state_copy(const struct qd_cluster_state *state,
                                               struct qd_slice state_uuid);

/* A deep copy of an index for changing it; one reference. */
struct qd_index_metadata *qd_index_metadata_copy(const struct qd_index_metadata *index);

/* The index with this name, or NULL. Binary search. */
struct qd_index_metadata *qd_cluster_state_index(const struct qd_cluster_state *state, struct qd_slice name);

/* Puts `index` (its reference is taken) into a state under construction, replacing one of the same name;
 * removes one. */
void qd_cluster_state_put_index(struct qd_cluster_state *state, struct qd_index_metadata *index);
void qd_cluster_state_remove_index(struct qd_cluster_state *state, struct qd_slice name);

/* Keeps a flat settings or customs map ascending: sets (json data NULL: removes) one key; texts are copied
 * into `arena`. */
void qd_state_map_put(struct qd_map *map, struct qd_arena *arena, struct qd_slice key, struct qd_slice json);

/* The text of a setting without quotes ("1"), data NULL when not set; arrays give their JSON text. */
struct qd_slice qd_settings_get(const struct qd_map *settings, const char *key);

/* Where the settings of the cluster that hold on a node come from. */
struct qd_effective_settings {
    const struct qd_cluster_state *state; /* transient before persistent; NULL: none */
    const struct qd_map *file;            /* the node's own: key -> struct qd_slice * : text; NULL: none */
};

/* The text of a setting of the cluster; data NULL when nobody has set it, or `settings` is NULL. */
struct qd_slice qd_effective_setting(const struct qd_effective_settings *settings, const char *key);

/* Typed reads with a default. */
int64_t qd_settings_int(const struct qd_map *settings, const char *key, int64_t fallback);
bool qd_settings_bool(const struct qd_map *settings, const char *key, bool fallback);

/* Flattens nested JSON settings into (key, JSON text) pairs: objects become dots, scalars become strings
 * ("1", "true"), null becomes "null" (reset), arrays become arrays of strings. `prefix` ("index.") is put
 * before keys that lack it; data NULL: none. */
struct qd_setting_pair {
    struct qd_slice key;
    struct qd_slice json; /* "null" for a reset */
};
size_t qd_settings_flatten(const struct qd_json *settings, struct qd_slice prefix, struct qd_arena *arena,
                           struct qd_setting_pair **pairs);

/* Writes a flat map as nested objects, or flat when `flat`. Keys ascend. */
void qd_settings_write(const struct qd_map *settings, bool flat, struct qd_json_writer *writer);

/* The whole state as JSON for the disk, and back. Errors: QD_CORRUPTION. */
void qd_cluster_state_encode(const struct qd_cluster_state *state, struct qd_buffer *buffer);
QD_CHECKED enum qd_status qd_cluster_state_decode(struct qd_slice bytes, struct qd_cluster_state **state,
                                                  struct qd_error *error);

/* True for a primary that never had a place and found none with room for it. */
bool qd_shard_found_no_room(const struct qd_shard_routing *shard);

/* True when a copy that is unassigned may go to a node as far as the node's disk goes. */
bool qd_room_for(const struct qd_node_info *node, const struct qd_shard_routing *shard);

/* Health of one index: 0 green, 1 yellow, 2 red, and counts added to `counts`. */
struct qd_shard_counts {
    uint32_t active_primary, active, relocating, initializing, unassigned, delayed_unassigned;
};
int qd_index_health(const struct qd_index_metadata *index, struct qd_shard_counts *counts);

#endif
