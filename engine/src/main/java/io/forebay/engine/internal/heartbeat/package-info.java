/** How punctual the threads are that receive, and who holds them up. */
@NullMarked
package io.forebay.engine.internal.heartbeat;

import org.jspecify.annotations.NullMarked;
