package io.forebay.config.model;

import io.forebay.config.secrets.Secrets;
import io.forebay.config.sinks.SinkConfig;
import io.forebay.config.sinks.SinkDelivery;
import io.forebay.config.sources.SourceConfig;
import io.forebay.config.sources.SourceDelivery;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** For each source and sink the keys that all of them have, by the object itself. */
public final class Attached {
  private final IdentityHashMap<Object, Record> values = new IdentityHashMap<>();

  private Secrets secrets = new Secrets();
  private final List<String> notices = new ArrayList<>();
  private Optional<String> file = Optional.empty();

  /** The path under which the pipeline file was named, where it came from a file. */
  public Optional<String> file() {
    return file;
  }

  public void file(String path) {
    file = Optional.of(path);
  }

  /** What must not be printed. */
  public Secrets secrets() {
    return secrets;
  }

  public void secrets(Secrets found) {
    secrets = found;
  }

  /** What the person who starts the pipeline should know. */
  public List<String> notices() {
    return List.copyOf(notices);
  }

  public void notice(String sentence) {
    notices.add(sentence);
  }

  public void put(Object to, Record value) {
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
