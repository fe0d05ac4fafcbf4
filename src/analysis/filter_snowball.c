/* The Snowball stemmers by class name. Source: SnowballTokenFilterFactory of OpenSearch 3.8.0. */
#include "analysis/component.h"
#include "analysis/filters.h"
#include "analysis/stemming.h"

struct state {
    struct qd_slice language;
    const struct qd_stemmer *stemmer; /* NULL: unknown, which is an error when the filter is used */
};

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    (void)error;
    struct state *state = QD_NEW(settings->arena, struct state);
    bool found;
    state->language = qd_component_text(settings, "language", &found);
    if (!found) state->language = qd_component_text(settings, "name", &found);
    if (!found) state->language = QD_SLICE("English");
    struct qd_slice name = qd_arena_copy(settings->arena, state->language);
    char *letters = qd_arena_string(settings->arena, name);
    if (name.size > 0 && letters[0] >= 'a' && letters[0] <= 'z') letters[0] = (char)(letters[0] - 'a' + 'A');
    state->language = qd_slice_make(letters, name.size);
    /* Class names are written with one capital; */
    struct qd_slice rest = qd_slice_from(state->language, state->language.size > 0);
    bool capitals = false;
    for (size_t i = 0; i < rest.size; i++) capitals |= rest.data[i] >= 'A' && rest.data[i] <= 'Z';
    if (!capitals) state->stemmer = qd_stemmer_find(state->language);
    if (qd_slice_is(state->language, "German2")) state->stemmer = qd_stemmer_find(QD_SLICE("german"));
    *out = state;
    return QD_OK;
}

static enum qd_status use(const void *data, struct qd_error *error)
{
    const struct state *state = data;
    if (state->stemmer != NULL) return QD_OK;
    return qd_stemmer_unknown(state->language, error);
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    return qd_stemmer_run(state->stemmer, run);
}

const struct qd_component_kind qd_filter_snowball = {
    .name = "snowball", .create = create, .use = use, .run = run, .keyword = qd_component_keyword,
};
