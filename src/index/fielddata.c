#include "index/fielddata.h"

#include <string.h>

#include "base/vector.h"
#include "codec/columns.h"
#include "codec/postings.h"
#include "codec/sections.h"
#include "index/engine_internal.h"

/* The image of a column has one field. */
#define ONLY_FIELD 0

/* A segment's terms on their way into a column. */
struct uninverted {
    struct qd_arena *scratch;
    const struct qd_terms *terms;
    uint32_t doc_count;
    int64_t least, most;     /* documents that a term must have, and may have */
    uint32_t *starts;        /* starts[doc_count + 1]: where the ordinals of a document begin */
    int64_t *ordinals;
    struct qd_slice *kept;   /* kept[kept_count]: the terms */
    uint32_t kept_count;
};

/* How many documents a term may have: a share of those with the field, or a number when it is above one. */
static int64_t frequency_of(double bound, uint64_t doc_count)
{
    double number = bound > 1.0 ? bound : (double)doc_count * bound;
    return number >= (double)INT32_MAX ? INT32_MAX : (int64_t)number;
}

static void set_frequencies(struct uninverted *self, const struct qd_field *field)
{
    uint64_t docs = qd_terms_stats(self->terms).doc_count;
    self->least = 0;
    self->most = INT64_MAX;
    if ((int64_t)docs < field->fielddata_segment_min) return;
    self->least = frequency_of(field->fielddata_min, docs);
    self->most = frequency_of(field->fielddata_max, docs);
}

/* The next term that is kept. */
static bool next_term(struct uninverted *self, struct qd_terms_iterator *iterator, struct qd_slice *term,
                      struct qd_term_info *info)
{
    while (qd_terms_next(iterator, term, info)) {
        if (info->doc_freq >= self->least && info->doc_freq <= self->most) return true;
    }
    return false;
}

/* Walks all postings, the terms in order: counts documents' terms, or fills their ordinals in. */
static void walk(struct uninverted *self, bool fill)
{
    struct qd_terms_iterator *iterator = qd_terms_iterate(self->scratch, self->terms, QD_SLICE(""));
    struct qd_postings *postings = QD_NEW(self->scratch, struct qd_postings);
    struct qd_slice term;
    struct qd_term_info info;
    uint32_t ordinal = 0;
    while (next_term(self, iterator, &term, &info)) {
        if (ordinal == 0) qd_postings_init(postings, self->scratch, self->terms, &info, QD_POSTINGS_DOCS);
        else qd_postings_restart(postings, &info);
        if (fill) self->kept[ordinal] = qd_arena_copy(self->scratch, term);
        for (qd_doc_id doc = qd_postings_next(postings); doc != QD_DOC_END;
             doc = qd_postings_next(postings)) {
            if (fill) self->ordinals[self->starts[doc]] = ordinal;
            self->starts[doc]++;
        }
        ordinal++;
    }
    self->kept_count = ordinal;
}

/* Makes starts[] of counts. */
static uint32_t sum_starts(struct uninverted *self)
{
    uint32_t sum = 0;
    for (uint32_t doc = 0; doc <= self->doc_count; doc++) {
        uint32_t count = self->starts[doc];
        self->starts[doc] = sum;
        sum += count;
    }
    return sum;
}

static void gather(struct uninverted *self)
{
    self->starts = QD_NEW_ARRAY(self->scratch, uint32_t, (size_t)self->doc_count + 1);
    walk(self, false);
    uint32_t total = sum_starts(self);
    self->ordinals = QD_NEW_ARRAY(self->scratch, int64_t, (size_t)total + 1);
    self->kept = QD_NEW_ARRAY(self->scratch, struct qd_slice, (size_t)self->kept_count + 1);
    walk(self, true);
    /* Filling has moved each start to the next one. */
    for (uint32_t doc = self->doc_count; doc > 0; doc--) self->starts[doc] = self->starts[doc - 1];
    self->starts[0] = 0;
}

static enum qd_status append(void *context, const void *data, size_t size, struct qd_error *error)
{
    (void)error;
    qd_buffer_append(context, data, size);
    return QD_OK;
}

static enum qd_status write_image(const struct uninverted *self, struct qd_buffer *image,
                                  struct qd_error *error)
{
    qd_doc_id *docs = QD_NEW_ARRAY(self->scratch, qd_doc_id, (size_t)self->doc_count + 1);
    uint32_t *starts = QD_NEW_ARRAY(self->scratch, uint32_t, (size_t)self->doc_count + 1);
    uint32_t count = 0;
    for (uint32_t doc = 0; doc < self->doc_count; doc++) {
        if (self->starts[doc] == self->starts[doc + 1]) continue;
        docs[count] = doc;
        starts[count++] = self->starts[doc];
    }
    starts[count] = self->starts[self->doc_count];
    struct qd_sink sink = { image, append };
    struct qd_sections_writer *writer = qd_sections_writer_create(self->scratch, sink);
    struct qd_ordinal_input input = { .ordinals = { docs, starts, self->ordinals, count },
                                      .terms = self->kept,
                                      .term_count = self->kept_count };
    qd_ordinal_write(self->scratch, writer, ONLY_FIELD, self->doc_count, &input);
    return qd_sections_finish(writer, NULL, error);
}

static enum qd_status open_image(struct qd_loaded_column *loaded, uint32_t doc_count, struct qd_error *error)
{
    struct qd_sections *sections;
    QD_TRY(qd_sections_open(loaded->arena, QD_SLICE("fielddata"), qd_buffer_view(&loaded->image), &sections,
                            error));
    return qd_ordinal_open(loaded->arena, sections, ONLY_FIELD, doc_count, &loaded->column, error);
}

static enum qd_status make(struct qd_segment *segment, const struct qd_terms *terms,
                           const struct qd_field *field, struct qd_loaded_column *loaded,
                           struct qd_error *error)
{
    struct uninverted self = { .scratch = qd_arena_create(0),
                               .terms = terms,
                               .doc_count = qd_segment_doc_count(segment) };
    set_frequencies(&self, field);
    gather(&self);
    enum qd_status status = self.kept_count == 0 ? QD_OK : write_image(&self, &loaded->image, error);
    qd_arena_destroy(self.scratch);
    if (status != QD_OK || loaded->image.size == 0) return status;
    return open_image(loaded, qd_segment_doc_count(segment), error);
}

/* What gathering needs at most: the postings as ordinals, and three numbers for each document. */
static int64_t estimate(const struct qd_segment *segment, const struct qd_terms *terms)
{
    uint64_t documents = (uint64_t)qd_segment_doc_count(segment) * 3 * sizeof(uint32_t);
    uint64_t bytes = qd_terms_stats(terms).sum_doc_freq * sizeof(int64_t) + documents;
    return bytes > (uint64_t)INT64_MAX ? INT64_MAX : (int64_t)bytes;
}

static enum qd_status load_segment(struct qd_segment *segment, const struct qd_field *field,
                                   struct qd_breaker *breaker, struct qd_error *error)
{
    struct qd_terms *terms;
    if (qd_segment_loaded(segment, field->name) != NULL) return QD_OK;
    QD_TRY(qd_segment_terms(segment, field->name, &terms, error));
    if (terms == NULL) return QD_OK;
    int64_t wanted = estimate(segment, terms);
    QD_TRY(qd_breaker_reserve(breaker, wanted, "<fielddata>", error));
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_loaded_column *loaded = QD_NEW(arena, struct qd_loaded_column);
    loaded->arena = arena;
    loaded->field = qd_arena_copy(arena, field->name);
    loaded->breaker = breaker;
    enum qd_status status = make(segment, terms, field, loaded, error);
    if (breaker != NULL) qd_breaker_release(breaker, wanted);
    loaded->bytes = (int64_t)(loaded->image.size + sizeof(*loaded));
    if (status != QD_OK) {
        qd_buffer_deinit(&loaded->image);
        qd_arena_destroy(arena);
        return status;
    }
    qd_segment_add_loaded(segment, loaded);
    return QD_OK;
}

enum qd_status qd_fielddata_load(const struct qd_snapshot *snapshot, const struct qd_field *field,
                                 struct qd_breaker *breaker, struct qd_error *error)
{
    if (field == NULL || !field->fielddata || field->column != QD_COLUMN_NONE) return QD_OK;
    for (uint32_t i = 0; i < snapshot->segment_count; i++) {
        QD_TRY(load_segment(snapshot->segments[i].segment, field, breaker, error));
    }
    return QD_OK;
}

/* ---- memory ---- */

static void add_bytes(void *context, const struct qd_loaded_column *loaded)
{
    int64_t *bytes = context;
    *bytes += loaded->bytes;
}

int64_t qd_fielddata_bytes(const struct qd_snapshot *snapshot)
{
    int64_t bytes = 0;
    for (uint32_t i = 0; i < snapshot->segment_count; i++) {
        qd_segment_visit_loaded(snapshot->segments[i].segment, add_bytes, &bytes);
    }
    return bytes;
}

static void add_use(void *context, const struct qd_loaded_column *loaded)
{
    struct qd_fielddata_uses *uses = context;
    size_t at = 0;
    while (at < uses->count && qd_slice_compare(uses->data[at].field, loaded->field) < 0) at++;
    if (at == uses->count || !qd_slice_equal(uses->data[at].field, loaded->field)) {
        (void)QD_PUSH(uses->arena, uses);
        memmove(&uses->data[at + 1], &uses->data[at], (uses->count - at - 1) * sizeof(*uses->data));
        uses->data[at] = (struct qd_fielddata_use){ qd_arena_copy(uses->arena, loaded->field), 0 };
    }
    uses->data[at].bytes += loaded->bytes;
}

void qd_fielddata_uses_add(struct qd_fielddata_uses *uses, const struct qd_snapshot *snapshot)
{
    for (uint32_t i = 0; i < snapshot->segment_count; i++) {
        qd_segment_visit_loaded(snapshot->segments[i].segment, add_use, uses);
    }
}

/* ---- dropping ---- */

void qd_fielddata_drop(struct qd_engine *engine, struct qd_slice fields)
{
    for (size_t i = 0; i < engine->segments.count; i++) {
        qd_held_segment_drop_fielddata(engine->segments.data[i]->held, fields);
    }
    /* Answers that were kept for this version still hold. */
    qd_engine_publish_again(engine);
}
