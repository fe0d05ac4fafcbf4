/* The simulator's command line: runs seeds in several processes, each seed twice, and says how to replay what
 * failed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "simulation/run.h"

#define WORKERS_MAX 64

/* What workers tell the parent; in shared memory. */
struct shared {
    uint64_t seed[WORKERS_MAX];       /* that runs now */
    uint64_t failed_seed[WORKERS_MAX];
    int failed[WORKERS_MAX];
    uint64_t operations[WORKERS_MAX], crashes[WORKERS_MAX], restarts[WORKERS_MAX], detected[WORKERS_MAX];
};

struct arguments {
    uint64_t first_seed;
    uint64_t count;
    const char *planted;
    bool verbose;
    bool once;
    int workers;
};

static bool run_one(uint64_t seed, const struct arguments *arguments, int worker, struct shared *shared)
{
    struct qd_run_result first;
    struct qd_run_result second;
    shared->seed[worker] = seed;
    qd_run_seed(seed, arguments->planted, arguments->verbose, &first);
    if (!first.failed && !arguments->once) {
        qd_run_seed(seed, arguments->planted, false, &second);
        if (second.failed || second.trace_hash != first.trace_hash) {
            first.failed = true;
            snprintf(first.message, sizeof(first.message), "not deterministic: trace %016llx, then %016llx",
                     (unsigned long long)first.trace_hash, (unsigned long long)second.trace_hash);
        }
    }
    shared->operations[worker] += first.operations;
    shared->crashes[worker] += first.crashes;
    shared->restarts[worker] += first.restarts;
    shared->detected[worker] += first.detected;
    if (!first.failed) return true;
    if (arguments->planted == NULL) {
        printf("seed %llu failed: %s\n  replay: make sim SEED=%llu N=1 V=1\n", (unsigned long long)seed,
               first.message, (unsigned long long)seed);
    }
    fflush(stdout);
    return false;
}

static void work(const struct arguments *arguments, int worker, struct shared *shared)
{
    for (uint64_t i = (uint64_t)worker; i < arguments->count; i += (uint64_t)arguments->workers) {
        uint64_t seed = arguments->first_seed + i;
        if (run_one(seed, arguments, worker, shared)) continue;
        shared->failed[worker]++;
        shared->failed_seed[worker] = seed;
        /* One caught seed is enough for a planted bug. */
        if (arguments->planted != NULL) return;
    }
}

/* A worker that was killed (an assertion, a memory error) has failed with the seed that it ran. */
static int reap(const struct arguments *arguments, struct shared *shared, const pid_t *children)
{
    int failed = 0;
    for (int w = 0; w < arguments->workers; w++) {
        int status = 0;
        waitpid(children[w], &status, 0);
        failed += shared->failed[w];
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) continue;
        failed++;
        shared->failed_seed[w] = shared->seed[w];
        if (arguments->planted == NULL) {
            printf("seed %llu killed the process (status %d)\n  replay: make sim SEED=%llu N=1 V=1\n",
                   (unsigned long long)shared->seed[w], status, (unsigned long long)shared->seed[w]);
        }
    }
    return failed;
}

static uint64_t sum(const uint64_t *values, int count)
{
    uint64_t total = 0;
    for (int i = 0; i < count; i++) total += values[i];
    return total;
}

static int report(const struct arguments *arguments, const struct shared *shared, int failed)
{
    int workers = arguments->workers;
    if (arguments->planted != NULL) {
        uint64_t seed = 0;
        for (int w = 0; w < workers; w++) {
            uint64_t at = shared->failed_seed[w];
            if (at != 0 && (seed == 0 || at < seed)) seed = at;
        }
        if (failed == 0) printf("planted bug %s SURVIVED %llu seeds\n", arguments->planted,
                                (unsigned long long)arguments->count);
        else printf("planted bug %s caught by seed %llu\n", arguments->planted, (unsigned long long)seed);
        return failed == 0;
    }
    printf("simulation: %llu seeds, each %s; %llu requests, %llu crashes, %llu restarts, %llu detected "
           "damages\n",
           (unsigned long long)arguments->count, arguments->once ? "once" : "twice",
           (unsigned long long)sum(shared->operations, workers),
           (unsigned long long)sum(shared->crashes, workers),
           (unsigned long long)sum(shared->restarts, workers),
           (unsigned long long)sum(shared->detected, workers));
    printf("%llu passed, %d failed\n", (unsigned long long)arguments->count - (unsigned long long)failed,
           failed);
    return failed != 0;
}

static int usage(void)
{
    fputs("usage: simulator [--seed S] [--count N] [--planted NAME] [--workers W] [--once] [--verbose]\n",
          stderr);
    return 2;
}

int main(int argc, char **argv)
{
    struct arguments arguments = { .first_seed = 1, .count = 100, .workers = 2 };
    for (int i = 1; i < argc; i++) {
        bool more = i + 1 < argc;
        if (strcmp(argv[i], "--seed") == 0 && more) arguments.first_seed = strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--count") == 0 && more) arguments.count = strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--planted") == 0 && more) arguments.planted = argv[++i];
        else if (strcmp(argv[i], "--workers") == 0 && more) arguments.workers = atoi(argv[++i]);
        else if (strcmp(argv[i], "--once") == 0) arguments.once = true;
        else if (strcmp(argv[i], "--verbose") == 0) arguments.verbose = true;
        else return usage();
    }
    if (arguments.workers < 1 || arguments.workers > WORKERS_MAX || arguments.count == 0) return usage();
    if (arguments.planted != NULL) arguments.once = true;
    struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                                 -1, 0);
    if (shared == MAP_FAILED) return 1;
    if (arguments.verbose) arguments.workers = 1;
    pid_t children[WORKERS_MAX];
    for (int w = 0; w < arguments.workers; w++) {
        children[w] = fork();
        if (children[w] != 0) continue;
        if (arguments.planted != NULL && freopen("/dev/null", "w", stderr) == NULL) _exit(1);
        work(&arguments, w, shared);
        fflush(stdout);
        _exit(0);
    }
    return report(&arguments, shared, reap(&arguments, shared, children));
}
