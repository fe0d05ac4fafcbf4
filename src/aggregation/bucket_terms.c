/* terms: a bucket for every value. Source: OpenSearch TermsAggregationBuilder. */
#include "aggregation/bucket_terms.h"

#include "aggregation/aggregation_kinds.h"

#define SETTER(name)                                                                                         \
    static enum qd_status name(struct qd_aggregation_parser *parser, void *options, struct qd_slice owner,   \
                               const struct qd_json *value, struct qd_error *error)

static enum qd_status positive(struct qd_aggregation_parser *parser, const struct qd_json *value,
                               const char *name, struct qd_slice owner, int64_t *result,
                               struct qd_error *error)
{
    QD_TRY(qd_option_int(parser, value, result, error));
    if (*result > 0) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[%s] must be greater than 0. Found [%lld] in [%.*s]",
                        name, (long long)*result, QD_SLICE_ARG(owner));
}

static enum qd_status not_negative(struct qd_aggregation_parser *parser, const struct qd_json *value,
                                   const char *name, struct qd_slice owner, int64_t *result,
                                   struct qd_error *error)
{
    QD_TRY(qd_option_long(parser, value, result, error));
    if (*result >= 0) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "[%s] must be greater than or equal to 0. Found [%lld] in [%.*s]", name,
                        (long long)*result, QD_SLICE_ARG(owner));
}

SETTER(set_size)
{
    int64_t *size = &((struct qd_terms_options *)options)->size;
    return positive(parser, value, "size", owner, size, error);
}

SETTER(set_shard_size)
{
    int64_t *size = &((struct qd_terms_options *)options)->shard_size;
    return positive(parser, value, "shardSize", owner, size, error);
}

SETTER(set_min_doc_count)
{
    int64_t *count = &((struct qd_terms_options *)options)->min_doc_count;
    return not_negative(parser, value, "minDocCount", owner, count, error);
}

SETTER(set_shard_min_doc_count)
{
    return not_negative(parser, value, "shardMinDocCount", owner,
                        &((struct qd_terms_options *)options)->shard_min_doc_count, error);
}

SETTER(set_show_error)
{
    (void)parser, (void)owner;
    return qd_option_boolean(value, &((struct qd_terms_options *)options)->show_error, error);
}

SETTER(set_execution_hint)
{
    (void)parser, (void)owner, (void)error;
    ((struct qd_terms_options *)options)->execution_hint = qd_json_text(value);
    return QD_OK;
}

SETTER(set_collect_mode)
{
    (void)parser, (void)owner, (void)options;
    struct qd_slice text = qd_json_text(value);
    if (qd_slice_is(text, "depth_first") || qd_slice_is(text, "breadth_first")) return QD_OK;
    return qd_error_set(error, QD_OPENSEARCH_PARSE, "no [collect_mode] found for value [%.*s]",
                        QD_SLICE_ARG(text));
}

SETTER(set_order)
{
    (void)owner;
    return qd_orders_parse(parser, value, &((struct qd_terms_options *)options)->orders, error);
}

SETTER(set_include)
{
    (void)owner;
    return qd_terms_filter_include(parser, &((struct qd_terms_options *)options)->filter, value, error);
}

SETTER(set_exclude)
{
    (void)parser, (void)owner;
    return qd_terms_filter_exclude(&((struct qd_terms_options *)options)->filter, value, error);
}

static const struct qd_option rows[] = {
    { "size", QD_OPTION_NUMBER | QD_OPTION_STRING, set_size, false },
    { "shard_size", QD_OPTION_NUMBER | QD_OPTION_STRING, set_shard_size, false },
    { "min_doc_count", QD_OPTION_NUMBER | QD_OPTION_STRING, set_min_doc_count, false },
    { "shard_min_doc_count", QD_OPTION_NUMBER | QD_OPTION_STRING, set_shard_min_doc_count, false },
    { "show_term_doc_count_error", QD_OPTION_BOOLEAN | QD_OPTION_STRING, set_show_error, false },
    { "execution_hint", QD_OPTION_STRING, set_execution_hint, false },
    { "collect_mode", QD_OPTION_STRING, set_collect_mode, false },
    { "order", QD_OPTION_OBJECT | QD_OPTION_ARRAY, set_order, false },
    { "include", QD_OPTION_OBJECT | QD_OPTION_ARRAY | QD_OPTION_STRING, set_include, false },
    { "exclude", QD_OPTION_ARRAY | QD_OPTION_STRING, set_exclude, false },
};

static const struct qd_option_table options_table = { "terms", rows, sizeof(rows) / sizeof(rows[0]),
                                                      &qd_options_source_format };

static enum qd_status parse(struct qd_aggregation_parser *parser, const struct qd_json *body,
                            struct qd_aggregation *aggregation, struct qd_error *error)
{
    struct qd_terms_options *options = QD_NEW(parser->arena, struct qd_terms_options);
    options->size = 10;
    options->shard_size = -1;
    options->min_doc_count = 1;
    qd_orders_single(parser->arena, QD_ORDER_COUNT, true, &options->orders);
    aggregation->options = options;
    QD_TRY(qd_options_parse_source(parser, &options_table, sizeof(*options), body, aggregation, error));
    if (options->shard_min_doc_count > options->min_doc_count) {
        options->shard_min_doc_count = options->min_doc_count;
    }
    return QD_OK;
}

int64_t qd_terms_shard_size(const struct qd_terms_options *options)
{
    int64_t size = options->shard_size;
    if (size < 0 && !qd_orders_by_key(&options->orders)) size = (int64_t)((double)options->size * 1.5 + 10);
    if (size > INT32_MAX) size = INT32_MAX;
    return size < options->size ? options->size : size;
}

int (*qd_terms_compare(enum qd_terms_keys keys))(const struct qd_bucket *left, const struct qd_bucket *right)
{
    if (keys == QD_TERMS_BYTES) return qd_bucket_compare_bytes;
    return keys == QD_TERMS_DOUBLE ? qd_bucket_compare_real : qd_bucket_compare_number;
}

/* ---- the partial result ---- */

static void write(const struct qd_aggregation_result *result, struct qd_buffer *buffer)
{
    const struct qd_terms_result *terms = result->data;
    qd_format_write(&terms->format, buffer);
    qd_buffer_byte(buffer, (uint8_t)terms->keys);
    qd_buffer_zigzag(buffer, terms->error);
    qd_buffer_zigzag(buffer, terms->other);
    qd_buffer_varint(buffer, terms->count);
    for (size_t i = 0; i < terms->count; i++) {
        qd_bucket_write(result->aggregation, &terms->buckets[i], buffer);
    }
}

static void read(struct qd_reader *reader, struct qd_arena *arena, struct qd_aggregation_result *result)
{
    struct qd_terms_result *terms = QD_NEW(arena, struct qd_terms_result);
    result->data = terms;
    qd_format_read(reader, arena, &result->aggregation->zone, &terms->format);
    uint8_t keys = qd_reader_byte(reader);
    if (keys > QD_TERMS_DOUBLE) reader->failed = true;
    else terms->keys = (enum qd_terms_keys)keys;
    terms->error = qd_reader_zigzag(reader);
    terms->other = qd_reader_zigzag(reader);
    uint64_t count = qd_reader_varint(reader);
    if (reader->failed || count > qd_reader_left(reader)) {
        reader->failed = true;
        return;
    }
    terms->buckets = QD_NEW_ARRAY(arena, struct qd_bucket, count);
    for (; terms->count < count && !reader->failed; terms->count++) {
        qd_bucket_read(result->aggregation, reader, arena, &terms->buckets[terms->count]);
    }
}

static const char *type_name(const struct qd_aggregation_result *result)
{
    switch (((const struct qd_terms_result *)result->data)->keys) {
    case QD_TERMS_LONG: return "lterms";
    case QD_TERMS_UNSIGNED: return "ulterms";
    case QD_TERMS_DOUBLE: return "dterms";
    case QD_TERMS_UNMAPPED:
    case QD_TERMS_BYTES: break;
    }
    return "sterms";
}

const struct qd_aggregation_kind qd_bucket_terms = {
    .name = "terms",
    .parse = parse,
    .create = qd_terms_create,
    .write = write,
    .read = read,
    .reduce = qd_terms_reduce,
    .render = qd_terms_render,
    .type_name = type_name,
};
