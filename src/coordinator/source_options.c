#include "coordinator/source_options.h"

#include <stdio.h>

#include "base/number.h"
#include "base/text.h"
#include "search/request_object.h"

enum qd_status qd_parse_version_type(struct qd_slice text, enum qd_version_type *type, struct qd_error *error)
{
    if (text.size == 0 || qd_slice_is(text, "internal")) {
        *type = QD_VERSION_INTERNAL;
    } else if (qd_slice_is(text, "external") || qd_slice_is(text, "external_gt")) {
        *type = QD_VERSION_EXTERNAL;
    } else if (qd_slice_is(text, "external_gte")) {
        *type = QD_VERSION_EXTERNAL_GTE;
    } else {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "No version type match [%.*s]", QD_SLICE_ARG(text));
    }
    return QD_OK;
}

enum qd_status qd_parse_long_parameter(const char *name, struct qd_slice text, int64_t *value,
                                       struct qd_error *error)
{
    if (text.data == NULL || qd_parse_int64(text, value)) return QD_OK;
    (void)qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(text));
    return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "Failed to parse long parameter [%s] with value [%.*s]",
                         name, QD_SLICE_ARG(text));
}

/* ---- _source ---- */

enum qd_status qd_source_filter_of_call(const struct qd_call *call, struct qd_source_filter *filter,
                                        struct qd_error *error)
{
    struct qd_slice source = qd_call_parameter(call, "_source");
    struct qd_slice *includes;
    struct qd_slice *excludes;
    (void)error;
    *filter = (struct qd_source_filter){ .fetch = true };
    size_t include_count = qd_call_list(call, "_source_includes", &includes);
    size_t exclude_count = qd_call_list(call, "_source_excludes", &excludes);
    if (source.data != NULL) {
        filter->given = true;
        if (qd_slice_is(source, "false")) {
            filter->fetch = false;
        } else if (source.size > 0 && !qd_slice_is(source, "true")) {
            filter->include_count = qd_call_list(call, "_source", (struct qd_slice **)&filter->includes);
        }
    }
    if (qd_call_parameter(call, "_source_includes").data != NULL) {
        filter->given = true;
        filter->includes = includes;
        filter->include_count = include_count;
    }
    if (qd_call_parameter(call, "_source_excludes").data != NULL) {
        filter->given = true;
        filter->excludes = excludes;
        filter->exclude_count = exclude_count;
    }
    return QD_OK;
}

static size_t string_list(const struct qd_json *json, struct qd_arena *arena, const struct qd_slice **list)
{
    size_t count = qd_json_is_array(json) ? qd_json_size(json) : 1;
    struct qd_slice *texts = QD_NEW_ARRAY(arena, struct qd_slice, count + 1);
    struct qd_json_iterator at = qd_json_iterate(json);
    *list = texts;
    if (json == NULL) return 0;
    if (!qd_json_is_array(json)) texts[0] = qd_json_text(json);
    for (size_t i = 0; qd_json_is_array(json) && qd_json_next(&at); i++) texts[i] = qd_json_text(at.value);
    return count;
}

static enum qd_status source_object(const struct qd_json_document *document, const struct qd_json *json,
                                    struct qd_arena *arena, struct qd_source_filter *filter,
                                    struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(json);
    while (qd_json_next(&at)) {
        if (qd_slice_is(at.key, "includes") || qd_slice_is(at.key, "include")) {
            filter->include_count = string_list(at.value, arena, &filter->includes);
        } else if (qd_slice_is(at.key, "excludes") || qd_slice_is(at.key, "exclude")) {
            filter->exclude_count = string_list(at.value, arena, &filter->excludes);
        } else {
            int64_t line;
            int64_t column;
            qd_json_position(document, at.value, &line, &column);
            (void)qd_error_set(error, QD_PARSING, "Unknown key for a %s in [%.*s].",
                               qd_json_is_string(at.value) ? "VALUE_STRING" : "START_ARRAY",
                               QD_SLICE_ARG(at.key));
            qd_error_add_number(error, "line", line);
            qd_error_add_number(error, "col", column);
            return QD_PARSING;
        }
    }
    return QD_OK;
}

enum qd_status qd_source_filter_of_json(const struct qd_json_document *document, const struct qd_json *json,
                                        struct qd_arena *arena, struct qd_source_filter *filter,
                                        struct qd_error *error)
{
    *filter = (struct qd_source_filter){ .fetch = true, .given = true };
    switch (qd_json_type_of(json)) {
    case QD_JSON_BOOLEAN: filter->fetch = qd_json_boolean(json); return QD_OK;
    case QD_JSON_STRING:
    case QD_JSON_ARRAY: filter->include_count = string_list(json, arena, &filter->includes); return QD_OK;
    case QD_JSON_OBJECT: return source_object(document, json, arena, filter, error);
    case QD_JSON_MISSING:
    case QD_JSON_NULL:
    case QD_JSON_NUMBER: break;
    }
    return qd_error_set(
        error, QD_PARSING,
        "Expected one of [VALUE_BOOLEAN, START_OBJECT, START_ARRAY, VALUE_STRING] but found [%s]",
        qd_json_is_number(json) ? "VALUE_NUMBER" : "VALUE_NULL");
}

/* ---- write items ---- */

void qd_write_item_init(struct qd_write_item *item, enum qd_write_kind kind)
{
    *item = (struct qd_write_item){ .kind = kind,
                                    .version = -3,
                                    .if_seq_no = QD_SEQ_NO_NONE,
                                    .if_primary_term = QD_TERM_NONE };
}

#define ID_SIZE_MAX 512
#define VERSION_ANY (-3) /* Versions.MATCH_ANY */

/* Collects the numbered lines of "Validation Failed: 1: ...;2: ...;". */
struct problems {
    struct qd_buffer text;
    int count;
};

static void add_problem(struct problems *problems, const char *text)
{
    qd_buffer_format(&problems->text, "%d: %s;", ++problems->count, text);
}

static enum qd_status end_problems(struct problems *problems, struct qd_error *error)
{
    enum qd_status status = QD_OK;
    if (problems->count > 0) {
        status = qd_error_set(error, QD_ACTION_REQUEST_VALIDATION, "Validation Failed: %.*s",
                              (int)problems->text.size, problems->text.data);
    }
    qd_buffer_deinit(&problems->text);
    return status;
}

static const char *version_type_name(enum qd_version_type type)
{
    return type == QD_VERSION_EXTERNAL       ? "EXTERNAL"
           : type == QD_VERSION_EXTERNAL_GTE ? "EXTERNAL_GTE"
                                             : "INTERNAL";
}

/* What a document that must be new may not ask for; the first of it is told alone. */
static bool check_create(const struct qd_write_item *item, struct problems *problems)
{
    const char *problem = NULL;
    if (item->kind != QD_WRITE_CREATE) return true;
    if (item->version_type != QD_VERSION_INTERNAL) {
        problem = "create operations only support internal versioning. use index instead";
    } else if (item->version != VERSION_ANY) {
        problem = "create operations do not support explicit versions. use index instead";
    } else if (item->if_seq_no != QD_SEQ_NO_NONE || item->if_primary_term != QD_TERM_NONE) {
        problem = "create operations do not support compare and set. use index instead";
    }
    if (problem != NULL) add_problem(problems, problem);
    return problem == NULL;
}

static void check_versions(const struct qd_write_item *item, struct problems *problems)
{
    char text[128];
    bool external = item->version_type != QD_VERSION_INTERNAL;
    if (external ? item->version < 0 : item->version < 0 && item->version != VERSION_ANY) {
        snprintf(text, sizeof(text), "illegal version value [%lld] for version type [%s]",
                 (long long)item->version, version_type_name(item->version_type));
        add_problem(problems, text);
    }
    if (!external && item->version != VERSION_ANY) {
        add_problem(problems, "internal versioning can not be used for optimistic concurrency control. "
                              "Please use `if_seq_no` and `if_primary_term` instead");
    }
}

static void check_seq_no(const struct qd_write_item *item, struct problems *problems)
{
    char text[128];
    if (item->if_seq_no == QD_SEQ_NO_NONE && item->if_primary_term != QD_TERM_NONE) {
        snprintf(text, sizeof(text), "ifSeqNo is unassigned, but primary term is [%lld]",
                 (long long)item->if_primary_term);
        add_problem(problems, text);
    } else if (item->if_seq_no != QD_SEQ_NO_NONE && item->if_primary_term == QD_TERM_NONE) {
        add_problem(problems, "ifSeqNo is set, but primary term is [0]");
    }
    if (item->if_seq_no != QD_SEQ_NO_NONE && item->version_type != QD_VERSION_INTERNAL) {
        add_problem(problems, "compare and write operations can not use versioning");
    }
}

enum qd_status qd_write_item_validate(const struct qd_write_item *item, struct qd_error *error)
{
    struct problems problems = { 0 };
    if (item->if_seq_no < 0 && item->if_seq_no != QD_SEQ_NO_NONE) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "sequence numbers must be non negative. got [%lld].",
                            (long long)item->if_seq_no);
    }
    if (item->if_primary_term < 0) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "primary term must be non negative. got [%lld]",
                            (long long)item->if_primary_term);
    }
    if (!check_create(item, &problems)) return end_problems(&problems, error);
    check_versions(item, &problems);
    check_seq_no(item, &problems);
    if (item->id.size > ID_SIZE_MAX && item->kind != QD_WRITE_DELETE) {
        qd_buffer_format(&problems.text,
                         "%d: id [%.*s] is too long, must be no longer than 512 bytes but was: %zu;",
                         ++problems.count, QD_SLICE_ARG(item->id), item->id.size);
    }
    return end_problems(&problems, error);
}

/* ---- update bodies ---- */

static enum qd_status unknown_field(const struct qd_json_document *body, const struct qd_json_iterator *at,
                                    struct qd_arena *arena, struct qd_error *error)
{
    const struct qd_slice known[] = { QD_SLICE("script"),    QD_SLICE("scripted_upsert"),
                                      QD_SLICE("upsert"),    QD_SLICE("doc"),
                                      QD_SLICE("doc_as_upsert"), QD_SLICE("detect_noop"),
                                      QD_SLICE("_source"),   QD_SLICE("if_seq_no"),
                                      QD_SLICE("if_primary_term") };
    int64_t line;
    int64_t column;
    struct qd_slice meant = qd_did_you_mean(arena, at->key, known, sizeof(known) / sizeof(known[0]));
    qd_json_position(body, at->name, &line, &column);
    return qd_error_set(error, QD_X_CONTENT_PARSE, "[%lld:%lld] [UpdateRequest] unknown field [%.*s]%.*s",
                        (long long)line, (long long)column, QD_SLICE_ARG(at->key), QD_SLICE_ARG(meant));
}

/* A flag may be a text; a document must be an object. */
static enum qd_status check_shape(const struct qd_json_document *body, const struct qd_json_iterator *at,
                                  bool flag, struct qd_error *error)
{
    int64_t line;
    int64_t column;
    struct qd_slice text = qd_json_text(at->value);
    qd_json_position(body, at->value, &line, &column);
    if (flag ? !qd_json_is_boolean(at->value) && !qd_json_is_string(at->value)
             : !qd_json_is_object(at->value)) {
        return qd_error_set(error, QD_X_CONTENT_PARSE,
                            "[%lld:%lld] [UpdateRequest] %.*s doesn't support values of type: %s",
                            (long long)line, (long long)column, QD_SLICE_ARG(at->key),
                            qd_json_token_name(at->value));
    }
    if (!flag || qd_slice_is(text, "true") || qd_slice_is(text, "false")) return QD_OK;
    (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                       "Failed to parse value [%.*s] as only [true] or [false] are allowed.",
                       QD_SLICE_ARG(text));
    return qd_error_wrap(error, QD_X_CONTENT_PARSE,
                         "[%lld:%lld] [UpdateRequest] failed to parse field [%.*s]", (long long)line,
                         (long long)column, QD_SLICE_ARG(at->key));
}

static enum qd_status update_member(const struct qd_json_document *body, const struct qd_json_iterator *at,
                                    struct qd_arena *arena, struct qd_update_options *options,
                                    struct qd_error *error)
{
    if (qd_slice_is(at->key, "doc")) {
        options->has_doc = true;
        return check_shape(body, at, false, error);
    } else if (qd_slice_is(at->key, "upsert")) {
        options->has_upsert = true;
        return check_shape(body, at, false, error);
    } else if (qd_slice_is(at->key, "doc_as_upsert")) {
        options->doc_as_upsert = qd_slice_is(qd_json_text(at->value), "true");
        return check_shape(body, at, true, error);
    } else if (qd_slice_is(at->key, "detect_noop")) {
        return check_shape(body, at, true, error);
    } else if (qd_slice_is(at->key, "_source")) {
        return qd_source_filter_of_json(body, at->value, arena, &options->source, error);
    } else if (qd_slice_is(at->key, "if_seq_no")) {
        qd_json_int64(at->value, &options->if_seq_no);
    } else if (qd_slice_is(at->key, "if_primary_term")) {
        qd_json_int64(at->value, &options->if_primary_term);
    } else if (qd_slice_is(at->key, "script") || qd_slice_is(at->key, "scripted_upsert")) {
        options->has_script = true;
    } else {
        return unknown_field(body, at, arena, error);
    }
    return QD_OK;
}

enum qd_status qd_update_check_body(const struct qd_json_document *body, struct qd_arena *arena,
                                    struct qd_update_options *options, struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(body->root);
    *options = (struct qd_update_options){ .if_seq_no = QD_SEQ_NO_NONE, .if_primary_term = QD_TERM_NONE };
    if (!qd_json_is_object(body->root)) {
        int64_t line = 1, column = 0;
        if (body->root != NULL) qd_json_position(body, body->root, &line, &column);
        return qd_error_set(error, QD_X_CONTENT_PARSE,
                            "[%lld:%lld] [UpdateRequest] Expected START_OBJECT but was: %s", (long long)line,
                            (long long)column,
                            body->root == NULL ? "null" : qd_json_token_name(body->root));
    }
    while (qd_json_next(&at)) QD_TRY(update_member(body, &at, arena, options, error));
    return QD_OK;
}

enum qd_status qd_update_validate(const struct qd_write_item *item, const struct qd_update_options *options,
                                  struct qd_error *error)
{
    struct problems problems = { 0 };
    if (options->has_script && options->has_doc) add_problem(&problems, "can't provide both script and doc");
    if (!options->has_script && !options->has_doc) add_problem(&problems, "script or doc is missing");
    if (!options->has_doc && options->doc_as_upsert) {
        add_problem(&problems, "doc must be specified if doc_as_upsert is enabled");
    }
    if (item->if_seq_no != QD_SEQ_NO_NONE && item->retry_on_conflict > 0) {
        add_problem(&problems, "compare and write operations can not be retried");
    }
    if (item->if_seq_no != QD_SEQ_NO_NONE && options->doc_as_upsert) {
        add_problem(&problems, "compare and write operations can not be used with upsert");
    }
    if (item->if_seq_no != QD_SEQ_NO_NONE && options->has_upsert) {
        add_problem(&problems, "upsert requests don't support `if_seq_no` and `if_primary_term`");
    }
    QD_TRY(end_problems(&problems, error));
    if (!options->has_script) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "script updates are not supported by this version of Quidditch");
}
