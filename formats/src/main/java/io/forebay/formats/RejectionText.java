package io.forebay.formats;

import io.forebay.Numbering;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.formats.api.Bytes;
import io.forebay.formats.api.JsonText;
import io.forebay.formats.api.NonFinite;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Writes dead letters as JSON objects that may get more members: without the closing brace. Used by
 * one thread.
 */
public final class RejectionText {
  private final UnaryOperator<String> hide;
  private final Supplier<NonFinite> nonFinite;

  /** For the batches of each stage, whose columns differ. */
  private final Map<Schema, RowText> rows = new HashMap<>();

  /**
   * @param hide takes secrets out of reasons and details, which may hold the text of any exception;
   *     records stay as they are
   * @param nonFinite told of values that are written as null
   */
  public RejectionText(UnaryOperator<String> hide, Supplier<NonFinite> nonFinite) {
    this.hide = hide;
    this.nonFinite = nonFinite;
  }

  /**
   * Appends a letter.
   *
   * @param time when it was rejected; empty: it is not said
   */
  public void put(Rejection rejection, Numbering numbering, String time, Bytes out) {
    put(out, "{\"source\":", rejection.source());
    if (!rejection.partition().isEmpty()) {
      put(out, ",\"partition\":", rejection.partition());
    }
    put(out, ",", numbering.name());
    out.putAscii(":" + numbering.number().applyAsLong(rejection.sequence()));
    put(out, ",\"stage\":", rejection.stage());
    if (!rejection.sink().isEmpty()) {
      put(out, ",\"sink\":", rejection.sink());
    }
    put(out, ",\"reason\":", hide.apply(rejection.reason()));
    if (!rejection.detail().isEmpty()) {
      put(out, ",\"detail\":", hide.apply(rejection.detail()));
    }
    if (!time.isEmpty()) {
      put(out, ",\"rejectedAt\":", time);
    }
    switch (rejection.content()) {
      case Rejection.Text text -> {
        put(out, ",\"text\":", text.start());
        out.putAscii(",\"cutBytes\":" + text.cutBytes());
      }
      case Rejection.Row row -> {
        out.putAscii(",\"record\":");
        RowText text =
            rows.computeIfAbsent(
                row.batch().schema(), schema -> RowText.json(schema, nonFinite.get()));
        text.load(row.batch().slice(row.row(), row.row() + 1));
        text.put(0, out);
      }
    }
  }

  private static void put(Bytes out, String name, String value) {
    out.putAscii(name);
    JsonText.put(out, value);
  }
}
