package io.forebay.formats.api;

/** Whether CSV begins with a row of names. */
public enum CsvHeaderRow {
  /** A first row of names is obeyed; a first row that is a record is a record. */
  AUTO("auto"),
  /** The first row has to be one of names; without it nothing is read. */
  PRESENT("present"),
  /** The first row is a record like all others, whatever it says. */
  ABSENT("absent");

  private final String text;

  CsvHeaderRow(String text) {
    this.text = text;
  }

  /** The name used in pipeline files. */
  public String text() {
    return text;
  }

  @Override
  public String toString() {
    return text;
  }
}
