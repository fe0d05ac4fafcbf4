#include "data/broken_document.h"

#include "base/json_prefix.h"
#include "base/text.h"

static const struct qd_slice preview = QD_SLICE_INIT("Preview of field's value: '");

/* What the mapping says of a text that ends where the reading stopped. */
static enum qd_status try_prefix(const struct qd_mapping *mapping, const struct qd_document_input *input,
                                 struct qd_slice text, struct qd_arena *arena, struct qd_error *error)
{
    struct qd_json_document json;
    struct qd_document document;
    struct qd_document_input with = *input;
    struct qd_slice update;
    qd_error_init(error, arena);
    QD_TRY(qd_json_parse(arena, text, &json, error));
    with.json = &json;
    with.memo = NULL;
    return qd_document_parse(mapping, &with, arena, &document, &update, error);
}

/* Where the preview of a value begins in a reason; its size when there is none. */
static size_t find_preview(struct qd_slice reason)
{
    for (size_t i = 0; i + preview.size <= reason.size; i++) {
        if (qd_slice_starts_with(qd_slice_from(reason, i), preview)) return i;
    }
    return reason.size;
}

/* The field of a text that has no end: reading it fails. The cut text is taken for nothing where that is a
 * value, its mark by fields only that take every text. */
static bool cut_text(const struct qd_error *marked, const struct qd_error *broken, struct qd_arena *arena,
                     struct qd_error *error)
{
    size_t at = find_preview(marked->reason);
    if (at == marked->reason.size) return false;
    if (!qd_slice_is(qd_slice_from(marked->reason, at + preview.size), "\001'")) return false;
    struct qd_error *cause = QD_NEW(arena, struct qd_error);
    *cause = *broken;
    *error = *marked;
    error->reason = qd_arena_format(arena, "%.*s'", (int)(at + preview.size), marked->reason.data);
    error->cause = cause;
    return true;
}

/* Makes *plain what is said of a field whose value is cut; false: the error depends on the cut. */
static bool cut_preview(struct qd_error *plain, const struct qd_error *marked, struct qd_arena *arena)
{
    size_t at = find_preview(plain->reason);
    if (at == plain->reason.size || find_preview(marked->reason) != at) return false;
    struct qd_slice before = qd_slice_sub(plain->reason, 0, at);
    if (!qd_slice_equal(before, qd_slice_sub(marked->reason, 0, at))) return false;
    plain->reason = qd_arena_format(arena, "%.*sCould not parse field value preview,", QD_SLICE_ARG(before));
    return true;
}

enum qd_status qd_broken_document(const struct qd_mapping *mapping, const struct qd_document_input *input,
                                  struct qd_slice source, struct qd_arena *arena, struct qd_error *error)
{
    struct qd_json_prefix prefix;
    struct qd_error plain, marked;
    struct qd_slice text = qd_trim(source);
    if (text.size == 0 || text.data[0] != '{') {
        struct qd_json_document nothing = { 0 };
        struct qd_document document;
        struct qd_document_input with = *input;
        struct qd_slice update;
        with.json = &nothing;
        qd_error_init(error, arena);
        return qd_document_parse(mapping, &with, arena, &document, &update, error);
    }
    qd_json_prefix_cut(arena, source, &prefix);
    if (prefix.some && try_prefix(mapping, input, prefix.marked, arena, &marked) != QD_OK) {
        if (cut_text(&marked, error, arena, error)) return error->status;
        bool same = try_prefix(mapping, input, prefix.plain, arena, &plain) != QD_OK &&
                    qd_slice_equal(plain.reason, marked.reason);
        if (same || (plain.status != QD_OK && cut_preview(&plain, &marked, arena))) {
            *error = plain;
            return error->status;
        }
    }
    return qd_error_wrap(error, QD_MAPPER_PARSING, "failed to parse");
}
