#include "coordinator/unrecognized.h"

#include "base/buffer.h"
#include "base/text.h"

/* Insertion sort: there are a handful of unknown names at most. Returns how many different ones there are. */
static size_t sort_names(struct qd_slice *names, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct qd_slice name = names[i];
        size_t place = 0;
        while (place < kept && qd_slice_compare(names[place], name) < 0) place++;
        if (place < kept && qd_slice_equal(names[place], name)) continue;
        for (size_t j = kept; j > place; j--) names[j] = names[j - 1];
        names[place] = name;
        kept++;
    }
    return kept;
}

enum qd_status qd_unrecognized(const struct qd_unrecognized *names, struct qd_arena *arena,
                               struct qd_error *error)
{
    struct qd_buffer text = { 0 };
    size_t count = sort_names(names->bad, names->bad_count);
    qd_buffer_format(&text, "request [%.*s] contains unrecognized %s%s: ", QD_SLICE_ARG(names->path),
                     names->what, count > 1 ? "s" : "");
    for (size_t i = 0; i < count; i++) {
        struct qd_slice hint = qd_did_you_mean(arena, names->bad[i], names->known, names->known_count);
        qd_buffer_format(&text, "%s[%.*s]", i == 0 ? "" : ", ", QD_SLICE_ARG(names->bad[i]));
        if (hint.size > 0) qd_buffer_format(&text, " ->%.*s", QD_SLICE_ARG(hint));
    }
    enum qd_status status = qd_error_set(error, QD_ILLEGAL_ARGUMENT, "%.*s", (int)text.size, text.data);
    qd_buffer_deinit(&text);
    return status;
}
