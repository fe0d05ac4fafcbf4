/* Parts of words and their concatenations, one after the other. Source: Lucene WordDelimiterFilter. */
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

/* Parts that are being joined. */
struct joint {
    char *text;
    size_t size;
    size_t count; /* parts */
    size_t first;
    size_t last;
    uint8_t type;
};

/* One run over all tokens. */
struct splitter {
    struct qd_component_run *run;
    const struct qd_word_parts_options *options;
    const struct qd_token *token; /* the input token */
    struct qd_word_parts parts;
    struct qd_word_parts_place place;
    struct joint joint;
    struct joint all;
    struct qd_token_list buffer; /* output of the present token, still unsorted */
    struct qd_token_list result;
    uint32_t increment;
    size_t last_count;
    bool any;                /* something has been given for this word */
    bool followed_original;  /* something has been given after the original */
    bool first;              /* nothing has been given at all */
};

static uint32_t next_increment(struct splitter *splitter, bool inject)
{
    uint32_t increment = splitter->increment;
    if (splitter->any) {
        splitter->increment = 0;
        return inject ? 0 : increment > 1 ? increment : 1;
    }
    splitter->any = true;
    if (!splitter->followed_original) {
        splitter->followed_original = true;
        return 0;
    }
    splitter->increment = 0;
    return increment > 1 ? increment : 1;
}

static void join(struct splitter *splitter, struct joint *joint, uint8_t type)
{
    struct qd_word_parts *parts = &splitter->parts;
    struct qd_slice part = qd_word_parts_slice(parts, parts->current, parts->end);
    if (joint->count == 0) {
        joint->text = qd_arena_alloc(splitter->run->arena, parts->term.size);
        joint->size = 0;
        joint->type = type;
        joint->first = parts->current;
    }
    memcpy(joint->text + joint->size, part.data, part.size);
    joint->size += part.size;
    joint->count++;
    joint->last = parts->end;
}

static void write_joint(struct splitter *splitter, struct joint *joint)
{
    struct qd_token *out = qd_component_push(splitter->run->arena, &splitter->buffer);
    *out = *splitter->token;
    out->term = qd_slice_make(joint->text, joint->size);
    if (splitter->place.exact) {
        out->start_offset = splitter->place.offsets[joint->first];
        out->end_offset = splitter->place.offsets[joint->last];
    }
    out->position_increment = next_increment(splitter, true);
    out->position_length = 1;
    splitter->increment = 0;
    joint->count = 0;
}

/* True when the concatenation was given. */
static bool flush(struct splitter *splitter)
{
    struct joint *joint = &splitter->joint;
    splitter->last_count = joint->count;
    if (joint->count != 1 || !qd_word_parts_generates(splitter->options, joint->type)) {
        write_joint(splitter, joint);
        return true;
    }
    joint->count = 0;
    return false;
}

static struct qd_token part_token(struct splitter *splitter, bool single)
{
    const struct qd_word_parts *parts = &splitter->parts;
    struct qd_token out = *splitter->token;
    out.term = qd_word_parts_slice(parts, parts->current, parts->end);
    if (splitter->place.exact) {
        out.start_offset = splitter->place.offsets[parts->current];
        out.end_offset = splitter->place.offsets[parts->end];
    } else if (single) {
        uint32_t start = out.start_offset + (uint32_t)parts->borders[parts->current];
        if (start <= out.end_offset) out.start_offset = start;
    }
    out.position_increment = next_increment(splitter, false);
    out.position_length = 1;
    return out;
}

/* By first offset, larger increments first; stable. */
static void emit_buffer(struct splitter *splitter)
{
    struct qd_token_list *buffer = &splitter->buffer;
    for (size_t i = 1; i < buffer->count; i++) {
        struct qd_token token = buffer->data[i];
        size_t at = i;
        for (; at > 0; at--) {
            const struct qd_token *before = &buffer->data[at - 1];
            bool later = before->start_offset > token.start_offset ||
                         (before->start_offset == token.start_offset &&
                          before->position_increment < token.position_increment);
            if (!later) break;
            buffer->data[at] = *before;
        }
        buffer->data[at] = token;
    }
    for (size_t i = 0; i < buffer->count; i++) {
        struct qd_token *out = qd_component_push(splitter->run->arena, &splitter->result);
        *out = buffer->data[i];
        if (splitter->first && out->position_increment == 0) out->position_increment = 1;
        splitter->first = false;
    }
    buffer->count = 0;
}

static void split_parts(struct splitter *splitter)
{
    struct qd_word_parts *parts = &splitter->parts;
    const struct qd_word_parts_options *options = splitter->options;
    for (; !parts->done; qd_word_parts_next(parts)) {
        if (qd_word_parts_single(parts)) {
            *qd_component_push(splitter->run->arena, &splitter->result) = part_token(splitter, true);
            splitter->first = false;
            continue;
        }
        uint8_t type = qd_word_parts_type(parts);
        if (splitter->joint.count > 0 && (splitter->joint.type & type) == 0) {
            (void)flush(splitter);
            splitter->any = false;
        }
        if (qd_word_parts_joins(options, type)) join(splitter, &splitter->joint, type);
        if (options->catenate_all) join(splitter, &splitter->all, type);
        if (qd_word_parts_generates(options, type)) {
            struct qd_token part = part_token(splitter, false);
            *qd_component_push(splitter->run->arena, &splitter->buffer) = part;
        }
    }
    if (splitter->joint.count > 0) (void)flush(splitter);
    if (splitter->all.count > splitter->last_count) write_joint(splitter, &splitter->all);
    splitter->all.count = 0;
    emit_buffer(splitter);
}

static void emit_whole(struct splitter *splitter)
{
    struct qd_token *out = qd_component_push(splitter->run->arena, &splitter->result);
    *out = *splitter->token;
    out->position_increment = splitter->increment;
    splitter->increment = 0;
    splitter->first = false;
}

static void split(struct splitter *splitter, const struct qd_token *token)
{
    struct qd_word_parts *parts = &splitter->parts;
    const struct qd_word_parts_options *options = splitter->options;
    splitter->token = token;
    splitter->increment += token->position_increment;
    qd_word_parts_start(parts, options, splitter->run->arena, token->term);
    qd_word_parts_next(parts);
    bool whole = !parts->done && parts->current == 0 && parts->end == parts->count;
    if (whole || qd_word_set_has(&options->protected_words, splitter->run->arena, token->term)) {
        emit_whole(splitter);
        return;
    }
    if (parts->done && !options->preserve_original) {
        if (token->position_increment == 1 && !splitter->first) splitter->increment--;
        return;
    }
    qd_word_parts_locate(parts, splitter->run, token, &splitter->place);
    splitter->any = false;
    splitter->followed_original = !options->preserve_original;
    splitter->last_count = 0;
    if (options->preserve_original) emit_whole(splitter);
    split_parts(splitter);
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    struct splitter splitter = { .run = run, .options = data, .first = true };
    for (size_t i = 0; i < run->tokens->count; i++) split(&splitter, &run->tokens->data[i]);
    qd_component_replace(run->tokens, &splitter.result);
    return QD_OK;
}

const struct qd_component_kind qd_filter_word_delimiter = {
    .name = "word_delimiter",
    .keyword = qd_component_keyword,
    .create = create,
    .run = run,
    .no_synonyms = true,
};
