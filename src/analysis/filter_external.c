/* Filters that need what a node does not hold of itself: dictionaries and hyphenation patterns. Their
 * settings are checked as the reference checks them; then they fail as it does when the files cannot be read.
 * Source: HunspellTokenFilterFactory, HyphenationCompoundWordTokenFilterFactory of OpenSearch 3.8.0. */
#include "analysis/component.h"
#include "analysis/filters.h"
#include "analysis/word_set.h"

static enum qd_status create_hunspell(const struct qd_component_settings *settings, void **out,
                                      struct qd_error *error)
{
    bool found;
    (void)out;
    struct qd_slice locale = qd_component_text(settings, "locale", &found);
    if (!found) locale = qd_component_text(settings, "language", &found);
    if (!found) locale = qd_component_text(settings, "lang", &found);
    if (!found)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "The 'locale' parameter is required for hunspell token filter. Set it to the "
                            "hunspell dictionary locale (e.g., 'en_US').");
    return qd_error_set(error, QD_ILLEGAL_STATE, "Failed to load hunspell dictionary for locale: %.*s",
                        QD_SLICE_ARG(locale));
}

static enum qd_status create_hyphenation(const struct qd_component_settings *settings, void **out,
                                         struct qd_error *error)
{
    struct qd_word_set words;
    struct qd_word_set_source source = { .key = "word_list", .listed = true };
    bool found, path, patterns;
    (void)out;
    (void)qd_component_list(settings, "word_list", &found);
    (void)qd_component_text(settings, "word_list_path", &path);
    if (!found && !path)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "word_list must be provided for [%.*s], either as a path to a file, or directly",
                            QD_SLICE_ARG(settings->name));
    QD_TRY(qd_word_set_read(settings, &source, &words, error));
    (void)qd_component_text(settings, "hyphenation_patterns_path", &patterns);
    if (!patterns)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "hyphenation_patterns_path is a required setting.");
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Exception while reading hyphenation_patterns_path.");
}

const struct qd_component_kind qd_filter_hunspell = {
    .name = "hunspell", .create = create_hunspell, .named_only = true
};
const struct qd_component_kind qd_filter_hyphenation_decompounder = {
    .name = "hyphenation_decompounder", .create = create_hyphenation, .named_only = true
};
