/* Documents: any JSON against a mapping with every field type. An update that the document asks for merges,
 * and the second parse asks for no more. */
#include "base/assert.h"
#include "mapping/document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char source[] = "{\"dynamic_templates\":[{\"t\":{\"match\":\"t_*\",\"mapping\":{\"type\":\"{"
                             "dynamic_type}\",\"store\":true}}},{\"r\":{\"match\":"
                             "\"^r[0-9]+$\",\"match_pattern\":\"regex\",\"mapping\":{\"type\":\"text\","
                             "\"index_prefixes\":{}}}}],\"properties\":{"
                             "\"a\":{\"type\":\"byte\",\"ignore_malformed\":true},\"b\":{\"type\":\"short\"},"
                             "\"c\":{\"type\":\"integer\",\"coerce\":false},"
                             "\"d\":{\"type\":\"long\",\"store\":true,\"null_value\":5},\"e\":{\"type\":"
                             "\"unsigned_long\"},\"f\":{\"type\":\"half_float\"},"
                             "\"g\":{\"type\":\"float\"},\"h\":{\"type\":\"double\"},\"i\":{\"type\":"
                             "\"scaled_float\",\"scaling_factor\":100,\"store\":true},"
                             "\"j\":{\"type\":\"token_count\",\"analyzer\":\"standard\"},\"k\":{\"type\":"
                             "\"boolean\",\"doc_values\":false},\"l\":{\"type\":"
                             "\"binary\",\"doc_values\":true,\"store\":true},\"m\":{\"type\":\"ip\","
                             "\"store\":true},\"n\":{\"type\":\"date\",\"store\":true},"
                             "\"o\":{\"type\":\"date_nanos\"},\"p\":{\"type\":\"text\",\"index_phrases\":"
                             "true,\"index_prefixes\":{\"min_chars\":1},\"norms\":"
                             "false,\"copy_to\":[\"q\",\"new.copy\"],\"fields\":{\"k\":{\"type\":\"keyword\","
                             "\"ignore_above\":8}}},\"q\":{\"type\":"
                             "\"match_only_text\"},\"r\":{\"type\":\"keyword\",\"normalizer\":\"lowercase\","
                             "\"doc_values\":false},\"s\":{\"type\":\"object\","
                             "\"dynamic\":\"strict\"},\"u\":{\"type\":\"object\",\"enabled\":false},\"v\":{"
                             "\"type\":\"alias\",\"path\":\"r\"},\"w\":{\"type\":"
                             "\"object\",\"dynamic\":\"false_allow_templates\"}}}";

static struct qd_mapping *merge(struct qd_arena *arena, const struct qd_mapping_update *update,
                                struct qd_slice text)
{
    struct qd_error error;
    struct qd_json_document document;
    struct qd_mapping *mapping = NULL;
    qd_error_init(&error, arena);
    enum qd_status status = qd_json_parse(arena, text, &document, &error);
    qd_assert(status == QD_OK);
    status = qd_mapping_merge(arena, update, document.root, &mapping, &error);
    return status == QD_OK ? mapping : NULL;
}

static void run(struct qd_arena *arena, struct qd_mapping_update *update, const struct qd_json_document *json)
{
    struct qd_error error;
    struct qd_document document = { 0 };
    struct qd_slice dynamic = { 0 };
    struct qd_document_input input = { .id = QD_SLICE("1"), .json = json };
    qd_error_init(&error, arena);
    if (qd_document_parse(update->old, &input, arena, &document, &dynamic, &error) != QD_OK) {
        qd_assert(error.reason.size > 0);
        return;
    }
    for (uint32_t i = 1; i < document.field_count; i++) {
        qd_assert(qd_slice_compare(document.fields[i - 1].field->name, document.fields[i].field->name) < 0);
    }
    if (dynamic.size == 0) return;
    const struct qd_mapping *merged = merge(arena, update, dynamic);
    if (merged == NULL) return;
    enum qd_status status = qd_document_parse(merged, &input, arena, &document, &dynamic, &error);
    qd_assert(status != QD_OK || dynamic.size == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct qd_analysis_limits analysis = { .max_ngram_diff = 1, .max_shingle_diff = 3 };
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_analysis_registry *registry = NULL;
    struct qd_json_document json;
    struct qd_error error;
    qd_error_init(&error, arena);
    enum qd_status status = qd_analysis_create(arena, NULL, &analysis, &registry, &error);
    qd_assert(status == QD_OK);
    struct qd_mapping_update update = { .registry = registry,
                                        .limits = { 200, 20, 50, 10000, 1000, false, true } };
    struct qd_slice text = qd_slice_from_string(source);
    update.old = merge(arena, &update, text);
    qd_assert(update.old != NULL);
    if (qd_json_parse(arena, qd_slice_make(data, size), &json, &error) == QD_OK) run(arena, &update, &json);
    qd_arena_destroy(arena);
    return 0;
}
