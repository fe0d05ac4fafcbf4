/* The analyze call. The work is analysis/'s; here the index and the field are found. */
#include "analysis/analysis.h"
#include "analysis/analyzer.h"
#include "coordinator/blocks.h"
#include "coordinator/index_call.h"
#include "coordinator/operations.h"
#include "data/config_files.h"
#include "data/data.h"

#define MAX_TOKENS_DEFAULT 10000

struct analysis {
    struct qd_call *call;
    struct qd_json_document body;
    const struct qd_schema *schema; /* NULL: no index */
    const struct qd_analyzer *field_analyzer;
};

/* The index is looked up as one name: lists and patterns are names that do not exist. */
static enum qd_status find_schema(struct qd_coordinator *coordinator, struct analysis *analysis)
{
    struct qd_call *call = analysis->call;
    struct qd_error *error = &call->error;
    struct qd_slice name = qd_call_parameter(call, "index");
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    struct qd_resolved *indices;
    size_t count;
    if (name.data == NULL) return QD_OK;
    struct qd_expression expression = {
        .state = state, .text = name, .options = qd_options_single(), .now_ms = call->start_ms
    };
    QD_TRY(qd_resolve(&expression, call->arena, &indices, &count, error));
    QD_TRY(qd_check_blocks(indices[0].index, QD_BLOCK_READ, error));
    analysis->schema = qd_data_schema(coordinator->data, indices[0].index->uuid);
    return QD_OK;
}

static enum qd_status find_field(struct analysis *analysis)
{
    struct qd_slice name = qd_json_text(qd_json_get(analysis->body.root, "field"));
    struct qd_error *error = &analysis->call->error;
    if (name.size == 0 || analysis->schema == NULL) return QD_OK;
    const struct qd_field *field = qd_mapping_field(analysis->schema->mapping, name);
    if (field == NULL) return QD_OK;
    if (field->analyzer == NULL && !qd_field_has_words(field)) {
        return qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "Can't process field [%.*s], Analysis requests are only supported on tokenized fields",
            QD_SLICE_ARG(name));
    }
    analysis->field_analyzer = field->type == QD_FIELD_KEYWORD ? field->normalizer : field->analyzer;
    if (qd_field_is_analyzed(field) && field->analyzer != NULL) {
        struct qd_analyzer *own = QD_NEW(analysis->call->arena, struct qd_analyzer);
        *own = *field->analyzer;
        own->name = field->analyzer_name;
        own->position_increment_gap = (int32_t)field->position_increment_gap;
        analysis->field_analyzer = own;
    }
    if (analysis->field_analyzer == NULL) {
        analysis->field_analyzer = qd_analysis_analyzer(analysis->schema->analysis, QD_SLICE("keyword"));
    }
    return QD_OK;
}

static enum qd_status check_body(void *context, const struct qd_json_document *body, struct qd_error *error)
{
    (void)context;
    return qd_analysis_check_body(body, error);
}

static enum qd_status run(struct qd_coordinator *coordinator, struct analysis *analysis)
{
    struct qd_call *call = analysis->call;
    struct qd_error *error = &call->error;
    if (call->body.size == 0) {
        return qd_error_set(error, QD_OPENSEARCH_PARSE, "request body or source parameter is required");
    }
    struct qd_body_check check = { .check = check_body };
    QD_TRY(qd_call_body_streamed(call, &check, &analysis->body, error));
    QD_TRY(qd_analysis_check_body(&analysis->body, error));
    QD_TRY(find_schema(coordinator, analysis));
    QD_TRY(find_field(analysis));
    const struct qd_schema *schema = analysis->schema;
    struct qd_analysis_files files = qd_config_files(coordinator->env);
    struct qd_analysis_scope scope = {
        .registry = schema == NULL ? NULL : schema->analysis,
        .files = &files,
        .field_analyzer = analysis->field_analyzer,
        .max_token_count = schema == NULL ? MAX_TOKENS_DEFAULT : schema->analyze_max_token_count,
    };
    return qd_analysis_analyze(&scope, analysis->body.root, &call->response, error);
}

void qd_coordinator_analyze(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct analysis analysis = { .call = call };
    if (run(coordinator, &analysis) != QD_OK) {
        qd_call_fail(call);
    } else {
        qd_call_finish(call, 200);
    }
}
