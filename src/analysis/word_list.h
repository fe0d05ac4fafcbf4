/* List settings that may also be kept in a file of the node's configuration directory.
 *
 * Used inside src/analysis only: `stopwords` and `stopwords_path`, `synonyms` and `synonyms_path` and so on.
 * Source: Analysis.getWordList of OpenSearch 3.8.0.
 */
#ifndef QD_ANALYSIS_WORD_LIST_H
#define QD_ANALYSIS_WORD_LIST_H

#include "analysis/component.h"

/* A file of words of one analyzer may have this many bytes. */
#define QD_WORD_LIST_FILE_SIZE_MAX ((size_t)64 << 20)

/* The list setting `key`, or the lines of the file that the setting `key`_path names (it wins): trimmed,
 * without empty lines. *found is false when neither is set. Memory: the settings' arena.
 * Errors: QD_ILLEGAL_ARGUMENT for a file that is not there, not UTF-8 or outside the directory. */
QD_CHECKED enum qd_status qd_word_list_read(const struct qd_component_settings *settings, const char *key,
                                            bool *found, struct qd_component_list *list,
                                            struct qd_error *error);

/* True for an entry that is a comment: it begins with '#', and is no rule about '#' itself. */
bool qd_word_list_is_comment(struct qd_slice line);

/* The whole file that the setting `key`_path names; *found is false when it is not set. `shown` is how the
 * reference calls the setting in messages. Memory: the arena's. Errors: as above, but bytes that are not
 * UTF-8 are given as they are. */
QD_CHECKED enum qd_status qd_word_list_file(const struct qd_component_settings *settings, const char *key,
                                            const char *shown, bool *found, struct qd_slice *text,
                                            struct qd_error *error);

/* The lines of `text`, without their ends (LF, CR or both). Memory: the arena's. */
struct qd_component_list qd_word_list_lines(struct qd_arena *arena, struct qd_slice text);

#endif
