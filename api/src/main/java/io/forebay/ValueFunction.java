package io.forebay;

import io.forebay.errors.RecordRejectedException;

/**
 * A function over one value, for plain calls of worker pools. {@code I} and {@code O} are each a
 * Java record, whose components are mapped as those of a {@link RecordFunction}, or one of {@code
 * String}, {@code byte[]}, {@code double[]}, {@code Instant} (microseconds), {@code Boolean},
 * {@code Integer}, {@code Long}, {@code Float} and {@code Double}.
 *
 * <p>The rules of {@link BatchFunction} for classes and statelessness hold: a public class with a
 * public constructor, named and never shipped.
 *
 * <pre>{@code
 * public final class Shout implements ValueFunction<String, String> {
 *   public String apply(String text) {
 *     return text.toUpperCase(Locale.ROOT);
 *   }
 * }
 * }</pre>
 *
 * <p>In a pipeline, a value that is no record is the column {@code value}, and a result that is no
 * record the column {@code result}.
 */
@FunctionalInterface
public interface ValueFunction<I, O> {
  /**
   * The result; {@code null} only where {@code O} is no record.
   *
   * @throws RecordRejectedException to refuse the value with a reason
   * @throws Exception any other exception fails the call, with its stack trace
   */
  O apply(I in) throws Exception;
}
