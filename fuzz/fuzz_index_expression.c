/* Index expressions over a small state: every option, any text. The first byte chooses the options. What is
 * found is checked: ascending, each index once, and no closed index where that is forbidden. */
#include "base/assert.h"
#include "coordinator/resolve.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void add_index(struct qd_cluster_state *state, const char *name, const char *alias, bool closed,
                      bool hidden)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_index_metadata *index = QD_NEW(arena, struct qd_index_metadata);
    struct qd_alias *of = QD_NEW(arena, struct qd_alias);
    index->arena = arena;
    index->references = 1;
    index->name = index->uuid = qd_slice_from_string(name);
    index->closed = closed;
    index->hidden = hidden;
    index->shard_count = 1;
    of->name = qd_slice_from_string(alias);
    of->filter = QD_SLICE("{}");
    of->search_routing = QD_SLICE("a,b");
    qd_map_init(&index->settings, arena);
    qd_map_init(&index->aliases, arena);
    qd_map_put(&index->aliases, of->name, of);
    qd_cluster_state_put_index(state, index);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_cluster_state *state = qd_cluster_state_create(QD_SLICE("c"), QD_SLICE("u"));
    struct qd_resolved *found;
    struct qd_error error;
    size_t count;
    unsigned bits = size == 0 ? 0 : data[0];
    add_index(state, "logs-1", "logs", false, false);
    add_index(state, "logs-2", "logs", true, false);
    add_index(state, ".hidden", ".alias", false, true);
    struct qd_expression expression = {
        .state = state,
        .text = qd_slice_make(data + (size > 0), size == 0 ? 0 : size - 1),
        .now_ms = 1795265588370,
        .options = { .ignore_unavailable = bits & 1,
                     .allow_no_indices = bits & 2,
                     .expand_open = bits & 4,
                     .expand_closed = bits & 8,
                     .expand_hidden = bits & 16,
                     .forbid_closed = bits & 32,
                     .forbid_aliases = bits & 64,
                     .single = bits & 128 },
    };
    qd_error_init(&error, arena);
    if (qd_resolve(&expression, arena, &found, &count, &error) == QD_OK) {
        qd_assert(count <= 3);
        for (size_t i = 1; i < count; i++) {
            qd_assert(qd_slice_compare(found[i - 1].index->name, found[i].index->name) < 0);
        }
        if (expression.options.single) qd_assert(count == 1);
    } else {
        qd_assert(error.reason.size > 0);
    }
    const struct qd_index_metadata *index;
    (void)qd_resolve_write(state, expression.text, 0, arena, &index, NULL, NULL);
    (void)qd_check_index_name(expression.text, &error);
    (void)qd_check_alias_name(expression.text, &error);
    qd_cluster_state_release(state);
    qd_arena_destroy(arena);
    return 0;
}
