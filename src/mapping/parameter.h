/* Parameters of field types and their values.
 *
 * A field type lists its parameters in one table (struct qd_parameter); a field holds one value for each.
 * Used by the files of this folder through mapper.h, which has the functions. Source: OpenSearch
 * ParametrizedFieldMapper.Parameter.
 */
#ifndef QD_MAPPING_PARAMETER_H
#define QD_MAPPING_PARAMETER_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/analysis.h"
#include "base/json.h"
#include "base/slice.h"

/* Parameters of one field type: at most so many. */
#define QD_PARAMETERS_MAX 20

/* What a parameter holds; decides how it is read and printed. */
enum qd_parameter_kind {
    QD_PARAMETER_BOOLEAN,
    QD_PARAMETER_EXPLICIT_BOOLEAN, /* printed whenever it was given; its default is the index setting's */
    QD_PARAMETER_INTEGER,
    QD_PARAMETER_FLOAT,
    QD_PARAMETER_DOUBLE,
    QD_PARAMETER_CHOICE,           /* one of choices[]; the first is the default */
    QD_PARAMETER_STRING,
    QD_PARAMETER_STRING_LIST,
    QD_PARAMETER_ANALYZER,
    QD_PARAMETER_NORMALIZER,
    QD_PARAMETER_SIMILARITY,
    QD_PARAMETER_META,
    QD_PARAMETER_NUMBER,           /* null_value of numbers, in the field's own type */
    QD_PARAMETER_NULL_BOOLEAN,
    QD_PARAMETER_FREQUENCY_FILTER,
    QD_PARAMETER_PREFIXES
};

/* One row of a type's parameter table, in the order in which GET _mapping prints them. */
struct qd_parameter {
    const char *name;
    enum qd_parameter_kind kind;
    bool updatable;              /* a mapping update may change it */
    bool accepts_null;           /* null means the default */
    bool required;               /* printed always (scaling_factor, token_count's analyzer) */
    bool compared_later;         /* conflicts about it are told after those about the next row */
    int64_t default_integer;     /* BOOLEAN, INTEGER, FLOAT, DOUBLE */
    const char *default_text;    /* STRING; NULL: null */
    const char *const *choices;  /* CHOICE: NULL-terminated */
};

/* The value of a parameter. `text` is Java's toString (errors, comparing), `json` is how it is printed. */
struct qd_parameter_value {
    bool given;                  /* the mapping names it */
    bool null;                   /* no value; text is "null" */
    bool boolean;                /* BOOLEAN kinds */
    int64_t integer;             /* INTEGER; PREFIXES: min_chars; FREQUENCY_FILTER: min_segment_size */
    int64_t second;              /* PREFIXES: max_chars */
    double number;               /* FLOAT, DOUBLE; FREQUENCY_FILTER: min */
    double number_max;           /* FREQUENCY_FILTER: max */
    struct qd_slice text;
    struct qd_slice json;
    const struct qd_json *node;  /* META, NUMBER, NULL_BOOLEAN, STRING: as given */
    const struct qd_analyzer *analyzer; /* ANALYZER, NORMALIZER */
};

#endif
