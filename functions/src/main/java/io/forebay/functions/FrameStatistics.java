package io.forebay.functions;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.Float64ListColumn;
import io.forebay.columns.Float64Writer;
import io.forebay.parameters.FunctionDescription;
import io.forebay.parameters.InputColumns;
import io.forebay.parameters.Parameter;
import io.forebay.parameters.ParameterValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Statistics of a burst of samples, one in each record: a list column, for example of an
 * acceleration. With {@code n} samples {@code x} and the central moments {@code mk = Σ(x − mean)^k
 * / n}: {@code mean}; {@code sd = √m2}, of the population; {@code rms = √(Σx²/n)}; {@code peak =
 * max|x|}; {@code peakToPeak = max − min}; {@code crest = peak / rms}; {@code skewness = m3 /
 * m2^1.5}; {@code kurtosis = m4 / m2²}, which is 3 for normally distributed samples.
 *
 * <p>Sums are compensated and moments taken about the mean, so that a small vibration on a large
 * offset keeps its digits. Where a ratio has nothing below it (a constant burst, one of zeros) its
 * result is null. A burst that is null, empty, or has a sample that is NaN or infinite is missing.
 *
 * @see <a href="https://doi.org/10.1002/zamm.19740540106">Neumaier, 1974: the sums</a>
 * @see <a href="https://www.itl.nist.gov/div898/handbook/eda/section3/eda35b.htm">NIST/SEMATECH
 *     e-Handbook of Statistical Methods, 1.3.5.11: skewness and kurtosis</a>
 */
public final class FrameStatistics implements BatchFunction {
  private static final Parameter<String> COLUMN =
      Parameter.column("column", "The bursts of samples.").byDefault("samples");
  private static final Parameter<String> PREFIX =
      Parameter.text("prefix", "What the names of the results begin with.").optional("nothing");
  private static final Parameter<String> MISSING =
      Parameter.choice(
              "missing",
              "What becomes of a record without a burst of finite samples: reject sends it to dead"
                  + " letter, null leaves its results empty.",
              "reject",
              "null")
          .byDefault("reject");

  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of(
              "Statistics of a burst of samples: mean, deviation, RMS, peak, crest factor, skewness"
                  + " and kurtosis.",
              COLUMN,
              PREFIX,
              MISSING)
          .formula(
              "rms = sqrt(sum(x^2)/n), crest = peak/rms, skewness = m3/m2^1.5, kurtosis = m4/m2^2,"
                  + " with mk = sum((x - mean)^k)/n")
          .reads("column: list-float64")
          .adds("mean, sd, rms, peak, peakToPeak, crest, skewness, kurtosis: float64")
          .example(
              "{ name: vibration, cpu: io.forebay.functions.FrameStatistics, parameters: { column:"
                  + " acceleration } }");

  private static final List<String> NAMES =
      List.of("mean", "sd", "rms", "peak", "peakToPeak", "crest", "skewness", "kurtosis");

  private final String column;
  private final String prefix;
  private final boolean rejects;

  /** Reads the parameters. */
  public FrameStatistics(Map<String, String> parameters) {
    ParameterValues values = DESCRIPTION.read(FrameStatistics.class, parameters);
    this.column = values.get(COLUMN);
    this.prefix = values.find(PREFIX).orElse("");
    this.rejects = values.get(MISSING).equals("reject");
  }

  @Override
  public Schema outputs(Schema input) {
    InputColumns.list(input, COLUMN.name(), column);
    List<Field> fields = new ArrayList<>();
    for (String name : NAMES) {
      boolean ratio = NAMES.indexOf(name) >= NAMES.indexOf("crest");
      fields.add(new Field(prefix + name, ColumnType.FLOAT64, ratio || !rejects));
    }
    return Schema.of(fields);
  }

  @Override
  public void apply(Batch in, BatchWriter out) {
    Float64ListColumn bursts = in.list(column);
    Float64Writer[] results = new Float64Writer[NAMES.size()];
    for (int i = 0; i < results.length; i++) {
      results[i] = out.float64(prefix + NAMES.get(i));
    }
    double[] statistics = new double[results.length];
    for (int row = 0; row < in.rows(); row++) {
      String problem = bursts.isNull(row) ? "is null" : compute(bursts.get(row), statistics);
      if (problem.isEmpty()) {
        write(results, row, statistics);
      } else if (rejects) {
        out.reject(row, "'" + column + "' " + problem + ", but finite samples are needed");
      } else {
        for (Float64Writer each : results) {
          each.setNull(row);
        }
      }
    }
  }

  private static void write(Float64Writer[] results, int row, double[] statistics) {
    for (int i = 0; i < results.length; i++) {
      if (Double.isFinite(statistics[i])) {
        results[i].set(row, statistics[i]);
      } else {
        results[i].setNull(row);
      }
    }
  }

  /** Fills in the statistics; what is wrong with the samples, or nothing. */
  private static String compute(double[] samples, double[] statistics) {
    if (samples.length == 0) {
      return "is empty";
    }
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    CompensatedSum sum = new CompensatedSum();
    CompensatedSum squares = new CompensatedSum();
    for (int i = 0; i < samples.length; i++) {
      double x = samples[i];
      if (!Double.isFinite(x)) {
        return "has " + x + " as sample " + (i + 1);
      }
      least = Math.min(least, x);
      most = Math.max(most, x);
      sum.add(x);
      squares.add(x * x);
    }
    double n = samples.length;
    double mean = sum.value() / n;
    CompensatedSum rest = new CompensatedSum();
    for (double x : samples) {
      rest.add(x - mean);
    }
    double beyond = rest.value() / n; // What the mean has beyond its last digit.
    CompensatedSum second = new CompensatedSum();
    CompensatedSum third = new CompensatedSum();
    CompensatedSum fourth = new CompensatedSum();
    for (double x : samples) {
      double d = x - mean - beyond;
      double square = d * d;
      second.add(square);
      third.add(square * d);
      fourth.add(square * square);
    }
    double m2 = least == most ? 0 : second.value() / n;
    double rms = Math.sqrt(squares.value() / n);
    double peak = Math.max(Math.abs(least), Math.abs(most));
    statistics[0] = mean;
    statistics[1] = Math.sqrt(m2);
    statistics[2] = rms;
    statistics[3] = peak;
    statistics[4] = most - least;
    statistics[5] = peak / rms;
    statistics[6] = third.value() / n / (m2 * Math.sqrt(m2));
    statistics[7] = fourth.value() / n / (m2 * m2);
    return Double.isFinite(rms + m2 + statistics[4] + mean)
        ? ""
        : "has samples whose squares are beyond a float64";
  }

  /** A sum of doubles that keeps what is lost in rounding. */
  private static final class CompensatedSum {
    private double sum;
    private double lost;

    void add(double x) {
      double next = sum + x;
      lost += Math.abs(sum) >= Math.abs(x) ? (sum - next) + x : (x - next) + sum;
      sum = next;
    }

    double value() {
      return sum + lost;
    }
  }
}
