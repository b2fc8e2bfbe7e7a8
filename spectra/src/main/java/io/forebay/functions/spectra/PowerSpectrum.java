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
import io.forebay.parameters.FunctionDescription;
import io.forebay.parameters.InputColumns;
import io.forebay.parameters.Parameter;
import io.forebay.parameters.ParameterValues;
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
              Samples.COLUMN,
              Samples.RATE,
              Welch.SEGMENT,
              Welch.OVERLAP,
              Tapers.WINDOW,
              Welch.DETREND,
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
  private final Welch welch;

  /** Reads the parameters. */
  public PowerSpectrum(Map<String, String> parameters) {
    ParameterValues values = DESCRIPTION.read(PowerSpectrum.class, parameters);
    this.column = values.get(Samples.COLUMN);
    this.rejects = values.get(MISSING).equals("reject");
    this.welch = new Welch(values);
  }

  @Override
  public Schema outputs(Schema input) {
    InputColumns.list(input, Samples.COLUMN.name(), column);
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
        double hertz = dominant(density) * welch.binHz();
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
    if (samples.length < welch.segment()) {
      return "has "
          + samples.length
          + " samples, but a segment has "
          + welch.segment()
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
}
