/*
 * The floor of a round trip between two processes: one byte there and back through two pipes.
 *
 * Reads one request a line, the number of round trips; answers with the sorted times' median and
 * 99th percentile in nanoseconds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static long nanos(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000L + now.tv_nsec;
}

static int ascending(const void *a, const void *b) {
  long x = *(const long *)a, y = *(const long *)b;
  return (x > y) - (x < y);
}

int main(void) {
  int there[2], back[2];
  if (pipe(there) || pipe(back)) return 1;
  pid_t peer = fork();
  if (peer < 0) return 1;
  char byte = 1;
  if (peer == 0) {
    close(there[1]);
    close(back[0]);
    while (read(there[0], &byte, 1) == 1) {
      if (write(back[1], &byte, 1) != 1) return 1;
    }
    return 0;
  }
  close(there[0]);
  close(back[1]);
  long trips;
  while (scanf("%ld", &trips) == 1 && trips > 0) {
    long *times = malloc(trips * sizeof(long));
    if (!times) return 1;
    for (long i = 0; i < trips; i++) {
      long begin = nanos();
      if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1) return 1;
      times[i] = nanos() - begin;
    }
    qsort(times, trips, sizeof(long), ascending);
    printf("%ld %ld\n", times[trips / 2], times[trips * 99 / 100]);
    fflush(stdout);
    free(times);
  }
  return 0;
}
