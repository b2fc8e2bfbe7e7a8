package io.forebay.connectors.mqtt.internal.payloads;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A metric of a Sparkplug B payload.
 *
 * @param name absent where the alias stands for it
 * @param alias absent where the node uses none
 * @param timestamp milliseconds since 1970; absent: the payload's counts
 * @param datatype the number in the Sparkplug specification; 0 where the birth has said it
 */
record SparkplugMetric(
    Optional<String> name, OptionalLong alias, OptionalLong timestamp, int datatype, Value value) {

  /** What a metric carries. */
  sealed interface Value {}

  /** Nothing, explicitly or because nothing was there. */
  record Null() implements Value {}

  /** An integer as it was sent: what its sign is depends on the type. */
  record Whole(long bits, boolean of64) implements Value {}

  /** A float or double. */
  record Real(double number) implements Value {}

  /** A boolean. */
  record Truth(boolean value) implements Value {}

  /** A text. */
  record Text(String text) implements Value {}

  /** Bytes, an array, a data set, a template or an extension: nothing for one column. */
  record Compound(String what) implements Value {}
}
