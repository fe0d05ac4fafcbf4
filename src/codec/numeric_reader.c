#include <string.h>

#include "base/assert.h"
#include "codec/little_endian.h"
#include "codec/numeric_format.h"

#define CHUNK ((size_t)256)
#define SKIP_WORDS (QD_COLUMN_SKIP_DOCS / 64)

struct qd_numeric_column {
    struct qd_column_facts facts;
    struct qd_numeric_place place;
    struct qd_numeric_array values;
    const uint8_t *skips; /* entries of QD_NUMERIC_SKIP bytes */
    uint32_t doc_count;   /* documents of the segment */
    bool bounded;         /* values above `highest` or below 0 are replaced when they are read */
    int64_t highest;
};

/* ---- opening ---- */

static bool open_place(struct qd_arena *arena, struct qd_slice bytes, struct qd_numeric_column *column)
{
    const uint8_t *header = (const uint8_t *)bytes.data;
    uint64_t docs_at = qd_load_u64(header + 40);
    uint64_t starts_at = qd_load_u64(header + 48);
    struct qd_numeric_place *place = &column->place;
    if (docs_at > bytes.size || starts_at > bytes.size) return false;
    place->value_count = column->facts.value_count;
    place->single = starts_at == 0;
    if (!qd_numeric_docs_open(qd_slice_from(bytes, (size_t)docs_at), column->facts.doc_count,
                              column->doc_count, &place->docs)) {
        return false;
    }
    if (place->single) return place->value_count == place->docs.count;
    return qd_numeric_array_open(arena, qd_slice_from(bytes, (size_t)starts_at),
                                 (uint64_t)place->docs.count + 1, &place->starts);
}

static void set_bound(struct qd_numeric_column *column, uint32_t value_bound)
{
    if (value_bound == 0) return;
    column->bounded = true;
    column->highest = (int64_t)value_bound - 1;
}

bool qd_numeric_decode(struct qd_arena *arena, struct qd_slice bytes, uint32_t doc_count,
                       uint32_t value_bound, struct qd_numeric_column **column)
{
    if (bytes.size < QD_NUMERIC_HEADER) return false;
    const uint8_t *header = (const uint8_t *)bytes.data;
    struct qd_numeric_column *opened = QD_NEW(arena, struct qd_numeric_column);
    struct qd_column_facts *facts = &opened->facts;
    opened->doc_count = doc_count;
    facts->doc_count = qd_load_u32(header + 8);
    facts->value_count = qd_load_u64(header + 16);
    facts->min = (int64_t)qd_load_u64(header + 24);
    facts->max = (int64_t)qd_load_u64(header + 32);
    facts->dense = facts->doc_count == doc_count;
    uint64_t values_at = qd_load_u64(header + 56);
    uint64_t skips_at = qd_load_u64(header + 64);
    uint64_t skips = ((uint64_t)doc_count + QD_COLUMN_SKIP_DOCS - 1) / QD_COLUMN_SKIP_DOCS;
    if (facts->value_count > UINT32_MAX) return false;
    if (qd_load_u32(header) != QD_NUMERIC_VERSION || qd_load_u32(header + 4) != doc_count) return false;
    if (!open_place(arena, bytes, opened) || values_at > bytes.size || skips_at > bytes.size) return false;
    facts->single = opened->place.single;
    if (skips > (bytes.size - skips_at) / QD_NUMERIC_SKIP) return false;
    if (value_bound != 0 && facts->value_count != 0 &&
        (facts->min < 0 || facts->max >= (int64_t)value_bound)) {
        return false;
    }
    opened->skips = header + skips_at;
    set_bound(opened, value_bound);
    *column = opened;
    return qd_numeric_array_open(arena, qd_slice_from(bytes, (size_t)values_at), facts->value_count,
                                 &opened->values);
}

enum qd_status qd_numeric_open(struct qd_arena *arena, const struct qd_sections *sections, uint32_t field,
                               uint32_t doc_count, struct qd_numeric_column **column, struct qd_error *error)
{
    struct qd_slice bytes;
    QD_TRY(qd_sections_find(sections, QD_SECTION_NUMERIC, field, &bytes, error));
    if (!qd_numeric_decode(arena, bytes, doc_count, 0, column)) {
        return qd_corrupt(error, qd_sections_name(sections), 0, "a numeric column");
    }
    return QD_OK;
}

struct qd_column_facts qd_numeric_facts(const struct qd_numeric_column *column)
{
    return column->facts;
}

/* ---- single values ---- */

void qd_numeric_place_values(const struct qd_numeric_place *place, uint32_t index, uint64_t *start,
                             uint64_t *end)
{
    *start = index;
    *end = (uint64_t)index + 1;
    if (place->single) return;
    int64_t bounds[2];
    qd_numeric_array_range(&place->starts, index, 2, bounds);
    *end = (uint64_t)bounds[1] < place->value_count ? (uint64_t)bounds[1] : place->value_count;
    *start = (uint64_t)bounds[0] < *end ? (uint64_t)bounds[0] : *end;
}

uint32_t qd_numeric_place_find(const struct qd_numeric_place *place, qd_doc_id doc, uint64_t *start)
{
    uint32_t index;
    uint64_t end;
    if (!qd_numeric_docs_find(&place->docs, doc, &index)) return 0;
    qd_numeric_place_values(place, index, start, &end);
    return end - *start > UINT32_MAX ? UINT32_MAX : (uint32_t)(end - *start);
}

static int64_t bound_one(const struct qd_numeric_column *column, int64_t value)
{
    if (!column->bounded) return value;
    return (uint64_t)value > (uint64_t)column->highest ? column->highest : value;
}

static void bound(const struct qd_numeric_column *column, int64_t *values, size_t count)
{
    if (!column->bounded) return;
    for (size_t i = 0; i < count; i++) values[i] = bound_one(column, values[i]);
}

uint32_t qd_numeric_count(const struct qd_numeric_column *column, qd_doc_id doc)
{
    uint64_t start;
    return qd_numeric_place_find(&column->place, doc, &start);
}

int64_t qd_numeric_at(const struct qd_numeric_column *column, qd_doc_id doc, uint32_t i)
{
    uint64_t start;
    uint32_t count = qd_numeric_place_find(&column->place, doc, &start);
    qd_assert(i < count);
    return bound_one(column, qd_numeric_array_at(&column->values, start + i));
}

bool qd_numeric_first(const struct qd_numeric_column *column, qd_doc_id doc, int64_t *value)
{
    uint64_t start;
    if (qd_numeric_place_find(&column->place, doc, &start) == 0) return false;
    *value = bound_one(column, qd_numeric_array_at(&column->values, start));
    return true;
}

/* ---- many values ---- */

/* A chunk of documents with gaps: places first, then values; documents without one get 0. */
static void gather_chunk(const struct qd_numeric_column *column, const qd_doc_id *docs, size_t count,
                         int64_t *values, bool *has)
{
    uint32_t indexes[CHUNK];
    bool found[CHUNK];
    bool all = qd_numeric_docs_find_all(&column->place.docs, docs, count, indexes, found);
    if (column->facts.value_count == 0) memset(values, 0, count * sizeof(*values));
    else qd_numeric_array_gather(&column->values, indexes, count, values);
    bound(column, values, count);
    for (size_t i = 0; i < count && !all; i++) {
        if (!found[i]) values[i] = 0;
    }
    if (has != NULL) memcpy(has, found, count * sizeof(*has));
}

void qd_numeric_gather(const struct qd_numeric_column *column, const qd_doc_id *docs, size_t count,
                       int64_t *values, bool *has)
{
    qd_assert(column->place.single);
    if (count == 0) return;
    if (!column->facts.dense) {
        for (size_t done = 0; done < count; done += CHUNK) {
            size_t part = count - done < CHUNK ? count - done : CHUNK;
            gather_chunk(column, docs + done, part, values + done, has == NULL ? NULL : has + done);
        }
        return;
    }
    if ((size_t)(docs[count - 1] - docs[0]) + 1 == count) {
        qd_numeric_array_range(&column->values, docs[0], count, values);
    } else {
        qd_numeric_array_gather(&column->values, docs, count, values);
    }
    bound(column, values, count);
    if (has != NULL) memset(has, 1, count * sizeof(*has));
}

void qd_numeric_range_decode(const struct qd_numeric_column *column, qd_doc_id from, qd_doc_id to,
                             int64_t *values)
{
    qd_assert(column->place.single);
    qd_assert(column->facts.dense);
    qd_assert(from <= to && to <= column->doc_count);
    qd_numeric_array_range(&column->values, from, to - from, values);
    bound(column, values, to - from);
}

/* Starts ascend and end inside, whatever the bytes say. */
static void decode_starts(const struct qd_numeric_place *place, uint32_t *starts)
{
    int64_t chunk[CHUNK];
    uint64_t before = 0;
    uint64_t count = (uint64_t)place->docs.count + 1;
    for (uint64_t done = 0; done < count; done += CHUNK) {
        size_t part = count - done < CHUNK ? (size_t)(count - done) : CHUNK;
        qd_numeric_array_range(&place->starts, done, part, chunk);
        for (size_t i = 0; i < part; i++) {
            uint64_t start = (uint64_t)chunk[i];
            if (start > place->value_count) start = place->value_count;
            if (start > before) before = start;
            starts[done + i] = (uint32_t)before;
        }
    }
}

void qd_numeric_decode_all(const struct qd_numeric_column *column, qd_doc_id *docs, uint32_t *starts,
                           int64_t *values)
{
    struct qd_numeric_docs_walk walk = qd_numeric_docs_walk_from(&column->place.docs, 0);
    for (uint32_t i = 0; i < column->facts.doc_count; i++) docs[i] = qd_numeric_docs_next(&walk);
    if (!column->place.single) decode_starts(&column->place, starts);
    if (column->facts.value_count == 0) return;
    qd_numeric_array_range(&column->values, 0, (size_t)column->facts.value_count, values);
    bound(column, values, (size_t)column->facts.value_count);
}

static uint64_t tally_highest(const struct qd_numeric_column *column)
{
    return column->bounded ? (uint64_t)column->highest : (uint64_t)column->facts.max;
}

size_t qd_numeric_tally_size(const struct qd_numeric_column *column)
{
    return (size_t)qd_numeric_array_tally_size(&column->values, tally_highest(column));
}

void qd_numeric_tally(const struct qd_numeric_column *column, uint32_t *tallies)
{
    const struct qd_numeric_tally tally = { tallies, 0, tally_highest(column) };
    uint64_t words[CHUNK / 64];
    uint64_t left = column->facts.value_count;
    memset(words, 0xff, sizeof(words));
    for (uint64_t at = 0; left > 0; at += CHUNK) {
        size_t count = left < CHUNK ? (size_t)left : CHUNK;
        if (count % 64 != 0) words[count / 64] = (UINT64_C(1) << (count % 64)) - 1;
        qd_numeric_array_tally(&column->values, at, words, (count + 63) / 64, &tally);
        left -= count;
    }
}

void qd_numeric_tally_words(const struct qd_numeric_column *column, qd_doc_id from, const uint64_t *words,
                            size_t word_count, struct qd_tally_target target)
{
    const struct qd_numeric_tally tally = { target.tallies, target.lane, tally_highest(column) };
    qd_assert(column->place.single);
    qd_assert(column->facts.dense);
    qd_assert(from < column->doc_count);
    qd_numeric_array_tally(&column->values, from, words, word_count, &tally);
}

struct qd_skip_entry qd_numeric_skip(const struct qd_numeric_column *column, qd_doc_id doc)
{
    qd_assert(doc < column->doc_count);
    uint32_t group = doc / QD_COLUMN_SKIP_DOCS;
    const uint8_t *at = column->skips + (size_t)group * QD_NUMERIC_SKIP;
    qd_doc_id first = group * QD_COLUMN_SKIP_DOCS;
    uint32_t left = column->doc_count - first;
    uint32_t size = left < QD_COLUMN_SKIP_DOCS ? left : QD_COLUMN_SKIP_DOCS;
    uint32_t doc_count = qd_load_u32(at + 16);
    return (struct qd_skip_entry){ .first = first,
                                   .last = first + size - 1,
                                   .min = (int64_t)qd_load_u64(at),
                                   .max = (int64_t)qd_load_u64(at + 8),
                                   .doc_count = doc_count < size ? doc_count : size };
}

/* ---- matching ---- */

uint64_t qd_numeric_inside(const struct qd_numeric_column *column, const int64_t *values, int64_t low,
                           int64_t high)
{
    return column->values.kernels->inside(values, low, high);
}

/* One part of a range query: documents [from, to) of one skip group, bits counted from `origin`. */
struct match {
    const struct qd_numeric_column *column;
    int64_t lower;
    int64_t upper;
    qd_doc_id from;
    qd_doc_id to;
    qd_doc_id origin;
    uint64_t *words;
};

static void set_bit(const struct match *match, qd_doc_id doc)
{
    match->words[(doc - match->origin) / 64] |= (uint64_t)1 << ((doc - match->origin) % 64);
}

/* ORs bits[count] into the result from document `at` on. */
static void or_bits(const struct match *match, qd_doc_id at, const uint64_t *bits, size_t count)
{
    unsigned shift = (at - match->origin) % 64;
    uint64_t *to = match->words + (at - match->origin) / 64;
    for (size_t i = 0; i < (count + 63) / 64; i++) {
        to[i] |= bits[i] << shift;
        if (shift != 0 && bits[i] >> (64 - shift) != 0) to[i + 1] |= bits[i] >> (64 - shift);
    }
}

static void match_dense(const struct match *match)
{
    uint64_t bits[SKIP_WORDS];
    size_t count = match->to - match->from;
    qd_numeric_array_match(&match->column->values, match->from, count, match->lower, match->upper, bits);
    or_bits(match, match->from, bits, count);
}

/* The values of the group lie together: they are compared at once, then the documents are told. */
static void match_sparse(const struct match *match)
{
    const struct qd_numeric_docs *docs = &match->column->place.docs;
    uint64_t bits[SKIP_WORDS];
    uint32_t first = qd_numeric_docs_rank(docs, match->from);
    uint32_t count = qd_numeric_docs_rank(docs, match->to) - first;
    if (count == 0) return;
    qd_numeric_array_match(&match->column->values, first, count, match->lower, match->upper, bits);
    uint64_t spread[SKIP_WORDS] = { 0 };
    qd_numeric_docs_spread(docs, match->from, match->to, bits, spread);
    or_bits(match, match->from, spread, match->to - match->from);
}

/* True when one of the ascending values [start, end) is inside. */
static bool any_inside(const struct match *match, uint64_t start, uint64_t end)
{
    const struct qd_numeric_array *values = &match->column->values;
    uint64_t last = end;
    while (start < end) {
        uint64_t middle = start + (end - start) / 2;
        if (qd_numeric_array_at(values, middle) < match->lower) start = middle + 1;
        else end = middle;
    }
    return start < last && qd_numeric_array_at(values, start) <= match->upper;
}

static void match_multi(const struct match *match)
{
    const struct qd_numeric_place *place = &match->column->place;
    uint32_t index = qd_numeric_docs_rank(&place->docs, match->from);
    struct qd_numeric_docs_walk walk = qd_numeric_docs_walk_from(&place->docs, match->from);
    for (;; index++) {
        qd_doc_id doc = qd_numeric_docs_next(&walk);
        uint64_t start;
        uint64_t end;
        if (doc >= match->to) return;
        qd_numeric_place_values(place, index, &start, &end);
        if (any_inside(match, start, end)) set_bit(match, doc);
    }
}

static void exists(const struct match *match)
{
    uint64_t bits[SKIP_WORDS] = { 0 };
    qd_numeric_docs_bits(&match->column->place.docs, match->from, match->to, bits);
    or_bits(match, match->from, bits, match->to - match->from);
}

void qd_numeric_match_range(const struct qd_numeric_column *column, int64_t lower, int64_t upper,
                            qd_doc_id from, qd_doc_id to, uint64_t *words)
{
    struct match match = { column, lower, upper, from, to, from, words };
    qd_assert(to <= column->doc_count);
    if (lower > upper || column->facts.value_count == 0) return;
    while (match.from < to) {
        struct qd_skip_entry skip = qd_numeric_skip(column, match.from);
        match.to = skip.last < to ? skip.last + 1 : to;
        bool none = skip.doc_count == 0 || skip.max < lower || skip.min > upper;
        bool all = !none && skip.min >= lower && skip.max <= upper;
        if (all) exists(&match);
        else if (!none && !column->place.single) match_multi(&match);
        else if (!none && column->facts.dense) match_dense(&match);
        else if (!none) match_sparse(&match);
        match.from = match.to;
    }
}

void qd_numeric_exists(const struct qd_numeric_column *column, qd_doc_id from, qd_doc_id to, uint64_t *words)
{
    qd_assert(to <= column->doc_count);
    qd_numeric_docs_bits(&column->place.docs, from, to, words);
}
