#include "master/effective_settings.h"

#include "base/number.h"
#include "base/units.h"

int64_t qd_effective_settings_int(const struct qd_effective_settings *settings, const char *key,
                                  int64_t fallback)
{
    int64_t value;
    return qd_parse_int64(qd_effective_setting(settings, key), &value) ? value : fallback;
}

bool qd_effective_settings_bool(const struct qd_effective_settings *settings, const char *key, bool fallback)
{
    struct qd_slice text = qd_effective_setting(settings, key);
    return text.data == NULL ? fallback : qd_slice_is(text, "true");
}

int64_t qd_effective_settings_ms(const struct qd_effective_settings *settings, const char *key,
                                 int64_t fallback)
{
    struct qd_slice text = qd_effective_setting(settings, key);
    int64_t value;
    return text.data != NULL && qd_time_parse_millis(text, key, &value, NULL) == QD_OK ? value : fallback;
}
