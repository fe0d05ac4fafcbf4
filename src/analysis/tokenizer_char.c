#include "analysis/tokenizer_char.h"

#include "analysis/codepoint.h"

void qd_tokenizer_char_run(struct qd_component_run *run, int32_t max_length,
                           bool (*inside)(const void *data, uint32_t code_point), const void *data)
{
    const char *start = run->text.data, *limit = start + run->text.size;
    const char *token = NULL;
    int64_t length = 0;
    for (const char *at = start; at < limit;) {
        uint32_t cp;
        size_t size = qd_codepoint_read(at, limit, &cp);
        if (inside(data, cp)) {
            if (token == NULL) token = at;
            at += size;
            length += (int64_t)qd_codepoint_units(cp);
            /* A token may be one unit longer than the limit when its last code point has two. */
            if (length < max_length) continue;
            (void)qd_component_emit(run, (size_t)(token - start), (size_t)(at - start), "word");
        } else {
            if (token != NULL) {
                (void)qd_component_emit(run, (size_t)(token - start), (size_t)(at - start), "word");
            }
            at += size;
        }
        token = NULL;
        length = 0;
    }
    if (token != NULL) (void)qd_component_emit(run, (size_t)(token - start), run->text.size, "word");
}
