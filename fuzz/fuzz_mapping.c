/* Mappings: two JSON texts with a 0 byte between them. What is accepted prints to a text that is accepted
 * again and prints the same; what a merge gives does too; limits hold. */
#include "base/assert.h"
#include "base/json_writer.h"
#include "mapping/mapping.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TOTAL_FIELDS_MAX 50

static struct qd_slice print(const struct qd_mapping *mapping, struct qd_arena *arena)
{
    struct qd_buffer buffer = { 0 };
    struct qd_json_writer writer = { .out = &buffer };
    qd_mapping_write(mapping, &writer);
    struct qd_slice text = qd_arena_copy(arena, qd_buffer_view(&buffer));
    qd_buffer_deinit(&buffer);
    return text;
}

static struct qd_mapping *merge(struct qd_arena *arena, const struct qd_mapping_update *update,
                                struct qd_slice text)
{
    struct qd_error error;
    struct qd_json_document document;
    struct qd_mapping *mapping = NULL;
    qd_error_init(&error, arena);
    if (qd_json_parse(arena, text, &document, &error) != QD_OK || document.root == NULL) return NULL;
    enum qd_status status = qd_mapping_merge(arena, update, document.root, &mapping, &error);
    qd_assert(status == QD_OK || error.reason.size > 0 || error.null_reason);
    return status == QD_OK ? mapping : NULL;
}

static void check(struct qd_arena *arena, const struct qd_mapping_update *update,
                  const struct qd_mapping *mapping)
{
    struct qd_mapping_update fresh = *update;
    fresh.old = NULL;
    struct qd_mapping *again = merge(arena, &fresh, print(mapping, arena));
    qd_assert(again != NULL);
    qd_assert(qd_mapping_equal(mapping, again));
    qd_assert(qd_mapping_field_count(mapping) <= TOTAL_FIELDS_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct qd_analysis_limits analysis = { .max_ngram_diff = 1, .max_shingle_diff = 3 };
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_analysis_registry *registry = NULL;
    struct qd_error error;
    qd_error_init(&error, arena);
    enum qd_status status = qd_analysis_create(arena, NULL, &analysis, &registry, &error);
    qd_assert(status == QD_OK);
    struct qd_mapping_update update = { .registry = registry,
                                        .limits = { TOTAL_FIELDS_MAX, 5, 50, 10000, 100, false, true } };
    struct qd_slice text = qd_slice_make(data, size);
    size_t middle = qd_slice_find_byte(text, 0);
    struct qd_slice first = middle == SIZE_MAX ? text : qd_slice_sub(text, 0, middle);
    struct qd_mapping *mapping = merge(arena, &update, first);
    if (mapping != NULL) {
        check(arena, &update, mapping);
        update.old = mapping;
        struct qd_mapping *merged =
            middle == SIZE_MAX ? NULL : merge(arena, &update, qd_slice_from(text, middle + 1));
        if (merged != NULL) check(arena, &update, merged);
    }
    qd_arena_destroy(arena);
    return 0;
}
