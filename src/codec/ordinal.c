#include <string.h>

#include "base/assert.h"
#include "codec/little_endian.h"
#include "codec/numeric_format.h"

#define FORMAT_VERSION 1u
/* Header: u32 version, u32 terms, u64 offset of the block offsets, u64 offset of the term bytes, u64 their
 * size. Then the numeric column of ordinals, up to the block offsets. */
#define HEADER_SIZE ((size_t)32)
/* Terms of a block: the first one whole, each other one as what differs from the one before. */
#define BLOCK_TERMS 16u

struct qd_ordinal_column {
    struct qd_numeric_column *numbers;
    uint32_t term_count;
    uint32_t block_count;
    const uint8_t *offsets; /* u64 offsets of the blocks in `terms`, one more at the end */
    struct qd_slice terms;  /* the blocks */
};

/* ---- writing ---- */

static size_t shared_prefix(struct qd_slice left, struct qd_slice right)
{
    size_t size = left.size < right.size ? left.size : right.size;
    size_t i = 0;
    while (i < size && left.data[i] == right.data[i]) i++;
    return i;
}

static void encode_terms(struct qd_buffer *offsets, struct qd_buffer *terms,
                         const struct qd_ordinal_input *input)
{
    for (uint32_t i = 0; i < input->term_count; i++) {
        struct qd_slice term = input->terms[i];
        qd_assert(i == 0 || qd_slice_compare(input->terms[i - 1], term) < 0);
        if (i % BLOCK_TERMS == 0) {
            qd_buffer_u64(offsets, terms->size);
            qd_buffer_sized(terms, term);
            continue;
        }
        size_t shared = shared_prefix(input->terms[i - 1], term);
        qd_buffer_varint(terms, shared);
        qd_buffer_sized(terms, qd_slice_from(term, shared));
    }
    qd_buffer_u64(offsets, terms->size);
}

void qd_ordinal_write(struct qd_arena *scratch, struct qd_sections_writer *sections, uint32_t field,
                      uint32_t doc_count, const struct qd_ordinal_input *input)
{
    struct qd_buffer numbers = { 0 };
    struct qd_buffer offsets = { 0 };
    struct qd_buffer terms = { 0 };
    qd_numeric_encode(scratch, &numbers, doc_count, &input->ordinals);
    encode_terms(&offsets, &terms, input);
    uint8_t header[HEADER_SIZE];
    qd_store_u32(header, FORMAT_VERSION);
    qd_store_u32(header + 4, input->term_count);
    qd_store_u64(header + 8, HEADER_SIZE + numbers.size);
    qd_store_u64(header + 16, HEADER_SIZE + numbers.size + offsets.size);
    qd_store_u64(header + 24, terms.size);
    qd_sections_begin(sections, QD_SECTION_ORDINALS, field);
    qd_sections_append(sections, header, sizeof(header));
    qd_sections_append(sections, numbers.data, numbers.size);
    qd_sections_append(sections, offsets.data, offsets.size);
    qd_sections_append(sections, terms.data, terms.size);
    qd_sections_end(sections);
    qd_buffer_deinit(&numbers);
    qd_buffer_deinit(&offsets);
    qd_buffer_deinit(&terms);
}

/* ---- opening ---- */

static bool open_terms(struct qd_ordinal_column *column, struct qd_slice bytes, uint64_t *offsets_at)
{
    const uint8_t *header = (const uint8_t *)bytes.data;
    *offsets_at = qd_load_u64(header + 8);
    uint64_t terms_at = qd_load_u64(header + 16);
    uint64_t terms_size = qd_load_u64(header + 24);
    column->term_count = qd_load_u32(header + 4);
    column->block_count = column->term_count / BLOCK_TERMS + (column->term_count % BLOCK_TERMS != 0);
    if (terms_at > bytes.size || terms_size != bytes.size - terms_at) return false;
    if (*offsets_at < HEADER_SIZE || *offsets_at > terms_at) return false;
    if (terms_at - *offsets_at != ((uint64_t)column->block_count + 1) * 8) return false;
    column->offsets = header + *offsets_at;
    column->terms = qd_slice_from(bytes, (size_t)terms_at);
    return qd_load_u32(header) == FORMAT_VERSION;
}

enum qd_status qd_ordinal_open(struct qd_arena *arena, const struct qd_sections *sections, uint32_t field,
                               uint32_t doc_count, struct qd_ordinal_column **column, struct qd_error *error)
{
    struct qd_slice bytes;
    uint64_t numbers_end;
    QD_TRY(qd_sections_find(sections, QD_SECTION_ORDINALS, field, &bytes, error));
    struct qd_ordinal_column *opened = QD_NEW(arena, struct qd_ordinal_column);
    if (bytes.size < HEADER_SIZE || !open_terms(opened, bytes, &numbers_end)) {
        return qd_corrupt(error, qd_sections_name(sections), 0, "terms of a column of ordinals");
    }
    struct qd_slice numbers = qd_slice_sub(bytes, HEADER_SIZE, (size_t)numbers_end - HEADER_SIZE);
    if (!qd_numeric_decode(arena, numbers, doc_count, opened->term_count, &opened->numbers) ||
        (opened->term_count == 0 && qd_numeric_facts(opened->numbers).value_count != 0)) {
        return qd_corrupt(error, qd_sections_name(sections), 0, "numbers of a column of ordinals");
    }
    *column = opened;
    return QD_OK;
}

const struct qd_numeric_column *qd_ordinal_numbers(const struct qd_ordinal_column *column)
{
    return column->numbers;
}

uint32_t qd_ordinal_term_count(const struct qd_ordinal_column *column)
{
    return column->term_count;
}

/* ---- terms ---- */

static struct qd_reader read_block(const struct qd_ordinal_column *column, uint32_t block)
{
    uint64_t start = qd_load_u64(column->offsets + (size_t)block * 8);
    uint64_t end = qd_load_u64(column->offsets + (size_t)block * 8 + 8);
    if (end > column->terms.size) end = column->terms.size;
    if (start > end) start = end;
    return qd_reader_make(qd_slice_sub(column->terms, (size_t)start, (size_t)(end - start)));
}

/* One term of a block as it is stored. */
struct piece {
    size_t shared;          /* bytes it has in common with the term before */
    struct qd_slice suffix; /* the rest */
};

/* Reads the next piece; `size` is that of the term before and becomes that of this one. */
static struct piece read_piece(struct qd_reader *reader, bool first, size_t *size)
{
    uint64_t shared = first ? 0 : qd_reader_varint(reader);
    struct piece piece = { shared < *size ? (size_t)shared : *size, qd_reader_sized(reader) };
    *size = piece.shared + piece.suffix.size;
    return piece;
}

struct qd_slice qd_ordinal_term(const struct qd_ordinal_column *column, uint32_t ordinal,
                                struct qd_arena *arena)
{
    qd_assert(ordinal < column->term_count);
    struct piece pieces[BLOCK_TERMS];
    struct qd_reader reader = read_block(column, ordinal / BLOCK_TERMS);
    uint32_t last = ordinal % BLOCK_TERMS;
    size_t size = 0;
    for (uint32_t i = 0; i <= last; i++) pieces[i] = read_piece(&reader, i == 0, &size);
    if (pieces[last].shared == 0) return pieces[last].suffix;
    char *term = qd_arena_alloc(arena, size);
    /* From the end: each piece gives the bytes from its shared prefix up to where a later piece took over. */
    size_t filled = size;
    for (uint32_t i = last + 1; i-- > 0 && filled > 0;) {
        if (pieces[i].shared >= filled) continue;
        memcpy(term + pieces[i].shared, pieces[i].suffix.data, filled - pieces[i].shared);
        filled = pieces[i].shared;
    }
    return qd_slice_make(term, size);
}

struct qd_slice qd_ordinal_walk_next(struct qd_ordinal_walk *walk, struct qd_arena *arena)
{
    qd_assert(walk->next < walk->column->term_count);
    bool first = walk->next % BLOCK_TERMS == 0;
    if (first) walk->block = read_block(walk->column, walk->next / BLOCK_TERMS);
    struct piece piece = read_piece(&walk->block, first, &walk->size);
    if (walk->size > walk->capacity) {
        size_t capacity = walk->size * 2 + 64;
        walk->bytes = qd_arena_grow(arena, walk->bytes, walk->capacity, capacity);
        walk->capacity = capacity;
    }
    if (piece.suffix.size > 0) memcpy(walk->bytes + piece.shared, piece.suffix.data, piece.suffix.size);
    walk->next++;
    return qd_slice_make(walk->bytes, walk->size);
}

struct qd_slice qd_ordinal_walk_to(struct qd_ordinal_walk *walk, uint32_t ordinal, struct qd_arena *arena)
{
    qd_assert(ordinal >= walk->next);
    uint32_t start = ordinal - ordinal % BLOCK_TERMS;
    if (start > walk->next) walk->next = start;
    while (walk->next < ordinal) (void)qd_ordinal_walk_next(walk, arena);
    return qd_ordinal_walk_next(walk, arena);
}

static struct qd_slice first_term(const struct qd_ordinal_column *column, uint32_t block)
{
    struct qd_reader reader = read_block(column, block);
    return qd_reader_sized(&reader);
}

/* The last block whose first term is <= term, or 0. */
static uint32_t find_block(const struct qd_ordinal_column *column, struct qd_slice term)
{
    uint32_t low = 0;
    uint32_t high = column->block_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (qd_slice_compare(first_term(column, middle), term) <= 0) low = middle;
        else high = middle;
    }
    return low;
}

/* Compares the pieces of a block with `term` without building them: `equal` bytes of the term before are the
 * same as in `term`, and the term before is smaller. A term that shares more with the one before is smaller
 * too; one that shares less is greater. */
static int compare_piece(const struct piece *piece, struct qd_slice term, size_t *equal)
{
    if (piece->shared > *equal) return -1;
    if (piece->shared < *equal) return 1;
    struct qd_slice rest = qd_slice_from(term, *equal);
    int order = qd_slice_compare(piece->suffix, rest);
    *equal += shared_prefix(piece->suffix, rest);
    return order;
}

bool qd_ordinal_find(const struct qd_ordinal_column *column, struct qd_slice term, uint32_t *ordinal)
{
    *ordinal = 0;
    if (column->term_count == 0) return false;
    uint32_t block = find_block(column, term);
    struct qd_reader reader = read_block(column, block);
    uint32_t start = block * BLOCK_TERMS;
    uint32_t count = column->term_count - start < BLOCK_TERMS ? column->term_count - start : BLOCK_TERMS;
    size_t size = 0;
    size_t equal = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct piece piece = read_piece(&reader, i == 0, &size);
        int order = compare_piece(&piece, term, &equal);
        *ordinal = start + i;
        if (order >= 0) return order == 0;
    }
    *ordinal = start + count;
    return false;
}
