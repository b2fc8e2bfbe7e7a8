package io.forebay.functions;

import io.forebay.RecordFunction;
import io.forebay.errors.RecordRejectedException;
import org.jspecify.annotations.Nullable;

/**
 * The lecture's function, record by record: what {@link LectureFeatures} computes, written the easy
 * way. Its results are the same bit for bit; it is slower, because an object is built for each
 * record.
 */
public final class LectureFeaturesPerRecord
    implements RecordFunction<LectureFeaturesPerRecord.Reading, LectureFeaturesPerRecord.Features> {
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
