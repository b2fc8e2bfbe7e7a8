package plant;

import io.forebay.RecordFunction;
import io.forebay.RecordRejectedException;

/**
 * A function of one's own: reads the column {@code value}, adds the columns {@code kelvin} and
 * {@code comfortable}.
 */
public final class Comfort implements RecordFunction<Comfort.Reading, Comfort.Result> {
  public record Reading(double value) {}

  public record Result(double kelvin, boolean comfortable) {}

  @Override
  public Result apply(Reading reading) throws RecordRejectedException {
    double celsius = reading.value();
    if (celsius < -273.15) {
      throw new RecordRejectedException("below absolute zero: " + celsius + " °C");
    }
    return new Result(celsius + 273.15, celsius >= 19 && celsius <= 26);
  }
}
