/* Reading the options of aggregations, with the reference's errors (ObjectParser).
 *
 * Used by the kinds' parsers. Source: OpenSearch ObjectParser, ValuesSourceAggregationBuilder.
 */
#ifndef QD_AGGREGATION_AGGREGATION_OPTIONS_H
#define QD_AGGREGATION_AGGREGATION_OPTIONS_H

#include "aggregation/aggregation_tree.h"

/* Tokens that an option takes. */
enum qd_option_tokens {
    QD_OPTION_STRING = 1,
    QD_OPTION_NUMBER = 2,
    QD_OPTION_BOOLEAN = 4,
    QD_OPTION_OBJECT = 8,
    QD_OPTION_ARRAY = 16,
    QD_OPTION_NULL = 32,
    QD_OPTION_VALUE = QD_OPTION_STRING | QD_OPTION_NUMBER | QD_OPTION_BOOLEAN
};

/* One option: name, tokens, and a function that stores it. `owner` is the aggregation's name, for messages.
 */
struct qd_option {
    const char *name;
    unsigned tokens;
    enum qd_status (*set)(struct qd_aggregation_parser *parser, void *options, struct qd_slice owner,
                          const struct qd_json *value, struct qd_error *error);
    bool raw_error; /* errors of set are passed on unwrapped */
};

/* A table of options. */
struct qd_option_table {
    const char *type; /* "avg", for messages */
    const struct qd_option *rows;
    size_t count;
    const struct qd_option_table *next; /* further rows, or NULL */
};

/* Reads every member of `body`. Errors: QD_X_CONTENT_PARSE. */
QD_CHECKED enum qd_status qd_options_parse(struct qd_aggregation_parser *parser,
                                           const struct qd_option_table *table, struct qd_slice owner,
                                           const struct qd_json *body, void *options, struct qd_error *error);

/* An x_content_parse_exception "[line:col] text". */
enum qd_status qd_options_error_at(struct qd_aggregation_parser *parser, const struct qd_json *at,
                                   struct qd_error *error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Scalars as ObjectParser reads them. Errors: QD_NUMBER_FORMAT, QD_ILLEGAL_ARGUMENT, QD_INPUT_COERCION. */
QD_CHECKED enum qd_status qd_option_int(struct qd_aggregation_parser *parser, const struct qd_json *value,
                                        int64_t *result, struct qd_error *error);
QD_CHECKED enum qd_status qd_option_long(struct qd_aggregation_parser *parser, const struct qd_json *value,
                                         int64_t *result,
                                         struct qd_error *error);
QD_CHECKED enum qd_status qd_option_double(const struct qd_json *value, double *result,
                                           struct qd_error *error);
QD_CHECKED enum qd_status qd_option_boolean(const struct qd_json *value, bool *result,
                                            struct qd_error *error);

/* What value_type says. */
enum qd_value_hint { QD_HINT_NONE, QD_HINT_BYTES, QD_HINT_LONG, QD_HINT_DOUBLE, QD_HINT_DATE, QD_HINT_IP,
                     QD_HINT_BOOLEAN, QD_HINT_NUMBER };

/* Where values come from; the first member of the options of every kind that has a field. */
struct qd_source_options {
    struct qd_slice field;         /* data NULL: none */
    const struct qd_json *missing; /* or NULL */
    struct qd_slice format;        /* data NULL: default */
    struct qd_slice time_zone;     /* data NULL: UTC */
    const struct qd_zone *zone;    /* time_zone, compiled */
    enum qd_value_hint hint;
};

/* What value_type says, into struct qd_source_options. Errors: QD_ILLEGAL_ARGUMENT for an unknown one. */
QD_CHECKED enum qd_status qd_options_set_value_type(struct qd_aggregation_parser *parser, void *options,
                                                    struct qd_slice owner, const struct qd_json *value,
                                                    struct qd_error *error);

/* Stores `missing` in struct qd_source_options. Errors: QD_ILLEGAL_ARGUMENT where it is null. */
QD_CHECKED enum qd_status qd_options_set_missing(struct qd_aggregation_parser *parser, void *options,
                                                 struct qd_slice owner, const struct qd_json *value,
                                                 struct qd_error *error);

/* Rows for field, missing, value_type, script; with format; with format and time_zone. */
extern const struct qd_option_table qd_options_source;
extern const struct qd_option_table qd_options_source_format;
extern const struct qd_option_table qd_options_source_zone;

/* Allocates options of `size`, reads the body by `table` and checks that a field was given. */
QD_CHECKED enum qd_status qd_options_parse_source(struct qd_aggregation_parser *parser,
                                                  const struct qd_option_table *table, size_t size,
                                                  const struct qd_json *body,
                                                  struct qd_aggregation *aggregation, struct qd_error *error);

#endif
