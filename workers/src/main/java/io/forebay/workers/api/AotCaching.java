package io.forebay.workers.api;

/**
 * Whether worker processes in Java start from an AOT cache, which saves them loading and linking
 * classes. A cache belongs to a JDK and a class path that has jars only; it is kept in the user's
 * cache directory, and made when there is none.
 */
public enum AotCaching {
  /** Made by a process of its own beside the pool; workers that start later use it. */
  IN_BACKGROUND,
  /** Made before the first worker starts: some seconds, once for a JDK and a class path. */
  BEFORE_START,
  /** Workers start without. */
  OFF
}
