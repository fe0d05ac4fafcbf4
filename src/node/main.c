/* The server's command line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/product.h"
#include "node/node.h"
#include "platform/linux/linux_env.h"

static const char usage[] =
    "usage: quidditch [-E key=value]... [--config FILE] [--help] [--version]\n"
    "\n"
    "Starts one node of a search cluster that answers OpenSearch's REST API.\n"
    "\n"
    "  -E key=value    sets a setting, e.g. -E http.port=9201 -E path.data=/var/lib/quidditch\n"
    "  --config FILE   reads settings from a YAML file with OpenSearch's keys (quidditch.yml)\n"
    "  --help          this text\n"
    "  --version       the version\n"
    "\n"
    "Settings (with their defaults):\n"
    "  path.data                ./data           where everything is kept\n"
    "  path.conf                (see below)      files that analyzers name (synonyms_path, ...); the\n"
    "                                            directory of --config FILE, else ./config\n"
    "  path.repo                (none)           directories that snapshot repositories may use\n"
    "  cluster.name             quidditch\n"
    "  node.name                (host name)\n"
    "  node.attr.KEY            (none)           attributes of the node\n"
    "  network.host, http.host  127.0.0.1        address to listen on\n"
    "  http.port                9200-9300        port, or a range of which the first free\n"
    "  http.max_content_length  100mb            larger bodies get 413\n"
    "  node.processors          (all)            threads that work\n"
    "  plugins.security.ssl.http.enabled          false   HTTPS, with\n"
    "  plugins.security.ssl.http.pemcert_filepath, .pemkey_filepath, .pemtrustedcas_filepath, "
    ".clientauth_mode\n";

/* The process. */
struct process {
    struct qd_env *env;
    struct qd_node *node;
    bool stopping;
};

static void node_stopped(void *context)
{
    struct process *process = context;
    qd_linux_env_stop(process->env);
}

static void on_signal(void *context, int number)
{
    struct process *process = context;
    (void)number;
    if (process->stopping || process->node == NULL) return;
    process->stopping = true;
    qd_node_stop(process->node, node_stopped, process);
}

static int complain(const struct qd_error *error)
{
    for (const struct qd_error *at = error; at != NULL; at = at->cause) {
        fprintf(stderr, "quidditch: %.*s\n", QD_SLICE_ARG(at->reason));
    }
    return 1;
}

static enum qd_status read_config_file(struct qd_config *config, const char *path, struct qd_error *error)
{
    static char text[QD_CONFIG_FILE_SIZE_MAX];
    FILE *file = fopen(path, "rb");
    if (file == NULL) return qd_error_set(error, QD_IO, "cannot open the configuration [%s]", path);
    size_t size = fread(text, 1, sizeof(text), file);
    bool whole = feof(file) != 0;
    fclose(file);
    if (!whole) {
        return qd_error_set(error, QD_IO, "the configuration [%s] is too large or cannot be read", path);
    }
    return qd_config_yaml(config, qd_slice_make(text, size), qd_slice_from_string(path), error);
}

/* The directory of configuration files: path.conf, else where the file is. */
static enum qd_status set_directory(struct qd_config *config, const char *file, struct qd_error *error)
{
    struct qd_slice directory = qd_config_get(config, "path.conf", NULL);
    if (directory.data == NULL) {
        const char *slash = file == NULL ? NULL : strrchr(file, '/');
        directory = QD_SLICE("config");
        if (file != NULL) directory = QD_SLICE(".");
        if (slash != NULL) directory = qd_slice_make(file, (size_t)(slash - file));
        if (slash == file && file != NULL) directory = QD_SLICE("/");
    }
    if (directory.size == 0 || directory.data[0] == '/')
        return qd_config_set(config, QD_SLICE("path.conf"), directory, error);
    char here[4096];
    if (getcwd(here, sizeof(here)) == NULL) return QD_OK;
    return qd_config_set(config, QD_SLICE("path.conf"),
                         qd_arena_format(config->arena, "%s/%.*s", here, QD_SLICE_ARG(directory)), error);
}

static enum qd_status set_pair(struct qd_config *config, const char *pair, struct qd_error *error)
{
    const char *equals = strchr(pair, '=');
    if (equals == NULL || equals == pair) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "-E wants key=value, not [%s]", pair);
    }
    return qd_config_set(config, qd_slice_make(pair, (size_t)(equals - pair)),
                         qd_slice_from_string(equals + 1), error);
}

/* The file first, then the command line, whatever their order. *done: --help or --version was answered. */
static enum qd_status read_arguments(int argc, char **argv, struct qd_config *config, bool *done,
                                     struct qd_error *error)
{
    const char *file = NULL;
    *done = true;
    for (int i = 1; i < argc; i++) {
        bool more = i + 1 < argc;
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            fputs(usage, stdout);
            return QD_OK;
        }
        if (strcmp(argv[i], "--version") == 0 || strcmp(argv[i], "-V") == 0) {
            printf("quidditch %s (answers as OpenSearch %s)\n", QD_PRODUCT_VERSION, QD_OPENSEARCH_VERSION);
            return QD_OK;
        }
        bool wants = strcmp(argv[i], "--config") == 0 || strcmp(argv[i], "-E") == 0;
        if (wants && !more) {
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[%s] needs a value; --help shows what there is",
                                argv[i]);
        }
        if (strcmp(argv[i], "--config") == 0) {
            file = argv[++i];
        } else if (wants) {
            i++;
        } else if (strncmp(argv[i], "-E", 2) != 0 || argv[i][2] == 0) {
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                                "unknown argument [%s]; --help shows what there is", argv[i]);
        }
    }
    *done = false;
    if (file != NULL) QD_TRY(read_config_file(config, file, error));
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--config") == 0) {
            i++;
        } else if (strcmp(argv[i], "-E") == 0) {
            QD_TRY(set_pair(config, argv[++i], error));
        } else {
            QD_TRY(set_pair(config, argv[i] + 2, error));
        }
    }
    return set_directory(config, file, error);
}

static enum qd_status run(const struct qd_config *config, struct qd_error *error)
{
    static struct process process;
    struct qd_slice data = qd_config_get(config, "path.data", "data");
    unsigned threads;
    int lock;
    QD_TRY(qd_config_threads(config, &threads, error));
    struct qd_linux_env_options options = {
        .data_directory = data,
        .config_directory = qd_config_get(config, "path.conf", ""),
        .threads = threads,
        .signal = on_signal,
        .signal_context = &process,
    };
    QD_TRY(qd_linux_env_create(&options, &process.env, error));
    enum qd_status status = qd_linux_lock_directory(data, &lock, error);
    if (status == QD_OK) status = qd_node_create(process.env, config, &process.node, error);
    if (status == QD_OK) status = qd_node_start(process.node, true, error);
    if (status == QD_OK) {
        printf("quidditch %s: http on port %u, data in %.*s\n", QD_PRODUCT_VERSION,
               qd_node_http_port(process.node), QD_SLICE_ARG(data));
        fflush(stdout);
        qd_linux_env_run(process.env);
        qd_node_destroy(process.node);
    }
    qd_linux_env_destroy(process.env);
    return status;
}

int main(int argc, char **argv)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_config config;
    struct qd_error error;
    bool done;
    qd_error_init(&error, arena);
    qd_config_init(&config, arena);
    enum qd_status status = read_arguments(argc, argv, &config, &done, &error);
    if (status == QD_OK && !done) status = run(&config, &error);
    int code = status == QD_OK ? 0 : complain(&error);
    qd_arena_destroy(arena);
    return code;
}
