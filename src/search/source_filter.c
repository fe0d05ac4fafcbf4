/* Filtering of _source by include and exclude patterns; also for get and mget. Source: OpenSearch
 * XContentMapValues.filter. */
#include "base/filter_path.h"
#include "base/json_writer.h"
#include "search/search.h"

void qd_source_filter_write(const struct qd_source_filter *filter, struct qd_slice source,
                            struct qd_arena *arena, struct qd_json_writer *writer)
{
    struct qd_json_document document;
    bool everything = filter->include_count == 0 && filter->exclude_count == 0;
    if (everything || qd_json_parse(arena, source, &document, NULL) != QD_OK ||
        !qd_json_is_object(document.root)) {
        qd_json_raw(writer, source);
        return;
    }
    const struct qd_filter_path *compiled = qd_filter_path_create(
        arena, filter->includes, filter->include_count, filter->excludes, filter->exclude_count);
    qd_filter_source_write(compiled, document.root, writer);
}
