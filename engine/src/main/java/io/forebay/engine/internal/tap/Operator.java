package io.forebay.engine.internal.tap;

import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** How a value is compared with the one of a condition. */
enum Operator {
  AT_MOST("<="),
  AT_LEAST(">="),
  OTHER("!="),
  LACKS("!~"),
  SAME("=="),
  EQUAL("="),
  LESS("<"),
  MORE(">"),
  CONTAINS("~");

  /** Those of types that have no order. */
  static final Set<Operator> EQUALITY = EnumSet.of(EQUAL, OTHER);

  /** Those of types that have one. */
  static final Set<Operator> ORDER = EnumSet.of(EQUAL, OTHER, LESS, AT_MOST, MORE, AT_LEAST);

  private final String sign;

  Operator(String sign) {
    this.sign = sign;
  }

  String sign() {
    return sign;
  }

  /** The one that the text begins with; the longer ones first. */
  static Optional<Operator> at(String text) {
    return Arrays.stream(values()).filter(each -> text.startsWith(each.sign)).findFirst();
  }

  /** The signs of some, for people. */
  static String signs(Set<Operator> some) {
    List<String> signs =
        some.stream()
            .sorted(
                Comparator.comparing((Operator each) -> each.sign.length())
                    .thenComparing(Operator::sign))
            .map(Operator::sign)
            .toList();
    return signs.stream().limit(signs.size() - 1L).collect(Collectors.joining(", "))
        + " or "
        + signs.getLast();
  }

  /** Whether it holds for a value that compares so with that of the condition. */
  boolean holds(int comparison) {
    return switch (this) {
      case EQUAL, SAME -> comparison == 0;
      case OTHER -> comparison != 0;
      case LESS -> comparison < 0;
      case AT_MOST -> comparison <= 0;
      case MORE -> comparison > 0;
      case AT_LEAST -> comparison >= 0;
      case CONTAINS, LACKS -> throw new IllegalStateException(this + " compares texts");
    };
  }

  boolean holds(String there, String value) {
    return switch (this) {
      case CONTAINS -> there.contains(value);
      case LACKS -> !there.contains(value);
      default -> holds(there.compareTo(value));
    };
  }
}
