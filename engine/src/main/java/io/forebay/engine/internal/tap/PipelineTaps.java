package io.forebay.engine.internal.tap;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.errors.ConfigurationException;
import io.forebay.internal.text.Nearest;
import io.forebay.tap.Tap;
import io.forebay.tap.TapPart;
import io.forebay.tap.TapRequest;
import io.forebay.tap.Taps;
import io.forebay.tap.TooManyTapsException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** The parts of one pipeline at which there can be taps, and those that are open. */
public final class PipelineTaps implements Taps {
  /**
   * A part.
   *
   * @param partitions whose rows are of it, where others pass the same point
   */
  record Place(TapPart part, TapPoint point, IntPredicate partitions) {
    /** Whether every row that passes the point is of the part. */
    boolean hasAllPartitions() {
      return part.kind() != TapPart.Kind.SOURCE;
    }

    /** Whether a dead letter that passes the point is one of the part's. */
    boolean sees(Rejection rejection) {
      return part.kind() != TapPart.Kind.SOURCE || rejection.source().equals(part.name());
    }

    boolean matches(Where where, Rejection rejection) {
      return part.kind() == TapPart.Kind.DEAD_LETTER
          ? Letters.matches(where, rejection)
          : Letters.recordMatches(where, rejection);
    }
  }

  private final LongSupplier nanos;
  private final List<Place> places = new ArrayList<>();

  /** How many are open, for the threads on which records pass. */
  private volatile int count;

  @GuardedBy("this")
  private final Set<OpenTap> open = new HashSet<>();

  /**
   * Without parts; they are added before it is used.
   *
   * @param nanos the engine's clock
   */
  public PipelineTaps(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Adds a part that is alone at its point. */
  public void add(TapPart.Kind kind, String name, Schema schema, TapPoint point) {
    places.add(new Place(new TapPart(kind, name, schema), point, partition -> true));
  }

  /** Adds a source, whose rows are those of these partitions. */
  public void addSource(String name, Schema schema, TapPoint point, IntPredicate partitions) {
    places.add(new Place(new TapPart(TapPart.Kind.SOURCE, name, schema), point, partitions));
  }

  /** Adds the dead letters of records that have at most these columns. */
  public void addDeadLetters(String name, Schema records, TapPoint point) {
    add(TapPart.Kind.DEAD_LETTER, name, Letters.around(records), point);
  }

  long nanos() {
    return nanos.getAsLong();
  }

  int open() {
    return count;
  }

  @Override
  public List<TapPart> parts() {
    return places.stream().map(Place::part).toList();
  }

  @Override
  public synchronized Tap open(TapRequest request) {
    Place place = place(request.part());
    Optional<Where> where =
        request.where().isBlank()
            ? Optional.empty()
            : Optional.of(Where.parse(request.where(), place.part()));
    double rate = request.perSecond();
    if (!(rate > 0) || rate > TapRequest.MOST_A_SECOND) {
      throw new ConfigurationException(
          "a rate of "
              + rate
              + " records a second is not possible: use more than 0, and 1000 at most");
    }
    if (open.size() >= MOST) {
      throw new TooManyTapsException();
    }
    OpenTap tap = new OpenTap(place, where, rate, this);
    open.add(tap);
    count = open.size();
    place.point().add(tap);
    return tap;
  }

  synchronized void closed(OpenTap tap) {
    open.remove(tap);
    count = open.size();
  }

  // ------------------------------------------------------------------ which part is meant

  private Place place(String wanted) {
    List<Place> called =
        places.stream()
            .filter(
                each -> each.part().name().equals(wanted) || withKind(each.part()).equals(wanted))
            .toList();
    if (called.size() == 1) {
      return called.getFirst();
    }
    if (called.isEmpty()) {
      throw new ConfigurationException(
          "there is no part '"
              + wanted
              + "'"
              + Nearest.to(wanted, names()).map(near -> ", did you mean '" + near + "'?").orElse("")
              + ": "
              + places.stream().map(each -> each.part().title()).collect(Collectors.joining(", ")));
    }
    throw new ConfigurationException(
        "'"
            + wanted
            + "' is the name of "
            + called.size()
            + " parts: write "
            + called.stream()
                .map(each -> withKind(each.part()))
                .collect(Collectors.joining(" or ")));
  }

  private List<String> names() {
    return places.stream().map(each -> each.part().name()).toList();
  }

  private static String withKind(TapPart part) {
    return part.kind().word().replace(" ", "") + ":" + part.name();
  }
}
