package io.forebay.functions.spectra;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.Schema;
import io.forebay.columns.Column;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.parameters.DecimalText;
import io.forebay.parameters.FunctionDescription;
import io.forebay.parameters.InputColumns;
import io.forebay.parameters.ListFunction;
import io.forebay.parameters.ListFunction.Input;
import io.forebay.parameters.NoResultException;
import io.forebay.parameters.Parameter;
import io.forebay.parameters.ParameterValues;
import io.forebay.parameters.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How strongly the faults of a rolling bearing show in the envelope spectrum of a burst. From the
 * speed of the shaft ({@code fr} turns a second) and the bearing's geometry ({@code n} balls of the
 * diameter {@code d} on a pitch circle of {@code D}, {@code r = d/D · cos(angle)}) follow the
 * frequencies at which a fault is struck, on the outer ring ({@code bpfo = n/2 · fr · (1 − r)}),
 * the inner ring ({@code bpfi = n/2 · fr · (1 + r)}), a ball ({@code bsf = D/(2d) · fr · (1 − r²)})
 * and the cage ({@code ftf = fr/2 · (1 − r)}): the columns {@code bpfoHz} and so on, with an inner
 * ring that turns.
 *
 * <p>{@code bpfoHarmonics} and so on are lists: for each harmonic {@code h} the greatest amplitude
 * of the {@linkplain EnvelopeSpectrum envelope spectrum} within {@code h · f · (1 ± tolerance)}, at
 * the nearest frequency where none lies within. {@code bpfo} and so on are the roots of the sums of
 * their squares.
 *
 * @see <a href="https://doi.org/10.1016/j.ymssp.2010.07.017">Randall and Antoni, 2011: Rolling
 *     element bearing diagnostics, a tutorial</a>
 */
public final class BearingFaults implements BatchFunction {
  private static final Parameter<Double> SPEED =
      Parameter.number("speed", "The shaft's speed, in r/min.", Range.above(0))
          .optional("speedColumn says it");
  private static final Parameter<String> SPEED_COLUMN =
      Parameter.column("speedColumn", "The column of the speed, in r/min, instead of speed.")
          .optional("speed says it");
  private static final Parameter<Long> BALLS =
      Parameter.whole("balls", "How many balls or rollers the bearing has.", 2, 1000);
  private static final Parameter<Double> BALL =
      Parameter.number("ballDiameter", "The diameter of one.", Range.above(0));
  private static final Parameter<Double> PITCH =
      Parameter.number(
          "pitchDiameter",
          "The diameter of the circle of their centres, in the same unit; greater than"
              + " ballDiameter.",
          Range.above(0));
  private static final Parameter<Double> ANGLE =
      Parameter.number("contactAngle", "The contact angle, in degrees.", Range.of(0, 89))
          .byDefault("0");
  private static final Parameter<Long> HARMONICS =
      Parameter.whole("harmonics", "How many multiples of each frequency are looked at.", 1, 20)
          .byDefault("3");
  private static final Parameter<Double> TOLERANCE =
      Parameter.number(
              "tolerance",
              "How far from its frequency a harmonic may lie, as a share of it: balls slip.",
              Range.of(0, 0.2))
          .byDefault("0.01");

  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of(
              "The frequencies of a rolling bearing's faults, and how strong they are in the"
                  + " envelope spectrum of a burst of samples.",
              Samples.COLUMN,
              Samples.RATE,
              Envelope.FROM,
              Envelope.TO,
              SPEED,
              SPEED_COLUMN,
              BALLS,
              BALL,
              PITCH,
              ANGLE,
              HARMONICS,
              TOLERANCE,
              ListFunction.MISSING)
          .formula(
              "bpfo = n/2 * fr * (1 - r), bpfi = n/2 * fr * (1 + r), bsf = D/(2*d) * fr * (1 -"
                  + " r^2), ftf = fr/2 * (1 - r), with r = d/D * cos(angle)")
          .reads("column: list-float64; speedColumn: any number")
          .adds(
              "bpfoHz, bpfiHz, bsfHz, ftfHz, bpfo, bpfi, bsf, ftf: float64; bpfoHarmonics,"
                  + " bpfiHarmonics, bsfHarmonics, ftfHarmonics: list-float64")
          .example(
              "{ name: bearing, cpu: io.forebay.functions.spectra.BearingFaults, parameters: {"
                  + " column: acceleration, rate: 12000, from: 2000, to: 4000, speed: 1797, balls:"
                  + " 9, ballDiameter: 7.94, pitchDiameter: 39.04 } }");

  private static final List<String> FAULTS = List.of("bpfo", "bpfi", "bsf", "ftf");

  private final ListFunction lists;
  private final Envelope envelope;
  private final double rate;
  private final @Nullable Double speed;
  private final @Nullable String speedColumn;
  private final double[] orders;
  private final int harmonics;
  private final double tolerance;

  /** Reads the parameters. */
  public BearingFaults(Map<String, String> parameters) {
    ParameterValues values = DESCRIPTION.read(BearingFaults.class, parameters);
    this.envelope = new Envelope(values);
    this.rate = values.get(Samples.RATE);
    this.speed = values.find(SPEED).orElse(null);
    this.speedColumn = values.find(SPEED_COLUMN).orElse(null);
    if ((speed == null) == (speedColumn == null)) {
      throw new ConfigurationException(
          "BearingFaults needs the speed of the shaft once: give either speed, in r/min, or"
              + " speedColumn");
    }
    this.orders = orders(values);
    this.harmonics = (int) (long) values.get(HARMONICS);
    this.tolerance = values.get(TOLERANCE);
    if (speed != null && highest(speed) > rate / 2) {
      throw new ConfigurationException(
          "harmonic %d of the highest fault is at %s Hz, above half the rate: give fewer harmonics"
              .formatted(harmonics, DecimalText.of(highest(speed))));
    }
    this.lists =
        new ListFunction(
            List.of(Input.finite(Samples.COLUMN, values)),
            values.get(ListFunction.MISSING),
            fields(),
            (bursts, in, row) -> compute(bursts[0], speed(in, row)));
  }

  /** The faults' frequencies, as multiples of the shaft's. */
  private static double[] orders(ParameterValues values) {
    double n = values.get(BALLS);
    double d = values.get(BALL);
    double pitch = values.get(PITCH);
    if (d >= pitch) {
      throw new ConfigurationException(
          "the parameter ballDiameter is '%s', but has to be less than pitchDiameter, which is '%s'"
              .formatted(DecimalText.of(d), DecimalText.of(pitch)));
    }
    double r = d / pitch * Math.cos(Math.toRadians(values.get(ANGLE)));
    return new double[] {
      n / 2 * (1 - r), n / 2 * (1 + r), pitch / (2 * d) * (1 - r * r), (1 - r) / 2
    };
  }

  private static List<Field> fields() {
    List<Field> fields = new ArrayList<>();
    FAULTS.forEach(each -> fields.add(Field.of(each + "Hz", ColumnType.FLOAT64)));
    FAULTS.forEach(each -> fields.add(Field.of(each, ColumnType.FLOAT64)));
    FAULTS.forEach(each -> fields.add(Field.of(each + "Harmonics", ColumnType.FLOAT64_LIST)));
    return fields;
  }

  private double highest(double rpm) {
    double order = 0;
    for (double each : orders) {
      order = Math.max(order, each);
    }
    return order * harmonics * rpm / 60;
  }

  private double speed(Batch in, int row) throws NoResultException {
    if (speedColumn == null) {
      return speed == null ? 0 : speed;
    }
    Column column = in.column(speedColumn);
    double rpm = column.isNull(row) ? Double.NaN : in.number(speedColumn).asDouble(row);
    if (!(rpm > 0 && highest(rpm) <= rate / 2)) {
      throw new NoResultException(
          "has no results, since '%s' is %s: a speed above 0 is needed, at which no harmonic is above half the rate"
              .formatted(speedColumn, column.isNull(row) ? "null" : DecimalText.of(rpm)));
    }
    return rpm;
  }

  private @Nullable Object[] compute(double[] samples, double rpm) throws NoResultException {
    double lowest = Double.POSITIVE_INFINITY;
    for (double each : orders) {
      lowest = Math.min(lowest, each * rpm / 60);
    }
    int least = (int) Math.min(1 << 30, Math.ceil(rate / lowest));
    Samples.atLeast(samples, least, "a turn of the cage has");
    double[] amplitudes = envelope.spectrum(envelope.of(samples));
    double binHz = envelope.binHz(samples.length);
    int count = FAULTS.size();
    @Nullable Object[] results = new @Nullable Object[3 * count];
    for (int i = 0; i < count; i++) {
      double hertz = orders[i] * rpm / 60;
      double[] found = new double[harmonics];
      double squares = 0;
      for (int h = 1; h <= harmonics; h++) {
        found[h - 1] = greatest(amplitudes, h * hertz / binHz);
        squares += found[h - 1] * found[h - 1];
      }
      results[i] = hertz;
      results[count + i] = Samples.finite(Math.sqrt(squares));
      results[2 * count + i] = found;
    }
    return results;
  }

  /** The greatest amplitude around a place that is counted in bins. */
  private double greatest(double[] amplitudes, double place) {
    int last = amplitudes.length - 1;
    int nearest = (int) Math.min(last, Math.rint(place));
    double most = amplitudes[nearest];
    int to = (int) Math.min(last, Math.floor(place * (1 + tolerance)));
    for (int k = (int) Math.ceil(place * (1 - tolerance)); k <= to; k++) {
      most = Math.max(most, amplitudes[k]);
    }
    return most;
  }

  @Override
  public Schema outputs(Schema input) {
    if (speedColumn != null) {
      InputColumns.number(input, SPEED_COLUMN.name(), speedColumn);
    }
    return lists.outputs(input);
  }

  @Override
  public void apply(Batch in, BatchWriter out) {
    lists.apply(in, out);
  }
}
