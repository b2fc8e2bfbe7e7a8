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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The spectrum of the envelope of a burst's band: how often a second what rings there is struck,
 * which the spectrum of the burst itself hides. {@code envelopeSpectrum[k]} is the amplitude at
 * {@code k · rate / n} Hz of the envelope without its mean ({@code n} samples of the whole burst,
 * of any number); {@code envelopeHz} is where it is greatest, null where it is 0 everywhere; {@code
 * envelopeRms} the envelope's effective value, again without the mean.
 *
 * @see <a href="https://doi.org/10.1016/j.ymssp.2010.07.017">Randall and Antoni, 2011: Rolling
 *     element bearing diagnostics, a tutorial</a>
 */
public final class EnvelopeSpectrum implements BatchFunction {
  private static final Parameter<Double> MAX_HZ =
      Parameter.number("maxHz", "Where the spectrum ends, in Hz.", Range.above(0))
          .optional("half the rate");

  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of(
              "The envelope spectrum of a burst of samples within a band, by the Hilbert"
                  + " transform, and its dominant frequency.",
              Samples.COLUMN,
              Samples.RATE,
              Envelope.FROM,
              Envelope.TO,
              MAX_HZ,
              ListFunction.MISSING)
          .formula(
              "e = |hilbert(bandpass(x - mean))|, envelopeSpectrum[k] = s * |FFT(e - mean(e))[k]| /"
                  + " n, at k * rate / n Hz")
          .reads("column: list-float64")
          .adds("envelopeSpectrum: list-float64, envelopeHz: float64, envelopeRms: float64")
          .example(
              "{ name: envelope, cpu: io.forebay.functions.spectra.EnvelopeSpectrum, parameters: {"
                  + " column: acceleration, rate: 25600, from: 2000, to: 6000, maxHz: 500 } }");

  private static final int LEAST_SAMPLES = 8;

  private final ListFunction lists;
  private final Envelope envelope;
  private final double maxHz;

  /** Reads the parameters. */
  public EnvelopeSpectrum(Map<String, String> parameters) {
    ParameterValues values = DESCRIPTION.read(EnvelopeSpectrum.class, parameters);
    this.envelope = new Envelope(values);
    this.maxHz = values.find(MAX_HZ).orElse(Double.POSITIVE_INFINITY);
    this.lists =
        new ListFunction(
            List.of(Input.finite(Samples.COLUMN, values)),
            values.get(ListFunction.MISSING),
            List.of(
                Field.of("envelopeSpectrum", ColumnType.FLOAT64_LIST),
                Field.nullable("envelopeHz", ColumnType.FLOAT64),
                Field.of("envelopeRms", ColumnType.FLOAT64)),
            (bursts, in, row) -> compute(bursts[0]));
  }

  private @Nullable Object[] compute(double[] samples) throws NoResultException {
    Samples.atLeast(samples, LEAST_SAMPLES, "a spectrum of an envelope needs");
    double[] wave = envelope.of(samples);
    double squares = 0;
    for (double x : wave) {
      squares += x * x;
    }
    double[] amplitudes = envelope.spectrum(wave);
    double binHz = envelope.binHz(samples.length);
    int bins = (int) Math.min(amplitudes.length, Math.floor(maxHz / binHz) + 1);
    amplitudes = Arrays.copyOf(amplitudes, bins);
    int best = 1;
    for (int k = 2; k < bins; k++) {
      best = amplitudes[k] > amplitudes[best] ? k : best;
    }
    boolean silent = bins < 2 || !(amplitudes[best] > 0);
    double rms = Samples.finite(Math.sqrt(squares / wave.length));
    return new @Nullable Object[] {amplitudes, silent ? null : best * binHz, rms};
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
