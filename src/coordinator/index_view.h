/* How parts of an index's metadata are shown: settings, default settings, aliases.
 *
 * Used by get index, get settings and get aliases. Source: OpenSearch Settings.toXContent, AliasMetadata,
 * IndexScopedSettings.diff.
 */
#ifndef QD_COORDINATOR_INDEX_VIEW_H
#define QD_COORDINATOR_INDEX_VIEW_H

#include "base/json_writer.h"
#include "master/cluster_state.h"

/* What the user asked to see. */
struct qd_index_view {
    bool human;         /* readable twins of dates and versions */
    bool flat_settings; /* "index.x.y" instead of objects */
    bool include_defaults;
    const struct qd_slice *names; /* names[name_count]: patterns of settings; none: all */
    size_t name_count;
    unsigned processors; /* of the node, for the defaults that follow from them */
};

/* True when a setting's key is wanted. */
bool qd_index_view_wants(const struct qd_index_view *view, struct qd_slice key);

/* The settings that are wanted, as a flat map in `arena` (with readable twins when human). */
void qd_index_view_select(const struct qd_index_view *view, const struct qd_index_metadata *index,
                          struct qd_arena *arena, struct qd_map *selected);

/* Writes the settings of an index as one value. */
void qd_index_view_settings(const struct qd_index_view *view, const struct qd_index_metadata *index,
                            struct qd_arena *arena, struct qd_json_writer *writer);

/* Writes the defaults of what an index does not set as one value. */
void qd_index_view_defaults(const struct qd_index_view *view, const struct qd_index_metadata *index,
                            struct qd_arena *arena, struct qd_json_writer *writer);

/* Writes an alias as a member: its name and its options. */
void qd_index_view_alias(const struct qd_alias *alias, struct qd_json_writer *writer);

#endif
