/* Tells a process another wall clock: seconds ahead, read from a file that all processes map. Loaded by LD_PRELOAD.
   The monotonic clock stays as it is, as when somebody sets a machine's time. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t nothing = 0;
static volatile int64_t *ahead = &nothing;

__attribute__((constructor)) static void begin(void) {
    const char *name = getenv("SOAK_CLOCK_FILE");
    int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *mapped = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
    if (mapped != MAP_FAILED) ahead = mapped;
    close(file);
}

int clock_gettime(clockid_t which, struct timespec *told) {
    int code = (int)syscall(SYS_clock_gettime, which, told);
    if (code == 0 && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) told->tv_sec += *ahead;
    return code;
}

int gettimeofday(struct timeval *restrict told, void *restrict zone) {
    int code = (int)syscall(SYS_gettimeofday, told, zone);
    if (code == 0 && told) told->tv_sec += *ahead;
    return code;
}

time_t time(time_t *told) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (told) *told = now.tv_sec;
    return now.tv_sec;
}
