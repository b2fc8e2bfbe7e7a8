package io.forebay.config.values;

/** What happens when a sink is slow. */
public enum WhenSlow {
  /** Everything waits for it. */
  BLOCK,

  /** It falls behind alone, on disk. */
  SPOOL
}
