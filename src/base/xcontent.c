#include "base/xcontent.h"

#include "base/text.h"
#include "base/xcontent_internal.h"

/* One row per content type. */
static const struct type_row {
    enum qd_xcontent_type type;
    const char *names[4]; /* short name and media types, lower case */
    const char *header;   /* of answers */
} types[] = {
    { QD_XCONTENT_JSON,
      { "json", "application/json", "application/*", "application/vnd.opensearch+json" },
      "application/json; charset=UTF-8" },
    { QD_XCONTENT_NDJSON,
      { "application/x-ndjson", "application/vnd.opensearch+x-ndjson", NULL, NULL },
      "application/json; charset=UTF-8" },
    { QD_XCONTENT_YAML,
      { "yaml", "application/yaml", "application/vnd.opensearch+yaml", NULL },
      "application/yaml" },
    { QD_XCONTENT_CBOR,
      { "cbor", "application/cbor", "application/vnd.opensearch+cbor", NULL },
      "application/cbor" },
    { QD_XCONTENT_SMILE,
      { "smile", "application/smile", "application/vnd.opensearch+smile", NULL },
      "application/smile" },
};
#define TYPE_COUNT (sizeof(types) / sizeof(*types))

enum qd_xcontent_type qd_xcontent_from_media_type(struct qd_slice text)
{
    size_t end = qd_slice_find_byte(text, ';');
    if (end != SIZE_MAX) text.size = end;
    text = qd_trim(text);
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        for (size_t j = 0; j < 4 && types[i].names[j] != NULL; j++) {
            if (qd_equal_ignore_case(text, qd_slice_from_string(types[i].names[j]))) return types[i].type;
        }
    }
    return QD_XCONTENT_NONE;
}

const char *qd_xcontent_media_type(enum qd_xcontent_type type)
{
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        if (types[i].type == type) return types[i].header;
    }
    return types[0].header;
}

enum qd_status qd_xcontent_to_json(struct qd_arena *arena, enum qd_xcontent_type type, struct qd_slice bytes,
                                   struct qd_slice *json, struct qd_error *error)
{
    struct qd_buffer out = { 0 };
    struct qd_json_writer writer = { .out = &out };
    enum qd_status status = QD_OK;
    switch (type) {
    case QD_XCONTENT_NONE:
    case QD_XCONTENT_JSON:
    case QD_XCONTENT_NDJSON:
        *json = bytes;
        return QD_OK;
    case QD_XCONTENT_YAML:
        status = qd_yaml_read(bytes, &writer, error);
        break;
    case QD_XCONTENT_CBOR:
        status = qd_cbor_read(bytes, &writer, error);
        break;
    case QD_XCONTENT_SMILE:
        status = qd_smile_read(bytes, &writer, error);
        break;
    }
    if (status == QD_OK) *json = qd_arena_copy(arena, qd_buffer_view(&out));
    qd_buffer_deinit(&out);
    return status;
}

static void write_tree(const struct qd_json *root, enum qd_xcontent_type type, bool pretty,
                       struct qd_buffer *out)
{
    switch (type) {
    case QD_XCONTENT_YAML:
        qd_yaml_write(root, out);
        return;
    case QD_XCONTENT_CBOR:
        qd_cbor_write(root, out);
        return;
    case QD_XCONTENT_SMILE:
        qd_smile_write(root, out);
        return;
    case QD_XCONTENT_NONE:
    case QD_XCONTENT_JSON:
    case QD_XCONTENT_NDJSON:
        break;
    }
    if (pretty) qd_pretty_write(root, out);
}

enum qd_status qd_xcontent_from_json(struct qd_slice json, enum qd_xcontent_type type, bool pretty,
                                     struct qd_buffer *out, struct qd_error *error)
{
    bool text = type == QD_XCONTENT_NONE || type == QD_XCONTENT_JSON || type == QD_XCONTENT_NDJSON;
    if (text && !pretty) {
        qd_buffer_slice(out, json);
        return QD_OK;
    }
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_json_document document;
    enum qd_status status = qd_json_parse(arena, json, &document, error);
    if (status == QD_OK && document.root != NULL) write_tree(document.root, type, pretty, out);
    qd_arena_destroy(arena);
    return status;
}
