package io.forebay.connectors.mqtt.internal.payloads;

/**
 * The data types of Sparkplug B metrics, by their numbers.
 *
 * @see <a href="https://sparkplug.eclipse.org/specification/">Sparkplug 3.0, 6.4.16 Data types</a>
 */
final class SparkplugType {
  static final int BOOLEAN = 11;

  private static final int INT8 = 1;
  private static final int INT16 = 2;
  private static final int INT32 = 3;
  private static final int INT64 = 4;
  private static final int UINT64 = 8;

  private SparkplugType() {}

  /** Whether the type's integers are more than a long holds when they are read without a sign. */
  static boolean isUnsigned64(int datatype) {
    return datatype == UINT64;
  }

  /** The integer that the bits mean: the sign of the short types is in their last bits. */
  static long whole(int datatype, SparkplugMetric.Whole value) {
    return switch (datatype) {
      case INT8 -> (byte) value.bits();
      case INT16 -> (short) value.bits();
      case INT32 -> (int) value.bits();
      case INT64 -> value.bits();
      default -> value.bits();
    };
  }
}
