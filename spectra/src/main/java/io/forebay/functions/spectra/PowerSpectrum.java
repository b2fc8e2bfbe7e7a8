package io.forebay.functions.spectra;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.Float64ListColumn;
import io.forebay.columns.Float64ListWriter;
import io.forebay.columns.Float64Writer;
import io.forebay.errors.ConfigurationException;
import io.forebay.parameters.FunctionDescription;
import io.forebay.parameters.InputColumns;
import io.forebay.parameters.Parameter;
import io.forebay.parameters.ParameterType;
import io.forebay.parameters.ParameterValues;
import io.forebay.parameters.Range;
import java.util.Arrays;
import java.util.Map;

/**
 * The power spectral density of a burst of samples, one in each record (a list column), by Welch's
 * method: segments that overlap, each without its mean and under a window, and the average of their
 * periodograms, {@code psd[k] = s · |FFT(w · (x − mean))[k]|² / (rate · Σw²)}, with {@code s = 2},
 * and 1 at 0 and at half the rate. The frequency of {@code psd[k]} is {@code k · rate / segment};
 * its unit is the samples' squared, by hertz. As {@code scipy.signal.welch} computes it.
 *
 * <p>{@code dominantHz} is where the density is greatest, apart from 0, on the parabola through
 * that density and its neighbours; null where all are 0. Samples behind the last whole segment are
 * left out. A burst that is null, shorter than a segment, or has a sample that is NaN or infinite
 * is missing.
 *
 * @see <a href="https://doi.org/10.1109/TAU.1967.1161901">Welch, 1967</a>
 */
public final class PowerSpectrum implements BatchFunction {
  private static final Parameter<String> COLUMN =
      Parameter.column("column", "The bursts of samples.").byDefault("samples");
  private static final Parameter<Double> RATE =
      Parameter.number("rate", "Samples a second.", Range.above(0));
  private static final Parameter<Integer> SEGMENT =
      Parameter.of("segment", "Samples of a segment.", new PowerOfTwo(8, 65_536)).byDefault("256");
  private static final Parameter<Double> OVERLAP =
      Parameter.number(
              "overlap", "The share of a segment that the next one has, too.", Range.of(0, 0.9))
          .byDefault("0.5");
  private static final Parameter<String> WINDOW =
      Parameter.choice("window", "What segments are multiplied with.", "hann", "hamming", "none")
          .byDefault("hann");
  private static final Parameter<String> DETREND =
      Parameter.choice("detrend", "Whether a segment's mean is taken away.", "mean", "none")
          .byDefault("mean");
  private static final Parameter<String> MISSING =
      Parameter.choice(
              "missing",
              "What becomes of a record without a burst that is long enough, of finite samples:"
                  + " reject sends it to dead letter, null leaves its results empty.",
              "reject",
              "null")
          .byDefault("reject");

  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of(
              "The power spectral density of a burst of samples, by Welch's method, and its"
                  + " dominant frequency.",
              COLUMN,
              RATE,
              SEGMENT,
              OVERLAP,
              WINDOW,
              DETREND,
              MISSING)
          .formula(
              "psd[k] = s * |FFT(w * (x - mean))[k]|^2 / (rate * sum(w^2)), at k * rate / segment"
                  + " Hz")
          .reads("column: list-float64")
          .adds("psd: list-float64, dominantHz: float64")
          .example(
              "{ name: spectrum, cpu: io.forebay.functions.spectra.PowerSpectrum, parameters: {"
                  + " column: acceleration, rate: 25600, segment: 1024 } }");

  private static final String PSD = "psd";
  private static final String DOMINANT = "dominantHz";

  private final String column;
  private final boolean rejects;
  private final int segment;
  private final double binHz;
  private final Welch welch;

  /** Reads the parameters. */
  public PowerSpectrum(Map<String, String> parameters) {
    ParameterValues values = DESCRIPTION.read(PowerSpectrum.class, parameters);
    this.column = values.get(COLUMN);
    this.rejects = values.get(MISSING).equals("reject");
    this.segment = values.get(SEGMENT);
    double rate = values.get(RATE);
    this.binHz = rate / segment;
    this.welch =
        new Welch(
            window(values.get(WINDOW), segment),
            segment - (int) (segment * values.get(OVERLAP)),
            values.get(DETREND).equals("mean"),
            rate);
  }

  /** Periodic windows, which are meant for spectra. */
  private static double[] window(String name, int length) {
    double constant = name.equals("hann") ? 0.5 : name.equals("hamming") ? 0.54 : 1;
    double[] window = new double[length];
    for (int i = 0; i < length; i++) {
      window[i] = constant - (1 - constant) * Math.cos(2 * Math.PI * i / length);
    }
    return window;
  }

  @Override
  public Schema outputs(Schema input) {
    Field field = InputColumns.find(input, COLUMN.name(), column);
    if (field.type() != ColumnType.FLOAT64_LIST) {
      throw new ConfigurationException(
          "a column of lists is needed, but '%s' is %s: declare it as list-float64, or name another one with the parameter 'column'"
              .formatted(column, field.type()));
    }
    return Schema.of(
        new Field(PSD, ColumnType.FLOAT64_LIST, !rejects),
        Field.nullable(DOMINANT, ColumnType.FLOAT64));
  }

  @Override
  public void apply(Batch in, BatchWriter out) {
    Float64ListColumn bursts = in.list(column);
    Float64ListWriter densities = out.list(PSD);
    Float64Writer dominant = out.float64(DOMINANT);
    for (int row = 0; row < in.rows(); row++) {
      double[] samples = bursts.isNull(row) ? new double[0] : bursts.get(row);
      String problem = bursts.isNull(row) ? "is null, but samples are needed" : problem(samples);
      double[] density = problem.isEmpty() ? welch.density(samples) : new double[0];
      if (problem.isEmpty() && !Double.isFinite(Arrays.stream(density).sum())) {
        problem = "has samples whose squares are beyond a float64";
      }
      if (problem.isEmpty()) {
        densities.set(row, density);
        double hertz = dominant(density) * binHz;
        if (hertz > 0) {
          dominant.set(row, hertz);
        } else {
          dominant.setNull(row);
        }
      } else if (rejects) {
        out.reject(row, "'" + column + "' " + problem);
      } else {
        densities.setNull(row);
        dominant.setNull(row);
      }
    }
  }

  private String problem(double[] samples) {
    if (samples.length < segment) {
      return "has "
          + samples.length
          + " samples, but a segment has "
          + segment
          + ": send longer bursts, or give a smaller segment";
    }
    for (int i = 0; i < samples.length; i++) {
      if (!Double.isFinite(samples[i])) {
        return "has " + samples[i] + " as sample " + (i + 1) + ", but finite samples are needed";
      }
    }
    return "";
  }

  /** Where the density is greatest, counted in bins; 0 where there is none. */
  private static double dominant(double[] density) {
    int best = 1;
    for (int k = 2; k < density.length; k++) {
      best = density[k] > density[best] ? k : best;
    }
    if (!(density[best] > 0)) {
      return 0;
    }
    if (best == density.length - 1) {
      return best;
    }
    double before = density[best - 1];
    double after = density[best + 1];
    double bend = before - 2 * density[best] + after;
    return bend < 0 ? best + Math.clamp(0.5 * (before - after) / bend, -1, 1) : best;
  }

  private record PowerOfTwo(int least, int most) implements ParameterType<Integer> {
    @Override
    public String noun() {
      return "a power of two from " + least + " to " + most;
    }

    @Override
    public Integer parse(String text) {
      int number = text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : 0;
      if (Integer.bitCount(number) != 1 || number < least || number > most) {
        throw new IllegalArgumentException();
      }
      return number;
    }
  }
}
