/* Removes articles that end in an apostrophe: l'avion. Source: Lucene ElisionFilter. */
#include "analysis/apostrophe.h"
#include "analysis/component.h"
#include "analysis/filters.h"
#include "analysis/word_set.h"

struct state {
    struct qd_word_set articles;
};

/* The articles of the languages whose analyzers elide, by the value of a step of recipe.c. */
static const struct {
    const char *language;
    const char *words;
} languages[] = {
    { "french", "l,m,t,qu,n,s,j,d,c,jusqu,quoiqu,lorsqu,puisqu" },
    { "catalan", "d,l,m,n,s,t" },
    { "italian", "c,l,all,dall,dell,nell,sull,coll,pell,gl,agl,dagl,degl,negl,sugl,un,m,t,s,v,d" },
    { "irish", "d,m,b" },
};

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    bool found;
    struct qd_word_set_source source = { .key = "articles", .listed = true };
    QD_TRY(qd_component_bool(settings, "articles_case", false, &source.ignore_case, error));
    (void)qd_component_list(settings, "articles", &found);
    if (!found) (void)qd_component_text(settings, "articles_path", &found);
    if (!found && !settings->prebuilt && settings->pairs == NULL)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "elision filter requires [articles] or [articles_path] setting");
    if (found) {
        QD_TRY(qd_word_set_read(settings, &source, &state->articles, error));
    } else {
        struct qd_slice language = qd_component_text(settings, "language", &found);
        size_t row = 0;
        for (size_t i = 0; found && i < sizeof(languages) / sizeof(*languages); i++)
            if (qd_slice_is(language, languages[i].language)) row = i;
        struct qd_component_pair pairs[] = { { "articles", languages[row].words }, { NULL, NULL } };
        struct qd_component_settings own = { .arena = settings->arena, .pairs = pairs };
        source.ignore_case = true;
        QD_TRY(qd_word_set_read(&own, &source, &state->articles, error));
    }
    *out = state;
    return QD_OK;
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    for (size_t i = 0; i < run->tokens->count; i++) {
        struct qd_slice *term = &run->tokens->data[i].term;
        size_t size;
        size_t at = qd_apostrophe_find(*term, &size);
        if (at == SIZE_MAX || !qd_word_set_has(&state->articles, run->arena, qd_slice_sub(*term, 0, at))) {
            continue;
        }
        *term = qd_slice_from(*term, at + size);
    }
    return QD_OK;
}

const struct qd_component_kind qd_filter_elision = {
    .name = "elision", .create = create, .run = run, .normalizes = true,
};
