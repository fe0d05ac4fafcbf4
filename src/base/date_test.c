#include "base/date.h"

#include <stdlib.h>

#include "base/test.h"

/* A question to the reference's own classes and what they answered: "second nano", a text, or "!type:
 * reason" of each error of the chain. The columns of the question are: operation, format (or kind, zone),
 * text, rounding, zone. */
struct scene {
    const char *operation, *format, *text, *direction, *zone, *extra;
    const char *answer;
};

static const struct scene printing[] = {
    { "print", "", "0 0", "", "", "",
      "!illegal_argument_exception: No date pattern provided" },
    { "print", "'abc", "0 0", "", "", "",
      "!illegal_argument_exception: Invalid format: ['abc]: Pattern ends with an incomplete string lit"
      "eral: 'abc <- illegal_argument_exception: Pattern ends with an incomplete string literal: 'abc" },
    { "print", "A", "0 0", "", "Europe/Paris", "",
      "3600000" },
    { "print", "AAAA", "0 0", "", "", "",
      "0000" },
    { "print", "DDDD", "0 0", "", "", "",
      "!illegal_argument_exception: Invalid format: [DDDD]: Too many pattern letters: D <- illegal_arg"
      "ument_exception: Too many pattern letters: D" },
    { "print", "EEE MMM dd HH:mm:ss uuuu", "1592229600 123456789", "", "", "",
      "Mon Jun 15 14:00:00 2020" },
    { "print", "EEEEEE", "0 0", "", "", "",
      "!illegal_argument_exception: Invalid format: [EEEEEE]: Too many pattern letters: E <- illegal_a"
      "rgument_exception: Too many pattern letters: E" },
    { "print", "FF", "0 0", "", "", "",
      "!illegal_argument_exception: Invalid format: [FF]: Too many pattern letters: F <- illegal_argum"
      "ent_exception: Too many pattern letters: F" },
    { "print", "G yyyy", "0 0", "", "+05:30", "",
      "CE 1970" },
    { "print", "GGGGGG", "0 0", "", "", "",
      "!illegal_argument_exception: Invalid format: [GGGGGG]: Too many pattern letters: G <- illegal_a"
      "rgument_exception: Too many pattern letters: G" },
    { "print", "HH", "0 0", "", "", "",
      "00" },
    { "print", "HHH", "0 0", "", "", "",
      "!illegal_argument_exception: Invalid format: [HHH]: Too many pattern letters: H <- illegal_argu"
      "ment_exception: Too many pattern letters: H" },
    { "print", "MM-dd", "1420070399 999000000", "", "Europe/Paris", "",
      "01-01" },
    { "print", "MMMMMM", "0 0", "", "", "",
      "!illegal_argument_exception: Invalid format: [MMMMMM]: Too many pattern letters: M <- illegal_a"
      "rgument_exception: Too many pattern letters: M" },
    { "print", "N", "1420070399 999000000", "", "", "",
      "86399999000000" },
    { "print", "O", "1592229600 123456789", "", "Europe/Paris", "",
      "GMT+2" },
    { "print", "OO", "0 0", "", "", "",
      "!illegal_argument_exception: Invalid format: [OO]: Pattern letter count must be 1 or 4: O <- il"
      "legal_argument_exception: Pattern letter count must be 1 or 4: O" },
    { "print", "S", "0 0", "", "", "",
      "0" },
    { "print", "SSS", "1592229600 123456789", "", "+05:30", "",
      "123" },
    { "print", "V", "0 0", "", "", "",
      "!illegal_argument_exception: Invalid format: [V]: Pattern letter count must be 2: V <- illegal_"
      "argument_exception: Pattern letter count must be 2: V" },
    { "print", "VVV", "0 0", "", "", "",
      "!illegal_argument_exception: Invalid format: [VVV]: Pattern letter count must be 2: V <- illega"
      "l_argument_exception: Pattern letter count must be 2: V" },
    { "print", "WW", "0 0", "", "", "",
      "!illegal_argument_exception: Invalid format: [WW]: Too many pattern letters: W <- illegal_argum"
      "ent_exception: Too many pattern letters: W" },
    { "print", "XXXXXX", "0 0", "", "", "",
      "!illegal_argument_exception: Invalid format: [XXXXXX]: Too many pattern letters: X <- illegal_a"
      "rgument_exception: Too many pattern letters: X" },
    { "print", "YYYY-'W'ww-e", "-62198755200 1000", "", "Europe/Paris", "",
      "-0002-W53-5" },
    { "print", "YYYY-ww", "951782400 0", "", "", "",
      "2000-09" },
    { "print", "ZZZZZZ", "0 0", "", "", "",
      "!illegal_argument_exception: Invalid format: [ZZZZZZ]: Too many pattern letters: Z <- illegal_a"
      "rgument_exception: Too many pattern letters: Z" },
    { "print", "[[", "0 0", "", "", "",
      "" },
    { "print", "a]", "0 0", "", "", "",
      "!illegal_argument_exception: Invalid format: [a]]: Pattern invalid as it contains ] without pre"
      "vious [ <- illegal_argument_exception: Pattern invalid as it contains ] without previous [" },
    { "print", "aa", "0 0", "", "", "",
      "!illegal_argument_exception: Invalid format: [aa]: Too many pattern letters: a <- illegal_argum"
      "ent_exception: Too many pattern letters: a" },
    { "print", "a||", "0 0", "", "", "",
      "!illegal_argument_exception: Cannot have empty element in multi date format pattern: a||" },
    { "print", "basic_date", "1420070399 999000000", "", "", "",
      "20141231" },
    { "print", "basic_date_time", "1420070399 999000000", "", "Europe/Paris", "",
      "20150101T005959.999+01:00" },
    { "print", "basic_date_time_no_millis", "951782400 0", "", "Europe/Paris", "",
      "20000229T010000+01:00" },
    { "print", "basic_ordinal_date", "1420070399 999000000", "", "", "",
      "2014365" },
    { "print", "basic_ordinal_date_time", "1420070399 999000000", "", "+05:30", "",
      "2015001T052959.999+05:30" },
    { "print", "basic_ordinal_date_time_no_millis", "1420070399 999000000", "", "", "",
      "2014365T235959Z" },
    { "print", "basic_t_time", "1420070399 999000000", "", "Europe/Paris", "",
      "T005959.999+01:00" },
    { "print", "basic_t_time_no_millis", "1592229600 123456789", "", "+05:30", "",
      "T193000+05:30" },
    { "print", "basic_time", "253402300800 5", "", "Europe/Paris", "",
      "010000.000+01:00" },
    { "print", "basic_time_no_millis", "1592229600 123456789", "", "", "",
      "140000Z" },
    { "print", "basic_week_date", "0 0", "", "", "",
      "1970W014" },
    { "print", "basic_week_date_time", "0 0", "", "Europe/Paris", "",
      "1970W014T010000.000+01" },
    { "print", "basic_week_date_time_no_millis", "253402300800 5", "", "+05:30", "",
      "9999W526T053000+0530" },
    { "print", "ccc", "0 0", "", "", "",
      "Thu" },
    { "print", "date", "-62198755200 1000", "", "Europe/Paris", "",
      "-0001-01-01" },
    { "print", "date_hour", "1420070399 999000000", "", "+05:30", "",
      "2015-01-01T05" },
    { "print", "date_hour_minute", "253402300800 5", "", "", "",
      "+10000-01-01T00:00" },
    { "print", "date_hour_minute_second", "1420070399 999000000", "", "+05:30", "",
      "2015-01-01T05:29:59" },
    { "print", "date_hour_minute_second_fraction", "951782400 0", "", "+05:30", "",
      "2000-02-29T05:30:00.000" },
    { "print", "date_hour_minute_second_millis", "1420070399 999000000", "", "", "",
      "2014-12-31T23:59:59.999" },
    { "print", "date_optional_time", "253402300800 5", "", "Europe/Paris", "",
      "+10000-01-01T01:00:00.000+01:00" },
    { "print", "date_time", "951782400 0", "", "Europe/Paris", "",
      "2000-02-29T01:00:00.000+01:00" },
    { "print", "date_time_no_millis", "1420070399 999000000", "", "", "",
      "2014-12-31T23:59:59Z" },
    { "print", "dd MMM uuuu", "1420070399 999000000", "", "", "",
      "31 Dec 2014" },
    { "print", "dd/MM/uuuu", "1592229600 123456789", "", "", "",
      "15/06/2020" },
    { "print", "ddd", "0 0", "", "", "",
      "!illegal_argument_exception: Invalid format: [ddd]: Too many pattern letters: d <- illegal_argu"
      "ment_exception: Too many pattern letters: d" },
    { "print", "eee", "0 0", "", "", "",
      "Thu" },
    { "print", "eeeee", "0 0", "", "", "",
      "T" },
    { "print", "epoch_micros", "-62198755200 1000", "", "Europe/Paris", "",
      "-62198755199999999" },
    { "print", "epoch_millis", "1592229600 123456789", "", "Europe/Paris", "",
      "1592229600123.456789" },
    { "print", "epoch_second", "253402300800 5", "", "+05:30", "",
      "253402300800.000000005" },
    { "print", "hh:mm a", "1420070399 999000000", "", "Europe/Paris", "",
      "12:59 AM" },
    { "print", "hour", "1592229600 123456789", "", "", "",
      "14" },
    { "print", "hour_minute", "-62198755200 1000", "", "", "",
      "00:00" },
    { "print", "hour_minute_second", "-62198755200 1000", "", "Europe/Paris", "",
      "00:09:21" },
    { "print", "hour_minute_second_fraction", "253402300800 5", "", "", "",
      "00:00:00.000" },
    { "print", "hour_minute_second_millis", "1592229600 123456789", "", "", "",
      "14:00:00.123" },
    { "print", "iso8601", "0 0", "", "Europe/Paris", "",
      "1970-01-01T01:00:00.000+01:00" },
    { "print", "k:mm", "1420070399 999000000", "", "+05:30", "",
      "5:29" },
    { "print", "kkk", "0 0", "", "", "",
      "!illegal_argument_exception: Invalid format: [kkk]: Too many pattern letters: k <- illegal_argu"
      "ment_exception: Too many pattern letters: k" },
    { "print", "ordinal_date", "0 0", "", "Europe/Paris", "",
      "1970-001" },
    { "print", "ordinal_date_time", "253402300800 5", "", "Europe/Paris", "",
      "+10000-001T01:00:00.000000005+01:00" },
    { "print", "ordinal_date_time_no_millis", "0 0", "", "Europe/Paris", "",
      "1970-001T01:00:00+01:00" },
    { "print", "rfc3339_lenient", "1420070399 999000000", "", "+05:30", "",
      "2015-01-01T05:29:59.999+05:30" },
    { "print", "ss.SSS", "951782400 0", "", "Europe/Paris", "",
      "00.000" },
    { "print", "strict_basic_week_date", "0 0", "", "Europe/Paris", "",
      "1970W014" },
    { "print", "strict_basic_week_date_time", "0 0", "", "", "",
      "1970W014T000000.000Z" },
    { "print", "strict_basic_week_date_time_no_millis", "1592229600 123456789", "", "+05:30", "",
      "2020W251T193000+05:30" },
    { "print", "strict_date", "1420070399 999000000", "", "+05:30", "",
      "2015-01-01" },
    { "print", "strict_date_hour", "1420070399 999000000", "", "+05:30", "",
      "2015-01-01T05" },
    { "print", "strict_date_hour_minute", "1592229600 123456789", "", "", "",
      "2020-06-15T14:00" },
    { "print", "strict_date_hour_minute_second", "0 0", "", "+05:30", "",
      "1970-01-01T05:30:00" },
    { "print", "strict_date_hour_minute_second_fraction", "0 0", "", "+05:30", "",
      "1970-01-01T05:30:00.000" },
    { "print", "strict_date_hour_minute_second_millis", "1420070399 999000000", "", "", "",
      "2014-12-31T23:59:59.999" },
    { "print", "strict_date_optional_time", "253402300800 5", "", "+05:30", "",
      "+10000-01-01T05:30:00.000+05:30" },
    { "print", "strict_date_optional_time_nanos", "951782400 0", "", "Europe/Paris", "",
      "2000-02-29T01:00:00.000+01:00" },
    { "print", "strict_date_time", "-62198755200 1000", "", "Europe/Paris", "",
      "-0001-01-01T00:09:21.000001+00:09" },
    { "print", "strict_date_time_no_millis", "951782400 0", "", "+05:30", "",
      "2000-02-29T05:30:00+05:30" },
    { "print", "strict_hour", "-62198755200 1000", "", "+05:30", "",
      "05" },
    { "print", "strict_hour_minute", "0 0", "", "+05:30", "",
      "05:30" },
    { "print", "strict_hour_minute_second", "253402300800 5", "", "", "",
      "00:00:00" },
    { "print", "strict_hour_minute_second_fraction", "0 0", "", "", "",
      "00:00:00.000" },
    { "print", "strict_hour_minute_second_millis", "0 0", "", "Europe/Paris", "",
      "01:00:00.000" },
    { "print", "strict_ordinal_date", "1592229600 123456789", "", "", "",
      "2020-167" },
    { "print", "strict_ordinal_date_time", "951782400 0", "", "Europe/Paris", "",
      "2000-060T01:00:00.000+01:00" },
    { "print", "strict_ordinal_date_time_no_millis", "0 0", "", "+05:30", "",
      "1970-001T05:30:00+05:30" },
    { "print", "strict_t_time", "-62198755200 1000", "", "", "",
      "T00:00:00.000Z" },
    { "print", "strict_t_time_no_millis", "1420070399 999000000", "", "+05:30", "",
      "T05:29:59+05:30" },
    { "print", "strict_time", "253402300800 5", "", "", "",
      "00:00:00.000Z" },
    { "print", "strict_time_no_millis", "-62198755200 1000", "", "Europe/Paris", "",
      "00:09:21+00:09" },
    { "print", "strict_week_date", "1592229600 123456789", "", "+05:30", "",
      "2020-W25-1" },
    { "print", "strict_week_date_time", "0 0", "", "+05:30", "",
      "1970-W01-4T05:30:00.000+05:30" },
    { "print", "strict_week_date_time_no_millis", "253402300800 5", "", "+05:30", "",
      "9999-W52-6T05:30:00+05:30" },
    { "print", "strict_weekyear", "253402300800 5", "", "+05:30", "",
      "9999" },
    { "print", "strict_weekyear_week", "253402300800 5", "", "Europe/Paris", "",
      "9999-W52" },
    { "print", "strict_weekyear_week_day", "1592229600 123456789", "", "+05:30", "",
      "2020-W25-1" },
    { "print", "strict_year", "1420070399 999000000", "", "", "",
      "2014" },
    { "print", "strict_year_month", "1420070399 999000000", "", "", "",
      "2014-12" },
    { "print", "strict_year_month_day", "1420070399 999000000", "", "Europe/Paris", "",
      "2015-01-01" },
    { "print", "t", "0 0", "", "", "",
      "!illegal_argument_exception: Invalid format: [t]: Unknown pattern letter: t <- illegal_argument"
      "_exception: Unknown pattern letter: t" },
    { "print", "t_time", "951782400 0", "", "Europe/Paris", "",
      "T01:00:00.000+01:00" },
    { "print", "t_time_no_millis", "1592229600 123456789", "", "", "",
      "T14:00:00Z" },
    { "print", "time", "951782400 0", "", "+05:30", "",
      "05:30:00.000+05:30" },
    { "print", "time_no_millis", "-62198755200 1000", "", "Europe/Paris", "",
      "00:09:21+00:09" },
    { "print", "uuuu QQQ", "1420070399 999000000", "", "", "",
      "2014 Q4" },
    { "print", "uuuu#", "0 0", "", "", "",
      "!illegal_argument_exception: Invalid format: [uuuu#]: Pattern includes reserved character: '#' "
      "<- illegal_argument_exception: Pattern includes reserved character: '#'" },
    { "print", "uuuu-DDD", "951782400 0", "", "Europe/Paris", "",
      "2000-060" },
    { "print", "uuuu-M-d H:m:s", "0 0", "", "+05:30", "",
      "1970-1-1 5:30:0" },
    { "print", "uuuu-MM-dd", "1420070399 999000000", "", "", "",
      "2014-12-31" },
    { "print", "uuuu-MM-dd HH:mm VV", "0 0", "", "+05:30", "",
      "1970-01-01 05:30 +05:30" },
    { "print", "uuuu-MM-dd HH:mm:ss Z", "1420070399 999000000", "", "Europe/Paris", "",
      "2015-01-01 00:59:59 +0100" },
    { "print", "uuuu-MM-dd HH:mm:ss,SSS", "0 0", "", "+05:30", "",
      "1970-01-01 05:30:00,000" },
    { "print", "uuuu-MM-dd'T'HH:mm:ss.SSSXXX", "1420070399 999000000", "", "Europe/Paris", "",
      "2015-01-01T00:59:59.999+01:00" },
    { "print", "uuuu-MM-dd'T'HH:mm:ssX", "0 0", "", "Europe/Paris", "",
      "1970-01-01T01:00:00+01" },
    { "print", "uuuu-MM-dd'T'HH:mm:ssXXXXX", "-62198755200 1000", "", "", "",
      "-0001-01-01T00:00:00Z" },
    { "print", "uuuu-MM-dd'T'HH:mm:ssxx", "951782400 0", "", "", "",
      "2000-02-29T00:00:00+0000" },
    { "print", "uuuu.MM.dd.HH", "1420070399 999000000", "", "", "",
      "2014.12.31.23" },
    { "print", "uuuuMM", "1592229600 123456789", "", "", "",
      "202006" },
    { "print", "uuuuMMddHHmmssSSS", "0 0", "", "Europe/Paris", "",
      "19700101010000000" },
    { "print", "uuuuu", "0 0", "", "", "",
      "01970" },
    { "print", "uuuu{", "0 0", "", "", "",
      "!illegal_argument_exception: Invalid format: [uuuu{]: Pattern includes reserved character: '{' "
      "<- illegal_argument_exception: Pattern includes reserved character: '{'" },
    { "print", "week_date", "1592229600 123456789", "", "+05:30", "",
      "2020-W25-1" },
    { "print", "week_date_time", "0 0", "", "+05:30", "",
      "1970-W01-4T05:30:00.000+05:30" },
    { "print", "week_date_time_no_millis", "253402300800 5", "", "+05:30", "",
      "9999-W52-6T05:30:00+05:30" },
    { "print", "week_year", "1420070399 999000000", "", "Europe/Paris", "",
      "2015" },
    { "print", "weekyear", "253402300800 5", "", "Europe/Paris", "",
      "9999" },
    { "print", "weekyear_week", "253402300800 5", "", "Europe/Paris", "",
      "9999-W52" },
    { "print", "weekyear_week_day", "-62198755200 1000", "", "Europe/Paris", "",
      "-0002-W53-5" },
    { "print", "www", "0 0", "", "", "",
      "!illegal_argument_exception: Invalid format: [www]: Too many pattern letters: w <- illegal_argu"
      "ment_exception: Too many pattern letters: w" },
    { "print", "xxxxxx", "0 0", "", "", "",
      "!illegal_argument_exception: Invalid format: [xxxxxx]: Too many pattern letters: x <- illegal_a"
      "rgument_exception: Too many pattern letters: x" },
    { "print", "year", "0 0", "", "+05:30", "",
      "1970" },
    { "print", "year_month", "0 0", "", "", "",
      "1970-01" },
    { "print", "year_month_day", "253402300800 5", "", "Europe/Paris", "",
      "+10000-01-01" },
    { "print", "yy-M-d", "0 0", "", "+05:30", "",
      "70-1-1" },
    { "print", "yyyy-MM-dd", "1592229600 123456789", "", "+05:30", "",
      "2020-06-15" },
    { "print", "yyyy-MM-dd[ HH:mm[:ss]]", "1420070399 999000000", "", "+05:30", "",
      "2015-01-01 05:29:59" },
    { "print", "yyyy/MM/dd HH:mm:ss", "0 0", "", "+05:30", "",
      "1970/01/01 05:30:00" },
    { "print", "yyyyDDD", "1592229600 123456789", "", "", "",
      "2020167" },
    { "print", "yyyyMM", "1592229600 123456789", "", "", "",
      "202006" },
    { "print", "yyyyMMdd", "0 0", "", "Europe/Paris", "",
      "19700101" },
    { "print", "yyyyMMddHHmm", "-62198755200 1000", "", "Europe/Paris", "",
      "000201010009" },
    { "print", "yyyyt", "0 0", "", "", "",
      "!illegal_argument_exception: Invalid format: [yyyyt]: Unknown pattern letter: t <- illegal_argu"
      "ment_exception: Unknown pattern letter: t" },
    { "print", "zzzzz", "0 0", "", "", "",
      "!illegal_argument_exception: Invalid format: [zzzzz]: Too many pattern letters: z <- illegal_ar"
      "gument_exception: Too many pattern letters: z" },
    { "print", "||", "0 0", "", "", "",
      "!illegal_argument_exception: Cannot have empty element in multi date format pattern: ||" },
};

static const struct scene parsing[] = {
    { "math", "A", "now-1w/w", "up", "", "", "1592179199 999000000" },
    { "math", "EEE MMM dd HH:mm:ss uuuu", "now-1w/w", "up", "America/New_York", "", "1592193599 999000000" },
    { "math", "EEEE, d MMMM uuuu", "now+1h", "up", "", "", "1592233200 123000000" },
    { "math", "G yyyy", "now/y", "down", "-08", "", "1577865600 0" },
    { "math", "HH", "now", "up", "+01:00", "", "1592229600 123000000" },
    { "math", "MM-dd", "now+1M/M", "up", "", "", "1596239999 999000000" },
    { "math", "O", "now-1w/w", "down", "America/New_York", "", "1591588800 0" },
    { "math", "YYYY-ww", "now-1w/w", "up", "", "", "1592179199 999000000" },
    { "math", "basic_date", "20000229||/w", "up", "+01:00", "", "952297199 999000000" },
    { "math", "basic_date_time", "20200615T193000.123+05", "up", "", "", "1592231400 123000000" },
    { "math", "basic_ordinal_date", "now+1M/M", "down", "", "", "1593561600 0" },
    { "parse", "basic_ordinal_date_time", "2020167T193000.123+05:30", "", "", "", "1592229600 123000000" },
    { "math", "basic_t_time_no_millis", "T235959Z", "down", "", "", "86399 0" },
    { "math", "basic_time", "235959.999Z||+1h/h", "down", "America/New_York", "", "86400 0" },
    { "math", "basic_week_date", "2020W251||/y+3M/M", "up", "+01:00", "", "1617231599 999000000" },
    { "parse", "basic_week_date_time", "1970W014T053000.000+0530", "", "", "", "0 0" },
    { "math", "basic_week_date_time_no_millis", "20105W013T235959Z", "down", "", "", "572285347199 0" },
    { "math", "date_hour", "2020-06-15T19||/y+3M/M", "up", "+01:00", "", "1617231599 999000000" },
    { "math", "date_hour_minute", "2000-02-29T05:30||/y+3M/M", "down", "+01:00", "", "954543600 0" },
    { "parse", "date_hour_minute_second", "2015-01-01T0:59:59", "", "", "", "1420073999 0" },
    { "math", "date_hour_minute_second_fraction", "now/y", "up", "-08", "", "1609487999 999000000" },
    { "math", "date_hour_minute_second_millis", "2014-12-31T23:59:59.999", "down", "+01:00", "",
      "1420066799 999000000" },
    { "math", "date_optional_time", "2000-02-29T01:00:00.000+01:00||+1d", "up", "+01:00", "", "951868800 0" },
    { "math", "dd MMM uuuu", "now-1w/w", "down", "America/New_York", "", "1591588800 0" },
    { "parse", "epoch_micros", "2534023008000000006.005", "", "", "", "2534023008000 6005" },
    { "parse", "epoch_millis", "20150091", "", "", "", "20150 91000000" },
    { "parse", "epoch_second", "1592229600.23456789", "", "", "", "1592229600 234567890" },
    { "math", "hour_minute_second", "00:00:00", "up", "-08", "", "28800 999999999" },
    { "math", "hour_minute_second_millis", "1:00:00.123||+25H-3m/m", "up", "+01:00", "", "89879 999000000" },
    { "math", "iso8601", "1970-01-01T00:00:00.000Z", "down", "America/New_York", "", "0 0" },
    { "math", "k:mm", "now/y", "down", "America/New_York", "", "1577854800 0" },
    { "math", "ordinal_date", "2000-060", "down", "Europe/Paris", "", "951778800 0" },
    { "parse", "ordinal_date_time", "1970-001T01:00:0.000+01:00", "", "", "", "0 0" },
    { "parse", "rfc3339_lenient", "2015-01-01T05:29:59.999+05:30", "", "", "", "1420070399 999000000" },
    { "math", "ss.SSS", "now+1h", "up", "America/New_York", "", "1592233200 123000000" },
    { "math", "strict_basic_week_date_time", "now+1M/M", "down", "America/New_York", "", "1593576000 0" },
    { "math", "strict_basic_week_date_time_no_millis", "2015W014T005959+01:00||/y+3M/M", "down",
      "Europe/Paris", "", "1427839200 0" },
    { "math", "strict_date_hour", "now/y", "up", "America/New_York", "", "1609477199 999000000" },
    { "math", "strict_date_hour_minute_second", "+10000-01-01T01:00:00", "down", "", "", "253402304400 0" },
    { "math", "strict_date_optional_time", "1970-01-01T05:30:00.000+05:30", "up", "-08", "", "0 0" },
    { "math", "strict_date_optional_time||epoch_millis", "now/d", "up", "-08", "", "1592294399 999000000" },
    { "parse", "strict_date_time", "+10000-01-01T00:00:00.000000005Z", "", "", "", "253402300800 5" },
    { "math", "strict_date_time_no_millis", "2020-06-15T16:00:00+02:00", "up", "-08", "",
      "1592229600 999999999" },
    { "parse", "strict_hour", "14", "", "", "", "50400 0" },
    { "parse", "strict_hour_minute", "16:00", "", "", "", "57600 0" },
    { "math", "strict_hour_minute_second", "01:00:00||/w", "down", "Europe/Paris", "", "-262800 0" },
    { "math", "strict_hour_minute_second_fraction", "00:00:00.000", "up", "-08", "", "28800 0" },
    { "parse", "strict_hour_minute_second_millis", "05:30:00.000", "", "", "", "19800 0" },
    { "math", "strict_t_time", "T05:30:00.000+05:30", "up", "+01:00", "", "0 0" },
    { "math", "strict_time_no_millis", "now+1h", "down", "+01:00", "", "1592233200 123000000" },
    { "math", "strict_week_date", "-0002-W53-5||+25H-3m/m", "up", "+01:00", "", "-62198668921 999000000" },
    { "math", "strict_week_date_time", "9999-W52-6T05:30:00.000+05:30", "down", "", "", "253402300800 0" },
    { "math", "strict_week_date_time_no_millis", "1970-W01-4T00:00:00Z", "up", "Europe/Paris", "",
      "0 999999999" },
    { "math", "strict_weekyear", "-0002", "up", "Europe/Paris", "", "-62230464562 999999999" },
    { "math", "strict_weekyear_week", "now-1w/w", "down", "America/New_York", "", "1591588800 0" },
    { "parse", "strict_year", "+100030", "", "", "", "3094474752000 0" },
    { "parse", "strict_year_month", "2014-12", "", "", "", "1417392000 0" },
    { "math", "strict_year_month_day", "+10000-01-01", "down", "", "", "253402300800 0" },
    { "math", "t_time_no_millis", "now+1M/M", "down", "-08", "", "1593590400 0" },
    { "math", "uuuu QQQ", "now+1M/M", "up", "", "", "1596239999 999000000" },
    { "math", "uuuu-MM-dd", "now-3d/d", "up", "", "", "1592006399 999000000" },
    { "math", "uuuu-MM-dd HH:mm:ss Z", "now/d", "down", "+01:00", "", "1592175600 0" },
    { "math", "uuuu-MM-dd HH:mm:ss,SSS", "now/y", "down", "America/New_York", "", "1577854800 0" },
    { "math", "uuuu-MM-dd'T'HH:mm:ss.SSSXXX", "now-3d/d", "up", "", "", "1592006399 999000000" },
    { "math", "uuuu-MM-dd'T'HH:mm:ssX", "now+1M/M", "up", "", "", "1596239999 999000000" },
    { "math", "uuuu-MM-dd'T'HH:mm:ssXXXXX", "now/y", "down", "Europe/Paris", "", "1577833200 0" },
    { "math", "uuuu.MM.dd.HH", "now+1h", "down", "", "", "1592233200 123000000" },
    { "parse", "week_date_time_no_millis", "1970-W1-4T05:30:00+05:30", "", "", "", "0 0" },
    { "math", "week_year", "1970", "down", "+01:00", "", "-262800 0" },
    { "math", "weekyear", "now+1h", "up", "-08", "", "1592233200 123000000" },
    { "math", "weekyear_week", "2020-W25", "down", "", "", "1592179200 0" },
    { "math", "weekyear_week_day", "200-W09-2||/d", "down", "-08", "", "-55851004800 0" },
    { "math", "year", "10050", "up", "", "", "254980310399 999999999" },
    { "parse", "year_month", "2020-06", "", "", "", "1590969600 0" },
    { "math", "year_month_day", "1970-01-01", "down", "", "", "0 0" },
    { "math", "yy-M-d", "now", "down", "+01:00", "", "1592229600 123000000" },
    { "math", "yyyy-MM-dd", "now/d", "up", "", "", "1592265599 999000000" },
    { "math", "yyyy-MM-dd||uuuu", "2015", "down", "+01:00", "", "1420066800 0" },
    { "math", "yyyy/MM/dd HH:mm:ss", "now+1M/M", "down", "", "", "1593561600 0" },
    { "math", "yyyyDDD", "now+1h", "down", "America/New_York", "", "1592233200 123000000" },
    { "math", "yyyyMMdd", "now/y", "down", "+01:00", "", "1577833200 0" },
    { "math", "yyyyMMddHHmm", "now", "up", "-08", "", "1592229600 123000000" },
    { "math", "ordinal_date_time_no_millis", "1970-001T1:00:00+01:00||+1M", "up", "", "", "2678400 0" },
    { "math", "strict_time", "05:30:00.000+05:30||/M", "up", "-08", "", "28799 999000000" },
    { "math", "N", "201901||+1d", "up", "Europe/Paris", "", "82800 201901" },
    { "math", "basic_t_time", "T140000.23Z||/M", "up", "-08", "", "2707199 999000000" },
    { "math", "date_hour_minute_second_fraction", "2020-06-15T14:00:00.123||/M", "down", "", "",
      "1590969600 0" },
    { "math", "date_hour_minute_second_fraction", "2015-01-01T05:29:59.999||+1d", "down", "", "",
      "1420176599 999000000" },
    { "math", "basic_t_time", "T000000.000Z||+1M", "down", "", "", "2678400 0" },
    { "math", "basic_time", "235959.999Z||/w", "down", "+01:00", "", "-262800 0" },
    { "math", "strict_year_month_day", "2000-02-29||/w", "down", "", "", "951696000 0" },
    { "math", "basic_week_date_time", "2020W251T160000.12+02||-1y/y", "down", "", "", "1546300800 0" },
    { "math", "time_no_millis", "01:00:0+01:00||+1M", "down", "-08", "", "2678400 0" },
    { "math", "t_time_no_millis", "T01:00:00+01:00||/M", "down", "+01:00", "", "-3600 0" },
    { "math", "strict_date_optional_time", "2015-01-01T00:59:59.999+01:00||+1h/h", "up", "Europe/Paris", "",
      "1420073999 999000000" },
};

static const struct scene refusing[] = {
    { "parse", "strict_date_hour", "2020-167T16:00:00.1234567839+02:00", "", "", "",
      "!illegal_argument_exception: failed to parse date field [2020-167T16:00:00.1234567839+02:00] wi"
      "th format [strict_date_hour] <- date_time_parse_exception: Text '2020-167T16:00:00.1234567839+0"
      "2:00' could not be parsed at index 7" },
    { "math", "strict_date", "012", "down", "", "",
      "!parse_exception: failed to parse date field [012] with format [strict_date]: [failed to parse "
      "date field [012] with format [strict_date]] <- illegal_argument_exception: failed to parse date"
      " field [012] with format [strict_date] <- date_time_parse_exception: Text '012' could not be pa"
      "rsed at index 0" },
    { "parse", "strict_week_date_time_no_millis", "2000-02", "", "", "",
      "!illegal_argument_exception: failed to parse date field [2000-02] with format [strict_week_date"
      "_time_no_millis] <- date_time_parse_exception: Failed to parse with all enclosed parsers" },
    { "parse", "strict_weekyear", "20100-02", "", "", "",
      "!illegal_argument_exception: failed to parse date field [20100-02] with format [strict_weekyear"
      "] <- date_time_parse_exception: Text '20100-02' could not be parsed at index 0" },
    { "parse", "strict_ordinal_date_time", "1970-001T01:00:0.000+01:00", "", "", "",
      "!illegal_argument_exception: failed to parse date field [1970-001T01:00:0.000+01:00] with forma"
      "t [strict_ordinal_date_time] <- date_time_parse_exception: Failed to parse with all enclosed pa"
      "rsers" },
    { "parse", "epoch_millis", "2019-01-201T10:00:00.123456789+01:00", "", "", "",
      "!illegal_argument_exception: failed to parse date field [2019-01-201T10:00:00.123456789+01:00] "
      "with format [epoch_millis] <- date_time_parse_exception: Failed to parse with all enclosed pars"
      "ers" },
    { "parse", "YYYY-ww", "2020-06-15", "", "", "",
      "!illegal_argument_exception: failed to parse date field [2020-06-15] with format [YYYY-ww] <- d"
      "ate_time_parse_exception: Text '2020-06-15' could not be parsed, unparsed text found at index 7" },
    { "parse", "strict_date_optional_time", "200W0", "", "", "",
      "!illegal_argument_exception: failed to parse date field [200W0] with format [strict_date_option"
      "al_time] <- date_time_parse_exception: Text '200W0' could not be parsed at index 0" },
    { "math", "weekyear", "+970", "up", "", "",
      "!parse_exception: failed to parse date field [+970] with format [weekyear]: [failed to parse da"
      "te field [+970] with format [weekyear]] <- illegal_argument_exception: failed to parse date fie"
      "ld [+970] with format [weekyear] <- date_time_parse_exception: Text '+970' could not be parsed "
      "at index 0" },
    { "math", "G yyyy", "2000-W09-2", "up", "", "",
      "!parse_exception: failed to parse date field [2000-W09-2] with format [G yyyy]: [failed to pars"
      "e date field [2000-W09-2] with format [G yyyy]] <- illegal_argument_exception: failed to parse "
      "date field [2000-W09-2] with format [G yyyy] <- date_time_parse_exception: Text '2000-W09-2' co"
      "uld not be parsed at index 0" },
    { "parse", "strict_week_date", "9", "", "", "",
      "!illegal_argument_exception: failed to parse date field [9] with format [strict_week_date] <- d"
      "ate_time_parse_exception: Text '9' could not be parsed at index 0" },
    { "math", "strict_hour_minute", "00:0/", "up", "", "",
      "!parse_exception: failed to parse date field [00:0/] with format [strict_hour_minute]: [failed "
      "to parse date field [00:0/] with format [strict_hour_minute]] <- illegal_argument_exception: fa"
      "iled to parse date field [00:0/] with format [strict_hour_minute] <- date_time_parse_exception:"
      " Text '00:0/' could not be parsed at index 3" },
    { "parse", "O", "1970-01-01T01:00:00", "", "", "",
      "!illegal_argument_exception: failed to parse date field [1970-01-01T01:00:00] with format [O] <"
      "- date_time_parse_exception: Text '1970-01-01T01:00:00' could not be parsed at index 0" },
    { "parse", "strict_week_date", "999 9-W52-6", "", "", "",
      "!illegal_argument_exception: failed to parse date field [999 9-W52-6] with format [strict_week_"
      "date] <- date_time_parse_exception: Text '999 9-W52-6' could not be parsed at index 0" },
    { "math", "dd MMM uuuu", "00", "up", "Europe/Paris", "",
      "!parse_exception: failed to parse date field [00] with format [dd MMM uuuu]: [failed to parse d"
      "ate field [00] with format [dd MMM uuuu]] <- illegal_argument_exception: failed to parse date f"
      "ield [00] with format [dd MMM uuuu] <- date_time_parse_exception: Text '00' could not be parsed"
      " at index 2" },
    { "parse", "strict_time", "00:09", "", "", "",
      "!illegal_argument_exception: failed to parse date field [00:09] with format [strict_time] <- da"
      "te_time_parse_exception: Failed to parse with all enclosed parsers" },
    { "parse", "yyyy-MM-dd||uuuu", "76", "", "", "",
      "!illegal_argument_exception: failed to parse date field [76] with format [yyyy-MM-dd||uuuu] <- "
      "date_time_parse_exception: Failed to parse with all enclosed parsers" },
    { "parse", "uuuu-DDD", "2015W014T005959+301", "", "", "",
      "!illegal_argument_exception: failed to parse date field [2015W014T005959+301] with format [uuuu"
      "-DDD] <- date_time_parse_exception: Text '2015W014T005959+301' could not be parsed at index 4" },
    { "parse", "uuuu QQQ", "9999-W52-6T05:", "", "", "",
      "!illegal_argument_exception: failed to parse date field [9999-W52-6T05:] with format [uuuu QQQ]"
      " <- date_time_parse_exception: Text '9999-W52-6T05:' could not be parsed at index 4" },
    { "parse", "date_hour_minute_second_fraction", "2020-06-1W5T14:00:00.123", "", "", "",
      "!illegal_argument_exception: failed to parse date field [2020-06-1W5T14:00:00.123] with format "
      "[date_hour_minute_second_fraction] <- date_time_parse_exception: Text '2020-06-1W5T14:00:00.123"
      "' could not be parsed at index 9" },
    { "parse", "basic_time", "85", "", "", "",
      "!illegal_argument_exception: failed to parse date field [85] with format [basic_time] <- date_t"
      "ime_parse_exception: Failed to parse with all enclosed parsers" },
    { "parse", "uuuu-MM-dd", "1970-01-01T05:30:00", "", "", "",
      "!illegal_argument_exception: failed to parse date field [1970-01-01T05:30:00] with format [uuuu"
      "-MM-dd] <- date_time_parse_exception: Text '1970-01-01T05:30:00' could not be parsed, unparsed "
      "text found at index 10" },
};

static const struct scene roundings[] = {
    { "round", "interval", "60000", "Pacific/Chatham", "0", "2484739800000",
      "2484739800000 2484739860000" },
    { "round", "interval", "43200000", "-08:00", "0", "3600000",
      "-14400000 28800000" },
    { "round", "unit", "month", "America/St_Johns", "0", "-1520116148001",
      "-1522704548000 -1520022548000" },
    { "round", "unit", "day", "America/St_Johns", "0", "-557951400001",
      "-557958600000 -557875800000" },
    { "round", "unit", "second", "Europe/Dublin", "-1800000", "499221000000",
      "499221000000 499221001000" },
    { "round", "unit", "quarter", "-08:00", "0", "2019027372828",
      "2011766400000 2019715200000" },
    { "round", "interval", "43200000", "UTC", "3600000", "-1",
      "-39600000 3600000" },
    { "round", "interval", "43200000", "Asia/Kathmandu", "172800000", "504898200000",
      "504858600000 504901800000" },
    { "round", "interval", "10800000", "America/St_Johns", "0", "1158340857215",
      "1158330600000 1158341400000" },
    { "round", "interval", "1", "Asia/Kathmandu", "-1800000", "-648770297050",
      "-648770297050 -648770297049" },
    { "round", "interval", "604800000", "Pacific/Chatham", "0", "921942000000",
      "921665700000 922274100000" },
    { "round", "unit", "second", "Australia/Lord_Howe", "-1800000", "1728145800000",
      "1728145800000 1728145801000" },
    { "round", "interval", "21600000", "Europe/Paris", "0", "4030691907329",
      "4030682400000 4030704000000" },
    { "round", "unit", "year", "Pacific/Chatham", "0", "2314744916010",
      "2303633700000 2335169700000" },
    { "round", "unit", "month", "Pacific/Chatham", "0", "2153746164466",
      "2153643300000 2156238900000" },
    { "round", "unit", "year", "Pacific/Chatham", "3600000", "19847742839",
      "-42300000 31493700000" },
    { "round", "interval", "10800000", "America/New_York", "-1800000", "923092770402",
      "923092200000 923103000000" },
    { "round", "unit", "quarter", "-08:00", "-1800000", "-1800000",
      "-7921800000 27000000" },
    { "round", "unit", "second", "Europe/London", "-1800000", "530668800000",
      "530668800000 530668801000" },
    { "round", "interval", "43200000", "UTC", "172800000", "3600000",
      "0 43200000" },
    { "round", "unit", "minute", "Pacific/Apia", "0", "-203933440865",
      "-203933460000 -203933400000" },
    { "round", "interval", "1", "Europe/Paris", "0", "3310633804112",
      "3310633804112 3310633804113" },
    { "round", "unit", "year", "America/Sao_Paulo", "3600000", "1255834800001",
      "1230778800000 1262314800000" },
    { "round", "interval", "60000", "+05:30", "0", "1783372706796",
      "1783372680000 1783372740000" },
    { "round", "unit", "quarter", "Europe/Dublin", "0", "3038973868767",
      "3037302000000 3045164400000" },
    { "round", "interval", "604800000", "Pacific/Apia", "3600000", "1443274200000",
      "1443009600000 1443610800000" },
    { "round", "interval", "1", "-08:00", "0", "4773675713479",
      "4773675713479 4773675713480" },
    { "round", "interval", "1", "UTC", "0", "967755586240",
      "967755586240 967755586241" },
    { "round", "unit", "second", "Australia/Lord_Howe", "0", "1570287600000",
      "1570287600000 1570287601000" },
    { "round", "unit", "second", "+05:30", "0", "1",
      "0 1000" },
    { "round", "interval", "21600000", "UTC", "-1800000", "-5985578",
      "-23400000 -1800000" },
    { "round", "unit", "day", "UTC", "0", "4131290167420",
      "4131216000000 4131302400000" },
    { "round", "interval", "300000", "Europe/Paris", "172800000", "2917243045951",
      "2917242900000 2917243200000" },
    { "round", "interval", "12345678", "UTC", "-1800000", "2802772",
      "-1800000 10545678" },
    { "round", "unit", "day", "Australia/Lord_Howe", "-1800000", "922546800000",
      "922537800000 922626000000" },
    { "round", "interval", "60000", "Asia/Kolkata", "172800000", "-862643535797",
      "-862643580000 -862643520000" },
    { "round", "unit", "year", "America/New_York", "3600000", "-955305000000",
      "-978285600000 -946749600000" },
    { "round", "unit", "week", "Asia/Kathmandu", "3600000", "-1577947276000",
      "-1578199276000 -1577593800000" },
    { "round", "interval", "12345678", "America/Sao_Paulo", "0", "1003028400000",
      "1003023063432 1003031809110" },
    { "round", "unit", "hour", "Europe/Paris", "0", "1364695200000",
      "1364695200000 1364698800000" },
    { "round", "unit", "week", "America/St_Johns", "0", "1552195800000",
      "1551670200000 1552271400000" },
    { "round", "unit", "day", "Australia/Lord_Howe", "3600000", "1654094544013",
      "1654093800000 1654180200000" },
    { "round", "unit", "quarter", "Australia/Lord_Howe", "172800000", "985446000000",
      "978440400000 986218200000" },
    { "round", "interval", "21600000", "Europe/Dublin", "172800000", "170751929317",
      "170744400000 170766000000" },
    { "round", "interval", "86400000", "Pacific/Apia", "0", "1365376202439",
      "1365332400000 1365418800000" },
};

static const struct scene offsets[] = {
    { "off", "Pacific/Chatham", "1142683980", "", "", "",
      "49500 1142634480 Pacific/Chatham" },
    { "off", "America/St_Johns", "752041700", "", "", "",
      "-12600 752054300 America/St_Johns" },
    { "off", "America/Sao_Paulo", "1382245200", "", "", "",
      "-7200 1382252400 America/Sao_Paulo" },
    { "off", "Australia/Lord_Howe", "1033868506", "", "", "",
      "37800 1033830706 Australia/Lord_Howe" },
    { "off", "America/New_York", "2745526088", "", "", "",
      "-18000 2745544088 America/New_York" },
    { "off", "Pacific/Apia", "-1881069444", "", "", "",
      "-41216 -1881028228 Pacific/Apia" },
    { "off", "+05:30", "8862710882", "", "", "",
      "19800 8862691082 +05:30" },
    { "off", "Pacific/Apia", "1617465600", "", "", "",
      "46800 1617415200 Pacific/Apia" },
    { "off", "Pacific/Apia", "1538229601", "", "", "",
      "50400 1538182801 Pacific/Apia" },
    { "off", "Pacific/Chatham", "4041643734", "", "", "",
      "49500 4041594234 Pacific/Chatham" },
    { "off", "Australia/Lord_Howe", "2469628800", "", "", "",
      "37800 2469589200 Australia/Lord_Howe" },
    { "off", "Europe/Paris", "1174791600", "", "", "",
      "7200 1174784400 Europe/Paris" },
    { "off", "America/New_York", "3092634759", "", "", "",
      "-18000 3092652759 America/New_York" },
    { "off", "America/Sao_Paulo", "224957106", "", "", "",
      "-10800 224967906 America/Sao_Paulo" },
    { "off", "Asia/Kolkata", "2714058312", "", "", "",
      "19800 2714038512 Asia/Kolkata" },
    { "off", "Z", "1600000000", "", "", "",
      "0 1600000000 Z" },
    { "off", "+1", "1600000000", "", "", "",
      "3600 1599996400 +01:00" },
    { "off", "+01", "1600000000", "", "", "",
      "3600 1599996400 +01:00" },
    { "off", "+0130", "1600000000", "", "", "",
      "5400 1599994600 +01:30" },
    { "off", "+013015", "1600000000", "", "", "",
      "5415 1599994585 +01:30:15" },
    { "off", "PST", "1600000000", "", "", "",
      "!zone_rules_exception: Unknown time-zone ID: PST" },
    { "off", "Foo/Bar", "1600000000", "", "", "",
      "!zone_rules_exception: Unknown time-zone ID: Foo/Bar" },
    { "off", "Europe/paris", "1600000000", "", "", "",
      "!zone_rules_exception: Unknown time-zone ID: Europe/paris" },
    { "off", "-00:00", "1600000000", "", "", "",
      "0 1600000000 Z" },
    { "off", "utc", "1600000000", "", "", "",
      "!zone_rules_exception: Unknown time-zone ID: utc" },
    { "off", "EST5EDT", "1600000000", "", "", "",
      "-14400 1600014400 EST5EDT" },
    { "off", "US/Pacific", "1600000000", "", "", "",
      "-25200 1600025200 US/Pacific" },
    { "off", "a b", "1600000000", "", "", "",
      "!date_time_exception: Invalid ID for region-based ZoneId, invalid format: a b" },
    { "off", "Asia/Calcutta", "1600000000", "", "", "",
      "19800 1599980200 Asia/Calcutta" },
    { "off", "CET", "1600000000", "", "", "",
      "7200 1599992800 CET" },
    { "off", "MET", "1600000000", "", "", "",
      "7200 1599992800 MET" },
    { "off", "Z+1", "1600000000", "", "", "",
      "!zone_rules_exception: Unknown time-zone ID: Z+1" },
    { "off", "JST", "1600000000", "", "", "",
      "!zone_rules_exception: Unknown time-zone ID: JST" },
    { "off", "CST6CDT", "1600000000", "", "", "",
      "-18000 1600018000 CST6CDT" },
};

#define NOW_MS 1592229600123

static void put_error(struct qd_buffer *out, const struct qd_error *error)
{
    qd_buffer_byte(out, '!');
    for (const struct qd_error *at = error; at != NULL; at = at->cause) {
        const char *type = at->type_override != NULL ? at->type_override : qd_status_type(at->status);
        qd_buffer_format(out, "%s%s: %.*s", at == error ? "" : " <- ", type, QD_SLICE_ARG(at->reason));
    }
}

static struct qd_slice slice(const char *text)
{
    return qd_slice_from_string(text);
}

static enum qd_status answer_date(const struct scene *scene, struct qd_arena *arena, struct qd_buffer *out,
                                  struct qd_error *error)
{
    const struct qd_date_format *format;
    const struct qd_zone *zone = NULL;
    struct qd_date date;
    QD_TRY(qd_date_format_compile(arena, slice(scene->format), slice(NULL), &format, error));
    if (*scene->zone != 0) QD_TRY(qd_zone_parse(arena, slice(scene->zone), &zone, error));
    if (strcmp(scene->operation, "print") == 0) {
        char *rest;
        date.second = strtoll(scene->text, &rest, 10);
        date.nano = (int32_t)strtol(rest, NULL, 10);
        qd_date_print(format, date, zone, out);
        return QD_OK;
    }
    if (strcmp(scene->operation, "parse") == 0) {
        QD_TRY(qd_date_parse(format, slice(scene->text), &date, error));
    } else {
        bool up = strcmp(scene->direction, "up") == 0;
        struct qd_date_options options = { .zone = zone, .now_ms = NOW_MS, .round_up = up };
        QD_TRY(qd_date_parse_math(format, slice(scene->text), &options, &date, error));
    }
    qd_buffer_format(out, "%lld %d", (long long)date.second, date.nano);
    return QD_OK;
}

static enum qd_status answer_zone(const struct scene *scene, struct qd_arena *arena, struct qd_buffer *out,
                                  struct qd_error *error)
{
    const struct qd_zone *zone = NULL;
    QD_TRY(qd_zone_parse(arena, slice(scene->format), &zone, error));
    int64_t second = strtoll(scene->text, NULL, 10);
    qd_buffer_format(out, "%d %lld %.*s", qd_zone_offset(zone, second),
                     (long long)qd_zone_to_utc(zone, second), QD_SLICE_ARG(qd_zone_id(zone)));
    return QD_OK;
}

/* Columns: "round", "unit" or "interval", which, zone, offset, milliseconds. */
static enum qd_status answer_rounding(const struct scene *scene, struct qd_arena *arena,
                                      struct qd_buffer *out, struct qd_error *error)
{
    const struct qd_zone *zone = NULL;
    QD_TRY(qd_zone_parse(arena, slice(scene->direction), &zone, error));
    int64_t offset = strtoll(scene->zone, NULL, 10);
    const struct qd_rounding *rounding;
    enum qd_date_unit unit;
    if (strcmp(scene->format, "unit") == 0) {
        assert_true(qd_date_unit_parse(slice(scene->text), &unit));
        rounding = qd_rounding_unit(arena, unit, zone, offset);
    } else {
        rounding = qd_rounding_interval(arena, strtoll(scene->text, NULL, 10), zone, offset);
    }
    int64_t start = qd_rounding_round(rounding, strtoll(scene->extra, NULL, 10));
    qd_buffer_format(out, "%lld %lld", (long long)start, (long long)qd_rounding_next(rounding, start));
    return QD_OK;
}

static void play(const struct scene *scene)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_error error;
    qd_error_init(&error, arena);
    struct qd_buffer out = { 0 };
    enum qd_status status;
    if (strcmp(scene->operation, "round") == 0) status = answer_rounding(scene, arena, &out, &error);
    else if (strcmp(scene->operation, "off") == 0) status = answer_zone(scene, arena, &out, &error);
    else status = answer_date(scene, arena, &out, &error);
    if (status != QD_OK) put_error(&out, &error);
    assert_slice(qd_buffer_view(&out), scene->answer);
    qd_buffer_deinit(&out);
    qd_arena_destroy(arena);
}

#define PLAY(scenes) \
    for (size_t i = 0; i < sizeof(scenes) / sizeof(*(scenes)); i++) play(&(scenes)[i])

TEST(date, prints_as_the_reference) { PLAY(printing); }

TEST(date, parses_and_calculates_as_the_reference) { PLAY(parsing); }

TEST(date, refuses_with_the_references_words) { PLAY(refusing); }

TEST(date, rounds_in_zones_as_the_reference) { PLAY(roundings); }

/* Whole numbers are rounded as dates too: nothing traps and nothing goes on for ever. */
TEST(date, rounds_at_the_limits_of_numbers)
{
    static const char *const zones[] = { "UTC", "+14:00" };
    static const int64_t instants[] = { INT64_MIN, INT64_MIN + 1, -9000000000000000000, 9000000000000000000,
                                        INT64_MAX - 1, INT64_MAX };
    struct qd_arena *arena = qd_arena_create(0);
    for (size_t i = 0; i < 2 * 6 * 3; i++) {
        static const int64_t intervals[] = { 1, 86400000, INT64_MAX / 2 };
        const struct qd_zone *zone;
        assert_int_equal(qd_zone_parse(arena, slice(zones[i % 2]), &zone, NULL), QD_OK);
        int64_t instant = instants[i / 2 % 6];
        const struct qd_rounding *rounding = qd_rounding_interval(arena, intervals[i / 12], zone, 0);
        int64_t start = qd_rounding_round(rounding, instant);
        int64_t next = qd_rounding_next(rounding, instant);
        if (instant == 9000000000000000000 && i / 12 < 2) assert_true(start <= instant && next > instant);
    }
    qd_arena_destroy(arena);
}

TEST(date, zones_have_the_references_offsets) { PLAY(offsets); }

TEST(date, days_and_civil_dates_are_inverse)
{
    int64_t expected = qd_days_from_civil(-5000, 1, 1);
    for (int64_t days = expected; days < 5000000; days += 17) {
        int64_t year;
        int month, day;
        qd_civil_from_days(days, &year, &month, &day);
        assert_int_equal(qd_days_from_civil(year, month, day), days);
        assert_true(month >= 1 && month <= 12 && day >= 1 && day <= 31);
    }
    assert_int_equal(qd_days_from_civil(1970, 1, 1), 0);
    assert_int_equal(qd_days_from_civil(2000, 2, 29), 11016);
}

TEST(date, nanoseconds_have_the_references_limits)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_error error;
    qd_error_init(&error, arena);
    int64_t nanos = 0;
    assert_ok(qd_date_to_nanos((struct qd_date){ 1, 5 }, &nanos, &error));
    assert_int_equal(nanos, 1000000005);
    assert_int_equal(qd_date_to_nanos((struct qd_date){ -1, 0 }, &nanos, &error), QD_ILLEGAL_ARGUMENT);
    assert_slice(error.reason,
                 "date[1969-12-31T23:59:59Z] is before the epoch in 1970 and cannot be stored in "
                 "nanosecond resolution");
    assert_int_equal(qd_date_to_nanos((struct qd_date){ 9223372037, 0 }, &nanos, &error),
                     QD_ILLEGAL_ARGUMENT);
    assert_slice(error.reason,
                 "date[2262-04-11T23:47:17Z] is after 2262-04-11T23:47:16.854775807 and cannot be "
                 "stored in nanosecond resolution");
    assert_int_equal(qd_date_to_nanos_clamped((struct qd_date){ 9223372037, 0 }), INT64_MAX);
    struct qd_buffer text = { 0 };
    qd_date_print_iso_millis(-1, &text);
    assert_slice(qd_buffer_view(&text), "1969-12-31T23:59:59.999Z");
    qd_buffer_deinit(&text);
    qd_arena_destroy(arena);
}

/* Digits that can only be milliseconds take a short way; a third alternative keeps a format from it. */
TEST(date, long_digits_are_what_the_patterns_make_of_them)
{
    static const char *const texts[] = {
        "1262304000000", "12623040000", "126230400000000", "00000000001", "000000000000000", "2020",
        "20200101", "1262304000", "1262304000000000", "12623040000000x", "-12623040000000",
        "+1262304000000", "999999999999999", "1262304000000.5"
    };
    struct qd_arena *arena = qd_arena_create(0);
    const struct qd_date_format *quick = NULL;
    const struct qd_date_format *slow = NULL;
    assert_ok(qd_date_format_compile(arena, QD_SLICE("strict_date_optional_time||epoch_millis"),
                                     (struct qd_slice){ NULL, 0 }, &quick, NULL));
    assert_ok(qd_date_format_compile(arena, QD_SLICE("strict_date_optional_time||epoch_millis||HH"),
                                     (struct qd_slice){ NULL, 0 }, &slow, NULL));
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        int64_t a = 0;
        int64_t b = 0;
        struct qd_slice text = qd_slice_from_string(texts[i]);
        enum qd_status status = qd_date_parse_millis(slow, text, &a, NULL);
        assert_int_equal(qd_date_parse_millis(quick, text, &b, NULL), status);
        assert_int_equal(a, b);
    }
    qd_arena_destroy(arena);
}
