#include "analysis/component.h"
#include "analysis/filters.h"
#include "analysis/tokenizers.h"

/* The lists are built from pointers to the kinds' own rows, so that a kind is one file and one line here. */
static const struct qd_component_kind *const tokenizers[] = {
    &qd_tokenizer_keyword, &qd_tokenizer_letter, &qd_tokenizer_lowercase, &qd_tokenizer_standard,
    &qd_tokenizer_whitespace, NULL,
};

static const struct qd_component_kind *const filters[] = {
    &qd_filter_asciifolding, &qd_filter_keyword_marker, &qd_filter_lowercase, &qd_filter_porter_stem,
    &qd_filter_stemmer, &qd_filter_stop, &qd_filter_uppercase, NULL,
};

static const struct qd_component_kind *const char_filters[] = { NULL };

const struct qd_component_kind *const *qd_component_table(enum qd_component_type type)
{
    switch (type) {
    case QD_COMPONENT_CHAR_FILTER: return char_filters;
    case QD_COMPONENT_TOKENIZER: return tokenizers;
    case QD_COMPONENT_FILTER: break;
    }
    return filters;
}
