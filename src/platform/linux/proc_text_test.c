#include "platform/linux/proc_text.h"

#include <string.h>

#include "base/test.h"

TEST(proc_text, fields_begin_lines)
{
    const char *text = "MemTotal:       16384 kB\nXMemFree: 7 kB\nMemFree:   \t 42 kB\nnr_periods 9";
    assert_int_equal(qd_proc_field(text, "MemTotal:"), 16384);
    assert_int_equal(qd_proc_field(text, "MemFree:"), 42);
    assert_int_equal(qd_proc_field(text, "nr_periods"), 9);
    assert_int_equal(qd_proc_field(text, "SwapTotal:"), 0);
    assert_int_equal(qd_proc_field("", "MemTotal:"), 0);
}

TEST(proc_text, groups_of_both_versions)
{
    char group[QD_CGROUP_NAME_SIZE];
    const char *one = "5:memory:/a/b\n4:cpu,cpuacct:/c\n1:name=systemd:/s\n0::/\n";
    assert_true(qd_proc_cgroup(one, "memory", group));
    assert_string_equal(group, "/a/b");
    assert_true(qd_proc_cgroup(one, "cpuacct", group));
    assert_string_equal(group, "/c");
    assert_true(qd_proc_cgroup(one, "cpu", group));
    assert_string_equal(group, "/c");
    assert_true(qd_proc_cgroup(one, "", group));
    assert_string_equal(group, "/");
    assert_false(qd_proc_cgroup(one, "mem", group));
    assert_false(qd_proc_cgroup("nonsense\n7:cpu", "cpu", group));
}

TEST(proc_text, mount_of_a_device)
{
    struct qd_volume_facts volume = { 0 };
    const char *text = "22 27 0:21 / /proc rw,relatime - proc proc rw\n"
                       "27 1 254:0 / / rw,relatime shared:1 master:2 - ext4 /dev/vda rw\n"
                       "40 27 254:01 / /x rw - xfs /dev/vdb rw\n";
    assert_true(qd_proc_mount(text, "254:0", &volume));
    assert_string_equal(volume.mount, "/ (/dev/vda)");
    assert_string_equal(volume.type, "ext4");
    assert_false(qd_proc_mount(text, "8:1", &volume));
}

TEST(proc_text, disk_counters)
{
    struct qd_volume_facts volume = { 0 };
    const char *text = "   7       0 loop0 0 0 0 0 0 0 0 0 0 0 0\n"
                       " 254       0 vda 100 1 2000 30 400 5 6000 70 0 80 90 1 2 3 4 5 6\n";
    assert_true(qd_proc_disk(text, 254, 0, &volume));
    assert_string_equal(volume.device, "vda");
    assert_int_equal(volume.io.reads, 100);
    assert_int_equal(volume.io.read_kilobytes, 1000);
    assert_int_equal(volume.io.read_ms, 30);
    assert_int_equal(volume.io.writes, 400);
    assert_int_equal(volume.io.write_kilobytes, 3000);
    assert_int_equal(volume.io.write_ms, 70);
    assert_int_equal(volume.io.io_ms, 80);
    assert_int_equal(volume.io.queue_ms, 90);
    assert_false(qd_proc_disk(text, 254, 1, &volume));
    assert_int_equal(volume.io.reads, 0);
    assert_false(qd_proc_disk(" 254 0 vda 1 2", 254, 0, &volume));
}

TEST(proc_text, pretty_name)
{
    char name[16];
    qd_proc_pretty_name("ID=x\nPRETTY_NAME=\"Debian 12\"\n", name, sizeof(name));
    assert_string_equal(name, "Debian 12");
    qd_proc_pretty_name("PRETTY_NAME=A_very_long_name_of_a_system", name, sizeof(name));
    assert_string_equal(name, "A_very_long_nam");
    qd_proc_pretty_name("ID=x", name, sizeof(name));
    assert_string_equal(name, "");
}
