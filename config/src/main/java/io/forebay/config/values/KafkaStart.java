package io.forebay.config.values;

/** Where reading begins in a partition of which nothing is known. */
public enum KafkaStart {
  /** At the oldest record that there is. */
  EARLIEST,
  /** Behind the newest one. */
  LATEST
}
