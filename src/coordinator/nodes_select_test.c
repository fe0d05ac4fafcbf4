#include "base/test.h"
#include "coordinator/nodes_select.h"

static struct qd_slice rack[] = { QD_SLICE_INIT("rack"), QD_SLICE_INIT("r1") };
static struct qd_node_info nodes[] = {
    { .id = QD_SLICE_INIT("AAA"),
      .name = QD_SLICE_INIT("alpha"),
      .host = QD_SLICE_INIT("10.0.0.1"),
      .ip = QD_SLICE_INIT("10.0.0.1"),
      .transport_address = QD_SLICE_INIT("10.0.0.1:9300"),
      .data = true,
      .cluster_manager = true,
      .attributes = rack,
      .attribute_count = 1 },
    { .id = QD_SLICE_INIT("BBB"),
      .name = QD_SLICE_INIT("beta"),
      .host = QD_SLICE_INIT("10.0.0.2"),
      .ip = QD_SLICE_INIT("10.0.0.2"),
      .transport_address = QD_SLICE_INIT("10.0.0.2:9300"),
      .data = true,
      .ingest = true },
    { .id = QD_SLICE_INIT("CCC"),
      .name = QD_SLICE_INIT("gamma"),
      .host = QD_SLICE_INIT("10.0.0.3"),
      .ip = QD_SLICE_INIT("10.0.0.3"),
      .transport_address = QD_SLICE_INIT("10.0.0.3:9300") },
};

/* The nodes that a filter means, as a text of 0 and 1. */
static void expect(const char *filter_text, const char *expected)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_cluster_state state = { .nodes = nodes, .node_count = 3, .master_node_id = nodes[0].id };
    struct qd_node_filter filter = { .state = &state,
                                     .text = qd_slice_from_string(filter_text),
                                     .local_id = nodes[1].id };
    bool *wanted = qd_nodes_select(&filter, arena);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(wanted[i] ? '1' : '0', expected[i]);
    }
    qd_arena_destroy(arena);
}

TEST(nodes_select, takes_ids_names_addresses_roles_and_attributes)
{
    expect("", "111");
    expect("_all", "111");
    expect("_local", "010");
    expect("_cluster_manager", "100");
    expect("_master,CCC", "101");
    expect("*ta,nobody", "010");
    expect("10.0.0.3", "001");
    expect("10.0.0.*", "111");
    expect("data:true", "110");
    expect("ingest:true", "010");
    expect("coordinating_only:true", "001");
    expect("rack:r*", "100");
    expect("rack:x", "000");
}

TEST(nodes_select, takes_away_in_order)
{
    expect("_all,data:false", "001");
    expect("data:false,_all", "111");
    expect("_all,master:false", "011");
}
