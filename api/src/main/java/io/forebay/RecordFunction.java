package io.forebay;

import io.forebay.errors.RecordRejectedException;

/**
 * A function over one record at a time: the easy kind. {@code I} and {@code O} are Java records;
 * their components are mapped to columns by name. {@code boolean}, {@code int}, {@code long},
 * {@code float}, {@code double}, {@code String}, {@code byte[]}, {@code double[]}, {@code Instant}
 * and the boxed types (for nullable columns) can be mapped; numbers widen where nothing is lost.
 *
 * <p>The rules of {@link BatchFunction} for classes and statelessness hold. Building objects costs
 * some ten nanoseconds a record: above a microsecond of work a record it does not matter.
 *
 * <pre>{@code
 * public final class Celsius implements RecordFunction<Celsius.Reading, Celsius.Result> {
 *   public record Reading(double value) {}
 *
 *   public record Result(double celsius) {}
 *
 *   public Result apply(Reading reading) {
 *     return new Result((reading.value() - 32) / 1.8);
 *   }
 * }
 * }</pre>
 */
@FunctionalInterface
public interface RecordFunction<I extends Record, O extends Record> extends ValueFunction<I, O> {
  /**
   * The values to add to the record.
   *
   * @throws RecordRejectedException to send the record to dead letter with a reason
   * @throws Exception any other exception sends the record to dead letter with its stack trace
   */
  @Override
  O apply(I in) throws Exception;
}
