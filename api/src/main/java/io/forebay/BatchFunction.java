package io.forebay;

import io.forebay.errors.ConfigurationException;

/**
 * A function over columns: the fast kind. Implementations are public top-level (or public static
 * nested) classes with a public constructor that takes nothing, or one {@code Map<String, String>}
 * of parameters, because they are named, not shipped, to the workers.
 *
 * <p>A function is stateless: the same rows in give the same rows out, on any worker, in any
 * division into batches. One instance is used by one thread at a time. Buffers may be kept between
 * calls, results may not.
 *
 * <pre>{@code
 * public final class Celsius implements BatchFunction {
 *   public Schema outputs(Schema input) {
 *     return Schema.of(Field.of("celsius", ColumnType.FLOAT64));
 *   }
 *
 *   public void apply(Batch in, BatchWriter out) {
 *     NumberColumn fahrenheit = in.number("value");
 *     Float64Writer celsius = out.float64("celsius");
 *     for (int row = 0; row < in.rows(); row++) {
 *       celsius.set(row, (fahrenheit.asDouble(row) - 32) / 1.8);
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p>If {@link #apply} throws, the engine calls it again with parts of the batch until it has found
 * the rows that make it throw; these go to dead letter with the stack trace, all others pass.
 */
public interface BatchFunction {
  /**
   * The columns that the function adds or replaces. Called before any source is opened, and on each
   * instance that computes before its first {@link #apply}: what {@code apply} needs may be got
   * ready here. An instance that is {@link AutoCloseable} is closed when it is not used any more.
   *
   * @throws ConfigurationException if the input lacks a column that the function needs
   */
  Schema outputs(Schema input);

  /** How output rows relate to input rows. */
  default RowShape rowShape() {
    return RowShape.SAME;
  }

  /**
   * Computes the output columns.
   *
   * @param in {@code in.rows() >= 1} rows, valid during the call
   */
  void apply(Batch in, BatchWriter out) throws Exception;
}
