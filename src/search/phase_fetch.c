/* The fetch phase: hits as OpenSearch prints them. */
#include <math.h>

#include "base/json_writer.h"
#include "base/wildcard.h"
#include "codec/columns.h"
#include "codec/ids.h"
#include "codec/stored.h"
#include "index/record.h"
#include "mapping/values.h"
#include "search/highlight.h"
#include "search/query_node.h"
#include "search/search.h"
#include "search/sort.h"

struct fetch_phase {
    const struct qd_shard_view *view;
    const struct qd_search_request *request;
    struct qd_arena *arena;
    struct qd_sort_plan sorts;
    struct qd_prepared *query;
    struct qd_highlighter *highlighter;
    struct qd_stored_cache *cache;
};

/* One document's parts. */
struct fetched {
    const struct qd_top_doc *top;
    struct qd_segment *segment;
    struct qd_record record;
    const struct qd_json *source; /* parsed, NULL when not needed */
};

static enum qd_status write_column(struct fetch_phase *phase, const struct fetched *hit, const char *member,
                                   const char *column, struct qd_json_writer *writer, struct qd_error *error)
{
    (void)phase;
    struct qd_numeric_column *numbers;
    QD_TRY(qd_segment_numeric(hit->segment, qd_slice_from_string(column), &numbers, error));
    int64_t value = 0;
    if (numbers != NULL) (void)qd_numeric_first(numbers, hit->top->doc, &value);
    qd_json_member_int(writer, member, value);
    return QD_OK;
}

static enum qd_status write_doc_values(const struct fetched *hit, const struct qd_field *field,
                                       const struct qd_value_format *format, struct qd_arena *arena,
                                       struct qd_json_writer *writer, struct qd_error *error)
{
    struct qd_numeric_column *numbers = NULL;
    struct qd_ordinal_column *ordinals = NULL;
    if (field->column == QD_COLUMN_ORDINALS) QD_TRY(qd_segment_ordinals(hit->segment, field->name, &ordinals, error));
    else QD_TRY(qd_segment_numeric(hit->segment, field->name, &numbers, error));
    const struct qd_numeric_column *column = ordinals != NULL ? qd_ordinal_numbers(ordinals) : numbers;
    uint32_t count = column == NULL ? 0 : qd_numeric_count(column, hit->top->doc);
    if (count == 0) return QD_OK;
    qd_json_name_slice(writer, field->name);
    qd_json_begin_array(writer);
    for (uint32_t i = 0; i < count; i++) {
        int64_t value = qd_numeric_at(column, hit->top->doc, i);
        if (ordinals != NULL) qd_value_write_bytes(format, qd_ordinal_term(ordinals, (uint32_t)value, arena), writer);
        else qd_value_write_number(format, value, writer);
    }
    qd_json_end_array(writer);
    return QD_OK;
}

static enum qd_status write_fields(struct fetch_phase *phase, const struct fetched *hit, struct qd_json_writer *writer,
                                   struct qd_error *error)
{
    const struct qd_search_request *request = phase->request;
    if (request->docvalue_field_count == 0) return QD_OK;
    struct qd_buffer text = { 0 };
    struct qd_json_writer inner = { .out = &text };
    qd_json_begin_object(&inner);
    enum qd_status status = QD_OK;
    for (size_t i = 0; i < request->docvalue_field_count && status == QD_OK; i++) {
        struct qd_slice *names;
        size_t count = qd_mapping_match(phase->view->mapping, request->docvalue_fields[i].field, phase->arena, &names);
        for (size_t k = 0; k < count && status == QD_OK; k++) {
            const struct qd_field *field = qd_mapping_field(phase->view->mapping, names[k]);
            if (field == NULL || field->column == QD_COLUMN_NONE || field->column == QD_COLUMN_BINARY) continue;
            struct qd_value_format format;
            status = qd_value_format_of(field, request->docvalue_fields[i].format, (struct qd_slice){ 0 },
                                        phase->arena, &format, error);
            if (status == QD_OK) status = write_doc_values(hit, field, &format, phase->arena, &inner, error);
        }
    }
    qd_json_end_object(&inner);
    if (status == QD_OK && text.size > 2) {
        qd_json_name(writer, "fields");
        qd_json_raw(writer, qd_buffer_view(&text));
    }
    qd_buffer_deinit(&text);
    return status;
}

static enum qd_status write_query_parts(struct fetch_phase *phase, const struct fetched *hit,
                                        struct qd_json_writer *writer, struct qd_error *error)
{
    const struct qd_search_request *request = phase->request;
    if (phase->highlighter != NULL) {
        struct qd_buffer text = { 0 };
        struct qd_json_writer inner = { .out = &text };
        bool written = false;
        enum qd_status status = qd_highlight_write(phase->highlighter, hit->top->segment, hit->top->doc, hit->source,
                                                   phase->arena, &inner, &written, error);
        if (status == QD_OK && written) {
            qd_json_name(writer, "highlight");
            qd_json_raw(writer, qd_buffer_view(&text));
        }
        qd_buffer_deinit(&text);
        QD_TRY(status);
    }
    if (hit->top->sort_values != NULL && request->sort_count > 0) {
        qd_json_member_array(writer, "sort");
        for (size_t i = 0; i < request->sort_count; i++)
            qd_sort_write(&phase->sorts, i, &hit->top->sort_values[i], writer);
        qd_json_end_array(writer);
    }
    struct qd_matched_query *matched;
    size_t count;
    QD_TRY(qd_prepared_matched(phase->query, hit->top->segment, hit->top->doc, phase->arena, &matched, &count, error));
    if (count == 0) return QD_OK;
    bool scores = request->include_named_queries_score;
    if (scores) qd_json_member_object(writer, "matched_queries");
    else qd_json_member_array(writer, "matched_queries");
    for (size_t i = 0; i < count; i++) {
        if (scores) {
            qd_json_name_slice(writer, matched[i].name);
            qd_json_float_value(writer, matched[i].score);
        } else {
            qd_json_string(writer, matched[i].name);
        }
    }
    if (scores) qd_json_end_object(writer);
    else qd_json_end_array(writer);
    return QD_OK;
}

static enum qd_status write_hit(struct fetch_phase *phase, struct fetched *hit, struct qd_json_writer *writer,
                                struct qd_error *error)
{
    const struct qd_search_request *request = phase->request;
    struct qd_ids *ids;
    QD_TRY(qd_segment_ids(hit->segment, &ids, error));
    qd_json_begin_object(writer);
    if (request->explain) {
        qd_json_name(writer, "_shard");
        qd_json_string(writer, qd_arena_format(phase->arena, "[%.*s][%u]", QD_SLICE_ARG(phase->view->index_name),
                                               phase->view->shard));
        qd_json_member_string(writer, "_node", phase->view->node_id);
    }
    qd_json_member_string(writer, "_index", phase->view->index_name);
    if (ids != NULL) qd_json_member_string(writer, "_id", qd_ids_at(ids, hit->top->doc));
    if (request->version) QD_TRY(write_column(phase, hit, "_version", "_version", writer, error));
    if (request->seq_no_primary_term) {
        QD_TRY(write_column(phase, hit, "_seq_no", "_seq_no", writer, error));
        QD_TRY(write_column(phase, hit, "_primary_term", "_primary_term", writer, error));
    }
    qd_json_name(writer, "_score");
    if (isnan(hit->top->score)) qd_json_null(writer);
    else qd_json_float_value(writer, hit->top->score);
    if (hit->record.routing.data != NULL) qd_json_member_string(writer, "_routing", hit->record.routing);
    bool source = request->source.given ? request->source.fetch : !request->stored_fields_given;
    if (source && hit->record.source.data != NULL) {
        qd_json_name(writer, "_source");
        qd_source_filter_write(&request->source, hit->record.source, phase->arena, writer);
    }
    QD_TRY(write_fields(phase, hit, writer, error));
    QD_TRY(write_query_parts(phase, hit, writer, error));
    if (request->explain) {
        bool matched;
        qd_json_name(writer, "_explanation");
        QD_TRY(qd_prepared_explain(phase->query, hit->top->segment, hit->top->doc, phase->arena, writer, &matched,
                                   error));
    }
    qd_json_end_object(writer);
    return QD_OK;
}

static enum qd_status load(struct fetch_phase *phase, const struct qd_top_doc *top, struct fetched *hit,
                           struct qd_error *error)
{
    if (top->segment >= phase->view->snapshot->segment_count)
        return qd_error_set(error, QD_ILLEGAL_STATE, "no such segment");
    *hit = (struct fetched){ .top = top, .segment = phase->view->snapshot->segments[top->segment].segment };
    if (top->doc >= qd_segment_doc_count(hit->segment)) return qd_error_set(error, QD_ILLEGAL_STATE, "no such document");
    struct qd_stored *stored;
    QD_TRY(qd_segment_stored(hit->segment, &stored, error));
    struct qd_slice bytes = { 0 };
    if (stored != NULL) QD_TRY(qd_stored_get(stored, top->doc, phase->arena, phase->cache, &bytes, error));
    if (bytes.size > 0) QD_TRY(qd_record_parse(bytes, phase->arena, &hit->record, error));
    if (phase->highlighter == NULL || hit->record.source.data == NULL) return QD_OK;
    struct qd_json_document document;
    QD_TRY(qd_json_parse(phase->arena, hit->record.source, &document, error));
    hit->source = document.root;
    return QD_OK;
}

enum qd_status qd_search_fetch_phase(const struct qd_shard_view *view, const struct qd_search_request *request,
                                     const struct qd_top_doc *docs, size_t count, struct qd_arena *arena,
                                     struct qd_slice *hits, struct qd_error *error)
{
    struct fetch_phase phase = { .view = view,
                                 .request = request,
                                 .arena = arena,
                                 .cache = qd_stored_cache_create(arena) };
    QD_TRY(qd_sort_plan_make(view, request, arena, &phase.sorts, error));
    const struct qd_query *query = request->query == NULL ? qd_query_match_all(arena) : request->query;
    QD_TRY(qd_query_prepare(query, view, request->explain, arena, &phase.query, error));
    if (request->highlight != NULL)
        QD_TRY(qd_highlight_create(request->document, request->highlight, view, phase.query, arena, &phase.highlighter,
                                   error));
    struct qd_buffer text = { 0 };
    enum qd_status status = QD_OK;
    for (size_t i = 0; i < count && status == QD_OK; i++) {
        struct fetched hit;
        struct qd_json_writer writer = { .out = &text };
        text.size = 0;
        status = load(&phase, &docs[i], &hit, error);
        if (status == QD_OK) status = write_hit(&phase, &hit, &writer, error);
        if (status == QD_OK) hits[i] = qd_arena_copy(arena, qd_buffer_view(&text));
    }
    qd_buffer_deinit(&text);
    return status;
}
