package io.forebay.config;

import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** For each source and sink the keys that all of them have, by the object itself. */
public final class Attached {
  private final IdentityHashMap<Object, Record> values = new IdentityHashMap<>();

  private static final int LEAST_SECRET = 4;

  private List<String> secrets = List.of();
  private Optional<String> file = Optional.empty();

  /** The path under which the pipeline file was named, where it came from a file. */
  public Optional<String> file() {
    return file;
  }

  void file(String path) {
    file = Optional.of(path);
  }

  /** A text with {@code ***} in place of the secrets that were put into the file. */
  public String hide(String text) {
    String hidden = text;
    for (String secret : secrets) {
      hidden = hidden.replace(secret, "***");
    }
    return hidden;
  }

  /** Secrets of fewer characters are words that stand anywhere. */
  void secrets(Set<String> putIn) {
    secrets =
        putIn.stream()
            .filter(secret -> secret.length() >= LEAST_SECRET)
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
  }

  void put(Object to, Record value) {
    values.put(to, value);
  }

  /** The keys of a source of this file. */
  public SourceDelivery of(SourceConfig source) {
    return (SourceDelivery) Objects.requireNonNull(values.get(source));
  }

  /** The keys of a sink of this file. */
  public SinkDelivery of(SinkConfig sink) {
    return (SinkDelivery) Objects.requireNonNull(values.get(sink));
  }

  /** Equal where the same values are attached, whatever to. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Attached attached && counts().equals(attached.counts());
  }

  @Override
  public int hashCode() {
    return counts().hashCode();
  }

  private Map<Record, Integer> counts() {
    Map<Record, Integer> counts = new HashMap<>();
    values.values().forEach(value -> counts.merge(value, 1, Integer::sum));
    return counts;
  }

  @Override
  public String toString() {
    return counts().toString();
  }
}
