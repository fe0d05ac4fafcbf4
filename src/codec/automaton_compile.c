/* From a deterministic graph over code points to a table over UTF-8 bytes. */
#include "base/assert.h"
#include "base/map.h"
#include "codec/automaton_graph.h"
#include "codec/automaton_table.h"

/* Code points of one length whose bytes are independent: byte i is in low[i]..high[i]. */
struct sequence {
    uint8_t low[4], high[4];
    uint32_t size;
    uint32_t to;
};

/* A byte state: its ranges. */
struct node {
    const struct qd_automaton_range *ranges;
    size_t count;
};

struct compiler {
    struct qd_arena *scratch;
    QD_VECTOR(struct sequence) sequences; /* of the state at hand */
    QD_VECTOR(struct node) nodes;         /* the graph's states, then states inside a code point */
    struct qd_map inner;                  /* states inside a code point by their ranges */
};

/* ---- splitting ---- */

/* Writes a code point; unlike text, surrogates are encoded too. */
static uint32_t encode(uint32_t code_point, uint8_t *out)
{
    if (code_point < 0x80) {
        out[0] = (uint8_t)code_point;
        return 1;
    }
    uint32_t size = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    static const uint8_t leads[5] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    for (uint32_t i = size - 1; i > 0; i--, code_point >>= 6) out[i] = (uint8_t)(0x80 | (code_point & 0x3f));
    out[0] = (uint8_t)(leads[size] | code_point);
    return size;
}

/* Adds [min, max] as sequences, ascending: split where the length changes and where trailing bytes are not
 * whole. */
static void split(struct compiler *compiler, uint32_t min, uint32_t max, uint32_t to)
{
    static const uint32_t length_max[3] = { 0x7f, 0x7ff, 0xffff };
    for (int i = 0; i < 3; i++) {
        if (min <= length_max[i] && max > length_max[i]) {
            split(compiler, min, length_max[i], to);
            split(compiler, length_max[i] + 1, max, to);
            return;
        }
    }
    for (int i = 1; i < 4 && max >= 0x80; i++) {
        uint32_t tail = ((uint32_t)1 << 6 * i) - 1;
        if ((min & ~tail) == (max & ~tail)) break;
        if ((min & tail) != 0) {
            split(compiler, min, min | tail, to);
            split(compiler, (min | tail) + 1, max, to);
            return;
        }
        if ((max & tail) != tail) {
            split(compiler, min, (max & ~tail) - 1, to);
            split(compiler, max & ~tail, max, to);
            return;
        }
    }
    struct sequence *sequence = QD_PUSH(compiler->scratch, &compiler->sequences);
    sequence->size = encode(min, sequence->low);
    (void)encode(max, sequence->high);
    sequence->to = to;
}

/* ---- nodes ---- */

static uint32_t inner_node(struct compiler *compiler, const struct qd_automaton_range *ranges, size_t count)
{
    struct qd_slice key = qd_slice_make(ranges, count * sizeof(*ranges));
    struct qd_map_entry *entry = qd_map_find(&compiler->inner, key);
    if (entry != NULL) return *(const uint32_t *)entry->value;
    uint32_t *number = QD_NEW(compiler->scratch, uint32_t);
    *number = (uint32_t)compiler->nodes.count;
    qd_map_put(&compiler->inner, key, number);
    *QD_PUSH(compiler->scratch, &compiler->nodes) = (struct node){ ranges, count };
    return *number;
}

static size_t add_range(struct qd_automaton_range *ranges, size_t count, struct qd_automaton_range range)
{
    struct qd_automaton_range *last = count == 0 ? NULL : &ranges[count - 1];
    if (last != NULL && last->to == range.to && last->high + 1 == range.low) {
        last->high = range.high;
        return count;
    }
    ranges[count] = range;
    return count + 1;
}

/* The ranges of byte `depth` of sequences[count], which agree in the bytes before. Sequences whose byte is
 * not the same range have disjoint ones, because all are split at the same borders. */
static size_t build_ranges(struct compiler *compiler, const struct sequence *sequences, size_t count,
                           uint32_t depth,
                           struct qd_automaton_range **result)
{
    struct qd_automaton_range *ranges = QD_NEW_ARRAY(compiler->scratch, struct qd_automaton_range, count);
    size_t range_count = 0;
    for (size_t i = 0; i < count;) {
        const struct sequence *first = &sequences[i];
        size_t end = i + 1;
        while (end < count && sequences[end].low[depth] == first->low[depth] && first->size > depth + 1) {
            end++;
        }
        uint32_t to = first->to;
        if (first->size > depth + 1) {
            struct qd_automaton_range *inner;
            size_t inner_count = build_ranges(compiler, first, end - i, depth + 1, &inner);
            to = inner_node(compiler, inner, inner_count);
        }
        struct qd_automaton_range range;
        memset(&range, 0, sizeof(range)); /* Padding takes part in the key. */
        range.to = (int32_t)to;
        range.low = first->low[depth];
        range.high = first->high[depth];
        range_count = add_range(ranges, range_count, range);
        i = end;
    }
    *result = ranges;
    return range_count;
}

static void compile_states(struct compiler *compiler, const struct qd_automaton_graph *graph)
{
    for (uint32_t i = 0; i < graph->state_count; i++) (void)QD_PUSH(compiler->scratch, &compiler->nodes);
    for (uint32_t i = 0; i < graph->state_count; i++) {
        compiler->sequences.count = 0;
        for (uint32_t k = graph->starts[i]; k < graph->starts[i + 1]; k++) {
            const struct qd_automaton_edge *edge = &graph->edges[k];
            split(compiler, edge->min, edge->max, edge->to);
        }
        if (compiler->sequences.count == 0) continue;
        /* Nested calls do not touch `sequences`, but pushing nodes moves `nodes`. */
        struct qd_automaton_range *ranges;
        size_t count = build_ranges(compiler, compiler->sequences.data, compiler->sequences.count, 0,
                                    &ranges);
        compiler->nodes.data[i] = (struct node){ ranges, count };
    }
}

/* ---- the table ---- */

static void make_classes(struct qd_automaton *automaton)
{
    bool begins[257] = { false };
    uint32_t range_count = automaton->starts[automaton->state_count];
    for (uint32_t i = 0; i < range_count; i++) {
        begins[automaton->ranges[i].low] = true;
        begins[automaton->ranges[i].high + 1] = true;
    }
    uint32_t class = 0;
    for (uint32_t byte = 0; byte < 256; byte++) {
        if (byte > 0 && begins[byte]) class++;
        automaton->classes[byte] = (uint8_t)class;
    }
    automaton->class_count = class + 1;
}

static void make_table(struct qd_automaton *automaton, struct qd_arena *arena)
{
    size_t cells = (size_t)automaton->state_count * automaton->class_count;
    if (cells > QD_AUTOMATON_TABLE_CELLS_MAX) return;
    int32_t *table = qd_arena_alloc(arena, cells * sizeof(*table));
    for (size_t i = 0; i < cells; i++) table[i] = -1;
    for (uint32_t state = 0; state < automaton->state_count; state++) {
        int32_t *row = table + (size_t)state * automaton->class_count;
        for (uint32_t i = automaton->starts[state]; i < automaton->starts[state + 1]; i++) {
            const struct qd_automaton_range *range = &automaton->ranges[i];
            for (unsigned class =
                automaton->classes[range->low]; class <= automaton->classes[range->high]; class++) {
                row[class] = range->to;
            }
        }
    }
    automaton->table = table;
}

/* What all accepted strings begin with: as long as there is one byte to go on with and nothing is accepted.
 * */
static void find_prefix(struct qd_automaton *automaton, struct qd_arena *arena)
{
    char *bytes = qd_arena_alloc(arena, automaton->state_count);
    size_t size = 0;
    int32_t state = 0;
    while (size < automaton->state_count) {
        uint32_t first = automaton->starts[state];
        const struct qd_automaton_range *range = &automaton->ranges[first];
        bool accepts = (automaton->accepting[(uint32_t)state / 64] >> ((uint32_t)state % 64) & 1) != 0;
        if (accepts || automaton->starts[state + 1] - first != 1 || range->low != range->high) break;
        bytes[size++] = (char)range->low;
        state = range->to;
    }
    automaton->prefix = qd_slice_make(bytes, size);
}

static struct qd_automaton *finish(const struct compiler *compiler, const struct qd_automaton_graph *graph,
                                   struct qd_arena *arena)
{
    struct qd_automaton *automaton = QD_NEW(arena, struct qd_automaton);
    uint32_t state_count = compiler->nodes.count == 0 ? 1 : (uint32_t)compiler->nodes.count;
    uint32_t *starts = QD_NEW_ARRAY(arena, uint32_t, state_count + 1);
    uint64_t *accepting = QD_NEW_ARRAY(arena, uint64_t, state_count / 64 + 1);
    for (size_t i = 0; i < compiler->nodes.count; i++) {
        starts[i + 1] = starts[i] + (uint32_t)compiler->nodes.data[i].count;
    }
    struct qd_automaton_range *ranges = QD_NEW_ARRAY(arena, struct qd_automaton_range,
                                                     starts[state_count] + 1);
    for (size_t i = 0; i < compiler->nodes.count; i++) {
        const struct node *node = &compiler->nodes.data[i];
        if (node->count > 0) memcpy(ranges + starts[i], node->ranges, node->count * sizeof(*ranges));
    }
    for (uint32_t i = 0; i < graph->state_count; i++) {
        if (graph->accept[i]) accepting[i / 64] |= (uint64_t)1 << i % 64;
    }
    automaton->state_count = state_count;
    automaton->starts = starts;
    automaton->ranges = ranges;
    automaton->accepting = accepting;
    make_classes(automaton);
    make_table(automaton, arena);
    find_prefix(automaton, arena);
    return automaton;
}

enum qd_status qd_automaton_compile(struct qd_automaton_build *build, const struct qd_automaton_graph *graph,
                                    struct qd_arena *arena, struct qd_automaton **automaton,
                                    struct qd_error *error)
{
    const struct qd_automaton_graph *plain;
    QD_TRY(qd_automaton_graph_determinize(build, graph, build->work_max, &plain, error));
    plain = qd_automaton_graph_trim(build, plain);
    if (build->exhausted) return qd_automaton_graph_determinize(build, graph, build->work_max, &plain, error);
    struct compiler compiler = { .scratch = build->arena };
    qd_map_init(&compiler.inner, build->arena);
    compile_states(&compiler, plain);
    *automaton = finish(&compiler, plain, arena);
    return QD_OK;
}
