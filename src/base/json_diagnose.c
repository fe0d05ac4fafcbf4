#include "base/json_diagnose.h"

void qd_json_line_column(struct qd_slice source, size_t offset, int64_t *line, int64_t *column)
{
    *line = 1;
    size_t line_start = 0;
    for (size_t i = 0; i < offset && i < source.size; i++) {
        bool return_alone = source.data[i] == '\r' && !(i + 1 < source.size && source.data[i + 1] == '\n');
        if (source.data[i] != '\n' && !return_alone) continue;
        ++*line;
        line_start = i + 1;
    }
    *column = (int64_t)(offset - line_start) + 1;
}

enum qd_status qd_json_diagnose(struct qd_slice source, bool *empty, struct qd_error *error)
{
    size_t at = 0;
    while (at < source.size && strchr(" \t\r\n", source.data[at]) != NULL) at++;
    *empty = at == source.size;
    if (*empty) return QD_OK;
    return qd_error_set(error, QD_JSON_PARSE, "Malformed content");
}
