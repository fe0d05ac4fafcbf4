/* Tables for people: what every /_cat/ operation shares.
 *
 * Used by rest/cat_<table>.c. A table is its columns, rows of data; help, `h`, `s` and the default columns
 * come from them. An operation makes a struct qd_cat, adds rows of cells, and finishes: text with aligned
 * columns, or an array of objects when the client asks for JSON, YAML, CBOR or SMILE. Source: OpenSearch
 * RestTable, AbstractCatAction.
 */
#ifndef QD_REST_CAT_H
#define QD_REST_CAT_H

#include "base/vector.h"
#include "coordinator/coordinator.h"
#include "coordinator/stats_json.h"

enum qd_cat_column_flags {
    QD_CAT_LEFT = 0,
    QD_CAT_RIGHT = 1,  /* numbers: padded on the left */
    QD_CAT_HIDDEN = 2, /* shown only when `h` names it */
    QD_CAT_PAIRED = 4  /* has a twin "pri.<name>", which ?pri shows beside it */
};

/* A column of a table. */
struct qd_cat_column {
    const char *name;
    const char *aliases;     /* separated by commas; NULL: none */
    const char *description; /* for ?help */
    unsigned flags;          /* enum qd_cat_column_flags */
    int key;                 /* what the table's file fills it with: its own enum, or QD_CAT_STAT(id) */
};

/* Keys of columns that show a statistic of stats_json.h, plain or of the primaries only. */
#define QD_CAT_STAT_BASE 1000
#define QD_CAT_PRIMARY_STAT_BASE 2000
#define QD_CAT_STAT(id) (QD_CAT_STAT_BASE + (int)QD_STAT_##id)
#define QD_CAT_PRIMARY_STAT(id) (QD_CAT_PRIMARY_STAT_BASE + (int)QD_STAT_##id)

struct qd_cat_table {
    const struct qd_cat_column *columns;
    size_t count;
};
#define QD_CAT_TABLE(columns) { columns, sizeof(columns) / sizeof((columns)[0]) }

/* What a cell holds; sorting compares numbers as numbers. */
enum qd_cat_kind { QD_CAT_NULL, QD_CAT_TEXT, QD_CAT_NUMBER, QD_CAT_BYTES, QD_CAT_NANOS };

struct qd_cat_cell {
    enum qd_cat_kind kind;
    struct qd_slice text;  /* TEXT */
    int64_t number;        /* NUMBER, BYTES (?bytes), NANOS (?time) */
    bool ordered;          /* TEXT: sorts by `number` (a ratio or a date shown as text) */
};

/* A table under construction. */
struct qd_cat {
    struct qd_call *call;
    const struct qd_cat_table *table;
    QD_VECTOR(struct qd_cat_cell *) rows; /* each cells[table->count] */
};

/* Cells. */
struct qd_cat_cell qd_cat_text(struct qd_slice text);
struct qd_cat_cell qd_cat_string(const char *text);
struct qd_cat_cell qd_cat_number(int64_t number);
struct qd_cat_cell qd_cat_date(int64_t milliseconds, struct qd_arena *arena);
struct qd_cat_cell qd_cat_bytes(int64_t bytes);
struct qd_cat_cell qd_cat_millis(int64_t milliseconds);
struct qd_cat_cell qd_cat_nanos(int64_t nanoseconds);

/* The cell of a statistic, by its kind. */
struct qd_cat_cell qd_cat_stat(const struct qd_stats *stats, int stat);

/* Fills a cell whose key is a statistic; false when the key is the table's own. `primaries` may be NULL. */
bool qd_cat_stat_cell(int key, const struct qd_stats *total, const struct qd_stats *primaries,
                      struct qd_cat_cell *cell);

/* Begins a table, or answers ?help and returns false: the operation is done then. Also checks and warns about
 * parameters that all tables share (local, master_timeout). */
bool qd_cat_begin(struct qd_cat *cat, struct qd_call *call, const struct qd_cat_table *table);

/* Adds a row of empty cells; they are filled by position or with qd_cat_set. Memory: the call's arena. */
struct qd_cat_cell *qd_cat_row(struct qd_cat *cat);

/* Chooses columns, sorts, renders and ends the call. */
void qd_cat_finish(struct qd_cat *cat);

/* HH:MM:SS in UTC of a time in milliseconds since 1970, in `arena`. */
struct qd_slice qd_cat_clock(int64_t milliseconds, struct qd_arena *arena);

/* Fails with 429 when a table would be longer than the cluster setting `setting` allows (-1: no limit). */
QD_CHECKED enum qd_status qd_cat_check_limit(const struct qd_coordinator *coordinator, const char *setting,
                                             size_t count, const char *what, struct qd_error *error);

#endif
