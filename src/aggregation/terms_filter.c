#include "aggregation/terms_filter.h"

#include "base/murmur3.h"
#include "base/number.h"
#include "base/text.h"
#include "mapping/type_number.h"

/* ---- parsing ---- */

static enum qd_status parse_partition(struct qd_aggregation_parser *parser,
                                      struct qd_terms_filter_options *options, const struct qd_json *value,
                                      struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(value);
    while (qd_json_next(&at)) {
        int64_t *target = NULL;
        if (qd_slice_is(at.key, "partition")) target = &options->partition;
        if (qd_slice_is(at.key, "num_partitions")) target = &options->partition_count;
        bool scalar = qd_json_is_number(at.value) || qd_json_is_string(at.value);
        if (target == NULL || !scalar) {
            parser->fail = at.value;
            return qd_error_set(error, QD_OPENSEARCH_PARSE,
                                "Unknown parameter in Include/Exclude clause: %.*s", QD_SLICE_ARG(at.key));
        }
        QD_TRY(qd_option_int(parser, at.value, target, error));
    }
    if (options->partition < 0) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Missing [partition] parameter for partition-based include");
    }
    if (options->partition_count < 0) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Missing [num_partitions] parameter for partition-based include");
    }
    if (options->partition >= options->partition_count) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Partition must be >=0 and < numPartition which is %lld",
                            (long long)options->partition_count);
    }
    options->has_partition = true;
    return QD_OK;
}

static enum qd_status check_mix(const struct qd_terms_filter_options *options, struct qd_error *error)
{
    bool include_regexp = options->include_regexp.data != NULL;
    bool exclude_regexp = options->exclude_regexp.data != NULL;
    if (options->has_partition && (exclude_regexp || options->exclude_list != NULL)) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Cannot specify any excludes when using a partition-based include");
    }
    if (include_regexp && options->exclude_list != NULL) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Cannot mix a regex-based include with a set-based method");
    }
    if (options->include_list != NULL && exclude_regexp) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Cannot mix a set-based include with a regex-based method");
    }
    return QD_OK;
}

static enum qd_status check_list(const struct qd_json *list, struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(list);
    while (qd_json_next(&at)) {
        if (!qd_json_is_array(at.value) && !qd_json_is_object(at.value)) continue;
        return qd_error_set(error, QD_OPENSEARCH_PARSE,
                            "Array elements in include/exclude clauses should be string values");
    }
    return QD_OK;
}

enum qd_status qd_terms_filter_include(struct qd_aggregation_parser *parser,
                                       struct qd_terms_filter_options *options, const struct qd_json *value,
                                       struct qd_error *error)
{
    options->partition = -1;
    options->partition_count = -1;
    if (qd_json_is_object(value)) {
        QD_TRY(parse_partition(parser, options, value, error));
    } else if (qd_json_is_array(value)) {
        QD_TRY(check_list(value, error));
        options->include_list = value;
    } else {
        options->include_regexp = qd_json_text(value);
    }
    return check_mix(options, error);
}

enum qd_status qd_terms_filter_exclude(struct qd_terms_filter_options *options, const struct qd_json *value,
                                       struct qd_error *error)
{
    if (qd_json_is_array(value)) {
        QD_TRY(check_list(value, error));
        options->exclude_list = value;
    } else {
        options->exclude_regexp = qd_json_text(value);
    }
    return check_mix(options, error);
}

/* ---- preparing ---- */

/* A list value in the form of a key. */
static enum qd_status key_of(struct qd_aggregation_run *run, const struct qd_source *source,
                             const struct qd_json *value, struct qd_slice *key, struct qd_error *error)
{
    struct qd_slice text = qd_json_text(value);
    int64_t number = 0;
    double real;
    if (source->kind == QD_SOURCE_BYTES || source->kind == QD_SOURCE_UNMAPPED) {
        *key = text;
        if (source->format.kind == QD_FORMAT_BINARY) {
            if (qd_base64_decode(run->arena, text, key)) return QD_OK;
            qd_base64_explain(text, false, error);
            return QD_ILLEGAL_ARGUMENT;
        }
        if (source->format.kind != QD_FORMAT_IP || source->field == NULL) return QD_OK;
        struct qd_term_value term;
        QD_TRY(qd_value_term(source->field, value, run->view->now_ms, run->arena, &term, error));
        *key = term.bytes;
        return QD_OK;
    }
    if (source->kind == QD_SOURCE_DOUBLE) {
        QD_TRY(qd_text_to_double(text, &real, error));
        memcpy(&number, &real, sizeof(number));
    } else if (source->kind == QD_SOURCE_UNSIGNED) {
        /* The reference takes the bits of the double for the number: 1 is 4607182418800017408. */
        QD_TRY(qd_text_to_double(text, &real, error));
        number = qd_double_to_sortable(real) ^ INT64_MIN;
    } else if (source->format.kind == QD_FORMAT_DATE) {
        QD_TRY(qd_format_parse_date(&source->format, text, run->view->now_ms, &number, error));
    } else {
        struct qd_value_format format = { .kind = source->format.kind,
                                          .field = source->field,
                                          .decimal_pattern = source->format.pattern };
        QD_TRY(qd_value_parse_number(&format, value, run->view->now_ms, &number, error));
    }
    *key = qd_arena_copy(run->arena, qd_slice_make(&number, sizeof(number)));
    return QD_OK;
}

static enum qd_status make_set(struct qd_aggregation_run *run, const struct qd_source *source,
                               const struct qd_json *list, struct qd_map **set, struct qd_error *error)
{
    bool bytes = source->kind == QD_SOURCE_BYTES;
    *set = NULL;
    /* No numbers at all are no filter; no terms at all let nothing through. */
    if (list == NULL || (!bytes && qd_json_size(list) == 0)) return QD_OK;
    *set = QD_NEW(run->arena, struct qd_map);
    qd_map_init(*set, run->arena);
    struct qd_json_iterator at = qd_json_iterate(list);
    struct qd_error first = { 0 };
    const struct qd_json *wrong = NULL;
    while (qd_json_next(&at)) {
        struct qd_slice key;
        struct qd_error found;
        qd_error_init(&found, run->arena);
        if (key_of(run, source, at.value, &key, &found) == QD_OK) {
            (void)qd_map_put(*set, key, *set);
            continue;
        }
        /* The reference reads them in the order of their texts. */
        if (wrong != NULL && qd_slice_compare(qd_json_text(wrong), qd_json_text(at.value)) <= 0) continue;
        wrong = at.value;
        first = found;
    }
    if (wrong == NULL) return QD_OK;
    if (error != NULL) qd_error_copy(error, run->arena, &first);
    return first.status;
}

static enum qd_status make_automaton(struct qd_aggregation_run *run, struct qd_slice pattern,
                                     const struct qd_automaton **automaton, struct qd_error *error)
{
    struct qd_regexp_options options = { .flags = QD_REGEXP_ALL, .work_max = QD_AUTOMATON_WORK_DEFAULT };
    struct qd_automaton *made = NULL;
    *automaton = NULL;
    if (pattern.data == NULL) return QD_OK;
    QD_TRY(qd_automaton_regexp(run->arena, pattern, &options, &made, error));
    *automaton = made;
    return QD_OK;
}

enum qd_status qd_terms_filter_make(const struct qd_terms_filter_options *options,
                                    const struct qd_aggregation *aggregation, struct qd_aggregation_run *run,
                                    const struct qd_source *source, struct qd_terms_filter *filter,
                                    struct qd_error *error)
{
    bool regexp = options->include_regexp.data != NULL || options->exclude_regexp.data != NULL;
    *filter = (struct qd_terms_filter){ .has_partition = options->has_partition,
                                        .partition = options->partition,
                                        .partition_count = options->partition_count,
                                        .flipped = source->kind == QD_SOURCE_UNSIGNED,
                                        .real = source->kind == QD_SOURCE_DOUBLE };
    if (source->kind == QD_SOURCE_UNMAPPED) return QD_OK;
    bool shown = source->format.kind == QD_FORMAT_IP || source->format.kind == QD_FORMAT_BINARY;
    if (regexp && (source->kind != QD_SOURCE_BYTES || shown)) {
        return qd_aggregation_execution_error(
            error,
            "Aggregation [%.*s] cannot support regular expression style include/exclude settings as they can "
            "only be applied to string fields. Use an array of %svalues for include/exclude clauses%s",
            QD_SLICE_ARG(aggregation->name), source->kind == QD_SOURCE_BYTES ? "" : "numeric ",
            source->kind == QD_SOURCE_BYTES ? "" : " used to filter numeric fields");
    }
    QD_TRY(make_automaton(run, options->include_regexp, &filter->include, error));
    QD_TRY(make_automaton(run, options->exclude_regexp, &filter->exclude, error));
    QD_TRY(make_set(run, source, options->include_list, &filter->include_set, error));
    QD_TRY(make_set(run, source, options->exclude_list, &filter->exclude_set, error));
    filter->active = regexp || filter->has_partition || filter->include_set != NULL ||
                     filter->exclude_set != NULL;
    return QD_OK;
}

/* ---- asking ---- */

static int64_t floor_mod(int64_t value, int64_t modulus)
{
    int64_t rest = value % modulus;
    return rest < 0 ? rest + modulus : rest;
}

bool qd_terms_filter_bytes(const struct qd_terms_filter *filter, struct qd_slice term)
{
    if (!filter->active) return true;
    if (filter->has_partition) {
        return floor_mod((int32_t)qd_murmur3_32(term, 31), filter->partition_count) == filter->partition;
    }
    if (filter->include != NULL && !qd_automaton_matches(filter->include, term)) return false;
    if (filter->exclude != NULL && qd_automaton_matches(filter->exclude, term)) return false;
    if (filter->include_set != NULL && qd_map_find(filter->include_set, term) == NULL) return false;
    return filter->exclude_set == NULL || qd_map_find(filter->exclude_set, term) == NULL;
}

/* BitMixer.mix64 of hppc, as the reference spreads numbers over partitions. */
static uint64_t mix64(uint64_t z)
{
    z = (z ^ z >> 32) * 0x4cd6944c5cc20b6du;
    z = (z ^ z >> 29) * 0xfc12c5b19d3259e9u;
    return z ^ z >> 32;
}

bool qd_terms_filter_number(const struct qd_terms_filter *filter, uint64_t key)
{
    if (!filter->active) return true;
    if (filter->has_partition) {
        if (filter->flipped) key ^= UINT64_C(1) << 63;
        else if (filter->real && (int64_t)key < 0) key ^= INT64_MAX;
        return floor_mod((int64_t)mix64(key), filter->partition_count) == filter->partition;
    }
    struct qd_slice bytes = qd_slice_make(&key, sizeof(key));
    if (filter->include_set != NULL && qd_map_find(filter->include_set, bytes) == NULL) return false;
    return filter->exclude_set == NULL || qd_map_find(filter->exclude_set, bytes) == NULL;
}
