#include "platform/linux/proc_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *next_line(const char *line)
{
    const char *end = strchr(line, '\n');
    return end == NULL ? line + strlen(line) : end + 1;
}

/* Copies text[length], cut to what fits. */
static void copy(char *out, size_t size, const char *text, size_t length)
{
    if (length > size - 1) length = size - 1;
    memcpy(out, text, length);
    out[length] = 0;
}

uint64_t qd_proc_field(const char *text, const char *name)
{
    size_t size = strlen(name);
    for (const char *line = text; *line != 0; line = next_line(line)) {
        if (strncmp(line, name, size) == 0) return strtoull(line + size, NULL, 10);
    }
    return 0;
}

/* Whether a list "cpu,cpuacct" of size bytes has the name. */
static bool list_has(const char *list, size_t size, const char *name)
{
    size_t length = strlen(name);
    if (length == 0) return size == 0;
    for (size_t start = 0; start + length <= size;) {
        const char *comma = memchr(list + start, ',', size - start);
        size_t end = comma == NULL ? size : (size_t)(comma - list);
        if (end - start == length && memcmp(list + start, name, length) == 0) return true;
        start = end + 1;
    }
    return false;
}

bool qd_proc_cgroup(const char *text, const char *controller, char *group)
{
    for (const char *line = text; *line != 0; line = next_line(line)) {
        size_t length = strcspn(line, "\n");
        const char *first = memchr(line, ':', length);
        const char *second = first == NULL ? NULL
                                           : memchr(first + 1, ':', length - (size_t)(first + 1 - line));
        if (second == NULL || !list_has(first + 1, (size_t)(second - first - 1), controller)) continue;
        copy(group, QD_CGROUP_NAME_SIZE, second + 1, length - (size_t)(second + 1 - line));
        return true;
    }
    return false;
}

/* "36 35 98:0 /root /mount options - type source super": the fields after the dash come after any number of
 * optional ones. */
bool qd_proc_mount(const char *text, const char *device, struct qd_volume_facts *volume)
{
    bool found = false;
    for (const char *line = text; *line != 0; line = next_line(line)) {
        char number[24], mount[80], type[32], source[64];
        char row[512];
        copy(row, sizeof(row), line, strcspn(line, "\n"));
        const char *dash = strstr(row, " - ");
        if (dash == NULL || sscanf(row, "%*s %*s %23s %*s %79s", number, mount) != 2) continue;
        if (strcmp(number, device) != 0 || sscanf(dash, " - %31s %63s", type, source) != 2) continue;
        snprintf(volume->mount, sizeof(volume->mount), "%s (%s)", mount, source);
        copy(volume->type, sizeof(volume->type), type, strlen(type));
        found = true;
    }
    return found;
}

bool qd_proc_disk(const char *text, unsigned major, unsigned minor, struct qd_volume_facts *volume)
{
    struct qd_device_facts *io = &volume->io;
    for (const char *line = text; *line != 0; line = next_line(line)) {
        unsigned line_major, line_minor;
        uint64_t read_sectors, write_sectors;
        char name[32];
        int fields = sscanf(line,
                            "%u %u %31s %" SCNu64 " %*u %" SCNu64 " %" SCNu64 " %" SCNu64 " %*u %" SCNu64
                            " %" SCNu64 " %*u %" SCNu64 " %" SCNu64,
                            &line_major, &line_minor, name, &io->reads, &read_sectors, &io->read_ms,
                            &io->writes, &write_sectors, &io->write_ms, &io->io_ms, &io->queue_ms);
        if (fields != 11 || line_major != major || line_minor != minor) continue;
        /* A sector has 512 bytes whatever the device. */
        io->read_kilobytes = read_sectors / 2;
        io->write_kilobytes = write_sectors / 2;
        copy(volume->device, sizeof(volume->device), name, strlen(name));
        return true;
    }
    *io = (struct qd_device_facts){ 0 };
    return false;
}

void qd_proc_pretty_name(const char *text, char *name, unsigned size)
{
    static const char key[] = "PRETTY_NAME=";
    name[0] = 0;
    for (const char *line = text; *line != 0; line = next_line(line)) {
        if (strncmp(line, key, sizeof(key) - 1) != 0) continue;
        const char *value = line + sizeof(key) - 1;
        if (*value == '"' || *value == '\'') value++;
        copy(name, size, value, strcspn(value, "\"'\n"));
        return;
    }
}
