#include "coordinator/disk_watermarks.h"

#include "base/number.h"
#include "base/units.h"

const char *const qd_watermark_keys[QD_WATERMARK_COUNT] = { QD_WATERMARK_PREFIX "low",
                                                            QD_WATERMARK_PREFIX "high",
                                                            QD_WATERMARK_PREFIX "flood_stage" };
const char *const qd_watermark_defaults[QD_WATERMARK_COUNT] = { "85%", "90%", "95%" };
static const char *const names[QD_WATERMARK_COUNT] = { "low", "high", "flood stage" };

/* "95%" or a ratio like "0.95". */
static bool parse_percent(struct qd_slice text, double *percent)
{
    bool sign = text.size > 0 && text.data[text.size - 1] == '%';
    if (!qd_parse_double(sign ? qd_slice_sub(text, 0, text.size - 1) : text, percent)) return false;
    if (!sign) *percent *= 100;
    return *percent >= 0 && *percent <= 100;
}

enum qd_status qd_watermark_parse(struct qd_slice text, const char *key, struct qd_watermark *watermark,
                                  struct qd_error *error)
{
    *watermark = (struct qd_watermark){ .text = text };
    if (parse_percent(text, &watermark->used_percent)) return QD_OK;
    watermark->in_bytes = true;
    if (qd_bytes_parse(text, key, &watermark->free_bytes, error) == QD_OK) return QD_OK;
    return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "%.*s",
                         QD_SLICE_ARG(error == NULL ? QD_SLICE("") : error->reason));
}

static enum qd_status mixed(const struct qd_watermark *marks, struct qd_error *error)
{
    return qd_error_set(
        error, QD_ILLEGAL_ARGUMENT,
        "unable to consistently parse [%s=%.*s], [%s=%.*s], and [%s=%.*s] as percentage or bytes",
        qd_watermark_keys[0], QD_SLICE_ARG(marks[0].text), qd_watermark_keys[1], QD_SLICE_ARG(marks[1].text),
        qd_watermark_keys[2], QD_SLICE_ARG(marks[2].text));
}

enum qd_status qd_watermarks_check(const struct qd_watermark *marks, struct qd_error *error)
{
    for (size_t i = 1; i < QD_WATERMARK_COUNT; i++) {
        if (marks[i].in_bytes != marks[0].in_bytes) return mixed(marks, error);
    }
    for (size_t i = 1; i < QD_WATERMARK_COUNT; i++) {
        bool in_bytes = marks[i].in_bytes;
        bool rises = in_bytes ? marks[i - 1].free_bytes >= marks[i].free_bytes
                              : marks[i - 1].used_percent <= marks[i].used_percent;
        if (rises) continue;
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "%s disk watermark [%.*s] %s than %s disk watermark [%.*s]", names[i - 1],
                            QD_SLICE_ARG(marks[i - 1].text), in_bytes ? "less" : "more", names[i],
                            QD_SLICE_ARG(marks[i].text));
    }
    return QD_OK;
}

bool qd_watermark_passed(const struct qd_watermark *watermark, uint64_t total, uint64_t available)
{
    if (watermark->in_bytes) {
        return watermark->free_bytes > 0 && available < (uint64_t)watermark->free_bytes;
    }
    return total > 0 && 100.0 * (double)available / (double)total < 100.0 - watermark->used_percent;
}
