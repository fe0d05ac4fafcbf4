/* terms: collecting on a shard.
 *
 * Byte keys get a number per shard, ordinals of a segment are translated to it when they are first met.
 * Without sub-aggregations at the top, ordinals are only counted, and translated when the segment ends. Where
 * the shard has one segment or a map of ordinals, the number is known without looking at the bytes, and those
 * of the terms that are shown are read at the end ("direct"). Else the number is the place among `terms`.
 */
#include "aggregation/bucket_terms.h"

#include "index/ordinal_map.h"
#include "base/number.h"
#include "mapping/java_values.h"
#include "mapping/type_number.h"

/* Up to so many ordinals are counted in four lanes, which stay in the processor's cache. */
#define LANE_MAX 4096
/* An ordinal that the filter refuses, in ord_terms. */
#define REFUSED UINT32_MAX

struct terms {
    struct qd_collector base;
    const struct qd_terms_options *options;
    struct qd_source source;
    struct qd_terms_filter filter;
    bool texts;                       /* numbers are keys as texts: what value_type says */
    bool text_missing;                /* of texts: documents without a value have source.missing_bytes */
    struct qd_orders orders;          /* resolved */
    struct qd_map terms;              /* bytes to number: the place among the entries */
    struct qd_bucket_table table;     /* keys are numbers of terms, or the bits of numbers */
    struct qd_bucket_counts counts;   /* per bucket of the table */
    struct qd_bucket_groups groups;   /* once all is collected */
    /* the current segment */
    uint32_t *ord_terms;              /* per ordinal: 1 + number of the term, 0 unknown, REFUSED */
    uint32_t *ord_buckets;            /* per ordinal: 1 + bucket below bucket 0, 0 unknown */
    uint32_t *ord_counts;             /* per ordinal: documents that are not in counts yet; in four lanes */
    size_t ord_lane;                  /* from one lane to the next; 0: there is one lane */
    size_t ord_tally;                 /* entries of ord_counts that are in use */
    size_t tally_capacity;
    uint32_t ord_capacity;
    uint32_t ord_count;               /* of the segment */
    bool counting;                    /* ord_counts holds something */
    bool direct; /* numbers of terms are those of `map`, or the only segment's ordinals */
    const struct qd_ordinal_map *map; /* or NULL */
    const uint32_t *map_numbers;      /* of the segment; NULL: its ordinals are the numbers */
    uint32_t *number_buckets;         /* direct: 1 + bucket below bucket 0 per number, 0 unknown, REFUSED */
    uint64_t looked_up;               /* terms of segments whose bytes were read */
    struct qd_ordinal_map_entry *map_entry; /* learns how many terms were looked up; NULL: nobody asks */
    struct qd_bucket_table zeros;     /* min_doc_count 0: numbers of the whole shard */
    struct output *output;            /* scratch; not on the stack, because aggregations nest deeply */
};

/* ---- byte keys ---- */

/* The number of a term; REFUSED when the filter does not want it. */
static enum qd_status term_number(struct terms *terms, struct qd_slice bytes, uint32_t *number,
                                  struct qd_error *error)
{
    *number = REFUSED;
    if (!qd_terms_filter_bytes(&terms->filter, bytes)) return QD_OK;
    struct qd_map_entry *entry = qd_map_find(&terms->terms, bytes);
    if (entry == NULL) {
        QD_TRY(qd_run_reserve(&terms->base, bytes.size + 2 * sizeof(*entry), error));
        entry = qd_map_put(&terms->terms, bytes, terms);
    }
    *number = (uint32_t)(entry - terms->terms.entries);
    return QD_OK;
}

static struct qd_slice ordinal_bytes(const struct terms *terms, uint32_t ordinal)
{
    return qd_ordinal_term(terms->source.ordinals, ordinal, terms->base.run->arena);
}

static uint32_t direct_number(const struct terms *terms, uint32_t ordinal)
{
    return terms->map_numbers == NULL ? ordinal : terms->map_numbers[ordinal];
}

static enum qd_status ordinal_number(struct terms *terms, uint32_t ordinal, uint32_t *number,
                                     struct qd_error *error)
{
    if (terms->direct && !terms->filter.active) {
        *number = direct_number(terms, ordinal);
        return QD_OK;
    }
    if (terms->ord_terms[ordinal] == 0) {
        terms->looked_up++;
        if (terms->direct) {
            *number = direct_number(terms, ordinal);
            if (!qd_terms_filter_bytes(&terms->filter, ordinal_bytes(terms, ordinal))) *number = REFUSED;
        } else {
            QD_TRY(term_number(terms, ordinal_bytes(terms, ordinal), number, error));
        }
        terms->ord_terms[ordinal] = *number == REFUSED ? REFUSED : *number + 1;
        return QD_OK;
    }
    *number = terms->ord_terms[ordinal] == REFUSED ? REFUSED : terms->ord_terms[ordinal] - 1;
    return QD_OK;
}

/* The bucket of a direct number below bucket 0, which is new when it has none. */
static enum qd_status direct_bucket(struct terms *terms, uint32_t ordinal, uint32_t *bucket,
                                    struct qd_error *error)
{
    uint32_t *known = &terms->number_buckets[direct_number(terms, ordinal)];
    if (*known == 0) {
        uint32_t number;
        QD_TRY(ordinal_number(terms, ordinal, &number, error));
        *bucket = QD_BUCKET_NONE;
        if (number != REFUSED) QD_TRY(qd_bucket_table_append(&terms->table, 0, number, bucket, error));
        *known = *bucket == QD_BUCKET_NONE ? REFUSED : *bucket + 1;
    }
    *bucket = *known == REFUSED ? QD_BUCKET_NONE : *known - 1;
    return QD_OK;
}

/* The bucket of an ordinal below bucket `owner` of the parent; QD_BUCKET_NONE when it is refused. */
static enum qd_status ordinal_bucket(struct terms *terms, uint32_t owner, uint32_t ordinal, uint32_t *bucket,
                                     struct qd_error *error)
{
    uint32_t number;
    if (owner == 0 && terms->number_buckets != NULL) return direct_bucket(terms, ordinal, bucket, error);
    if (owner == 0 && terms->ord_buckets[ordinal] != 0) {
        *bucket = terms->ord_buckets[ordinal] - 1;
        return QD_OK;
    }
    *bucket = QD_BUCKET_NONE;
    QD_TRY(ordinal_number(terms, ordinal, &number, error));
    if (number == REFUSED) return QD_OK;
    QD_TRY(qd_bucket_table_add(&terms->table, owner, number, bucket, error));
    if (owner == 0) terms->ord_buckets[ordinal] = *bucket + 1;
    return QD_OK;
}

/* Adds what ord_counts holds to the buckets. */
static enum qd_status flush_counts(struct terms *terms, struct qd_error *error)
{
    if (!terms->counting) return QD_OK;
    terms->counting = false;
    for (uint32_t lane = 1; lane < 4 && terms->ord_lane > 0; lane++) {
        for (uint32_t i = 0; i < terms->ord_count; i++) {
            terms->ord_counts[i] += terms->ord_counts[lane * terms->ord_lane + i];
        }
    }
    for (uint32_t i = 0; i < terms->ord_count; i++) {
        uint32_t bucket;
        if (terms->ord_counts[i] == 0) continue;
        QD_TRY(ordinal_bucket(terms, 0, i, &bucket, error));
        if (bucket == QD_BUCKET_NONE) continue;
        void *counts = terms->counts.counts;
        QD_TRY(qd_bucket_array_grow(&terms->base, &counts, sizeof(int64_t), &terms->counts.capacity, bucket,
                                    error));
        terms->counts.counts = counts;
        terms->counts.counts[bucket] += terms->ord_counts[i];
    }
    return QD_OK;
}

/* Makes room for the ordinals of the segment. */
static enum qd_status grow_ordinals(struct terms *terms, struct qd_error *error)
{
    struct qd_arena *arena = terms->base.run->arena;
    size_t tally = qd_numeric_tally_size(terms->source.numbers);
    terms->ord_lane = tally <= LANE_MAX ? tally : 0;
    terms->ord_tally = terms->ord_lane > 0 ? 4 * tally : tally;
    if (terms->ord_count > terms->ord_capacity) {
        size_t more = terms->ord_count - terms->ord_capacity;
        QD_TRY(qd_run_reserve(&terms->base, 2 * more * sizeof(uint32_t), error));
        terms->ord_capacity = terms->ord_count;
        terms->ord_terms = qd_arena_alloc(arena, terms->ord_count * sizeof(uint32_t));
        terms->ord_buckets = qd_arena_alloc(arena, terms->ord_count * sizeof(uint32_t));
    }
    if (terms->ord_tally <= terms->tally_capacity) return QD_OK;
    size_t more = terms->ord_tally - terms->tally_capacity;
    QD_TRY(qd_run_reserve(&terms->base, more * sizeof(uint32_t), error));
    terms->tally_capacity = terms->ord_tally;
    terms->ord_counts = qd_arena_alloc(arena, terms->ord_tally * sizeof(uint32_t));
    return QD_OK;
}

/* Makes room for the direct numbers, once. Zero documents need the buckets of every owner in the table. */
static enum qd_status grow_numbers(struct terms *terms, struct qd_error *error)
{
    uint32_t count = terms->map == NULL ? terms->ord_count : terms->map->term_count;
    if (terms->number_buckets != NULL || terms->options->min_doc_count == 0) return QD_OK;
    QD_TRY(qd_run_reserve(&terms->base, count * sizeof(uint32_t), error));
    terms->number_buckets = QD_NEW_ARRAY(terms->base.run->arena, uint32_t, count);
    return QD_OK;
}

static enum qd_status begin_segment(struct qd_collector *collector, uint32_t segment, struct qd_error *error)
{
    struct terms *terms = (struct terms *)collector;
    QD_TRY(flush_counts(terms, error));
    QD_TRY(qd_source_begin_segment(&terms->source, collector->run, error));
    terms->ord_count = terms->source.ordinals == NULL ? 0 : qd_ordinal_term_count(terms->source.ordinals);
    terms->map_numbers = terms->map == NULL ? NULL : terms->map->numbers[segment];
    if (terms->ord_count == 0) return QD_OK;
    QD_TRY(grow_ordinals(terms, error));
    if (terms->direct) QD_TRY(grow_numbers(terms, error));
    memset(terms->ord_terms, 0, terms->ord_count * sizeof(uint32_t));
    memset(terms->ord_buckets, 0, terms->ord_count * sizeof(uint32_t));
    memset(terms->ord_counts, 0, terms->ord_tally * sizeof(uint32_t));
    return QD_OK;
}

/* ---- sub-batches ---- */

/* Documents with their buckets on the way to the counts and the children. */
struct output {
    struct terms *terms;
    qd_doc_id docs[QD_COLLECT_MAX];
    uint32_t buckets[QD_COLLECT_MAX];
    size_t count;
    bool repeats;
};

static enum qd_status flush_output(struct output *output, struct qd_error *error)
{
    struct qd_collect_batch batch = { output->docs, output->buckets, output->count, output->repeats };
    output->count = 0;
    if (batch.count == 0) return QD_OK;
    return qd_buckets_collect(&output->terms->base, &output->terms->counts, &batch, error);
}

static inline enum qd_status put_output(struct output *output, qd_doc_id doc, uint32_t bucket,
                                        struct qd_error *error)
{
    if (bucket == QD_BUCKET_NONE) return QD_OK;
    output->docs[output->count] = doc;
    output->buckets[output->count++] = bucket;
    return output->count == QD_COLLECT_MAX ? flush_output(output, error) : QD_OK;
}

static enum qd_status collect_missing(struct output *output, const struct qd_collect_batch *batch, size_t i,
                                      struct qd_error *error)
{
    struct terms *terms = output->terms;
    uint32_t number;
    uint32_t bucket;
    QD_TRY(term_number(terms, terms->source.missing_bytes, &number, error));
    if (number == REFUSED) return QD_OK;
    uint32_t owner = batch->buckets == NULL ? 0 : batch->buckets[i];
    QD_TRY(qd_bucket_table_add(&terms->table, owner, number, &bucket, error));
    return put_output(output, batch->docs[i], bucket, error);
}

static enum qd_status collect_ordinals(struct output *output, const struct qd_collect_batch *batch,
                                       struct qd_error *error)
{
    struct terms *terms = output->terms;
    struct qd_source_values values;
    qd_source_ordinals(&terms->source, terms->base.run, batch, &values);
    size_t next = 0; /* document of the batch that was not looked at yet */
    for (size_t i = 0; i < values.count; i++) {
        size_t position = values.positions == NULL ? i : values.positions[i];
        uint32_t bucket;
        for (; terms->source.has_missing && next < position; next++) {
            QD_TRY(collect_missing(output, batch, next, error));
        }
        next = position + 1;
        uint32_t owner = batch->buckets == NULL ? 0 : batch->buckets[position];
        QD_TRY(ordinal_bucket(terms, owner, (uint32_t)values.numbers[i], &bucket, error));
        QD_TRY(put_output(output, batch->docs[position], bucket, error));
    }
    for (; terms->source.has_missing && next < batch->count; next++) {
        QD_TRY(collect_missing(output, batch, next, error));
    }
    return QD_OK;
}

/* Ordinals without sub-aggregations at the top: only counts. */
static void count_ordinals(struct terms *terms, const struct qd_collect_batch *batch)
{
    struct qd_source_values values;
    terms->counting = true;
    qd_source_ordinals(&terms->source, terms->base.run, batch, &values);
    for (size_t i = 0; i < values.count; i++) terms->ord_counts[values.numbers[i]]++;
}

static enum qd_status collect_binary(struct output *output, const struct qd_collect_batch *batch,
                                     struct qd_error *error)
{
    struct terms *terms = output->terms;
    for (size_t i = 0; i < batch->count; i++) {
        uint32_t owner = batch->buckets == NULL ? 0 : batch->buckets[i];
        uint32_t values = qd_source_byte_count(&terms->source, batch->docs[i]);
        if (values == 0 && terms->source.has_missing) QD_TRY(collect_missing(output, batch, i, error));
        for (uint32_t j = 0; j < values; j++) {
            uint32_t number;
            uint32_t bucket;
            QD_TRY(
                term_number(terms, qd_source_bytes(&terms->source, batch->docs[i], j), &number, error));
            if (number == REFUSED) continue;
            QD_TRY(qd_bucket_table_add(&terms->table, owner, number, &bucket, error));
            QD_TRY(put_output(output, batch->docs[i], bucket, error));
        }
    }
    return QD_OK;
}

/* ---- numbers ---- */

static uint64_t number_key(const struct terms *terms, const struct qd_source_values *values, size_t i)
{
    uint64_t key;
    if (terms->source.kind != QD_SOURCE_DOUBLE) return (uint64_t)values->numbers[i];
    memcpy(&key, &values->reals[i], sizeof(key));
    return key;
}

static enum qd_status collect_numbers(struct output *output, const struct qd_collect_batch *batch,
                                      struct qd_error *error)
{
    struct terms *terms = output->terms;
    struct qd_source_values values;
    uint32_t last_owner = UINT32_MAX;
    uint64_t last_key = 0;
    uint32_t bucket = QD_BUCKET_NONE;
    size_t last_position = SIZE_MAX;
    if (terms->source.kind == QD_SOURCE_DOUBLE) {
        qd_source_reals(&terms->source, terms->base.run, batch, &values);
    } else {
        qd_source_numbers(&terms->source, terms->base.run, batch, &values);
    }
    for (size_t i = 0; i < values.count; i++) {
        size_t position = values.positions == NULL ? i : values.positions[i];
        uint32_t owner = batch->buckets == NULL ? 0 : batch->buckets[position];
        uint64_t key = number_key(terms, &values, i);
        if (owner != last_owner || key != last_key) {
            bucket = QD_BUCKET_NONE;
            if (qd_terms_filter_number(&terms->filter, key)) {
                QD_TRY(qd_bucket_table_add(&terms->table, owner, key, &bucket, error));
            }
        } else if (position == last_position) {
            continue; /* the same value twice in a document counts once */
        }
        last_owner = owner;
        last_key = key;
        last_position = position;
        QD_TRY(put_output(output, batch->docs[position], bucket, error));
    }
    return QD_OK;
}

/* The number of a term that is a number's text; REFUSED when the filter does not want it. */
static enum qd_status text_number(struct terms *terms, const struct qd_source_values *values, size_t i,
                                  uint32_t *number, struct qd_error *error)
{
    char text[QD_NUMBER_TEXT_MAX];
    bool real = terms->source.kind == QD_SOURCE_DOUBLE;
    size_t size = real ? qd_double_to_text(values->reals[i], text)
                       : qd_int64_to_text(values->numbers[i], text);
    struct qd_slice bytes = qd_slice_make(text, size);
    if (qd_map_find(&terms->terms, bytes) == NULL && qd_terms_filter_bytes(&terms->filter, bytes)) {
        bytes = qd_arena_copy(terms->base.run->arena, bytes);
    }
    return term_number(terms, bytes, number, error);
}

/* Reads the numbers of a batch that become texts. */
static void text_values(struct terms *terms, const struct qd_collect_batch *batch,
                        struct qd_source_values *values)
{
    if (terms->source.kind == QD_SOURCE_DOUBLE) {
        qd_source_reals(&terms->source, terms->base.run, batch, values);
    } else
        qd_source_numbers(&terms->source, terms->base.run, batch, values);
}

static enum qd_status collect_texts(struct output *output, const struct qd_collect_batch *batch,
                                    struct qd_error *error)
{
    struct terms *terms = output->terms;
    struct qd_source_values values;
    size_t next = 0; /* document of the batch that was not looked at yet */
    uint32_t last = REFUSED;
    size_t last_position = SIZE_MAX;
    text_values(terms, batch, &values);
    for (size_t i = 0; i < values.count; i++) {
        size_t position = values.positions == NULL ? i : values.positions[i];
        uint32_t number, bucket;
        for (; terms->text_missing && next < position; next++) {
            QD_TRY(collect_missing(output, batch, next, error));
        }
        next = position + 1;
        QD_TRY(text_number(terms, &values, i, &number, error));
        bool again = position == last_position && number == last;
        last = number;
        last_position = position;
        if (again || number == REFUSED) continue;
        uint32_t owner = batch->buckets == NULL ? 0 : batch->buckets[position];
        QD_TRY(qd_bucket_table_add(&terms->table, owner, number, &bucket, error));
        QD_TRY(put_output(output, batch->docs[position], bucket, error));
    }
    for (; terms->text_missing && next < batch->count; next++) {
        QD_TRY(collect_missing(output, batch, next, error));
    }
    return QD_OK;
}

/* True when ordinals of bucket 0 are only counted. */
static bool only_counts(const struct terms *terms)
{
    return terms->source.kind == QD_SOURCE_BYTES && terms->base.aggregation->children.count == 0 &&
           !terms->source.has_missing && terms->source.ordinals != NULL && terms->base.run->weights == NULL;
}

static enum qd_status collect_window(struct qd_collector *collector, const struct qd_hit_window *window,
                                     bool *done, struct qd_error *error)
{
    struct terms *terms = (struct terms *)collector;
    (void)error;
    *done = only_counts(terms) && terms->source.facts.single && terms->source.facts.dense;
    if (!*done) return QD_OK;
    terms->counting = true;
    qd_numeric_tally_words(terms->source.numbers, window->base, window->words, (window->size + 63) / 64,
                           (struct qd_tally_target){ terms->ord_counts, terms->ord_lane });
    return QD_OK;
}

/* The counts of a whole segment are kept with it. */
static enum qd_status collect_segment(struct qd_collector *collector, bool *done, struct qd_error *error)
{
    struct terms *terms = (struct terms *)collector;
    const uint32_t *counts;
    if (!only_counts(terms)) return QD_OK;
    QD_TRY(qd_segment_tally(collector->run->reader, terms->source.field->name, &counts, error));
    if (counts == NULL) return QD_OK;
    for (uint32_t i = 0; i < terms->ord_count; i++) terms->ord_counts[i] += counts[i];
    terms->counting = true;
    *done = true;
    return QD_OK;
}

static enum qd_status collect(struct qd_collector *collector, const struct qd_collect_batch *batch,
                              struct qd_error *error)
{
    struct terms *terms = (struct terms *)collector;
    if (terms->source.kind == QD_SOURCE_UNMAPPED) return QD_OK;
    bool bytes = terms->source.kind == QD_SOURCE_BYTES;
    if (batch->buckets == NULL && only_counts(terms)) {
        count_ordinals(terms, batch);
        return QD_OK;
    }
    struct output *output = terms->output;
    output->count = 0;
    output->repeats = batch->repeats || !terms->source.facts.single || terms->source.binary != NULL;
    if (terms->texts) QD_TRY(collect_texts(output, batch, error));
    else if (!bytes) QD_TRY(collect_numbers(output, batch, error));
    else if (terms->source.ordinals != NULL) QD_TRY(collect_ordinals(output, batch, error));
    else QD_TRY(collect_binary(output, batch, error));
    return flush_output(output, error);
}

/* ---- min_doc_count 0: terms that no document of the query has ---- */

static enum qd_status add_zero_numbers(struct terms *terms, struct qd_error *error)
{
    for (qd_doc_id doc = 0; doc < terms->base.run->segment_docs; doc++) {
        uint32_t count = terms->source.numbers == NULL ? 0 : qd_numeric_count(terms->source.numbers, doc);
        struct qd_collect_batch batch = { .docs = &doc, .count = 1, .repeats = true };
        struct qd_source_values values;
        if (count == 0 && !terms->source.has_missing) continue;
        text_values(terms, &batch, &values);
        for (size_t i = 0; i < values.count; i++) {
            uint32_t bucket, number = 0;
            uint64_t key = number_key(terms, &values, i);
            if (terms->texts) {
                QD_TRY(text_number(terms, &values, i, &number, error));
                key = number;
            }
            if (terms->texts ? number == REFUSED : !qd_terms_filter_number(&terms->filter, key)) continue;
            QD_TRY(qd_bucket_table_add(&terms->zeros, 0, key, &bucket, error));
        }
    }
    return QD_OK;
}

static enum qd_status add_zero_missing(struct terms *terms, struct qd_error *error)
{
    uint32_t number, bucket;
    bool bytes = terms->source.has_missing && terms->source.kind == QD_SOURCE_BYTES;
    if (!bytes && !terms->text_missing) return QD_OK;
    QD_TRY(term_number(terms, terms->source.missing_bytes, &number, error));
    if (number == REFUSED) return QD_OK;
    return qd_bucket_table_add(&terms->zeros, 0, number, &bucket, error);
}

/* Of a column without ordinals. */
static enum qd_status add_zero_bytes(struct terms *terms, struct qd_error *error)
{
    for (qd_doc_id doc = 0; doc < terms->base.run->segment_docs; doc++) {
        uint32_t count = qd_source_byte_count(&terms->source, doc);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t number, bucket;
            QD_TRY(term_number(terms, qd_source_bytes(&terms->source, doc, i), &number, error));
            if (number != REFUSED) QD_TRY(qd_bucket_table_add(&terms->zeros, 0, number, &bucket, error));
        }
    }
    return QD_OK;
}

static enum qd_status add_zero_terms(struct terms *terms, struct qd_error *error)
{
    struct qd_aggregation_run *run = terms->base.run;
    if (terms->source.kind == QD_SOURCE_UNMAPPED) return QD_OK;
    QD_TRY(add_zero_missing(terms, error));
    for (uint32_t segment = 0; segment < run->view->snapshot->segment_count; segment++) {
        run->reader = run->view->snapshot->segments[segment].segment;
        run->segment_docs = qd_segment_doc_count(run->reader);
        QD_TRY(begin_segment(&terms->base, segment, error));
        if (terms->source.kind != QD_SOURCE_BYTES) {
            QD_TRY(add_zero_numbers(terms, error));
            continue;
        }
        if (terms->source.ordinals == NULL) QD_TRY(add_zero_bytes(terms, error));
        for (uint32_t i = 0; i < terms->ord_count; i++) {
            uint32_t number;
            uint32_t bucket;
            QD_TRY(ordinal_number(terms, i, &number, error));
            if (number != REFUSED) QD_TRY(qd_bucket_table_add(&terms->zeros, 0, number, &bucket, error));
        }
    }
    return QD_OK;
}

static enum qd_status end(struct qd_collector *collector, struct qd_error *error)
{
    struct terms *terms = (struct terms *)collector;
    QD_TRY(flush_counts(terms, error));
    if (terms->options->min_doc_count == 0) QD_TRY(add_zero_terms(terms, error));
    qd_bucket_table_group(&terms->table, &terms->groups);
    if (terms->map_entry != NULL && !terms->direct) qd_ordinal_map_spent(terms->map_entry, terms->looked_up);
    return QD_OK;
}

/* ---- results ---- */

static enum qd_terms_keys keys_of(const struct terms *terms)
{
    if (terms->texts) return QD_TERMS_BYTES;
    switch (terms->source.kind) {
    case QD_SOURCE_LONG: return QD_TERMS_LONG;
    case QD_SOURCE_UNSIGNED: return QD_TERMS_UNSIGNED;
    case QD_SOURCE_DOUBLE: return QD_TERMS_DOUBLE;
    case QD_SOURCE_BYTES: return QD_TERMS_BYTES;
    case QD_SOURCE_UNMAPPED: break;
    }
    return QD_TERMS_UNMAPPED;
}

static void set_key(const struct terms *terms, uint64_t key, struct qd_bucket *bucket)
{
    /* Ordinals sort as their terms do: only those of the best are looked up, at the end. */
    if (terms->direct) bucket->number = (int64_t)key;
    else if (terms->texts) bucket->bytes = terms->terms.entries[key].key;
    else if (terms->source.kind == QD_SOURCE_BYTES) bucket->bytes = terms->terms.entries[key].key;
    else if (terms->source.kind == QD_SOURCE_DOUBLE) memcpy(&bucket->real, &key, sizeof(key));
    else bucket->number = (int64_t)key;
}

/* A bucket that may be among the best. */
struct candidate {
    struct qd_bucket bucket;
    uint32_t number;      /* in the table; QD_BUCKET_NONE: no document */
    const double *values; /* of path orders */
};

struct best {
    struct terms *terms;
    struct candidate *heap; /* the worst on top */
    size_t count;
    size_t max;
    double *scratch;        /* values of the candidate at hand */
};

static int compare(const struct best *best, const struct candidate *left, const struct candidate *right)
{
    return qd_orders_compare(&best->terms->orders, &left->bucket, left->values, &right->bucket, right->values,
                             best->terms->direct ? qd_bucket_compare_number
                                                 : qd_terms_compare(keys_of(best->terms)));
}

static void sift_down(struct best *best, size_t at)
{
    for (;;) {
        size_t worst = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < best->count; child++) {
            if (compare(best, &best->heap[child], &best->heap[worst]) > 0) worst = child;
        }
        if (worst == at) return;
        struct candidate swap = best->heap[at];
        best->heap[at] = best->heap[worst];
        best->heap[worst] = swap;
        at = worst;
    }
}

static void sift_up(struct best *best, size_t at)
{
    while (at > 0 && compare(best, &best->heap[at], &best->heap[(at - 1) / 2]) > 0) {
        struct candidate swap = best->heap[at];
        best->heap[at] = best->heap[(at - 1) / 2];
        best->heap[(at - 1) / 2] = swap;
        at = (at - 1) / 2;
    }
}

static enum qd_status offer(struct best *best, struct candidate *candidate, struct qd_error *error)
{
    struct terms *terms = best->terms;
    if (qd_orders_have_path(&terms->orders)) {
        int64_t built = terms->base.run->bucket_count;
        struct qd_aggregation_result *children;
        QD_TRY(qd_build_children(&terms->base, candidate->number, &children, error));
        terms->base.run->bucket_count = built;
        double *values = QD_NEW_ARRAY(terms->base.run->arena, double, terms->orders.count);
        qd_orders_values(&terms->orders, children, values);
        candidate->values = values;
    }
    if (best->count < best->max) {
        best->heap[best->count] = *candidate;
        sift_up(best, best->count++);
    } else if (best->count > 0 && compare(best, candidate, &best->heap[0]) < 0) {
        best->heap[0] = *candidate;
        sift_down(best, 0);
    }
    return QD_OK;
}

/* Offers the terms of the shard that have no bucket below `owner`. */
static enum qd_status offer_zeros(struct best *best, uint32_t owner, struct qd_error *error)
{
    struct terms *terms = best->terms;
    uint32_t known = terms->table.count;
    for (uint32_t i = 0; i < terms->zeros.count; i++) {
        uint32_t bucket;
        struct candidate candidate = { .number = QD_BUCKET_NONE };
        QD_TRY(qd_bucket_table_add(&terms->table, owner, terms->zeros.keys[i], &bucket, error));
        if (bucket < known) continue;
        set_key(terms, terms->zeros.keys[i], &candidate.bucket);
        QD_TRY(offer(best, &candidate, error));
    }
    return QD_OK;
}

static enum qd_status choose(struct best *best, uint32_t owner, int64_t *other, struct qd_error *error)
{
    struct terms *terms = best->terms;
    const struct qd_bucket_groups *groups = &terms->groups;
    uint32_t from = owner < groups->owner_count ? groups->starts[owner] : 0;
    uint32_t to = owner < groups->owner_count ? groups->starts[owner + 1] : 0;
    for (uint32_t i = from; i < to; i++) {
        struct candidate candidate = { .number = groups->buckets[i] };
        candidate.bucket.doc_count = qd_bucket_count(&terms->counts, groups->buckets[i]);
        *other += candidate.bucket.doc_count;
        if (candidate.bucket.doc_count < terms->options->shard_min_doc_count) continue;
        set_key(terms, terms->table.keys[groups->buckets[i]], &candidate.bucket);
        QD_TRY(offer(best, &candidate, error));
    }
    if (terms->options->min_doc_count == 0) return offer_zeros(best, owner, error);
    return QD_OK;
}

static struct qd_slice direct_bytes(const struct terms *terms, uint32_t number)
{
    if (terms->map == NULL) return ordinal_bytes(terms, number);
    return qd_ordinal_map_term(terms->map, number, terms->base.run->arena);
}

static enum qd_status build(struct qd_collector *collector, uint32_t owner,
                            struct qd_aggregation_result *result, struct qd_error *error)
{
    struct terms *terms = (struct terms *)collector;
    struct qd_arena *arena = collector->run->arena;
    struct qd_terms_result *made = QD_NEW(arena, struct qd_terms_result);
    struct best best = { .terms = terms };
    size_t max = terms->table.count + terms->zeros.count;
    int64_t shard_size = qd_terms_shard_size(terms->options);
    best.max = max < (uint64_t)shard_size ? max : (size_t)shard_size;
    best.heap = QD_NEW_ARRAY(arena, struct candidate, best.max);
    result->data = made;
    made->format = terms->source.format;
    if (terms->texts) made->format.kind = QD_FORMAT_TERM;
    made->keys = keys_of(terms);
    if (owner != QD_BUCKET_NONE) QD_TRY(choose(&best, owner, &made->other, error));
    made->buckets = QD_NEW_ARRAY(arena, struct qd_bucket, best.count);
    made->count = best.count;
    QD_TRY(qd_run_consume_buckets(collector->run, (int64_t)best.count, error));
    for (size_t i = best.count; i > 0; i--) {
        struct qd_bucket *bucket = &made->buckets[i - 1];
        *bucket = best.heap[0].bucket;
        made->other -= bucket->doc_count;
        if (terms->direct) {
            bucket->bytes = direct_bytes(terms, (uint32_t)bucket->number);
            bucket->number = 0;
        }
        QD_TRY(qd_build_children(collector, best.heap[0].number, &bucket->children, error));
        best.heap[0] = best.heap[--best.count];
        sift_down(&best, 0);
    }
    return QD_OK;
}

static const struct qd_collector_operations operations = {
    .begin_segment = begin_segment,
    .collect = collect,
    .collect_window = collect_window,
    .collect_segment = collect_segment,
    .end = end,
    .build = build,
};

/* Decides where the numbers of terms come from. */
static enum qd_status choose_numbers(struct terms *terms, struct qd_slice hint, struct qd_error *error)
{
    const struct qd_shard_view *view = terms->base.run->view;
    const struct qd_source *source = &terms->source;
    if (source->kind != QD_SOURCE_BYTES || source->has_missing ||
        (source->field->column != QD_COLUMN_ORDINALS && !source->field->fielddata)) {
        return QD_OK;
    }
    terms->direct = view->snapshot->segment_count == 1;
    if (view->snapshot->segment_count < 2 || qd_slice_is(hint, "map")) return QD_OK;
    QD_TRY(qd_ordinal_map_get(view->snapshot, source->field->name, view->fielddata, &terms->map_entry,
                              &terms->map, error));
    terms->direct = terms->map != NULL;
    return QD_OK;
}

/* Numbers in no format of their own become texts where value_type says string or ip: the missing value is a
 * text then too. (The reference fails with those that have a format.) */
static enum qd_status open_source(struct terms *terms, const struct qd_aggregation *aggregation,
                                  struct qd_error *error)
{
    struct qd_aggregation_run *run = terms->base.run;
    struct qd_source_options options = terms->options->source;
    const struct qd_field *field = qd_mapping_field(run->view->mapping, options.field);
    bool bytes = options.hint == QD_HINT_BYTES || options.hint == QD_HINT_IP;
    struct qd_value_format format;
    if (bytes && field != NULL && options.format.data == NULL) {
        struct qd_slice none = { NULL, 0 };
        QD_TRY(qd_value_format_of(field, none, none, run->arena, &format, error));
        terms->texts = format.kind == QD_FORMAT_RAW_LONG || format.kind == QD_FORMAT_RAW_DOUBLE;
    }
    terms->text_missing = terms->texts && options.missing != NULL;
    if (terms->texts) options.missing = NULL;
    QD_TRY(qd_source_open(run, &options, aggregation, QD_ACCEPT_ANY, QD_SOURCE_BYTES, &terms->source, error));
    if (terms->text_missing) {
        terms->source.missing_bytes = qd_java_text(run->arena, terms->options->source.missing);
    }
    return QD_OK;
}

static enum qd_status make_filter(struct terms *terms, const struct qd_aggregation *aggregation,
                                  struct qd_error *error)
{
    struct qd_source source = terms->source;
    enum qd_value_hint hint = terms->options->source.hint;
    bool regexp = terms->options->filter.include_regexp.data != NULL ||
                  terms->options->filter.exclude_regexp.data != NULL;
    /* Numbers with a format of their own are refused as addresses are: they are no texts. */
    if (regexp && !terms->texts && (hint == QD_HINT_BYTES || hint == QD_HINT_IP) && source.field != NULL &&
        source.kind != QD_SOURCE_BYTES) {
        source.kind = QD_SOURCE_BYTES;
        source.format.kind = QD_FORMAT_IP;
    }
    if (terms->texts) source.kind = QD_SOURCE_BYTES;
    struct qd_aggregation_run *run = terms->base.run;
    return qd_terms_filter_make(&terms->options->filter, aggregation, run, &source, &terms->filter, error);
}

enum qd_status qd_terms_create(struct qd_aggregation_run *run, const struct qd_aggregation *aggregation,
                               struct qd_collector **collector, struct qd_error *error)
{
    const struct qd_terms_options *options = aggregation->options;
    struct terms *terms = QD_NEW(run->arena, struct terms);
    struct qd_slice hint = options->execution_hint;
    terms->base.operations = &operations;
    terms->base.aggregation = aggregation;
    terms->base.run = run;
    terms->options = options;
    terms->table.collector = &terms->base;
    terms->zeros.collector = &terms->base;
    qd_map_init(&terms->terms, run->arena);
    terms->output = QD_NEW(run->arena, struct output);
    terms->output->terms = terms;
    *collector = &terms->base;
    QD_TRY(open_source(terms, aggregation, error));
    run->turn = QD_TURN_COLLECTOR;
    enum qd_value_hint type = options->source.hint;
    bool bytes = terms->source.kind == QD_SOURCE_BYTES || type == QD_HINT_BYTES || type == QD_HINT_IP;
    if (bytes && hint.data != NULL && !qd_slice_is(hint, "map") &&
        !qd_slice_is(hint, "global_ordinals")) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Unknown `execution_hint`: [%.*s], expected any of [map, global_ordinals]",
                            QD_SLICE_ARG(hint));
    }
    QD_TRY(choose_numbers(terms, hint, error));
    QD_TRY(make_filter(terms, aggregation, error));
    run->turn = QD_TURN_ORDER;
    return qd_orders_resolve(&options->orders, aggregation, run->arena, &terms->orders, error);
}
