#include "analysis/word_list.h"

#include "base/text.h"

/* True when `path` does not leave the configuration directory. An absolute path counts from the root, as
 * Path.resolve does. */
static bool is_inside(struct qd_slice directory, struct qd_slice path)
{
    int64_t depth = 0;
    if (path.size > 0 && path.data[0] == '/') {
        if (directory.size == 0 || !qd_slice_starts_with(path, directory)) return false;
        path = qd_slice_from(path, directory.size);
        if (path.size > 0 && path.data[0] != '/') return false;
    }
    for (size_t start = 0; start < path.size;) {
        size_t size = qd_slice_find_byte(qd_slice_from(path, start), '/');
        if (size == SIZE_MAX) size = path.size - start;
        struct qd_slice name = qd_slice_sub(path, start, size);
        start += size + 1;
        if (name.size == 0 || qd_slice_is(name, ".")) continue;
        depth += qd_slice_is(name, "..") ? -1 : 1;
        if (depth < 0) return false;
    }
    return true;
}

enum qd_status qd_word_list_file(const struct qd_component_settings *settings, const char *key,
                                 const char *shown, bool *found, struct qd_slice *text,
                                 struct qd_error *error)
{
    const struct qd_analysis_files *files = settings->limits == NULL ? NULL : settings->limits->files;
    const char *name = qd_arena_string(settings->arena, qd_arena_format(settings->arena, "%s_path", key));
    struct qd_slice path = qd_component_text(settings, name, found);
    if (!*found) return QD_OK;
    if (!is_inside(files == NULL ? QD_SLICE("") : files->directory, path))
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Resource path must be inside config directory: %.*s",
                            QD_SLICE_ARG(path));
    if (files != NULL && files->directory.size > 0) {
        if (path.size == 0 || path.data[0] != '/')
            path = qd_arena_format(settings->arena, "%.*s/%.*s", QD_SLICE_ARG(files->directory),
                                   QD_SLICE_ARG(path));
        size_t limit = QD_WORD_LIST_FILE_SIZE_MAX;
        if (files->read(files->context, settings->arena, path, limit, text)) return QD_OK;
    }
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "IOException while reading %s_path: file not readable",
                        shown);
}

struct qd_component_list qd_word_list_lines(struct qd_arena *arena, struct qd_slice text)
{
    size_t count = 1;
    for (size_t i = 0; i < text.size; i++) count += text.data[i] == '\n' || text.data[i] == '\r';
    struct qd_component_list list = { QD_NEW_ARRAY(arena, struct qd_slice, count), 0 };
    for (size_t start = 0; start < text.size;) {
        size_t end = start;
        while (end < text.size && text.data[end] != '\n' && text.data[end] != '\r') end++;
        list.items[list.count++] = qd_slice_sub(text, start, end - start);
        start = end + 1;
        if (end + 1 < text.size && text.data[end] == '\r' && text.data[end + 1] == '\n') start++;
    }
    return list;
}

bool qd_word_list_is_comment(struct qd_slice line)
{
    if (line.size == 0 || line.data[0] != '#') return false;
    line = qd_trim(qd_slice_from(line, 1));
    return !qd_slice_starts_with(line, QD_SLICE("=>"));
}

enum qd_status qd_word_list_read(const struct qd_component_settings *settings, const char *key, bool *found,
                                 struct qd_component_list *list, struct qd_error *error)
{
    struct qd_slice text = QD_SLICE("");
    QD_TRY(qd_word_list_file(settings, key, key, found, &text, error));
    if (!*found) {
        *list = qd_component_list(settings, key, found);
        return QD_OK;
    }
    if (!qd_utf8_valid(text))
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Unsupported character encoding detected while reading %s_path: files must be "
                            "UTF-8 encoded",
                            key);
    struct qd_component_list lines = qd_word_list_lines(settings->arena, text);
    *list = (struct qd_component_list){ lines.items, 0 };
    for (size_t i = 0; i < lines.count; i++) {
        struct qd_slice line = lines.items[i];
        line = qd_trim(line);
        if (line.size > 0) list->items[list->count++] = line;
    }
    return QD_OK;
}
