#include "analysis/word_memo.h"

#include <string.h>

#include "analysis/analyzer.h"
#include "analysis/compaction.h"

/* Longer words are rare and are not remembered. */
#define WORD_SIZE_MAX 16
/* Fields of one mapping seldom have more analyzers. */
#define ANALYZERS_MAX 8
/* 512 KiB: what stays in a processor's own cache beside the documents. */
#define ENTRIES_MAX 16384
#define ENTRIES_MIN 64

/* A word and its fate. */
struct entry {
    uint64_t low;      /* of the word, see read_word */
    uint64_t high;
    const char *term;  /* what it has become */
    uint32_t size;     /* of the term */
    uint16_t tag;      /* of word size and analyzer; 0: a free entry */
    bool dropped;      /* there is no term */
    bool keyword;      /* of the token */
};

struct qd_word_memo {
    const struct qd_analyzer *analyzers[ANALYZERS_MAX]; /* those met so far */
    bool by_word[ANALYZERS_MAX];                        /* they can be remembered */
    unsigned analyzer_count;
    unsigned shift;                                     /* hash >> shift is an index of entries */
    struct entry *entries;
};

struct qd_word_memo *qd_word_memo_create(struct qd_arena *arena, size_t words)
{
    unsigned bits = 6;
    while (((size_t)1 << bits) < words && ((size_t)1 << bits) < ENTRIES_MAX) bits++;
    struct qd_word_memo *memo = QD_NEW(arena, struct qd_word_memo);
    memo->shift = 64 - bits;
    memo->entries = QD_NEW_ARRAY(arena, struct entry, (size_t)1 << bits);
    return memo;
}

static bool works_by_word(const struct qd_analyzer *analyzer)
{
    for (size_t i = 0; i < analyzer->filter_count; i++) {
        const struct qd_component *filter = &analyzer->filters[i];
        if (filter->kind->by_word == NULL || !filter->kind->by_word(filter->state)) return false;
    }
    return analyzer->filter_count > 0;
}

/* The analyzer's number from 1, or 0 when it is not remembered. */
static unsigned number_of(struct qd_word_memo *memo, const struct qd_analyzer *analyzer)
{
    for (unsigned i = 0; i < memo->analyzer_count; i++) {
        if (memo->analyzers[i] == analyzer) return memo->by_word[i] ? i + 1 : 0;
    }
    if (memo->analyzer_count == ANALYZERS_MAX) return 0;
    memo->analyzers[memo->analyzer_count] = analyzer;
    memo->by_word[memo->analyzer_count] = works_by_word(analyzer);
    return memo->by_word[memo->analyzer_count++] ? memo->analyzer_count : 0;
}

/* Two numbers that, with its size, tell a word of 1 to WORD_SIZE_MAX bytes from all others: its first and
 * last eight or four bytes, which overlap, or all of its up to three bytes. */
static inline void read_word(struct qd_slice word, uint64_t *low, uint64_t *high)
{
    if (word.size >= 8) {
        memcpy(low, word.data, 8);
        memcpy(high, word.data + word.size - 8, 8);
        return;
    }
    *high = 0;
    if (word.size >= 4) {
        uint32_t first;
        uint32_t last;
        memcpy(&first, word.data, 4);
        memcpy(&last, word.data + word.size - 4, 4);
        *low = (uint64_t)last << 32 | first;
        return;
    }
    const uint8_t *bytes = (const uint8_t *)word.data;
    *low = (uint64_t)bytes[0] << 16 | (uint64_t)bytes[word.size / 2] << 8 | bytes[word.size - 1];
}

static inline uint64_t hash_word(uint64_t low, uint64_t high, uint16_t tag)
{
    uint64_t hash = low * UINT64_C(0x9e3779b97f4a7c15) ^ (high + tag) * UINT64_C(0xc2b2ae3d27d4eb4f);
    return (hash ^ hash >> 32) * UINT64_C(0xd6e8feb86659fd93);
}

/* The filters over one token; *dropped tells that nothing is left of it. */
static enum qd_status filter_one(const struct qd_analyzer *analyzer, const struct qd_component_run *run,
                                 struct qd_token *token, bool *dropped)
{
    struct qd_token_list one = { .data = token, .count = 1, .capacity = 1 };
    struct qd_component_run own = *run;
    own.tokens = &one;
    for (size_t i = 0; i < analyzer->filter_count && one.count == 1; i++) {
        QD_TRY(analyzer->filters[i].kind->run(analyzer->filters[i].state, &own));
    }
    *dropped = one.count == 0;
    return QD_OK;
}

static enum qd_status filter_token(struct qd_word_memo *memo, unsigned number, struct qd_component_run *run,
                                   struct qd_token *token, bool *dropped)
{
    const struct qd_analyzer *analyzer = memo->analyzers[number - 1];
    if (token->term.size == 0 || token->term.size > WORD_SIZE_MAX) {
        return filter_one(analyzer, run, token, dropped);
    }
    uint64_t low;
    uint64_t high;
    read_word(token->term, &low, &high);
    uint16_t tag = (uint16_t)(token->term.size << 8 | number);
    struct entry *entry = &memo->entries[hash_word(low, high, tag) >> memo->shift];
    if (entry->low != low || entry->high != high || entry->tag != tag) {
        QD_TRY(filter_one(analyzer, run, token, dropped));
        *entry = (struct entry){ .low = low, .high = high, .term = token->term.data,
                                 .size = (uint32_t)token->term.size, .tag = tag, .dropped = *dropped,
                                 .keyword = token->keyword };
        return QD_OK;
    }
    token->term = (struct qd_slice){ entry->term, entry->size };
    token->keyword = entry->keyword;
    *dropped = entry->dropped;
    return QD_OK;
}

enum qd_status qd_word_memo_run(struct qd_word_memo *memo, const struct qd_analyzer *analyzer,
                                struct qd_arena *arena, struct qd_slice text, struct qd_token_list *tokens,
                                struct qd_error *error)
{
    unsigned number = memo == NULL ? 0 : number_of(memo, analyzer);
    if (number == 0 || text.size > UINT32_MAX / 2) {
        return qd_analyzer_run(analyzer, arena, text, tokens, error);
    }
    struct qd_filtered_text filtered;
    QD_TRY(qd_analyzer_filter_text(analyzer, arena, text, analyzer->char_filter_count, &filtered));
    QD_TRY(qd_analyzer_run_stages(analyzer, arena, &filtered, 0, tokens, error));
    struct qd_component_run run = { .arena = arena, .text = filtered.text, .original = filtered.original,
                                    .error = error };
    struct qd_compaction compaction = { .tokens = tokens };
    for (size_t i = 0; i < tokens->count; i++) {
        struct qd_token *token = &tokens->data[i];
        bool dropped;
        QD_TRY(filter_token(memo, number, &run, token, &dropped));
        if (dropped) {
            qd_compaction_drop(&compaction, token);
        } else if (compaction.kept == i) {
            compaction.kept++;
        } else {
            qd_compaction_keep(&compaction, *token);
        }
    }
    qd_compaction_end(&compaction);
    return QD_OK;
}
