#include "rest/cat.h"

#include <stdlib.h>

#include "base/date.h"
#include "base/number.h"
#include "base/text.h"
#include "base/units.h"
#include "base/wildcard.h"
#include "coordinator/cluster_settings.h"

/* A column that is shown. */
struct shown {
    size_t column;
    struct qd_slice display; /* as the client named it */
};
QD_VECTOR_TYPE(shown_list, struct shown);

/* One key of the order of rows. */
struct order {
    size_t column;
    bool descending;
};
QD_VECTOR_TYPE(order_list, struct order);

/* ---- cells ---- */

struct qd_cat_cell qd_cat_text(struct qd_slice text)
{
    return (struct qd_cat_cell){ .kind = text.data == NULL ? QD_CAT_NULL : QD_CAT_TEXT, .text = text };
}

struct qd_cat_cell qd_cat_date(int64_t milliseconds, struct qd_arena *arena)
{
    struct qd_buffer text = { 0 };
    qd_date_print_iso_millis(milliseconds, &text);
    struct qd_cat_cell cell = qd_cat_text(qd_arena_copy(arena, qd_buffer_view(&text)));
    qd_buffer_deinit(&text);
    return cell;
}

struct qd_cat_cell qd_cat_string(const char *text)
{
    return qd_cat_text(qd_slice_from_string(text));
}

struct qd_cat_cell qd_cat_number(int64_t number)
{
    return (struct qd_cat_cell){ .kind = QD_CAT_NUMBER, .number = number };
}

struct qd_cat_cell qd_cat_bytes(int64_t bytes)
{
    return (struct qd_cat_cell){ .kind = QD_CAT_BYTES, .number = bytes };
}

struct qd_cat_cell qd_cat_nanos(int64_t nanoseconds)
{
    return (struct qd_cat_cell){ .kind = QD_CAT_NANOS, .number = nanoseconds };
}

struct qd_cat_cell qd_cat_millis(int64_t milliseconds)
{
    return qd_cat_nanos(milliseconds * 1000000);
}

struct qd_cat_cell qd_cat_stat(const struct qd_stats *stats, int stat)
{
    int64_t value = stats->value[stat];
    switch (qd_stats_kind((enum qd_stat)stat)) {
    case QD_STAT_KIND_COUNT: return qd_cat_number(value);
    case QD_STAT_KIND_BYTES: return qd_cat_bytes(value);
    case QD_STAT_KIND_MILLIS: return qd_cat_millis(value);
    case QD_STAT_KIND_FALSE: return qd_cat_string("false");
    case QD_STAT_KIND_ZERO: return qd_cat_string("0.0");
    }
    return (struct qd_cat_cell){ 0 };
}

bool qd_cat_stat_cell(int key, const struct qd_stats *total, const struct qd_stats *primaries,
                      struct qd_cat_cell *cell)
{
    if (key >= QD_CAT_PRIMARY_STAT_BASE) {
        if (primaries != NULL) *cell = qd_cat_stat(primaries, key - QD_CAT_PRIMARY_STAT_BASE);
        return true;
    }
    if (key < QD_CAT_STAT_BASE) return false;
    if (total != NULL) *cell = qd_cat_stat(total, key - QD_CAT_STAT_BASE);
    return true;
}

/* The divisor of a unit that a client asked for; 0: print with the best unit. */
static int64_t bytes_unit(struct qd_slice unit)
{
    static const char *const names[][2] = { { "b", "b" },  { "k", "kb" }, { "m", "mb" },
                                            { "g", "gb" }, { "t", "tb" }, { "p", "pb" } };
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (qd_slice_is(unit, names[i][0]) || qd_slice_is(unit, names[i][1])) return (int64_t)1 << (10 * i);
    }
    return 0;
}

static int64_t time_unit(struct qd_slice unit)
{
    static const struct {
        const char *name;
        int64_t nanos;
    } units[] = { { "nanos", 1 },       { "micros", 1000 },     { "ms", 1000000 },      { "s", 1000000000 },
                  { "m", 60000000000 }, { "h", 3600000000000 }, { "d", 86400000000000 } };
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (qd_slice_is(unit, units[i].name)) return units[i].nanos;
    }
    return 0;
}

/* The text of a cell; data NULL for an empty one. */
static struct qd_slice render(const struct qd_call *call, const struct qd_cat_cell *cell)
{
    struct qd_buffer text = { 0 };
    int64_t unit;
    switch (cell->kind) {
    case QD_CAT_NULL: return (struct qd_slice){ 0 };
    case QD_CAT_TEXT: return cell->text;
    case QD_CAT_NUMBER: return qd_arena_format(call->arena, "%lld", (long long)cell->number);
    case QD_CAT_BYTES:
        unit = bytes_unit(qd_call_parameter(call, "bytes"));
        if (unit > 0) return qd_arena_format(call->arena, "%lld", (long long)(cell->number / unit));
        qd_bytes_print(&text, cell->number);
        break;
    case QD_CAT_NANOS:
        unit = time_unit(qd_call_parameter(call, "time"));
        if (unit > 0) return qd_arena_format(call->arena, "%lld", (long long)(cell->number / unit));
        if (cell->number % 1000000 == 0) {
            qd_time_print_millis(&text, cell->number / 1000000);
        } else {
            qd_time_print_nanos(&text, cell->number);
        }
        break;
    }
    struct qd_slice copy = qd_arena_copy(call->arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return copy;
}

struct qd_slice qd_cat_clock(int64_t milliseconds, struct qd_arena *arena)
{
    int64_t second = (milliseconds / 1000) % 86400;
    return qd_arena_format(arena, "%02d:%02d:%02d", (int)(second / 3600), (int)(second / 60 % 60),
                           (int)(second % 60));
}

enum qd_status qd_cat_check_limit(const struct qd_coordinator *coordinator, const char *setting, size_t count,
                                  const char *what, struct qd_error *error)
{
    int64_t limit = qd_cluster_setting_int(coordinator, setting, -1);
    if (limit < 0 || count <= (size_t)limit) return QD_OK;
    (void)qd_error_set(error, QD_REJECTED_EXECUTION, "Too many %s requested.", what);
    error->type_override = "response_limit_breached_exception";
    return error->status;
}

/* ---- columns ---- */

static bool has_alias(const struct qd_cat_column *column, struct qd_slice wanted, bool pattern)
{
    struct qd_slice rest = qd_slice_from_string(column->aliases);
    while (rest.size > 0) {
        size_t comma = qd_slice_find_byte(rest, ',');
        struct qd_slice alias = qd_slice_sub(rest, 0, comma == SIZE_MAX ? rest.size : comma);
        if (pattern ? qd_simple_match(wanted, alias) : qd_slice_equal(wanted, alias)) return true;
        rest = qd_slice_from(rest, comma == SIZE_MAX ? rest.size : comma + 1);
    }
    return false;
}

/* The column with a name, or else the last one with an alias; SIZE_MAX: none. */
static size_t find_column(const struct qd_cat_table *table, struct qd_slice name)
{
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < table->count; i++) {
        if (qd_slice_is(name, table->columns[i].name)) return i;
    }
    for (size_t i = 0; i < table->count; i++) {
        if (has_alias(&table->columns[i], name, false)) found = i;
    }
    return found;
}

static bool shows_time(const struct qd_cat *cat, size_t column)
{
    const char *name = cat->table->columns[column].name;
    bool ts = true;
    if (strcmp(name, "epoch") != 0 && strcmp(name, "timestamp") != 0) return true;
    return qd_call_bool(cat->call, "ts", &ts, NULL) != QD_OK || ts;
}

static void show(struct qd_cat *cat, struct shown_list *list, size_t column, struct qd_slice display)
{
    const struct qd_cat_table *table = cat->table;
    bool pri = false;
    if (!shows_time(cat, column)) return;
    *QD_PUSH(cat->call->arena, list) = (struct shown){ column, display };
    if ((table->columns[column].flags & QD_CAT_PAIRED) == 0) return;
    if (qd_call_bool(cat->call, "pri", &pri, NULL) != QD_OK || !pri) return;
    size_t twin = find_column(table,
                              qd_arena_format(cat->call->arena, "pri.%s", table->columns[column].name));
    if (twin == SIZE_MAX) return;
    *QD_PUSH(cat->call->arena, list) =
        (struct shown){ twin, qd_arena_format(cat->call->arena, "pri.%.*s", QD_SLICE_ARG(display)) };
}

/* Names that `h` gives, wildcards expanded, each once. */
static size_t wanted_names(struct qd_cat *cat, struct qd_slice **names)
{
    struct qd_slice *parts;
    struct qd_map seen;
    size_t count = qd_call_list(cat->call, "h", &parts);
    QD_VECTOR(struct qd_slice) list = { 0 };
    qd_map_init(&seen, cat->call->arena);
    for (size_t i = 0; i < count; i++) {
        bool pattern = qd_is_simple_pattern(parts[i]);
        for (size_t c = 0; c < cat->table->count; c++) {
            struct qd_slice name = pattern ? qd_slice_from_string(cat->table->columns[c].name) : parts[i];
            if (pattern && !qd_simple_match(parts[i], name) &&
                !has_alias(&cat->table->columns[c], parts[i], true)) {
                continue;
            }
            if (qd_map_find(&seen, name) == NULL) *QD_PUSH(cat->call->arena, &list) = name;
            qd_map_put(&seen, name, NULL);
            if (!pattern) break;
        }
    }
    *names = list.data;
    return list.count;
}

static struct shown_list choose(struct qd_cat *cat)
{
    struct shown_list list = { 0 };
    const struct qd_cat_table *table = cat->table;
    struct qd_slice *names;
    if (qd_call_parameter(cat->call, "h").data == NULL) {
        for (size_t i = 0; i < table->count; i++) {
            if ((table->columns[i].flags & QD_CAT_HIDDEN) != 0 || !shows_time(cat, i)) continue;
            *QD_PUSH(cat->call->arena,
                     &list) = (struct shown){ i, qd_slice_from_string(table->columns[i].name) };
        }
        return list;
    }
    size_t count = wanted_names(cat, &names);
    for (size_t i = 0; i < count; i++) {
        size_t column = find_column(table, names[i]);
        if (column != SIZE_MAX) show(cat, &list, column, names[i]);
    }
    return list;
}

/* ---- order of rows ---- */

static enum qd_status read_order(struct qd_cat *cat, struct order_list *list, struct qd_error *error)
{
    struct qd_slice *parts;
    size_t count = qd_call_list(cat->call, "s", &parts);
    for (size_t i = 0; i < count; i++) {
        struct qd_slice name = parts[i];
        bool descending = qd_slice_ends_with(name, QD_SLICE(":desc"));
        if (descending) name.size -= 5;
        if (!descending && qd_slice_ends_with(name, QD_SLICE(":asc"))) name.size -= 4;
        size_t column = find_column(cat->table, name);
        if (column == SIZE_MAX) {
            return qd_error_set(error, QD_UNSUPPORTED_OPERATION, "Unable to sort by unknown sort key `%.*s`",
                                QD_SLICE_ARG(name));
        }
        *QD_PUSH(cat->call->arena, list) = (struct order){ column, descending };
    }
    return QD_OK;
}

static int compare_numbers(int64_t left, int64_t right)
{
    return left < right ? -1 : left > right;
}

static int compare_cells(const struct qd_call *call, const struct qd_cat_cell *left,
                         const struct qd_cat_cell *right)
{
    if (left->kind == QD_CAT_NULL || right->kind == QD_CAT_NULL) {
        return (left->kind != QD_CAT_NULL) - (right->kind != QD_CAT_NULL);
    }
    if (left->kind == right->kind && (left->kind != QD_CAT_TEXT || (left->ordered && right->ordered))) {
        return compare_numbers(left->number, right->number);
    }
    return qd_utf16_compare(render(call, left), render(call, right));
}

static int compare_rows(const struct qd_cat *cat, const struct order_list *orders,
                        struct qd_cat_cell *const left, struct qd_cat_cell *const right)
{
    for (size_t i = 0; i < orders->count; i++) {
        size_t column = orders->data[i].column;
        int order = compare_cells(cat->call, &left[column], &right[column]);
        if (order != 0) return orders->data[i].descending ? -order : order;
    }
    return 0;
}

/* Merge sort: stable, so that equal rows stay in the order in which they were made. */
static void sort_rows(const struct qd_cat *cat, const struct order_list *orders, struct qd_cat_cell **rows,
                      struct qd_cat_cell **room, size_t count)
{
    if (count < 2) return;
    size_t half = count / 2;
    sort_rows(cat, orders, rows, room, half);
    sort_rows(cat, orders, rows + half, room, count - half);
    size_t left = 0, right = half;
    for (size_t i = 0; i < count; i++) {
        bool take_left = right == count ||
                         (left < half && compare_rows(cat, orders, rows[left], rows[right]) <= 0);
        room[i] = take_left ? rows[left++] : rows[right++];
    }
    memcpy(rows, room, count * sizeof(*rows));
}

/* ---- rendering ---- */

static void fill(struct qd_buffer *out, int count)
{
    for (int i = 0; i < count; i++) qd_buffer_byte(out, ' ');
}

/* The reference keeps the missing width in a byte: beyond 127 there is no padding. */
static void pad(struct qd_buffer *out, struct qd_slice text, size_t width, bool right, bool last)
{
    int missing = (int8_t)(width - qd_utf16_length(text));
    if (right) fill(out, missing);
    qd_buffer_slice(out, text);
    if (!right && !last) fill(out, missing);
}

static void write_text(struct qd_cat *cat, const struct shown_list *list, bool verbose)
{
    struct qd_buffer *out = &cat->call->response;
    size_t *widths = QD_NEW_ARRAY(cat->call->arena, size_t, list->count);
    for (size_t i = 0; i < list->count; i++) {
        if (verbose) widths[i] = qd_utf16_length(list->data[i].display);
        for (size_t r = 0; r < cat->rows.count; r++) {
            size_t width = qd_utf16_length(render(cat->call, &cat->rows.data[r][list->data[i].column]));
            if (width > widths[i]) widths[i] = width;
        }
    }
    for (size_t r = verbose ? 0 : 1; r <= cat->rows.count; r++) {
        for (size_t i = 0; i < list->count; i++) {
            size_t column = list->data[i].column;
            bool last = i + 1 == list->count;
            struct qd_slice text = r == 0 ? list->data[i].display
                                          : render(cat->call, &cat->rows.data[r - 1][column]);
            pad(out, text, widths[i], (cat->table->columns[column].flags & QD_CAT_RIGHT) != 0, last);
            if (!last) qd_buffer_byte(out, ' ');
        }
        qd_buffer_byte(out, '\n');
    }
    cat->call->content_type = "text/plain; charset=UTF-8";
}

static void write_objects(struct qd_cat *cat, const struct shown_list *list)
{
    struct qd_json_writer writer = qd_call_writer(cat->call);
    qd_json_begin_array(&writer);
    for (size_t r = 0; r < cat->rows.count; r++) {
        qd_json_begin_object(&writer);
        for (size_t i = 0; i < list->count; i++) {
            struct qd_slice text = render(cat->call, &cat->rows.data[r][list->data[i].column]);
            qd_json_name_slice(&writer, list->data[i].display);
            if (text.data == NULL) {
                qd_json_null(&writer);
            } else {
                qd_json_string(&writer, text);
            }
        }
        qd_json_end_object(&writer);
    }
    qd_json_end_array(&writer);
}

void qd_cat_finish(struct qd_cat *cat)
{
    struct qd_call *call = cat->call;
    struct order_list orders = { 0 };
    bool verbose = false;
    struct shown_list list = choose(cat);
    enum qd_status status = read_order(cat, &orders, &call->error);
    if (status == QD_OK) status = qd_call_bool(call, "v", &verbose, &call->error);
    if (status != QD_OK) {
        qd_call_fail(call);
        return;
    }
    if (orders.count > 0) {
        struct qd_cat_cell **room = QD_NEW_ARRAY(call->arena, struct qd_cat_cell *, cat->rows.count);
        sort_rows(cat, &orders, cat->rows.data, room, cat->rows.count);
    }
    if (call->structured) {
        write_objects(cat, &list);
    } else {
        write_text(cat, &list, verbose);
    }
    qd_call_finish(call, 200);
}

/* ---- help ---- */

static void write_help(struct qd_call *call, const struct qd_cat_table *table)
{
    struct qd_buffer *out = &call->response;
    size_t widths[3] = { 0 };
    for (size_t i = 0; i < table->count; i++) {
        const char *texts[3] = { table->columns[i].name, table->columns[i].aliases,
                                 table->columns[i].description };
        for (size_t t = 0; t < 3; t++) {
            size_t width = qd_utf16_length(qd_slice_from_string(texts[t]));
            if (width > widths[t]) widths[t] = width;
        }
    }
    for (size_t i = 0; i < table->count; i++) {
        pad(out, qd_slice_from_string(table->columns[i].name), widths[0], false, false);
        qd_buffer_text(out, " | ");
        pad(out, qd_slice_from_string(table->columns[i].aliases), widths[1], false, false);
        qd_buffer_text(out, " | ");
        pad(out, qd_slice_from_string(table->columns[i].description), widths[2], false, false);
        qd_buffer_byte(out, '\n');
    }
    call->content_type = "text/plain; charset=UTF-8";
    qd_call_finish(call, 200);
}

bool qd_cat_begin(struct qd_cat *cat, struct qd_call *call, const struct qd_cat_table *table)
{
    bool help = false;
    *cat = (struct qd_cat){ .call = call, .table = table };
    if (qd_call_bool(call, "help", &help, &call->error) != QD_OK) {
        qd_call_fail(call);
        return false;
    }
    if (help) {
        write_help(call, table);
        return false;
    }
    return true;
}

struct qd_cat_cell *qd_cat_row(struct qd_cat *cat)
{
    struct qd_cat_cell *cells = QD_NEW_ARRAY(cat->call->arena, struct qd_cat_cell, cat->table->count);
    *QD_PUSH(cat->call->arena, &cat->rows) = cells;
    return cells;
}
