#include "codec/postings_walk.h"

void qd_postings_walk_init(struct qd_postings_walk *walk, const struct qd_terms *terms,
                           const struct qd_term_info *info)
{
    *walk = (struct qd_postings_walk){ .terms = terms, .base = UINT32_MAX, .last = UINT32_MAX };
    size_t start = info->postings < terms->postings.size ? (size_t)info->postings : terms->postings.size;
    walk->reader = qd_reader_make(qd_slice_from(terms->postings, start));
    walk->docs_left = info->doc_freq;
    walk->grouped = info->doc_freq > QD_POSTINGS_BLOCK;
    walk->positions_next = info->positions;
    walk->offsets_next = info->offsets;
}

/* The header of a block or a group. */
struct span {
    uint32_t last;
    uint64_t positions;
    uint64_t offsets;
    const uint8_t *end;
};

static bool read_span(struct qd_postings_walk *walk, struct span *span)
{
    struct qd_reader *reader = &walk->reader;
    uint32_t difference = qd_packing_varint32(reader);
    span->positions = qd_terms_has_positions(walk->terms) ? qd_packing_varint(reader) : 0;
    span->offsets = qd_terms_has_offsets(walk->terms) ? qd_packing_varint(reader) : 0;
    uint64_t size = qd_packing_varint(reader);
    /* Modulo 2^32 UINT32_MAX, which stands for "before the first document", is -1. */
    span->last = walk->last + difference;
    if (reader->failed || size > qd_reader_left(reader) || span->last >= walk->terms->doc_count) return false;
    if (difference == 0 || (walk->last != UINT32_MAX && span->last <= walk->last)) return false;
    span->end = reader->at + size;
    return true;
}

static bool read_impacts(struct qd_postings_walk *walk, struct qd_reader *reader, struct qd_slice *impacts)
{
    *impacts = (struct qd_slice){ NULL, 0 };
    if (!qd_terms_has_freqs(walk->terms)) return true;
    *impacts = qd_reader_sized(reader);
    return !reader->failed;
}

static void skip_span(struct qd_postings_walk *walk, const struct span *span, uint32_t docs)
{
    walk->reader.at = span->end;
    walk->docs_left -= docs;
    walk->last = span->last;
    walk->positions_next += span->positions;
    walk->offsets_next += span->offsets;
}

/* Reads a group's header; the group is entered, or passed over when it ends before `target`. */
static bool next_group(struct qd_postings_walk *walk, uint32_t target)
{
    struct span span;
    if (!read_span(walk, &span)) return false;
    uint32_t docs = walk->docs_left < QD_POSTINGS_GROUP ? walk->docs_left : QD_POSTINGS_GROUP;
    if (span.last < target) {
        skip_span(walk, &span, docs);
        return true;
    }
    walk->group_left = docs;
    walk->group_last = span.last;
    walk->group_end = span.end;
    return read_impacts(walk, &walk->reader, &walk->group_impacts);
}

/* Enters the block whose bytes are [reader.at, end). */
static bool enter_block(struct qd_postings_walk *walk, const struct span *span, uint32_t docs)
{
    walk->base = walk->last;
    walk->block_count = docs;
    walk->positions = walk->positions_next;
    walk->offsets = walk->offsets_next;
    walk->body = (struct qd_reader){ walk->reader.at, span->end, false };
    skip_span(walk, span, docs);
    walk->impacts = (struct qd_slice){ NULL, 0 };
    if (docs < QD_POSTINGS_TAIL_IMPACTS_MIN) return true;
    return read_impacts(walk, &walk->body, &walk->impacts);
}

static bool next_block(struct qd_postings_walk *walk, uint32_t target, bool *entered)
{
    uint32_t left = walk->grouped ? walk->group_left : walk->docs_left;
    struct span span = { .last = walk->grouped ? walk->group_last : QD_DOC_END - 1, .end = walk->reader.end };
    uint32_t docs = left < QD_POSTINGS_BLOCK ? left : QD_POSTINGS_BLOCK;
    if (docs == QD_POSTINGS_BLOCK && !read_span(walk, &span)) return false;
    if (walk->grouped) walk->group_left -= docs;
    if (docs == QD_POSTINGS_BLOCK && span.last < target) {
        skip_span(walk, &span, docs);
        return true;
    }
    *entered = true;
    return enter_block(walk, &span, docs);
}

bool qd_postings_walk_next(struct qd_postings_walk *walk, uint32_t target)
{
    bool entered = false;
    while (!entered) {
        bool good;
        if (walk->docs_left == 0) return false;
        if (walk->grouped && walk->group_left == 0) {
            if (walk->group_end != NULL) walk->reader.at = walk->group_end;
            walk->group_end = NULL;
            good = next_group(walk, target);
        } else {
            good = next_block(walk, target, &entered);
        }
        if (!good) {
            walk->docs_left = 0;
            walk->block_count = 0;
            return false;
        }
    }
    return true;
}
