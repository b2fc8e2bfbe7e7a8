package io.forebay.functions;

import io.forebay.RecordFunction;
import io.forebay.errors.RecordRejectedException;
import io.forebay.parameters.FunctionDescription;
import org.jspecify.annotations.Nullable;

/**
 * The lecture's function, record by record: what {@link LectureFeatures} computes, written the easy
 * way. Its results are the same bit for bit; it is slower, because an object is built for each
 * record.
 */
public final class LectureFeaturesPerRecord
    implements RecordFunction<LectureFeaturesPerRecord.Reading, LectureFeaturesPerRecord.Features> {
  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of("The same as LectureFeatures, record by record.")
          .formula(LectureFormula.WORDS)
          .reads("value: float64, float32 or int32")
          .adds("normalized: float64, feature: float64")
          .example("{ name: features, cpu: io.forebay.functions.LectureFeaturesPerRecord }");

  /** What the function needs of a record; the other columns pass through. */
  public record Reading(@Nullable Double value) {}

  /** What the function adds to a record. */
  public record Features(double normalized, double feature) {}

  @Override
  public Features apply(Reading reading) throws RecordRejectedException {
    Double value = reading.value();
    if (value == null || !Double.isFinite(value)) {
      throw new RecordRejectedException(LectureFormula.rejection(LectureFormula.VALUE, value));
    }
    double normalized = LectureFormula.normalized(value);
    double feature = LectureFormula.feature(value, normalized);
    return new Features(LectureFormula.round(normalized), LectureFormula.round(feature));
  }
}
