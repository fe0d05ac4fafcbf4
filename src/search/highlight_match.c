#include "search/highlight_match.h"

#include "base/map.h"
#include "base/text.h"
#include "codec/automaton.h"

/* ---- leaves ---- */
struct leaf_filter {
    struct qd_highlight_leaves leaves;
    const struct qd_field *field;
    bool any_field;
    struct qd_arena *arena;
};

static const void *copied(struct qd_arena *arena, const void *from, size_t size)
{
    if (from == NULL) {
        return NULL;
    }
    return qd_arena_copy(arena, qd_slice_make(from, size)).data;
}

/* The first of a phrase's terms that share the last position. */
static size_t last_place(const struct qd_query_leaf *leaf)
{
    size_t first = leaf->term_count;
    while (first > 0 && leaf->positions[first - 1] == leaf->positions[leaf->term_count - 1]) first--;
    return first;
}

static void visit(void *context, const struct qd_query_leaf *leaf)
{
    struct leaf_filter *filter = context;
    struct qd_highlight_leaf own = { .query = *leaf, .to = leaf->term_count };
    if (!filter->any_field && leaf->last_field.data != NULL) {
        size_t last = last_place(leaf);
        if (qd_slice_equal(leaf->last_field, filter->field->name)) own.from = last;
        else own.to = last;
    }
    bool here = own.from > 0 || qd_slice_equal(leaf->field, filter->field->name);
    if (!filter->any_field && !here) {
        return;
    }
    /* The arrays are the visitor's for the time of the call only. */
    own.query.terms = copied(filter->arena, leaf->terms, sizeof(*leaf->terms) * leaf->term_count);
    own.query.positions = copied(filter->arena, leaf->positions, sizeof(*leaf->positions) * leaf->term_count);
    *QD_PUSH(filter->arena, &filter->leaves) = own;
}

struct qd_highlight_leaves qd_highlight_leaves_of(const struct qd_prepared *query,
                                                  const struct qd_field *field, bool any_field,
                                                  struct qd_arena *arena)
{
    struct leaf_filter filter = { .field = field, .any_field = any_field, .arena = arena };
    qd_prepared_leaves(query, visit, &filter);
    return filter.leaves;
}

void qd_highlight_leaves_visited(struct qd_highlight_leaves *leaves)
{
    for (size_t i = 0; i < leaves->count; i++) {
        struct qd_highlight_leaf *leaf = &leaves->data[i];
        struct qd_query_leaf *query = &leaf->query;
        bool parted = leaf->from > 0 || leaf->to < query->term_count;
        bool split = query->last_field.data != NULL && (query->in_function || parted);
        if (!split && !(query->phrase_prefix && query->in_function)) {
            continue;
        }
        query->kind = QD_LEAF_TERM;
        if (!split) leaf->to -= leaf->to > 0;
    }
}

/* ---- tokens ---- */
/* UTF-16 offsets for byte offsets that mostly ascend. */
struct unit_cursor {
    struct qd_slice text;
    size_t byte;
    size_t unit;
};

static uint32_t units_at(struct unit_cursor *cursor, size_t byte)
{
    if (byte > cursor->text.size) {
        byte = cursor->text.size;
    }
    if (byte < cursor->byte) {
        cursor->byte = 0;
        cursor->unit = 0;
    }
    while (cursor->byte < byte) {
        uint8_t lead = (uint8_t)cursor->text.data[cursor->byte++];
        /* Continuation bytes count nothing; four-byte sequences are two units. */
        if ((lead & 0xc0) != 0x80) {
            cursor->unit += lead >= 0xf0 ? 2 : 1;
        }
    }
    return (uint32_t)cursor->unit;
}

static enum qd_status analyse(const struct qd_field *field, struct qd_slice text, struct qd_arena *arena,
                              struct qd_token_list *tokens, struct qd_error *error)
{
    const struct qd_analyzer *analyzer = field->type == QD_FIELD_KEYWORD ? field->normalizer
                                                                         : field->analyzer;
    *tokens = (struct qd_token_list){ 0 };
    if (analyzer != NULL) {
        return qd_analyzer_run(analyzer, arena, text, tokens, error);
    }
    tokens->data = QD_NEW(arena, struct qd_token);
    tokens->data[0] = (struct qd_token){
        .term = text, .end_offset = (uint32_t)text.size, .position_increment = 1, .position_length = 1
    };
    tokens->count = 1;
    return QD_OK;
}

static void convert_tokens(const struct qd_token_list *tokens, size_t limit, struct qd_arena *arena,
                           struct qd_highlight_value *value)
{
    struct unit_cursor cursor = { .text = value->text };
    uint32_t position = UINT32_MAX; /* the first increment leads to 0 */
    value->tokens = QD_NEW_ARRAY(arena, struct qd_highlight_token, tokens->count + 1);
    for (size_t i = 0; i < tokens->count; i++) {
        const struct qd_token *from = &tokens->data[i];
        uint32_t start = units_at(&cursor, from->start_offset);
        position += from->position_increment;
        if (start > limit) {
            break;
        }
        struct qd_highlight_token *to = &value->tokens[value->token_count++];
        *to = (struct qd_highlight_token){ .start = start,
                                           .end = units_at(&cursor, from->end_offset),
                                           .position = position,
                                           .term = QD_HIGHLIGHT_NO_TERM,
                                           .text = from->term };
    }
}

/* ---- terms and automata ---- */
static void mark(struct qd_highlight_token *token, uint32_t term, float weight)
{
    if (token->term == QD_HIGHLIGHT_NO_TERM) {
        token->term = term;
    }
    if (weight > token->weight) {
        token->weight = weight;
    }
}

static void match_terms(const struct qd_highlight_leaves *leaves, struct qd_arena *arena,
                        struct qd_highlight_value *value)
{
    struct qd_map terms;
    qd_map_init(&terms, arena);
    for (size_t i = 0; i < leaves->count; i++) {
        const struct qd_highlight_leaf *leaf = &leaves->data[i];
        if (leaf->query.kind != QD_LEAF_TERM) {
            continue;
        }
        for (size_t k = leaf->from; k < leaf->to; k++) {
            if (qd_map_get(&terms, leaf->query.terms[k]) == NULL) {
                qd_map_put(&terms, leaf->query.terms[k], (void *)(uintptr_t)leaf);
            }
        }
    }
    if (terms.live_count == 0) {
        return;
    }
    for (size_t i = 0; i < value->token_count; i++) {
        const struct qd_highlight_leaf *leaf = qd_map_get(&terms, value->tokens[i].text);
        if (leaf != NULL) {
            mark(&value->tokens[i], (uint32_t)(leaf - leaves->data), leaf->query.boost);
        }
    }
}

static bool in_range(const struct qd_query_leaf *leaf, struct qd_slice text)
{
    int low = leaf->lower.data == NULL ? 1 : qd_slice_compare(text, leaf->lower);
    int high = leaf->upper.data == NULL ? -1 : qd_slice_compare(text, leaf->upper);
    return (low > 0 || (low == 0 && leaf->include_lower)) && (high < 0 || (high == 0 && leaf->include_upper));
}

/* Automata and ranges. */
static void match_words(const struct qd_query_leaf *leaf, uint32_t number, struct qd_highlight_value *value)
{
    for (size_t i = 0; i < value->token_count; i++) {
        struct qd_slice text = value->tokens[i].text;
        bool range = leaf->kind == QD_LEAF_RANGE;
        if (range ? in_range(leaf, text) : qd_automaton_matches(leaf->automaton, text)) {
            mark(&value->tokens[i], number, leaf->boost);
        }
    }
}

/* ---- phrases ---- */
/* Does a token fit place `slot` of a phrase (terms at one position stand for each other)? */
static bool fits(const struct qd_query_leaf *leaf, size_t slot, const struct qd_highlight_token *token)
{
    uint32_t position = leaf->positions == NULL ? (uint32_t)slot : leaf->positions[slot];
    for (size_t i = 0; i < leaf->term_count; i++) {
        uint32_t own = leaf->positions == NULL ? (uint32_t)i : leaf->positions[i];
        if (own != position) {
            continue;
        }
        bool last = leaf->phrase_prefix && i + 1 == leaf->term_count;
        if (last ? qd_slice_starts_with(token->text, leaf->terms[i])
                 : qd_slice_equal(token->text, leaf->terms[i])) {
            return true;
        }
    }
    return false;
}

/* Term numbers of phrases lie above those of the leaves: one for each place of each phrase. */
static uint32_t phrase_term(uint32_t leaf, size_t slot)
{
    return 0x10000u + leaf * 256u + (uint32_t)(slot & 0xff);
}

/* The first token at or after `from` that fits `slot` at a position in [low, high]; SIZE_MAX when there is
 * none. */
static size_t find_token(const struct qd_query_leaf *leaf, size_t slot,
                         const struct qd_highlight_value *value, size_t from, uint32_t low, uint32_t high)
{
    for (size_t i = from; i < value->token_count && value->tokens[i].position <= high; i++) {
        if (value->tokens[i].position >= low && fits(leaf, slot, &value->tokens[i])) {
            return i;
        }
    }
    return SIZE_MAX;
}

static void mark_span(const struct qd_highlight_leaf *whole, uint32_t number,
                      struct qd_highlight_value *value, uint32_t start, uint32_t end)
{
    const struct qd_query_leaf *leaf = &whole->query;
    for (size_t i = 0; i < value->token_count && value->tokens[i].position <= end; i++) {
        if (value->tokens[i].position < start) {
            continue;
        }
        for (size_t slot = whole->from; slot < whole->to; slot++) {
            if (!fits(leaf, slot, &value->tokens[i])) {
                continue;
            }
            mark(&value->tokens[i], phrase_term(number, slot), leaf->boost);
            break;
        }
    }
}

/* Without slop every place is where the phrase says. */
static bool exact_at(const struct qd_query_leaf *leaf, const struct qd_highlight_value *value, size_t first,
                     uint32_t *end)
{
    uint32_t base = leaf->positions == NULL ? 0 : leaf->positions[0];
    uint32_t start = value->tokens[first].position;
    *end = start;
    for (size_t slot = 1; slot < leaf->term_count; slot++) {
        uint32_t wanted = start + (leaf->positions == NULL ? (uint32_t)slot : leaf->positions[slot] - base);
        if (find_token(leaf, slot, value, first, wanted, wanted) == SIZE_MAX) {
            return false;
        }
        if (wanted > *end) {
            *end = wanted;
        }
    }
    return true;
}

/* With slop all terms lie, in any order, in a window whose surplus is at most slop. */
static bool near_at(const struct qd_query_leaf *leaf, const struct qd_highlight_value *value, size_t first,
                    uint32_t *end)
{
    uint32_t start = value->tokens[first].position;
    uint32_t places = (uint32_t)leaf->term_count;
    uint32_t last = start + leaf->slop + places - 1;
    bool used = false;
    *end = start;
    if (last < start) {
        last = UINT32_MAX;
    }
    for (size_t slot = 0; slot < leaf->term_count; slot++) {
        if (!used && fits(leaf, slot, &value->tokens[first])) {
            used = true;
            continue;
        }
        size_t at = find_token(leaf, slot, value, first + 1, start, last);
        if (at == SIZE_MAX) {
            return false;
        }
        if (value->tokens[at].position > *end) {
            *end = value->tokens[at].position;
        }
    }
    return used && *end - start + 1 <= places + leaf->slop;
}

static void match_phrase(const struct qd_highlight_leaf *whole, uint32_t number, struct qd_arena *arena,
                         struct qd_highlight_value *value)
{
    const struct qd_query_leaf *leaf = &whole->query;
    if (leaf->term_count == 0) {
        return;
    }
    for (size_t i = 0; i < value->token_count; i++) {
        uint32_t end;
        bool found = leaf->slop > 0 ? near_at(leaf, value, i, &end)
                                    : fits(leaf, 0, &value->tokens[i]) && exact_at(leaf, value, i, &end);
        if (!found) {
            continue;
        }
        uint32_t start = value->tokens[i].position;
        *QD_PUSH(arena, &value->spans) = (struct qd_highlight_span){ start, end, number };
        mark_span(whole, number, value, start, end);
    }
}

enum qd_status qd_highlight_value_make(const struct qd_highlight_matcher *matcher, struct qd_slice text,
                                       struct qd_arena *arena, struct qd_highlight_value *value,
                                       struct qd_error *error)
{
    const struct qd_highlight_leaves *leaves = &matcher->leaves;
    struct qd_token_list tokens;
    *value = (struct qd_highlight_value){ .text = text };
    value->units = qd_utf16_from_utf8(arena, text, &value->unit_count);
    QD_TRY(analyse(matcher->field, text, arena, &tokens, error));
    convert_tokens(&tokens, matcher->limit, arena, value);
    match_terms(leaves, arena, value);
    for (size_t i = 0; i < leaves->count; i++) {
        const struct qd_highlight_leaf *leaf = &leaves->data[i];
        if (leaf->query.kind == QD_LEAF_AUTOMATON || leaf->query.kind == QD_LEAF_RANGE) {
            match_words(&leaf->query, (uint32_t)i, value);
        } else if (leaf->query.kind == QD_LEAF_PHRASE) {
            match_phrase(leaf, (uint32_t)i, arena, value);
        }
    }
    return QD_OK;
}
