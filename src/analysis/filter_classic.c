/* Small filters of single terms: classic, delimited_payload and type_as_payload. Source: Lucene
 * ClassicFilter, DelimitedPayloadTokenFilter, TypeAsPayloadTokenFilter. Payloads are not kept: no search
 * reads them. */
#include "analysis/codepoint.h"
#include "analysis/component.h"
#include "analysis/filters.h"
#include "base/number.h"

static enum qd_status run_classic(const void *data, struct qd_component_run *run)
{
    (void)data;
    for (size_t i = 0; i < run->tokens->count; i++) {
        struct qd_token *token = &run->tokens->data[i];
        struct qd_slice term = token->term;
        if (strcmp(token->type, "<APOSTROPHE>") == 0 && term.size >= 2 &&
            term.data[term.size - 2] == '\'' && (term.data[term.size - 1] | 0x20) == 's') {
            token->term = qd_slice_sub(term, 0, term.size - 2);
        } else if (strcmp(token->type, "<ACRONYM>") == 0) {
            char *letters = qd_arena_alloc(run->arena, term.size + 1);
            size_t size = 0;
            for (size_t at = 0; at < term.size; at++)
                if (term.data[at] != '.') letters[size++] = term.data[at];
            token->term = qd_slice_make(letters, size);
        }
    }
    return QD_OK;
}

const struct qd_component_kind qd_filter_classic = { .name = "classic", .run = run_classic };

enum encoding { FLOAT, INTEGER, IDENTITY };

struct payload {
    struct qd_slice delimiter; /* one character */
    enum encoding encoding;
};

static enum qd_status create_payload(const struct qd_component_settings *settings, void **out,
                                     struct qd_error *error)
{
    struct payload *state = QD_NEW(settings->arena, struct payload);
    bool found;
    uint32_t cp;
    state->delimiter = qd_component_text(settings, "delimiter", &found);
    if (!found) state->delimiter = QD_SLICE("|");
    if (state->delimiter.size == 0) {
        (void)qd_error_set(error, QD_RUNTIME, "Index 0 out of bounds for length 0");
        if (error != NULL) error->type_override = "string_index_out_of_bounds_exception";
        return QD_RUNTIME;
    }
    const char *end = state->delimiter.data + state->delimiter.size;
    state->delimiter.size = qd_codepoint_read(state->delimiter.data, end, &cp);
    struct qd_slice encoding = qd_component_text(settings, "encoding", &found);
    if (found && qd_slice_is(encoding, "int")) state->encoding = INTEGER;
    if (found && qd_slice_is(encoding, "identity")) state->encoding = IDENTITY;
    *out = state;
    return QD_OK;
}

static enum qd_status check_payload(enum encoding encoding, struct qd_slice text, struct qd_error *error)
{
    double number;
    int64_t integer;
    if (encoding == IDENTITY) return QD_OK;
    if (encoding == INTEGER) {
        bool fine = qd_parse_int64(text, &integer) && integer >= INT32_MIN && integer <= INT32_MAX;
        return fine ? QD_OK : qd_error_set(error, QD_NUMBER_FORMAT, "Unable to parse");
    }
    if (text.size == 0) return qd_error_set(error, QD_NUMBER_FORMAT, "empty String");
    if (qd_parse_double(text, &number)) return QD_OK;
    return qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(text));
}

static enum qd_status run_payload(const void *data, struct qd_component_run *run)
{
    const struct payload *state = data;
    for (size_t i = 0; i < run->tokens->count; i++) {
        struct qd_slice *term = &run->tokens->data[i].term;
        for (size_t at = 0; at < term->size; at++) {
            if (!qd_slice_starts_with(qd_slice_from(*term, at), state->delimiter)) continue;
            struct qd_slice payload = qd_slice_from(*term, at + state->delimiter.size);
            QD_TRY(check_payload(state->encoding, payload, run->error));
            term->size = at;
            break;
        }
    }
    return QD_OK;
}

const struct qd_component_kind qd_filter_delimited_payload = {
    .name = "delimited_payload", .create = create_payload, .run = run_payload,
};

static enum qd_status run_nothing(const void *data, struct qd_component_run *run)
{
    (void)data;
    (void)run;
    return QD_OK;
}

const struct qd_component_kind qd_filter_type_as_payload = { .name = "type_as_payload", .run = run_nothing };
