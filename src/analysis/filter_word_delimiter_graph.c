/* Parts of words and their concatenations as a token graph. Source: Lucene WordDelimiterGraphFilter. */
#include "analysis/component.h"
#include "analysis/filters.h"
#include "analysis/word_parts.h"

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct qd_word_parts_options *options = QD_NEW(settings->arena, struct qd_word_parts_options);
    QD_TRY(qd_word_parts_read(settings, options, error));
    *out = options;
    return QD_OK;
}

/* A part or a concatenation: positions, and characters [first, last) that it covers. */
struct piece {
    struct qd_slice term;
    uint32_t from;
    uint32_t to;
    size_t first;
    size_t last;
};
QD_VECTOR_TYPE(pieces, struct piece);

/* Parts that are being joined. */
struct joint {
    char *text;
    size_t size;
    size_t count; /* parts */
    uint32_t position;
    size_t first;
    size_t last;
    uint8_t type;
};

/* One run over all tokens. */
struct splitter {
    struct qd_component_run *run;
    const struct qd_word_parts_options *options;
    struct qd_word_parts parts;
    struct pieces pieces;
    struct joint joint;
    struct joint all;
    struct qd_token_list result;
    uint32_t position;      /* of the next part within the word */
    uint32_t increment;     /* of input tokens since the last output */
    size_t last_count;      /* parts of the last concatenation */
    uint32_t last_start;    /* offsets never go back */
};

static void join(struct splitter *splitter, struct joint *joint)
{
    struct qd_word_parts *parts = &splitter->parts;
    struct qd_slice part = qd_word_parts_slice(parts, parts->current, parts->end);
    if (joint->count == 0) {
        joint->text = qd_arena_alloc(splitter->run->arena, parts->term.size);
        joint->size = 0;
        joint->type = qd_word_parts_type(parts);
        joint->first = parts->current;
        joint->position = splitter->position;
    }
    memcpy(joint->text + joint->size, part.data, part.size);
    joint->size += part.size;
    joint->count++;
    joint->last = parts->end;
}

static void add_piece(struct splitter *splitter, struct piece piece)
{
    *QD_PUSH(splitter->run->arena, &splitter->pieces) = piece;
}

static void write_joint(struct splitter *splitter, const struct joint *joint)
{
    add_piece(splitter, (struct piece){
        .term = qd_slice_make(joint->text, joint->size),
        .from = joint->position,
        .to = splitter->position,
        .first = joint->first,
        .last = joint->last,
    });
}

static void flush(struct splitter *splitter)
{
    struct joint *joint = &splitter->joint;
    if (splitter->position == joint->position) splitter->position++;
    splitter->last_count = joint->count;
    if (joint->count != 1 || !qd_word_parts_generates(splitter->options, joint->type)) {
        write_joint(splitter, joint);
    }
    joint->count = 0;
}

/* True when `left` comes after `right`: by first position, longer ones first, then by place in the word. */
static bool is_after(const struct piece *left, const struct piece *right)
{
    if (left->from != right->from) return left->from > right->from;
    if (left->to != right->to) return left->to < right->to;
    if (left->first != right->first) return left->first > right->first;
    return left->last < right->last;
}

/* Sorts pieces[start..]; stable. */
static void sort_pieces(struct pieces *pieces, size_t start)
{
    for (size_t i = start + 1; i < pieces->count; i++) {
        struct piece piece = pieces->data[i];
        size_t at = i;
        for (; at > start && is_after(&pieces->data[at - 1], &piece); at--) {
            pieces->data[at] = pieces->data[at - 1];
        }
        pieces->data[at] = piece;
    }
}

/* The present part as a piece of its own. */
static void add_part(struct splitter *splitter)
{
    const struct qd_word_parts *parts = &splitter->parts;
    add_piece(splitter, (struct piece){
        .term = qd_word_parts_slice(parts, parts->current, parts->end),
        .from = splitter->position,
        .to = splitter->position + 1,
        .first = parts->current,
        .last = parts->end,
    });
    splitter->position++;
}

static void collect(struct splitter *splitter)
{
    struct qd_word_parts *parts = &splitter->parts;
    const struct qd_word_parts_options *options = splitter->options;
    size_t original = options->preserve_original ? 1 : 0;
    splitter->pieces.count = 0;
    splitter->position = 0;
    splitter->last_count = 0;
    /* The original is always the first piece; how long it is comes out at the end. */
    if (original == 1) add_piece(splitter, (struct piece){ .term = parts->term, .last = parts->count });
    if (qd_word_parts_single(parts)) {
        add_part(splitter);
        qd_word_parts_next(parts);
    }
    for (; !parts->done; qd_word_parts_next(parts)) {
        uint8_t type = qd_word_parts_type(parts);
        if (splitter->joint.count > 0 && (splitter->joint.type & type) == 0) flush(splitter);
        if (qd_word_parts_joins(options, type)) join(splitter, &splitter->joint);
        if (options->catenate_all) join(splitter, &splitter->all);
        if (qd_word_parts_generates(options, type)) add_part(splitter);
    }
    if (splitter->joint.count > 0) flush(splitter);
    if (splitter->all.count > splitter->last_count) {
        if (splitter->position == splitter->all.position) splitter->position++;
        write_joint(splitter, &splitter->all);
    }
    splitter->all.count = 0;
    if (splitter->position == 0) splitter->position++;
    if (original == 1) splitter->pieces.data[0].to = splitter->position;
    sort_pieces(&splitter->pieces, original);
}

static void emit_pieces(struct splitter *splitter, const struct qd_token *token)
{
    struct qd_word_parts_place place;
    qd_word_parts_locate(&splitter->parts, splitter->run, token, &place);
    uint32_t position = 0;
    for (size_t i = 0; i < splitter->pieces.count; i++) {
        const struct piece *piece = &splitter->pieces.data[i];
        struct qd_token out = *token;
        if (place.exact && splitter->options->adjust_offsets) {
            out.start_offset = place.offsets[piece->first];
            out.end_offset = place.offsets[piece->last];
        }
        if (out.start_offset < splitter->last_start) out.start_offset = splitter->last_start;
        if (out.end_offset < splitter->last_start) out.end_offset = splitter->last_start;
        splitter->last_start = out.start_offset;
        out.term = piece->term;
        out.position_increment = splitter->increment + piece->from - position;
        out.position_length = piece->to - piece->from;
        splitter->increment = 0;
        position = piece->from;
        *qd_component_push(splitter->run->arena, &splitter->result) = out;
    }
}

static void split(struct splitter *splitter, const struct qd_token *token)
{
    struct qd_word_parts *parts = &splitter->parts;
    if (token->keyword && splitter->options->ignore_keywords) {
        *qd_component_push(splitter->run->arena, &splitter->result) = *token;
        return;
    }
    splitter->increment += token->position_increment;
    qd_word_parts_start(parts, splitter->options, splitter->run->arena, token->term);
    qd_word_parts_next(parts);
    bool whole = !parts->done && parts->current == 0 && parts->end == parts->count;
    bool only_delimiters = parts->done;
    if (whole || qd_word_set_has(&splitter->options->protected_words, splitter->run->arena, token->term) ||
        (only_delimiters && splitter->options->preserve_original)) {
        struct qd_token *out = qd_component_push(splitter->run->arena, &splitter->result);
        *out = *token;
        out->position_increment = splitter->increment;
        splitter->increment = 0;
        return;
    }
    if (only_delimiters) return;
    collect(splitter);
    emit_pieces(splitter, token);
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    struct splitter splitter = { .run = run, .options = data };
    for (size_t i = 0; i < run->tokens->count; i++) split(&splitter, &run->tokens->data[i]);
    qd_component_replace(run->tokens, &splitter.result);
    return QD_OK;
}

const struct qd_component_kind qd_filter_word_delimiter_graph = {
    .name = "word_delimiter_graph",
    .create = create,
    .run = run,
    .keyword = qd_component_keyword,
    .no_synonyms = true,
};
