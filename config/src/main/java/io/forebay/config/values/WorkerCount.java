package io.forebay.config.values;

import java.util.OptionalInt;

/**
 * How many workers a cpu stage has.
 *
 * @param fixed a number ≥ 1; empty for {@code physical}, one for each physical core within the
 *     container's CPU quota
 */
public record WorkerCount(OptionalInt fixed) {
  @Override
  public String toString() {
    return fixed.isPresent() ? Integer.toString(fixed.getAsInt()) : "physical";
  }
}
