/* Stems that rules give, which stemmers then leave alone. Source: Lucene StemmerOverrideFilter. */
#include "analysis/component.h"
#include "analysis/filters.h"
#include "analysis/word_list.h"
#include "base/map.h"
#include "base/text.h"

/* Words whose Dutch stems are not what the algorithm makes of them. */
static const struct qd_component_pair dutch[] = {
    { "fiets", "fiets" }, { "bromfiets", "bromfiets" }, { "ei", "eier" }, { "kind", "kinder" },
    { NULL, NULL },
};

struct state {
    struct qd_map stems; /* word to struct qd_slice */
};

static void add(struct state *state, struct qd_arena *arena, struct qd_slice word, struct qd_slice stem)
{
    if (qd_map_get(&state->stems, word) != NULL) return;
    struct qd_slice *value = QD_NEW(arena, struct qd_slice);
    *value = stem;
    qd_map_put(&state->stems, word, value);
}

/* "word, word => stem" */
static enum qd_status add_rule(struct state *state, const struct qd_component_settings *settings,
                               struct qd_slice rule, size_t line, struct qd_error *error)
{
    size_t arrows = 0, arrow = 0, words = 0;
    for (size_t at = 0; at + 1 < rule.size; at++) {
        if (rule.data[at] != '=' || rule.data[at + 1] != '>') continue;
        if (arrows++ == 0) arrow = at;
    }
    struct qd_slice stem = arrows == 0 ? QD_SLICE("") : qd_trim(qd_slice_from(rule, arrow + 2));
    struct qd_slice keys = qd_slice_sub(rule, 0, arrow);
    bool bad = arrows != 1 || stem.size == 0 || qd_slice_find_byte(stem, ',') != SIZE_MAX;
    for (size_t start = 0; !bad && start < keys.size;) {
        size_t size = qd_slice_find_byte(qd_slice_from(keys, start), ',');
        if (size == SIZE_MAX) size = keys.size - start;
        struct qd_slice word = qd_trim(qd_slice_sub(keys, start, size));
        start += size + 1;
        if (word.size == 0) continue;
        add(state, settings->arena, word, stem);
        words++;
    }
    if (!bad && words > 0) return QD_OK;
    return qd_error_set(error, QD_RUNTIME, "Line [%zu]: Invalid keyword override rule: %.*s", line,
                        QD_SLICE_ARG(rule));
}

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    struct qd_component_list rules = { 0 };
    bool found;
    qd_map_init(&state->stems, settings->arena);
    *out = state;
    struct qd_slice language = qd_component_text(settings, "language", &found);
    if (settings->pairs != NULL && found && qd_slice_is(language, "dutch")) {
        for (const struct qd_component_pair *pair = dutch; pair->key != NULL; pair++)
            add(state, settings->arena, qd_slice_from_string(pair->key), qd_slice_from_string(pair->value));
        return QD_OK;
    }
    QD_TRY(qd_word_list_read(settings, "rules", &found, &rules, error));
    if (!found)
        return qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "stemmer override filter requires either `rules` or `rules_path` to be configured");
    for (size_t i = 0; i < rules.count; i++)
        if (!qd_word_list_is_comment(rules.items[i]))
            QD_TRY(add_rule(state, settings, rules.items[i], i + 1, error));
    return QD_OK;
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    for (size_t i = 0; i < run->tokens->count; i++) {
        struct qd_token *token = &run->tokens->data[i];
        const struct qd_slice *stem = token->keyword ? NULL : qd_map_get(&state->stems, token->term);
        if (stem == NULL) continue;
        token->term = *stem;
        token->keyword = true;
    }
    return QD_OK;
}

const struct qd_component_kind qd_filter_stemmer_override = {
    .name = "stemmer_override",
    .create = create,
    .run = run,
    .keyword = qd_component_keyword,
    .named_only = true,
};
