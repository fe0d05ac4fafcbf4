#include "base/filter_internal.h"

#include <string.h>


#define PATTERN_BYTES_MAX 65536

/* All patterns side by side as one nondeterministic automaton over bytes. State i means: the bytes before
 * pattern byte i were read; each pattern ends with an END state. After an END a dot leads to the state
 * ALL, which everything keeps. */
struct patterns {
    uint8_t *bytes;     /* bytes[count] */
    uint8_t *kind;      /* kind[count] */
    size_t count;       /* states; ALL is state count */
    size_t word_count;  /* of a set of states */
};

enum state_kind { STATE_BYTE, STATE_STAR, STATE_END };

struct qd_source_patterns {
    struct patterns include;
    struct patterns exclude;
    bool include_all;
};

/* A set of states; words NULL is the empty set (dead). */
struct set {
    uint64_t *words;
};

struct walk {
    const struct qd_source_patterns *filter;
    struct qd_json_writer *writer;
    struct qd_arena *scratch;
};

/* How the patterns stand at a value. all_included: everything below is included. */
struct stand {
    bool all_included;
    struct set include;
    struct set exclude;
};

static struct patterns compile(struct qd_arena *arena, const struct qd_slice *texts, size_t count)
{
    struct patterns patterns = { .count = 0 };
    size_t total = 0;
    for (size_t i = 0; i < count; i++) total += texts[i].size + 1;
    if (total > PATTERN_BYTES_MAX) total = PATTERN_BYTES_MAX;
    patterns.bytes = QD_NEW_ARRAY(arena, uint8_t, total);
    patterns.kind = QD_NEW_ARRAY(arena, uint8_t, total);
    for (size_t i = 0; i < count && patterns.count + texts[i].size + 1 <= total; i++) {
        for (size_t j = 0; j < texts[i].size; j++) {
            uint8_t byte = (uint8_t)texts[i].data[j];
            patterns.bytes[patterns.count] = byte;
            patterns.kind[patterns.count++] = byte == '*' ? STATE_STAR : STATE_BYTE;
        }
        patterns.kind[patterns.count++] = STATE_END;
    }
    patterns.word_count = patterns.count / 64 + 1;
    return patterns;
}

const struct qd_source_patterns *qd_source_patterns_compile(struct qd_arena *arena,
                                                            const struct qd_slice *includes,
                                                            size_t include_count,
                                                            const struct qd_slice *excludes,
                                                            size_t exclude_count)
{
    struct qd_source_patterns *filter = QD_NEW(arena, struct qd_source_patterns);
    filter->include = compile(arena, includes, include_count);
    filter->exclude = compile(arena, excludes, exclude_count);
    filter->include_all = include_count == 0;
    return filter;
}

static bool in_set(struct set set, size_t state)
{
    return (set.words[state / 64] >> (state % 64) & 1) != 0;
}

/* Adds a state and, behind stars, what follows them: a star may stand for nothing. */
static void enter(const struct patterns *patterns, struct set set, size_t state)
{
    set.words[state / 64] |= (uint64_t)1 << state % 64;
    while (state < patterns->count && patterns->kind[state] == STATE_STAR) {
        state++;
        set.words[state / 64] |= (uint64_t)1 << state % 64;
    }
}

static struct set start(const struct patterns *patterns, struct qd_arena *scratch)
{
    struct set set = { QD_NEW_ARRAY(scratch, uint64_t, patterns->word_count) };
    for (size_t i = 0; i < patterns->count; i++) {
        if (i == 0 || patterns->kind[i - 1] == STATE_END) enter(patterns, set, i);
    }
    return set;
}

/* Reads one byte from every state of `from` into the empty set `to`; false when no state is left. */
static bool step_byte(const struct patterns *patterns, struct set from, struct set to, uint8_t byte)
{
    bool alive = false;
    for (size_t word = 0; word < patterns->word_count; word++) {
        for (uint64_t bits = from.words[word]; bits != 0; bits &= bits - 1) {
            size_t state = word * 64 + (size_t)__builtin_ctzll(bits);
            size_t next;
            if (state == patterns->count || patterns->kind[state] == STATE_STAR) next = state;
            else if (patterns->kind[state] == STATE_END && byte == '.') next = patterns->count;
            else if (patterns->kind[state] == STATE_BYTE && patterns->bytes[state] == byte) next = state + 1;
            else continue;
            enter(patterns, to, next);
            alive = true;
        }
    }
    return alive;
}

static struct set step(const struct patterns *patterns, struct qd_arena *scratch, struct set from,
                       struct qd_slice text)
{
    if (from.words == NULL) return from;
    size_t bytes = patterns->word_count * sizeof(uint64_t);
    struct set current = { qd_arena_alloc(scratch, bytes) };
    struct set next = { qd_arena_alloc(scratch, bytes) };
    memcpy(current.words, from.words, bytes);
    for (size_t i = 0; i < text.size; i++) {
        memset(next.words, 0, bytes);
        if (!step_byte(patterns, current, next, (uint8_t)text.data[i])) return (struct set){ NULL };
        struct set swap = current;
        current = next;
        next = swap;
    }
    return current;
}

static bool accepts(const struct patterns *patterns, struct set set)
{
    if (set.words == NULL) return false;
    if (in_set(set, patterns->count)) return true;
    for (size_t i = 0; i < patterns->count; i++) {
        if (patterns->kind[i] == STATE_END && in_set(set, i)) return true;
    }
    return false;
}

static bool write_object(const struct walk *walk, const struct qd_json *node, const struct stand *stand);

static struct stand below(const struct walk *walk, const struct stand *stand)
{
    struct stand inner = *stand;
    if (!inner.all_included) {
        inner.include = step(&walk->filter->include, walk->scratch, stand->include, QD_SLICE("."));
    }
    inner.exclude = step(&walk->filter->exclude, walk->scratch, stand->exclude, QD_SLICE("."));
    return inner;
}

/* Elements of an array that stands as `stand`; false when none is left. */
static bool write_array(const struct walk *walk, const struct qd_json *node, const struct stand *stand)
{
    struct qd_json_writer *writer = walk->writer;
    struct stand inner = below(walk, stand);
    bool dead = !inner.all_included && inner.include.words == NULL;
    bool scalars = stand->all_included || accepts(&walk->filter->include, stand->include);
    bool any = false;
    qd_json_begin_array(writer);
    struct qd_json_iterator at = qd_json_iterate(node);
    while (qd_json_next(&at)) {
        size_t size = writer->out->size;
        bool comma = writer->comma;
        bool written = false;
        if (qd_json_is_object(at.value)) written = !dead && write_object(walk, at.value, &inner);
        else if (qd_json_is_array(at.value)) written = write_array(walk, at.value, stand);
        else if (scalars) {
            qd_json_node_copied(writer, at.value);
            written = true;
        }
        any |= written;
        if (written) continue;
        writer->out->size = size;
        writer->comma = comma;
    }
    qd_json_end_array(writer);
    return any;
}

/* A member's value; false when it is to be left out with its name. */
static bool write_member(const struct walk *walk, const struct qd_json *node, const struct stand *stand)
{
    const struct qd_source_patterns *filter = walk->filter;
    bool accepted = stand->all_included || accepts(&filter->include, stand->include);
    struct set dot = step(&filter->exclude, walk->scratch, stand->exclude, QD_SLICE("."));
    if (accepted && dot.words == NULL) {
        qd_json_node_copied(walk->writer, node);
        return true;
    }
    struct stand own = *stand;
    if (accepted) own.all_included = true;
    if (qd_json_is_object(node)) {
        struct stand inner = below(walk, &own);
        if (!inner.all_included && inner.include.words == NULL) return false;
        return write_object(walk, node, &inner) || accepted;
    }
    if (qd_json_is_array(node)) return write_array(walk, node, &own) || accepted;
    if (accepted) qd_json_node_copied(walk->writer, node);
    return accepted;
}

/* Members of an object whose names go on from `stand`; false when none is left. */
static bool write_object(const struct walk *walk, const struct qd_json *node, const struct stand *stand)
{
    const struct qd_source_patterns *filter = walk->filter;
    struct qd_json_writer *writer = walk->writer;
    bool any = false;
    qd_json_begin_object(writer);
    struct qd_json_iterator at = qd_json_iterate(node);
    while (qd_json_next(&at)) {
        struct stand member = *stand;
        if (!member.all_included)
            member.include = step(&filter->include, walk->scratch, stand->include, at.key);
        if (!member.all_included && member.include.words == NULL) continue;
        member.exclude = step(&filter->exclude, walk->scratch, stand->exclude, at.key);
        if (accepts(&filter->exclude, member.exclude)) continue;
        size_t size = writer->out->size;
        bool comma = writer->comma;
        qd_json_name_slice(writer, at.key);
        bool written = write_member(walk, at.value, &member);
        any |= written;
        if (written) continue;
        writer->out->size = size;
        writer->comma = comma;
    }
    qd_json_end_object(writer);
    return any;
}

void qd_source_patterns_write(const struct qd_source_patterns *filter, const struct qd_json *root,
                            struct qd_json_writer *writer)
{
    if (!qd_json_is_object(root)) {
        qd_json_node_copied(writer, root);
        return;
    }
    struct walk walk = { .filter = filter, .writer = writer, .scratch = qd_arena_create(0) };
    struct stand stand = { .all_included = filter->include_all };
    if (!filter->include_all) stand.include = start(&filter->include, walk.scratch);
    if (filter->exclude.count > 0) stand.exclude = start(&filter->exclude, walk.scratch);
    (void)write_object(&walk, root, &stand);
    qd_arena_destroy(walk.scratch);
}
