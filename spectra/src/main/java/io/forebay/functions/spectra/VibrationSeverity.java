package io.forebay.functions.spectra;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.parameters.FunctionDescription;
import io.forebay.parameters.ListFunction;
import io.forebay.parameters.ListFunction.Input;
import io.forebay.parameters.NoResultException;
import io.forebay.parameters.Parameter;
import io.forebay.parameters.ParameterValues;
import io.forebay.parameters.Range;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The RMS value of the vibration velocity of a machine, from a burst of its acceleration, and the
 * evaluation zone of ISO 20816-3:2022 (the limits are those of ISO 10816-3:2009): A as of machines
 * newly commissioned, B fit for long operation, C not, D enough to cause damage. A value on a limit
 * is in the better zone.
 *
 * <p>It is integrated in the frequency domain: each frequency of the burst under its window is
 * divided by {@code 2πf}, and the squares of those from {@code from} to {@code to} are added up,
 * {@code v² = Σ s · |FFT(w · (x − mean))[k]|² / (n · Σw² · (2πf)²)}, over the whole burst, of any
 * length from a period of {@code from} on.
 *
 * @see "ISO 20816-3:2022, Mechanical vibration — Measurement and evaluation of machine vibration —
 *     Part 3, Annex A: the limits of the zones"
 */
public final class VibrationSeverity implements BatchFunction {
  private static final Parameter<String> UNIT =
      Parameter.choice("unit", "The unit of the samples.", "m/s2", "mm/s2", "g").byDefault("m/s2");
  private static final Parameter<Double> FROM =
      Parameter.number(
              "from",
              "The least frequency, in Hz: 10, and 2 for machines slower than 600 r/min.",
              Range.above(0))
          .byDefault("10");
  private static final Parameter<Double> TO =
      Parameter.number("to", "The greatest frequency, in Hz.", Range.above(0)).byDefault("1000");
  private static final Parameter<String> GROUP =
      Parameter.choice(
          "group",
          "The machine's group: 1 above 300 kW or with a shaft height of 315 mm and more, 2 from 15"
              + " to 300 kW or with a shaft height from 160 mm on.",
          "1",
          "2");
  private static final Parameter<String> FOUNDATION =
      Parameter.choice("foundation", "What it stands on.", "rigid", "flexible");
  private static final Parameter<String> WINDOW =
      Parameter.choice("window", "What the burst is multiplied with.", "hann", "none")
          .byDefault("hann");

  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of(
              "The RMS velocity of a machine's vibration, from a burst of its acceleration, and its"
                  + " zone by ISO 20816-3.",
              Samples.COLUMN,
              Samples.RATE,
              GROUP,
              FOUNDATION,
              UNIT,
              FROM,
              TO,
              WINDOW,
              ListFunction.MISSING)
          .formula(
              "velocityRms = sqrt(sum(s * |FFT(w * (x - mean))[k]|^2 / (n * sum(w^2) * (2 * pi *"
                  + " f)^2))), for from <= f = k * rate / n <= to")
          .reads("column: list-float64")
          .adds("velocityRms: float64, in mm/s; zone: string, A to D")
          .example(
              "{ name: severity, cpu: io.forebay.functions.spectra.VibrationSeverity, parameters: {"
                  + " column: acceleration, rate: 25600, unit: g, group: 2, foundation: rigid } }");

  private static final double STANDARD_GRAVITY = 9.80665;

  private final ListFunction lists;
  private final double rate;
  private final double from;
  private final double to;
  private final double millimetres;
  private final String windowName;
  private final double[] limits;
  private final Dft dft = new Dft();
  private double[] window = new double[0];

  /** Reads the parameters. */
  public VibrationSeverity(Map<String, String> parameters) {
    ParameterValues values = DESCRIPTION.read(VibrationSeverity.class, parameters);
    this.rate = values.get(Samples.RATE);
    this.from = values.get(FROM);
    this.to = values.get(TO);
    Envelope.checkBand(from, to, rate);
    this.millimetres =
        switch (values.get(UNIT)) {
          case "g" -> 1000 * STANDARD_GRAVITY;
          case "mm/s2" -> 1;
          default -> 1000;
        };
    this.windowName = values.get(WINDOW);
    this.limits = limits(values.get(GROUP), values.get(FOUNDATION).equals("rigid"));
    this.lists =
        new ListFunction(
            List.of(Input.finite(Samples.COLUMN, values)),
            values.get(ListFunction.MISSING),
            List.of(
                Field.of("velocityRms", ColumnType.FLOAT64), Field.of("zone", ColumnType.STRING)),
            (bursts, in, row) -> compute(bursts[0]));
  }

  /** Where B, C and D begin, in mm/s. */
  private static double[] limits(String group, boolean rigid) {
    if (group.equals("1")) {
      return rigid ? new double[] {2.3, 4.5, 7.1} : new double[] {3.5, 7.1, 11};
    }
    return rigid ? new double[] {1.4, 2.8, 4.5} : new double[] {2.3, 4.5, 7.1};
  }

  private @Nullable Object[] compute(double[] samples) throws NoResultException {
    Samples.atLeast(
        samples, (int) Math.min(1 << 30, Math.ceil(rate / from)), "a period of from has");
    double velocity = Samples.finite(millimetres * velocityRms(samples));
    int zone = 0;
    while (zone < limits.length && velocity > limits[zone]) {
      zone++;
    }
    return new @Nullable Object[] {velocity, "ABCD".substring(zone, zone + 1)};
  }

  private double velocityRms(double[] samples) {
    int n = samples.length;
    if (window.length != n) {
      window = Tapers.of(windowName, n);
    }
    double mean = 0;
    double power = 0;
    for (int i = 0; i < n; i++) {
      mean += samples[i];
      power += window[i] * window[i];
    }
    mean /= n;
    double[] imaginary = new double[n];
    for (int i = 0; i < n; i++) {
      samples[i] = (samples[i] - mean) * window[i];
    }
    dft.forward(samples, imaginary);
    double sum = 0;
    for (int k = 1; 2 * k <= n; k++) {
      double hertz = k * rate / n;
      if (hertz >= from && hertz <= to) {
        double omega = 2 * Math.PI * hertz;
        double square = samples[k] * samples[k] + imaginary[k] * imaginary[k];
        sum += (2 * k == n ? 1 : 2) * square / (omega * omega);
      }
    }
    return Math.sqrt(sum / (n * power));
  }

  @Override
  public Schema outputs(Schema input) {
    return lists.outputs(input);
  }

  @Override
  public void apply(Batch in, BatchWriter out) {
    lists.apply(in, out);
  }
}
