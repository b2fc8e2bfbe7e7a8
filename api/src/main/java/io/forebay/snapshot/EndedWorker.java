package io.forebay.snapshot;

import java.time.Duration;

/**
 * A worker process that has ended though nobody wanted it to, and what is known of why. The
 * definitions are in {@code docs/specs/metrics.md}.
 *
 * @param number the how many-eth of its stage it was, from 1
 * @param worker its name, as {@code features worker-1}
 * @param pid its process; 0 if it ended before it was one of the stage's workers
 * @param kind how: {@code crashed}, {@code out-of-memory}, {@code timed-out} and others
 * @param what the sentence without its subject: {@code was killed by SIGKILL}
 * @param advice what to change; may be empty
 * @param evidence exit code, crash report, the last lines that it has printed; cut if it is long
 * @param retried batches that it had and that went to other workers
 * @param ago how long before the snapshot that was
 */
public record EndedWorker(
    long number,
    String worker,
    long pid,
    String kind,
    String what,
    String advice,
    String evidence,
    int retried,
    Duration ago) {}
