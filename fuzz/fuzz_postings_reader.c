/* Postings and dictionaries from bytes that cannot be trusted, behind right checksums.
 *
 * The first byte chooses: either the sections are cut out of the input, or a small field is written and the
 * input overwrites some of its bytes. Whatever comes out must be in order and within the segment.
 */
#include <stdlib.h>

#include "base/assert.h"
#include "base/buffer.h"
#include "base/prng.h"
#include "codec/postings.h"

/* Steps that one input may take. */
#define STEPS_MAX 30000
#define DOCS 3000
#define SECTIONS 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum qd_status append(void *context, const void *data, size_t size, struct qd_error *error)
{
    (void)error;
    qd_buffer_append(context, data, size);
    return QD_OK;
}

static const enum qd_section_kind kinds[SECTIONS] = { QD_SECTION_TERMS, QD_SECTION_POSTINGS,
                                                      QD_SECTION_POSITIONS,
                                                      QD_SECTION_OFFSETS };

static struct qd_sections *seal(struct qd_arena *arena, struct qd_sections_writer *writer,
                                struct qd_buffer *bytes)
{
    struct qd_sections *sections = NULL;
    qd_assert(qd_sections_finish(writer, NULL, NULL) == QD_OK);
    qd_assert(qd_sections_open(arena, QD_SLICE("fuzz"), qd_buffer_view(bytes), &sections, NULL) == QD_OK);
    return sections;
}

/* A container of the four sections given. */
static struct qd_sections *pack(struct qd_arena *arena, const struct qd_slice *parts, struct qd_buffer *bytes)
{
    struct qd_sections_writer *writer = qd_sections_writer_create(arena, (struct qd_sink){ bytes, append });
    for (size_t i = 0; i < SECTIONS; i++) {
        qd_sections_begin(writer, kinds[i], 0);
        qd_sections_append(writer, parts[i].data, parts[i].size);
        qd_sections_end(writer);
    }
    return seal(arena, writer, bytes);
}

/* A field of a few terms, some of them with groups and bitsets. */
static void write_field(struct qd_arena *arena, const struct qd_segment_field *field, struct qd_slice *parts,
                        struct qd_buffer *bytes)
{
    struct qd_sections_writer *writer = qd_sections_writer_create(arena, (struct qd_sink){ bytes, append });
    struct qd_postings_writer *postings = qd_postings_writer_create(arena, writer, field, NULL, DOCS);
    for (uint32_t i = 0; i < 40; i++) {
        uint32_t step = i % 5 == 0 ? 1 + i % 4 : 300 + i * 40;
        qd_postings_writer_term(postings, qd_arena_format(arena, "term%03u", i * 7));
        for (uint32_t doc = i; doc < DOCS; doc += step + doc % (i % 3 + 1)) {
            uint32_t freq = 1 + doc % 3;
            qd_postings_writer_doc(postings, doc, freq);
            for (uint32_t k = 0; k < freq && field->index_options >= QD_INDEX_POSITIONS; k++) {
                qd_postings_writer_position(postings, k * (doc % 50), k * 7, k * 7 + doc % 9);
            }
        }
    }
    qd_postings_writer_finish(postings);
    struct qd_sections *sections = seal(arena, writer, bytes);
    for (size_t i = 0; i < SECTIONS; i++) {
        qd_assert(qd_sections_find(sections, kinds[i], 0, &parts[i], NULL) == QD_OK);
        parts[i] = qd_arena_copy(arena, parts[i]);
    }
}

/* Overwrites bytes: which section, where, with what. */
static void damage(struct qd_slice *parts, struct qd_reader *input)
{
    while (qd_reader_left(input) >= 4) {
        struct qd_slice *part = &parts[qd_reader_byte(input) % SECTIONS];
        size_t at = qd_reader_u16(input);
        uint8_t value = qd_reader_byte(input);
        if (part->size > 0) ((char *)(uintptr_t)part->data)[at % part->size] = (char)value;
    }
}

static void cut(struct qd_slice *parts, struct qd_reader *input)
{
    for (size_t i = 0; i + 1 < SECTIONS; i++) {
        size_t wanted = qd_reader_u16(input), left = qd_reader_left(input);
        parts[i] = qd_reader_bytes(input, wanted < left ? wanted : left);
    }
    parts[SECTIONS - 1] = qd_reader_bytes(input, qd_reader_left(input));
}

static void read_places(struct qd_postings *postings, unsigned *steps)
{
    uint32_t freq = qd_postings_freq(postings), start, end, sum = 0;
    const uint32_t *positions = qd_postings_positions(postings);
    freq = postings->freqs[postings->block_at];
    for (uint32_t i = 0; i < freq && *steps < STEPS_MAX; i++, (*steps)++) {
        sum += positions[i] + qd_postings_next_position(postings);
        qd_postings_offsets(postings, &start, &end);
        sum += start + end;
    }
    qd_assert(sum != UINT32_MAX || freq > 0);
}

static void walk(struct qd_postings *postings, enum qd_index_options options, struct qd_prng *prng,
                 unsigned *steps)
{
    uint64_t words[DOCS / 64 + 2] = { 0 };
    qd_doc_id last = 0;
    bool first = true;
    for (; *steps < STEPS_MAX; (*steps)++) {
        bool jump = qd_prng_percent(prng, 20);
        qd_doc_id target = first ? 0 : last + 1 + (uint32_t)qd_prng_below(prng, 600);
        qd_doc_id doc = jump ? qd_postings_advance(postings, target) : qd_postings_next(postings);
        if (doc == QD_DOC_END) break;
        qd_assert(doc < DOCS);
        qd_assert(first || doc > last);
        qd_assert(!jump || doc >= target);
        last = doc;
        first = false;
        size_t count;
        qd_doc_id up_to;
        if (qd_prng_percent(prng, 10)) {
            (void)qd_postings_impacts(postings, doc + (uint32_t)qd_prng_below(prng, 900), *steps % 2, &count,
                                      &up_to);
            qd_assert(count > 0);
        }
        if (options >= QD_INDEX_POSITIONS && qd_prng_percent(prng, 30)) read_places(postings, steps);
        if (qd_prng_percent(prng, 1)) qd_postings_into_bits(postings, doc, DOCS, words);
        if (postings->doc == QD_DOC_END) break;
        qd_assert(postings->doc < DOCS);
        last = postings->doc;
    }
}

/* Blocks entered, looked into and read as a whole. */
static void look_up(struct qd_postings *postings, enum qd_index_options options, unsigned *steps)
{
    qd_doc_id docs[64 + 8], target = 0;
    uint16_t numbers[64], indices[64];
    if (qd_postings_next(postings) == QD_DOC_END) return;
    while (*steps < STEPS_MAX && qd_postings_enter(postings, target)) {
        const uint32_t *starts, *differences;
        uint32_t from = 0, sum = 0;
        qd_doc_id doc = postings->docs[0], last = postings->docs[postings->block_count - 1];
        qd_assert(doc <= last && target <= last && last < DOCS);
        struct qd_postings_lookup lookup = { docs, 0, &from, numbers, indices };
        for (; doc <= last && lookup.count < 64; doc += 1 + lookup.count % 5) docs[lookup.count++] = doc;
        for (uint32_t i = 0; i < 8; i++) docs[lookup.count + i] = QD_DOC_END;
        uint32_t found = qd_postings_find(postings, &lookup);
        qd_assert(found > 0 && indices[found - 1] < postings->block_count);
        if (options >= QD_INDEX_POSITIONS && qd_postings_whole(postings, &starts, &differences)) {
            for (uint32_t i = 0; i < starts[postings->block_count]; i++) sum += differences[i];
        }
        if (*steps % 3 == 0) qd_postings_list(postings);
        qd_assert(*steps % 3 != 0 || sum == UINT32_MAX || postings->docs[indices[0]] == docs[numbers[0]]);
        target = last + 1 + *steps % 700;
        *steps += lookup.count;
    }
}

static void use(struct qd_arena *arena, const struct qd_terms *terms, enum qd_index_options options)
{
    struct qd_prng prng;
    struct qd_automaton *automaton = NULL;
    struct qd_slice term;
    struct qd_term_info info;
    unsigned steps = 0;
    qd_prng_seed(&prng, 1);
    qd_assert(qd_automaton_wildcard(arena, QD_SLICE("t*1?*"), false, &automaton, NULL) == QD_OK);
    struct qd_terms_iterator *some = qd_terms_intersect(arena, terms, automaton);
    while (steps++ < STEPS_MAX && qd_terms_next(some, &term, &info)) {
        qd_assert(qd_automaton_matches(automaton, term));
    }
    struct qd_terms_iterator *all = qd_terms_iterate(arena, terms, QD_SLICE(""));
    for (steps = 0; steps < STEPS_MAX && qd_terms_next(all, &term, &info); steps++) {
        struct qd_term_info again;
        (void)qd_terms_find(terms, term, &again);
        unsigned flags = options >= QD_INDEX_POSITIONS ? QD_POSTINGS_POSITIONS | QD_POSTINGS_OFFSETS : 0;
        struct qd_postings *postings = qd_arena_alloc(arena, sizeof(*postings));
        qd_postings_init(postings, arena, terms, &info, flags | QD_POSTINGS_FREQS);
        walk(postings, options, &prng, &steps);
        qd_postings_restart(postings, &info);
        look_up(postings, options, &steps);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct qd_reader input = { data, data + size, false };
    struct qd_buffer written = { 0 }, bytes = { 0 };
    struct qd_slice parts[SECTIONS];
    uint8_t choice = qd_reader_byte(&input);
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_segment_field field = { .number = 0,
                                      .index_options = (enum qd_index_options)(1 + choice / 2 % 4) };
    if (choice % 2 == 0) {
        write_field(arena, &field, parts, &written);
        damage(parts, &input);
    } else {
        cut(parts, &input);
    }
    struct qd_terms *terms = NULL;
    struct qd_sections *sections = pack(arena, parts, &bytes);
    if (qd_terms_open(arena, sections, &field, DOCS, &terms, NULL) == QD_OK) {
        use(arena, terms, field.index_options);
    }
    qd_buffer_deinit(&written);
    qd_buffer_deinit(&bytes);
    qd_arena_destroy(arena);
    return 0;
}
