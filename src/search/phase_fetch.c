/* The fetch phase: hits as OpenSearch prints them. Source: OpenSearch FetchPhase, SearchHit.toInnerXContent.
 */
#include <math.h>

#include "base/filter_path.h"
#include "base/json_writer.h"
#include "base/vector.h"
#include "base/wildcard.h"
#include "codec/columns.h"
#include "codec/ids.h"
#include "codec/postings.h"
#include "codec/stored.h"
#include "search/document_cache.h"
#include "search/highlight.h"
#include "search/phase_fetch_fields.h"
#include "search/phase_query_slice.h"
#include "search/phase_request.h"
#include "search/query_node.h"
#include "search/query_tree.h"
#include "search/sort.h"

QD_VECTOR_TYPE(name_list, struct qd_slice);

/* Documents of larger pages are not kept for others: who reads everything would drive out what is asked for
 * again. */
#define KEPT_PAGE_MAX 100

struct fetch_phase {
    const struct qd_shard_view *view;
    const struct qd_search_request *request;
    struct qd_arena *arena;   /* of the answer */
    struct qd_arena *scratch; /* of one hit */
    struct qd_sort_plan sorts;
    struct qd_prepared *query; /* NULL: neither names, explanations nor highlights are asked for */
    struct qd_highlighter *highlighter;
    struct qd_fetch_fields *fields;
    struct qd_document_cache *documents;        /* keeps what is shown; NULL: none */
    struct qd_stored_cache **caches;            /* caches[segment]: the block read last */
    const struct qd_filter_path *source_filter; /* NULL: _source as it is */
    bool source;                                /* _source is shown */
    bool nothing_stored;                        /* stored_fields "_none_" */
    bool names_stored;                          /* stored_fields names a field besides _source */
};

/* One document's parts. */
struct fetched {
    const struct qd_top_doc *top;
    struct qd_segment *segment;
    struct qd_record record;
    const struct qd_json *source; /* parsed, NULL when not needed */
    struct name_list ignored;
};

static enum qd_status write_column(const struct fetched *hit, const char *name, struct qd_json_writer *writer,
                                   struct qd_error *error)
{
    struct qd_numeric_column *numbers;
    QD_TRY(qd_segment_numeric(hit->segment, qd_slice_from_string(name), &numbers, error));
    int64_t value = 0;
    if (numbers != NULL) {
        (void)qd_numeric_first(numbers, hit->top->doc, &value);
    }
    qd_json_member_int(writer, name, value);
    return QD_OK;
}

/* ---- what belongs to the query ---- */
static enum qd_status write_highlight(struct fetch_phase *phase, const struct fetched *hit,
                                      struct qd_json_writer *writer, struct qd_error *error)
{
    struct qd_buffer text = { 0 };
    struct qd_json_writer inner = { .out = &text };
    bool written = false;
    enum qd_status status = qd_highlight_write(phase->highlighter, hit->top->segment, hit->top->doc,
                                               hit->source, phase->scratch, &inner, &written, error);
    if (status == QD_OK && written) {
        qd_json_name(writer, "highlight");
        qd_json_raw(writer, qd_buffer_view(&text));
    }
    qd_buffer_deinit(&text);
    return status;
}

static enum qd_status write_matched(struct fetch_phase *phase, const struct fetched *hit,
                                    struct qd_json_writer *writer, struct qd_error *error)
{
    struct qd_matched_query *matched;
    size_t count;
    bool scores = phase->request->include_named_queries_score;
    if (phase->query == NULL) {
        return QD_OK;
    }
    QD_TRY(qd_prepared_matched(phase->query, hit->top->segment, hit->top->doc, phase->scratch, &matched,
                               &count, error));
    if (count == 0) {
        return QD_OK;
    }
    if (scores) {
        qd_json_member_object(writer, "matched_queries");
    } else {
        qd_json_member_array(writer, "matched_queries");
    }
    for (size_t i = 0; i < count; i++) {
        if (!scores) {
            qd_json_string(writer, matched[i].name);
            continue;
        }
        qd_json_name_slice(writer, matched[i].name);
        qd_json_float_value(writer, matched[i].score);
    }
    if (scores) {
        qd_json_end_object(writer);
    } else {
        qd_json_end_array(writer);
    }
    return QD_OK;
}

static enum qd_status write_query_parts(struct fetch_phase *phase, const struct fetched *hit,
                                        struct qd_json_writer *writer, struct qd_error *error)
{
    const struct qd_search_request *request = phase->request;
    if (phase->highlighter != NULL) {
        QD_TRY(write_highlight(phase, hit, writer, error));
    }
    if (hit->top->sort_values != NULL && request->sort_count > 0) {
        qd_json_member_array(writer, "sort");
        for (size_t i = 0; i < request->sort_count; i++) {
            QD_TRY(qd_sort_check_shown(&phase->sorts, i, &hit->top->sort_values[i], error));
            qd_sort_write(&phase->sorts, i, &hit->top->sort_values[i], writer);
        }
        qd_json_end_array(writer);
    }
    QD_TRY(write_matched(phase, hit, writer, error));
    if (!request->explain) {
        return QD_OK;
    }
    bool matched;
    qd_json_name(writer, "_explanation");
    return qd_prepared_explain(phase->query, hit->top->segment, hit->top->doc, phase->scratch, writer,
                               &matched, error);
}

/* ---- what belongs to the document ---- */
static void write_stored_metadata(struct fetch_phase *phase, const struct fetched *hit,
                                  struct qd_json_writer *writer)
{
    if (phase->nothing_stored) {
        return;
    }
    if (hit->record.routing.data != NULL) {
        qd_json_member_string(writer, "_routing", hit->record.routing);
    }
    if (hit->ignored.count > 0) {
        qd_json_member_array(writer, "_ignored");
        for (size_t i = 0; i < hit->ignored.count; i++) {
            qd_json_string(writer, hit->ignored.data[i]);
        }
        qd_json_end_array(writer);
    }
    if (!phase->source || hit->record.source.data == NULL) {
        return;
    }
    qd_json_name(writer, "_source");
    if (phase->source_filter != NULL) {
        qd_filter_source_write(phase->source_filter, hit->source, writer);
    } else {
        qd_json_raw(writer, hit->record.source);
    }
}

static enum qd_status write_hit(struct fetch_phase *phase, const struct fetched *hit,
                                struct qd_json_writer *writer, struct qd_error *error)
{
    const struct qd_search_request *request = phase->request;
    struct qd_ids *ids;
    QD_TRY(qd_segment_ids(hit->segment, &ids, error));
    qd_json_begin_object(writer);
    if (request->explain) {
        struct qd_slice shard = qd_arena_format(phase->scratch, "[%.*s][%u]",
                                                QD_SLICE_ARG(phase->view->index_name), phase->view->shard);
        qd_json_member_string(writer, "_shard", shard);
        qd_json_member_string(writer, "_node", phase->view->node_id);
    }
    qd_json_member_string(writer, "_index", phase->view->index_name);
    if (ids != NULL && !phase->nothing_stored) {
        qd_json_member_string(writer, "_id", qd_ids_at(ids, hit->top->doc));
    }
    if (request->version) {
        QD_TRY(write_column(hit, "_version", writer, error));
    }
    if (request->seq_no_primary_term) {
        QD_TRY(write_column(hit, "_seq_no", writer, error));
        QD_TRY(write_column(hit, "_primary_term", writer, error));
    }
    qd_json_name(writer, "_score");
    if (isnan(hit->top->score)) {
        qd_json_null(writer);
    } else {
        qd_json_float_value(writer, hit->top->score);
    }
    write_stored_metadata(phase, hit, writer);
    struct qd_fetch_document document = { hit->segment, hit->top->doc,     &hit->record,
                                          hit->source,  hit->ignored.data, hit->ignored.count };
    QD_TRY(qd_fetch_fields_write(phase->fields, &document, phase->scratch, writer, error));
    QD_TRY(write_query_parts(phase, hit, writer, error));
    qd_json_end_object(writer);
    return QD_OK;
}

/* ---- loading ---- */
/* The names in _ignored are terms of an inverted index: few, so each is asked for the document. */
static enum qd_status load_ignored(struct fetch_phase *phase, struct fetched *hit, struct qd_error *error)
{
    struct qd_terms *terms;
    struct qd_slice term;
    struct qd_term_info info;
    QD_TRY(qd_segment_terms(hit->segment, QD_SLICE("_ignored"), &terms, error));
    if (terms == NULL) {
        return QD_OK;
    }
    struct qd_terms_iterator *iterator = qd_terms_iterate(phase->scratch, terms, (struct qd_slice){ 0 });
    struct qd_postings *postings = qd_arena_alloc(phase->scratch, sizeof(*postings));
    while (qd_terms_next(iterator, &term, &info)) {
        qd_postings_init(postings, phase->scratch, terms, &info, QD_POSTINGS_DOCS);
        if (qd_postings_advance(postings, hit->top->doc) != hit->top->doc) {
            continue;
        }
        *QD_PUSH(phase->scratch, &hit->ignored) = qd_arena_copy(phase->scratch, term);
    }
    return QD_OK;
}

/* The stored record of a document; empty in a segment without stored fields. */
static enum qd_status load_record(struct fetch_phase *phase, const struct qd_top_doc *top,
                                  struct qd_slice *record, struct qd_error *error)
{
    const struct qd_snapshot_segment *segment = &phase->view->snapshot->segments[top->segment];
    struct qd_document_key key = { phase->view->documents_owner, segment->generation, top->doc };
    struct qd_stored_cache **cache = &phase->caches[top->segment];
    struct qd_stored *stored;
    if (qd_document_cache_find(phase->documents, &key, phase->scratch, record)) {
        return QD_OK;
    }
    QD_TRY(qd_segment_stored(segment->segment, &stored, error));
    if (stored == NULL) {
        return QD_OK;
    }
    if (*cache == NULL) {
        *cache = qd_stored_cache_create(phase->arena);
    }
    QD_TRY(qd_stored_get(stored, top->doc, phase->scratch, *cache, record, error));
    qd_document_cache_put(phase->documents, &key, *record);
    return QD_OK;
}

static enum qd_status load(struct fetch_phase *phase, const struct qd_top_doc *top, struct fetched *hit,
                           struct qd_error *error)
{
    if (top->segment >= phase->view->snapshot->segment_count) {
        return qd_error_set(error, QD_ILLEGAL_STATE, "no such segment");
    }
    *hit = (struct fetched){ .top = top, .segment = phase->view->snapshot->segments[top->segment].segment };
    if (top->doc >= qd_segment_doc_count(hit->segment)) {
        return qd_error_set(error, QD_ILLEGAL_STATE, "no such document");
    }
    struct qd_slice bytes = { 0 };
    QD_TRY(load_record(phase, top, &bytes, error));
    if (bytes.size > 0) {
        QD_TRY(qd_record_parse(bytes, phase->scratch, &hit->record, error));
    }
    /* The reference reads what is stored until it has what it needs, which it never has without a routing or
     * where it looks for fields by name. Behind the routing come the names of ignored fields. */
    if (!phase->nothing_stored && (phase->names_stored || hit->record.routing.data == NULL)) {
        QD_TRY(load_ignored(phase, hit, error));
        qd_query_hash_order(hit->ignored.data, hit->ignored.count, phase->scratch);
    }
    bool parsed = phase->highlighter != NULL || qd_fetch_fields_need_source(phase->fields) ||
                  (phase->source && phase->source_filter != NULL);
    if (!parsed || hit->record.source.data == NULL) {
        return QD_OK;
    }
    struct qd_json_document *document = QD_NEW(phase->scratch, struct qd_json_document);
    QD_TRY(qd_json_parse(phase->scratch, hit->record.source, document, error));
    hit->source = document->root;
    return QD_OK;
}

/* False when no query of the request can bear a name: then the query need not be prepared again. */
static bool may_have_names(const struct qd_search_request *request)
{
    struct qd_slice name = QD_SLICE("_name");
    if (request->document == NULL || request->document->source.size < name.size) {
        return false;
    }
    struct qd_slice source = request->document->source;
    /* What a wrapper holds cannot be seen from here. */
    struct qd_slice wrapper = QD_SLICE("wrapper");
    return memmem(source.data, source.size, name.data, name.size) != NULL ||
           memmem(source.data, source.size, wrapper.data, wrapper.size) != NULL;
}

/* Whether a name or pattern of stored_fields means a field of the mapping or of the metadata. */
static bool means_field(const struct fetch_phase *phase, struct qd_slice name)
{
    static const char *const metadata[] = {
        "_id",          "_routing",   "_ignored",     "_index",   "_seq_no", "_version",
        "_field_names", "_doc_count", "_nested_path", "_feature", "_source", "_data_stream_timestamp",
    };
    struct qd_slice *names;
    if (qd_slice_is(name, "_source")) return false;
    for (size_t i = 0; i < sizeof(metadata) / sizeof(metadata[0]); i++) {
        if (qd_simple_match(name, qd_slice_from_string(metadata[i]))) return true;
    }
    return !qd_slice_is(name, "_primary_term") &&
           qd_mapping_match(phase->view->mapping, name, phase->arena, &names) > 0;
}

static enum qd_status prepare_phase(struct fetch_phase *phase, struct qd_error *error)
{
    const struct qd_shard_view *view = phase->view;
    const struct qd_search_request *request = phase->request;
    const struct qd_source_filter *filter = &request->source;
    const struct qd_query *query;
    bool asks = request->explain || request->highlight != NULL || may_have_names(request);
    phase->caches = QD_NEW_ARRAY(phase->arena, struct qd_stored_cache *, view->snapshot->segment_count + 1);
    phase->nothing_stored = qd_phase_nothing_stored(request);
    phase->source = filter->given ? filter->fetch : !request->stored_fields_given;
    for (size_t i = 0; i < request->stored_field_count; i++) {
        phase->source = phase->source || qd_slice_is(request->stored_fields[i], "_source");
        phase->names_stored = phase->names_stored || means_field(phase, request->stored_fields[i]);
    }
    if (filter->include_count + filter->exclude_count > 0) {
        phase->source_filter = qd_filter_path_create(phase->arena, filter->includes, filter->include_count,
                                                     filter->excludes, filter->exclude_count);
    }
    QD_TRY(qd_sort_plan_make(view, request, phase->arena, &phase->sorts, error));
    QD_TRY(qd_fetch_fields_create(view, request, phase->arena, &phase->fields, error));
    if (!asks) {
        return QD_OK;
    }
    QD_TRY(qd_phase_query_of(view, request, phase->arena, &query, error));
    if (request->explain) QD_TRY(qd_slice_query(query, view, request, phase->arena, &query, error));
    bool scores = request->explain || request->include_named_queries_score;
    QD_TRY(qd_query_prepare(query, view, scores, phase->arena, &phase->query, error));
    if (request->post_filter != NULL && may_have_names(request)) {
        struct qd_prepared *post;
        QD_TRY(qd_query_prepare(request->post_filter, view, scores, phase->arena, &post, error));
        qd_prepared_take_names(phase->query, post);
    }
    if (request->highlight == NULL) {
        return QD_OK;
    }
    return qd_highlight_create(request->document, request->highlight, view, phase->query, phase->arena,
                               &phase->highlighter, error);
}

static enum qd_status write_hits(struct fetch_phase *phase, const struct qd_top_doc *docs, size_t count,
                                 struct qd_slice *hits, struct qd_error *error)
{
    struct qd_buffer text = { 0 };
    enum qd_status status = QD_OK;
    for (size_t i = 0; i < count && status == QD_OK; i++) {
        struct fetched hit;
        struct qd_json_writer writer = { .out = &text };
        text.size = 0;
        qd_arena_reset(phase->scratch);
        status = load(phase, &docs[i], &hit, error);
        if (status == QD_OK) {
            status = write_hit(phase, &hit, &writer, error);
        }
        if (status == QD_OK) {
            hits[i] = qd_arena_copy(phase->arena, qd_buffer_view(&text));
        }
    }
    qd_buffer_deinit(&text);
    return status;
}

enum qd_status qd_search_fetch_phase(const struct qd_shard_view *view,
                                     const struct qd_search_request *request, const struct qd_top_doc *docs,
                                     size_t count, struct qd_arena *arena, struct qd_slice *hits,
                                     struct qd_error *error)
{
    struct fetch_phase phase = { .view = view, .request = request, .arena = arena };
    if (count == 0) {
        return QD_OK;
    }
    if (count <= KEPT_PAGE_MAX) {
        phase.documents = view->documents;
    }
    QD_TRY(prepare_phase(&phase, error));
    phase.scratch = qd_arena_create(16384);
    enum qd_status status = write_hits(&phase, docs, count, hits, error);
    qd_arena_destroy(phase.scratch);
    return status;
}
