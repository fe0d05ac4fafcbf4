#include "codec/automaton.h"

#include "base/assert.h"
#include "codec/automaton_table.h"

/* The first range of `state` that ends at or after `byte`, or the end of its ranges. */
static uint32_t range_from(const struct qd_automaton *automaton, int32_t state, uint8_t byte)
{
    uint32_t low = automaton->starts[state], high = automaton->starts[state + 1];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (automaton->ranges[middle].high < byte) low = middle + 1;
        else high = middle;
    }
    return low;
}

int32_t qd_automaton_step(const struct qd_automaton *automaton, int32_t state, uint8_t byte)
{
    if (automaton->table != NULL) return qd_automaton_table_step(automaton, state, byte);
    uint32_t at = range_from(automaton, state, byte);
    if (at == automaton->starts[state + 1] || automaton->ranges[at].low > byte) return -1;
    return automaton->ranges[at].to;
}

bool qd_automaton_accepts(const struct qd_automaton *automaton, int32_t state)
{
    qd_assert_slow(state >= 0 && (uint32_t)state < automaton->state_count);
    return qd_automaton_table_accepts(automaton, state);
}

bool qd_automaton_matches(const struct qd_automaton *automaton, struct qd_slice text)
{
    int32_t state = 0;
    for (size_t i = 0; i < text.size; i++) {
        state = qd_automaton_step(automaton, state, (uint8_t)text.data[i]);
        if (state < 0) return false;
    }
    return qd_automaton_accepts(automaton, state);
}

int qd_automaton_next_byte(const struct qd_automaton *automaton, int32_t state, int byte)
{
    if (byte > 0xff) return -1;
    uint32_t at = range_from(automaton, state, (uint8_t)byte);
    if (at == automaton->starts[state + 1]) return -1;
    return automaton->ranges[at].low > byte ? automaton->ranges[at].low : byte;
}

struct qd_slice qd_automaton_prefix_of(const struct qd_automaton *automaton)
{
    return automaton->prefix;
}
