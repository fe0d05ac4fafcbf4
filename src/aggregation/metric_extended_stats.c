/* extended_stats: stats with variances and deviations. Source: OpenSearch ExtendedStatsAggregator,
 * InternalExtendedStats. */
#include "aggregation/aggregation_kinds.h"
#include "aggregation/metric_moments.h"

struct options {
    struct qd_source_options source; /* first */
    double sigma;
};

static enum qd_status set_sigma(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                                const struct qd_json *value, struct qd_error *error)
{
    double *sigma = &((struct options *)target)->sigma;
    QD_TRY(qd_option_double(value, sigma, error));
    if (!(*sigma < 0)) return QD_OK;
    struct qd_slice text = qd_metric_double_text(*sigma, parser->arena);
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "[sigma] must be greater than or equal to 0. Found [%.*s] in [%.*s]",
                        QD_SLICE_ARG(text), QD_SLICE_ARG(owner));
}

static const struct qd_option rows[] = {
    { "sigma", QD_OPTION_NUMBER | QD_OPTION_STRING, set_sigma, false },
};

static const struct qd_option_table table = { "extended_stats", rows, 1, &qd_options_source_format };

static enum qd_status parse(struct qd_aggregation_parser *parser, const struct qd_json *body,
                            struct qd_aggregation *aggregation, struct qd_error *error)
{
    struct options *options = QD_NEW(parser->arena, struct options);
    options->sigma = 2;
    aggregation->options = options;
    return qd_options_parse_source(parser, &table, sizeof(*options), body, aggregation, error);
}

/* All that follows from the moments. */
struct values {
    double population, sampling;                     /* variances */
    double deviation_population, deviation_sampling;
    double bounds[6];                                /* in the order of bound_names */
};

static const char *const bound_names[] = { "upper", "lower", "upper_population", "lower_population",
                                           "upper_sampling", "lower_sampling" };

static struct values compute(const struct qd_moments *moments, double sigma)
{
    struct values values;
    double count = (double)moments->count;
    double mean = moments->sum / count;
    double numerator = moments->squares - moments->sum * moments->sum / count;
    double population = numerator / count;
    double sampling = numerator / (count - 1);
    values.population = population < 0 ? 0 : population;
    values.sampling = sampling < 0 ? 0 : sampling;
    values.deviation_population = sqrt(values.population);
    values.deviation_sampling = sqrt(values.sampling);
    for (int i = 0; i < 6; i++) {
        double deviation = i < 4 ? values.deviation_population : values.deviation_sampling;
        values.bounds[i] = i % 2 == 0 ? mean + deviation * sigma : mean - deviation * sigma;
    }
    return values;
}

static void render_empty(struct qd_json_writer *writer)
{
    static const char *const names[] = { "sum_of_squares",        "variance",      "variance_population",
                                         "variance_sampling",     "std_deviation", "std_deviation_population",
                                         "std_deviation_sampling" };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        qd_json_name(writer, names[i]);
        qd_json_null(writer);
    }
    qd_json_member_object(writer, "std_deviation_bounds");
    for (size_t i = 0; i < 6; i++) {
        qd_json_name(writer, bound_names[i]);
        qd_json_null(writer);
    }
    qd_json_end_object(writer);
}

static void render(const struct qd_aggregation_result *result, struct qd_render_context *context)
{
    const struct qd_moments *moments = result->data;
    const struct options *options = result->aggregation->options;
    struct qd_json_writer *writer = context->writer;
    qd_moments_render(moments, context);
    if (moments->count == 0) {
        render_empty(writer);
        return;
    }
    struct values values = compute(moments, options->sigma);
    const struct {
        const char *name;
        double value;
    } members[] = { { "sum_of_squares", moments->squares },
                    { "variance", values.population },
                    { "variance_population", values.population },
                    { "variance_sampling", values.sampling },
                    { "std_deviation", values.deviation_population },
                    { "std_deviation_population", values.deviation_population },
                    { "std_deviation_sampling", values.deviation_sampling } };
    size_t count = sizeof(members) / sizeof(members[0]);
    for (size_t i = 0; i < count; i++) qd_json_member_double(writer, members[i].name, members[i].value);
    qd_json_member_object(writer, "std_deviation_bounds");
    for (size_t i = 0; i < 6; i++) qd_json_member_double(writer, bound_names[i], values.bounds[i]);
    qd_json_end_object(writer);
    if (qd_format_is_raw(&moments->format)) return;
    for (size_t i = 0; i < count; i++) {
        struct qd_slice name = qd_arena_format(context->arena, "%s_as_string", members[i].name);
        if (i < 4) { /* the deviations' texts are texts in every format */
            qd_metric_render_text(&moments->format, qd_arena_string(context->arena, name), members[i].value,
                                  context);
            continue;
        }
        qd_json_name_slice(writer, name);
        qd_json_string(writer, qd_format_real(&moments->format, members[i].value, context->arena));
    }
    qd_json_member_object(writer, "std_deviation_bounds_as_string");
    for (size_t i = 0; i < 6; i++) {
        qd_json_member_string(writer, bound_names[i],
                              qd_format_real(&moments->format, values.bounds[i], context->arena));
    }
    qd_json_end_object(writer);
}

static const char *const names[] = { "count",
                                     "sum",
                                     "min",
                                     "max",
                                     "avg",
                                     "sum_of_squares",
                                     "variance",
                                     "variance_population",
                                     "variance_sampling",
                                     "std_deviation",
                                     "std_deviation_population",
                                     "std_deviation_sampling",
                                     "std_upper",
                                     "std_lower",
                                     "std_upper_population",
                                     "std_lower_population",
                                     "std_upper_sampling",
                                     "std_lower_sampling" };

static double sort_value(const struct qd_aggregation_result *result, struct qd_slice key)
{
    const struct qd_moments *moments = result->data;
    double value;
    if (qd_moments_value(moments, key, &value)) return value;
    if (qd_slice_is(key, "sum_of_squares")) return moments->squares;
    struct values values = compute(moments, ((const struct options *)result->aggregation->options)->sigma);
    if (qd_slice_is(key, "variance") || qd_slice_is(key, "variance_population")) return values.population;
    if (qd_slice_is(key, "variance_sampling")) return values.sampling;
    if (qd_slice_is(key, "std_deviation_sampling")) return values.deviation_sampling;
    for (size_t i = 0; i < 6; i++) {
        if (qd_slice_is(key, names[12 + i])) return values.bounds[i];
    }
    return values.deviation_population;
}

static const char *check_key(const struct qd_aggregation *aggregation, struct qd_slice key,
                             struct qd_arena *arena)
{
    return qd_metric_check_names(aggregation, key, names, sizeof(names) / sizeof(names[0]), arena);
}

const struct qd_aggregation_kind qd_metric_extended_stats = {
    .name = "extended_stats",
    .leaf = true,
    .parse = parse,
    .create = qd_moments_create,
    .write = qd_moments_write,
    .read = qd_moments_read,
    .reduce = qd_moments_reduce,
    .render = render,
    .sort_value = sort_value,
    .check_key = check_key,
};
