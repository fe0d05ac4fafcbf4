/* GET _cat/fielddata: memory of loaded field data. Columns are mapped from disk here, nothing is loaded: no
 * rows. */
#include "rest/cat_tables.h"

static const struct qd_cat_column columns[] = {
    { "id", NULL, "node id", QD_CAT_LEFT, 0 },
    { "host", "h", "host name", QD_CAT_LEFT, 0 },
    { "ip", NULL, "ip address", QD_CAT_LEFT, 0 },
    { "node", "n", "node name", QD_CAT_LEFT, 0 },
    { "field", "f", "field name", QD_CAT_LEFT, 0 },
    { "size", "s", "field data usage", QD_CAT_RIGHT, 0 },
};
static const struct qd_cat_table table = QD_CAT_TABLE(columns);

void qd_cat_fielddata(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_cat cat;
    (void)coordinator;
    if (qd_cat_begin(&cat, call, &table)) qd_cat_finish(&cat);
}
