package io.forebay.config.secrets;

/**
 * A value that is printed nowhere. A key of this type takes only what {@code ${env:…}} or {@code
 * ${file:…}} puts in, so that it stands in no file.
 */
public record Secret(String value) {
  /** Stars: whoever prints a configuration prints no secret. */
  @Override
  public String toString() {
    return Secrets.STARS;
  }
}
