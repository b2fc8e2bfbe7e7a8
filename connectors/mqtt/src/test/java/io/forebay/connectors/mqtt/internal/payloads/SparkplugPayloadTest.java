package io.forebay.connectors.mqtt.internal.payloads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.eclipse.tahu.message.SparkplugBPayloadDecoder;
import org.eclipse.tahu.message.SparkplugBPayloadEncoder;
import org.eclipse.tahu.message.model.DataSet;
import org.eclipse.tahu.message.model.DataSetDataType;
import org.eclipse.tahu.message.model.Metric;
import org.eclipse.tahu.message.model.MetricDataType;
import org.eclipse.tahu.message.model.SparkplugBPayload;
import org.junit.jupiter.api.Test;

@SuppressWarnings("JavaUtilDate") // The reference implementation has no other dates.
final class SparkplugPayloadTest {
  private static SparkplugPayload read(byte[] bytes) throws Exception {
    return SparkplugPayload.read(bytes, 0, bytes.length);
  }

  @Test
  void reads_golden_bytes() throws Exception {
    byte[] golden =
        HexFormat.of()
            .parseHex(
                "08808080ade9c731" // timestamp
                    + "1213" // metric
                    + "0a0474656d70" // name temp
                    + "1007" // alias 7
                    + "200a" // double
                    + "690000000000003440" // 20.0
                    + "1805"); // seq 5

    SparkplugPayload payload = read(golden);

    assertThat(payload.seq()).hasValue(5);
    assertThat(payload.timestamp()).isPresent();
    assertThat(payload.metrics())
        .containsExactly(
            new SparkplugMetric(
                Optional.of("temp"),
                OptionalLong.of(7),
                OptionalLong.empty(),
                10,
                new SparkplugMetric.Real(20.0)));
  }

  @Test
  void reads_what_the_reference_implementation_writes() throws Exception {
    Date now = new Date(1_700_000_000_123L);
    SparkplugBPayload reference = new SparkplugBPayload(now, new ArrayList<>(), 255L, "uuid", null);
    reference.addMetric(metric("i8", 1, MetricDataType.Int8, (byte) -7));
    reference.addMetric(metric("i16", 2, MetricDataType.Int16, (short) -300));
    reference.addMetric(metric("i32", 3, MetricDataType.Int32, -70_000));
    reference.addMetric(metric("i64", 4, MetricDataType.Int64, -5_000_000_000L));
    reference.addMetric(metric("u8", 5, MetricDataType.UInt8, (short) 200));
    reference.addMetric(metric("u16", 6, MetricDataType.UInt16, 60_000));
    reference.addMetric(metric("u32", 7, MetricDataType.UInt32, 4_000_000_000L));
    reference.addMetric(
        metric("u64", 8, MetricDataType.UInt64, new BigInteger("18446744073709551615")));
    reference.addMetric(metric("f", 9, MetricDataType.Float, 1.5f));
    reference.addMetric(metric("d", 10, MetricDataType.Double, -0.1));
    reference.addMetric(metric("b", 11, MetricDataType.Boolean, true));
    reference.addMetric(metric("s", 12, MetricDataType.String, "äöü 温"));
    reference.addMetric(metric("t", 13, MetricDataType.DateTime, now));
    reference.addMetric(metric("n", 14, MetricDataType.Double, null));
    reference.addMetric(metric("x", 15, MetricDataType.Bytes, new byte[] {1, 2, 3}));
    reference.addMetric(
        metric(
            "ds",
            16,
            MetricDataType.DataSet,
            new DataSet(1, List.of("a"), List.of(DataSetDataType.Int32), List.of())));

    byte[] bytes = new SparkplugBPayloadEncoder().getBytes(reference, false);
    SparkplugPayload payload = read(bytes);

    assertThat(payload.seq()).hasValue(255);
    assertThat(payload.timestamp()).hasValue(now.getTime());
    assertThat(payload.metrics()).hasSize(16);
    assertThat(payload.metrics().stream().map(m -> m.name().orElse("")).toList())
        .containsExactly(
            "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f", "d", "b", "s", "t", "n", "x",
            "ds");
    assertThat(payload.metrics().stream().map(SparkplugMetric::datatype).toList())
        .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 10, 17, 16);
    assertThat(payload.metrics().stream().map(SparkplugPayloadTest::number).toList())
        .containsExactly(
            "-7",
            "-300",
            "-70000",
            "-5000000000",
            "200",
            "60000",
            "4000000000",
            "-1",
            "1.5",
            "-0.1",
            "true",
            "äöü 温",
            "1700000000123",
            "null",
            "bytes",
            "a data set");
    assertThat(payload.metrics().getFirst().alias()).hasValue(1);
    assertThat(payload.metrics().getFirst().timestamp()).hasValue(now.getTime());
  }

  private static Metric metric(String name, long alias, MetricDataType type, Object value)
      throws Exception {
    return new Metric.MetricBuilder(name, type, value)
        .alias(alias)
        .timestamp(new Date(1_700_000_000_123L))
        .createMetric();
  }

  private static String number(SparkplugMetric metric) {
    return switch (metric.value()) {
      case SparkplugMetric.Null nothing -> "null";
      case SparkplugMetric.Whole whole -> "" + SparkplugType.whole(metric.datatype(), whole);
      case SparkplugMetric.Real(double real) -> "" + real;
      case SparkplugMetric.Truth(boolean truth) -> "" + truth;
      case SparkplugMetric.Text(String text) -> text;
      case SparkplugMetric.Compound(String what) -> what;
    };
  }

  @Test
  void asks_for_a_rebirth_as_the_reference_implementation_reads_it() throws Exception {
    byte[] command = SparkplugPayload.rebirth(1_700_000_000_123L);

    SparkplugBPayload reference = new SparkplugBPayloadDecoder().buildFromByteArray(command, null);

    assertThat(reference.getTimestamp()).isEqualTo(new Date(1_700_000_000_123L));
    assertThat(reference.getMetrics()).hasSize(1);
    assertThat(reference.getMetrics().getFirst().getName()).isEqualTo("Node Control/Rebirth");
    assertThat(reference.getMetrics().getFirst().getDataType()).isEqualTo(MetricDataType.Boolean);
    assertThat(reference.getMetrics().getFirst().getValue()).isEqualTo(true);
  }

  @Test
  void skips_fields_that_it_does_not_know() throws Exception {
    byte[] bytes =
        SparkplugBytes.payload(1, 2)
            .text(4, "uuid")
            .bytes(5, new byte[10])
            .varint(99, 5)
            .float64(100, 1)
            .float32(101, 1)
            .with(SparkplugBytes.metric().text(1, "m").varint(5, 1).text(77, "?").varint(14, 1))
            .bytes();

    assertThat(read(bytes).metrics().getFirst().value()).isEqualTo(new SparkplugMetric.Truth(true));
  }

  @Test
  void says_what_is_wrong_when_it_is_no_payload() {
    refused("08", "ends in the middle");
    refused("1205080a", "ends in the middle");
    refused("0a0161", "type 2 instead of 0");
    refused("12020aff", "ends in the middle");
    refused("12040a02c328", "not UTF-8");
    refused("0b", "type 3");
    refused("00", "number 0");
    refused("08ffffffffffffffffffffff01", "more than ten bytes");
  }

  private static void refused(String hex, String why) {
    assertThatThrownBy(() -> read(HexFormat.of().parseHex(hex)))
        .isInstanceOf(SparkplugPayload.MalformedException.class)
        .hasMessageContaining(why);
  }
}
