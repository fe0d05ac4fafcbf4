/* The shape of an _analyze body. Source: AnalyzeAction.Request's parser of OpenSearch 3.8.0. */
#include "analysis/analysis.h"
#include "base/text.h"

enum shape { TEXT, TEXTS, COMPONENT, COMPONENTS, BOOLEAN };

static const struct {
    const char *name;
    enum shape shape;
} fields[] = {
    { "analyzer", TEXT },       { "text", TEXTS },        { "field", TEXT },
    { "tokenizer", COMPONENT }, { "filter", COMPONENTS }, { "char_filter", COMPONENTS },
    { "explain", BOOLEAN },     { "attributes", TEXTS },  { "normalizer", TEXT },
};
#define FIELD_COUNT (sizeof(fields) / sizeof(*fields))

static enum qd_status unknown_field(const struct qd_json_document *document,
                                    const struct qd_json_iterator *at, struct qd_error *error)
{
    int64_t line = 1, column = 1;
    struct qd_slice names[FIELD_COUNT];
    qd_json_position(document, at->name, &line, &column);
    for (size_t i = 0; i < FIELD_COUNT; i++) names[i] = qd_slice_from_string(fields[i].name);
    struct qd_slice hint = QD_SLICE("");
    if (error != NULL && error->arena != NULL) {
        hint = qd_did_you_mean(error->arena, at->key, names, FIELD_COUNT);
    }
    return qd_error_set(error, QD_X_CONTENT_PARSE, "[%lld:%lld] [analyze_request] unknown field [%.*s]%.*s",
                        (long long)line, (long long)column, QD_SLICE_ARG(at->key), QD_SLICE_ARG(hint));
}

/* An element of a list that may not be there. */
static enum qd_status bad_element(const struct qd_json_document *document, const char *field,
                                  const struct qd_json *node, bool component, struct qd_error *error)
{
    int64_t line = 1, column = 1;
    qd_json_position(document, node, &line, &column);
    if (component)
        (void)qd_error_set(error, QD_X_CONTENT_PARSE,
                           "[%lld:%lld] Expected [VALUE_STRING] or [START_OBJECT], got %s", (long long)line,
                           (long long)column, qd_json_token_name(node));
    else if (qd_json_is_null(node))
        (void)qd_error_set(error, QD_ILLEGAL_STATE, "Can't get text on a VALUE_NULL at %lld:%lld",
                           (long long)line, (long long)column);
    else
        (void)qd_error_set(error, QD_ILLEGAL_STATE, "expected value but got [%s]", qd_json_token_name(node));
    return qd_error_wrap(error, QD_X_CONTENT_PARSE,
                         "[%lld:%lld] [analyze_request] failed to parse field [%s]", (long long)line,
                         (long long)column, field);
}

static enum qd_status check_list(const struct qd_json_document *document, const char *field,
                                 const struct qd_json *list, bool component, struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(list);
    while (qd_json_next(&at)) {
        enum qd_json_type type = qd_json_type_of(at.value);
        bool fine = type == QD_JSON_STRING || (component && type == QD_JSON_OBJECT) ||
                    (!component && (type == QD_JSON_NUMBER || type == QD_JSON_BOOLEAN));
        if (!fine) return bad_element(document, field, at.value, component, error);
    }
    return QD_OK;
}

static enum qd_status check_field(const struct qd_json_document *document, size_t field,
                                  const struct qd_json *node, struct qd_error *error)
{
    enum qd_json_type type = qd_json_type_of(node);
    bool fine = type == QD_JSON_STRING;
    const char *name = fields[field].name;
    int64_t line = 1, column = 1;
    qd_json_position(document, node, &line, &column);
    switch (fields[field].shape) {
    case TEXT: break;
    case TEXTS:
        if (type == QD_JSON_ARRAY) return check_list(document, name, node, false, error);
        break;
    case COMPONENT: fine = fine || type == QD_JSON_OBJECT; break;
    case COMPONENTS:
        if (type == QD_JSON_ARRAY) return check_list(document, name, node, true, error);
        fine = type == QD_JSON_OBJECT;
        break;
    case BOOLEAN:
        if (fine && !qd_slice_is(qd_json_text(node), "true") && !qd_slice_is(qd_json_text(node), "false")) {
            (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                               "Failed to parse value [%.*s] as only [true] or [false] are allowed.",
                               QD_SLICE_ARG(qd_json_text(node)));
            return qd_error_wrap(error, QD_X_CONTENT_PARSE,
                                 "[%lld:%lld] [analyze_request] failed to parse field [%s]", (long long)line,
                                 (long long)column, name);
        }
        fine = fine || type == QD_JSON_BOOLEAN;
        break;
    }
    if (fine) return QD_OK;
    return qd_error_set(error, QD_X_CONTENT_PARSE,
                        "[%lld:%lld] [analyze_request] %s doesn't support values of type: %s",
                        (long long)line, (long long)column, name, qd_json_token_name(node));
}

enum qd_status qd_analysis_check_body(const struct qd_json_document *document, struct qd_error *error)
{
    if (document->root == NULL) {
        return qd_error_set(error, QD_X_CONTENT_PARSE,
                            "[1:0] [analyze_request] Expected START_OBJECT but was: null");
    }
    if (!qd_json_is_object(document->root)) {
        int64_t line = 1, column = 1;
        qd_json_position(document, document->root, &line, &column);
        return qd_error_set(error, QD_X_CONTENT_PARSE,
                            "[%lld:%lld] [analyze_request] Expected START_OBJECT but was: %s",
                            (long long)line, (long long)column, qd_json_token_name(document->root));
    }
    struct qd_json_iterator at = qd_json_iterate(document->root);
    while (qd_json_next(&at)) {
        size_t field = 0;
        while (field < FIELD_COUNT && !qd_slice_is(at.key, fields[field].name)) field++;
        if (field == FIELD_COUNT) return unknown_field(document, &at, error);
        QD_TRY(check_field(document, field, at.value, error));
    }
    return QD_OK;
}
