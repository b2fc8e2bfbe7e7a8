package io.forebay.functions.spectra;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.parameters.DecimalText;
import io.forebay.parameters.FunctionDescription;
import io.forebay.parameters.ListFunction;
import io.forebay.parameters.ListFunction.Input;
import io.forebay.parameters.NoResultException;
import io.forebay.parameters.Parameter;
import io.forebay.parameters.ParameterValues;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How much of a burst lies in each of several bands of frequencies: the sum of Welch's power
 * spectral density over the frequencies {@code f} of the band, {@code from ≤ f < to}, times their
 * distance. This is the mean square of the burst's part in that band ({@code measure: power}, in
 * the samples' unit squared), its root ({@code rms}), or its share in all bands together ({@code
 * share}; null where they are all 0).
 */
public final class BandEnergies implements BatchFunction {
  private static final Parameter<List<NamedBands.Band>> BANDS =
      Parameter.of("bands", "The bands and the columns of their results.", new NamedBands());
  private static final Parameter<String> MEASURE =
      Parameter.choice(
              "measure",
              "The mean square in a band (power), its root (rms), or its share in all bands"
                  + " (share).",
              "power",
              "rms",
              "share")
          .byDefault("power");

  /** What {@code forebay functions} says. */
  public static final FunctionDescription DESCRIPTION =
      FunctionDescription.of(
              "What a burst of samples has in bands of frequencies, each in a column of its own.",
              Samples.COLUMN,
              Samples.RATE,
              BANDS,
              MEASURE,
              Welch.SEGMENT,
              Welch.OVERLAP,
              Tapers.WINDOW,
              Welch.DETREND,
              ListFunction.MISSING)
          .formula("power = sum(psd[k]) * rate / segment, for from <= k * rate / segment < to")
          .reads("column: list-float64")
          .adds("a float64 for each band")
          .example(
              "{ name: bands, cpu: io.forebay.functions.spectra.BandEnergies, parameters: { column:"
                  + " acceleration, rate: 25600, segment: 4096, bands: \"low = 10 .. 100, mid = 100"
                  + " .. 1000, high = 1000 .. 10000\" } }");

  private final ListFunction lists;
  private final List<NamedBands.Band> bands;
  private final String measure;
  private final Welch welch;

  /** Reads the parameters. */
  public BandEnergies(Map<String, String> parameters) {
    ParameterValues values = DESCRIPTION.read(BandEnergies.class, parameters);
    this.bands = values.get(BANDS);
    this.measure = values.get(MEASURE);
    this.welch = new Welch(values);
    bands.forEach(this::check);
    boolean ratio = measure.equals("share");
    this.lists =
        new ListFunction(
            List.of(Input.finite(Samples.COLUMN, values)),
            values.get(ListFunction.MISSING),
            bands.stream().map(each -> new Field(each.name(), ColumnType.FLOAT64, ratio)).toList(),
            (bursts, in, row) -> compute(bursts[0]));
  }

  private void check(NamedBands.Band band) {
    if (last(band) <= first(band)) {
      throw new ConfigurationException(
          "the band '"
              + band.name()
              + "' has no frequency of the spectrum, which are "
              + DecimalText.of(welch.binHz())
              + " Hz apart and end at "
              + DecimalText.of(welch.binHz() * (welch.bins() - 1))
              + " Hz: give another band, or a longer segment");
    }
  }

  private int first(NamedBands.Band band) {
    return (int) Math.min(welch.bins(), Math.ceil(band.from() / welch.binHz()));
  }

  /** The first one behind it. */
  private int last(NamedBands.Band band) {
    return (int) Math.min(welch.bins(), Math.ceil(band.to() / welch.binHz()));
  }

  private @Nullable Object[] compute(double[] samples) throws NoResultException {
    Samples.atLeast(samples, welch.segment(), "a segment has");
    double[] density = welch.density(samples);
    @Nullable Object[] results = new @Nullable Object[bands.size()];
    double[] powers = new double[bands.size()];
    double all = 0;
    for (int i = 0; i < powers.length; i++) {
      for (int k = first(bands.get(i)); k < last(bands.get(i)); k++) {
        powers[i] += density[k] * welch.binHz();
      }
      all += Samples.finite(powers[i]);
    }
    for (int i = 0; i < powers.length; i++) {
      results[i] =
          switch (measure) {
            case "rms" -> (Double) Math.sqrt(powers[i]);
            case "share" -> all > 0 ? (Double) (powers[i] / all) : null;
            default -> (Double) powers[i];
          };
    }
    return results;
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
