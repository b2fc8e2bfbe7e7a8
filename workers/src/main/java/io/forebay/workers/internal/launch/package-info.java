/**
 * How a worker process is started, greeted, listened to, and how it ended: command lines, sockets,
 * priorities, AOT caches, output, Python's sources.
 */
@NullMarked
package io.forebay.workers.internal.launch;

import org.jspecify.annotations.NullMarked;
