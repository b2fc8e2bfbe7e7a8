package io.forebay.parameters;

import io.forebay.columns.ColumnType;
import io.forebay.errors.ConfigurationException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A parameter of a function: its name, what it means, what it takes, and what holds where it is not
 * given. Immutable; a function has it in a static field.
 *
 * <pre>{@code
 * static final Parameter<Double> SD =
 *     Parameter.number("sd", "The standard deviation.", Range.above(0)).byDefault("1");
 * }</pre>
 */
public final class Parameter<T> {
  private final String name;
  private final String meaning;
  private final ParameterType<T> type;
  private final @Nullable String byDefault;
  private final @Nullable String otherwise;

  private Parameter(
      String name,
      String meaning,
      ParameterType<T> type,
      @Nullable String byDefault,
      @Nullable String otherwise) {
    this.name = name;
    this.meaning = meaning;
    this.type = type;
    this.byDefault = byDefault;
    this.otherwise = otherwise;
  }

  /**
   * A parameter that has to be given.
   *
   * @param meaning one or more sentences for the person who writes the pipeline
   */
  public static <T> Parameter<T> of(String name, String meaning, ParameterType<T> type) {
    return new Parameter<>(name, meaning, type, null, null);
  }

  /** A text that is not blank. */
  public static Parameter<String> text(String name, String meaning) {
    return text(name, meaning, "a text");
  }

  /**
   * A text that is not blank.
   *
   * @param noun what the text is: {@code the path of a file}
   */
  public static Parameter<String> text(String name, String meaning, String noun) {
    return of(name, meaning, new TextType(noun));
  }

  /** The name of a column. */
  public static Parameter<String> column(String name, String meaning) {
    return text(name, meaning, "the name of a column");
  }

  /** A finite number. */
  public static Parameter<Double> number(String name, String meaning, Range range) {
    return of(name, meaning, new NumberType(range));
  }

  /** A whole number, ends included. */
  public static Parameter<Long> whole(String name, String meaning, long least, long most) {
    return of(name, meaning, new WholeType(least, most));
  }

  /** Numbers with commas between them. */
  public static Parameter<List<Double>> numbers(String name, String meaning, int least, int most) {
    return of(name, meaning, new NumbersType(least, most));
  }

  /** One of these words. */
  public static Parameter<String> choice(String name, String meaning, String... words) {
    return of(name, meaning, new ChoiceType(List.of(words)));
  }

  /** The type of a column, as pipeline files name it. */
  public static Parameter<ColumnType> columnType(String name, String meaning, ColumnType... types) {
    return of(name, meaning, new ColumnTypes(List.of(types)));
  }

  /** The same, with what holds where it is not given, written as in a pipeline file. */
  public Parameter<T> byDefault(String text) {
    return new Parameter<>(name, meaning, type, text, null);
  }

  /**
   * The same, but it need not be given.
   *
   * @param otherwise what holds then, in a few words
   */
  public Parameter<T> optional(String otherwise) {
    return new Parameter<>(name, meaning, type, null, otherwise);
  }

  /** The key in a stage's {@code parameters:}. */
  public String name() {
    return name;
  }

  /** What it means. */
  public String meaning() {
    return meaning;
  }

  /** What it takes, with its range. */
  public String takes() {
    return type.noun();
  }

  /**
   * What holds where it is not given, as a pipeline file has it; empty if there is no such text.
   */
  public Optional<String> byDefault() {
    return Optional.ofNullable(byDefault);
  }

  /** What holds where it is not given, in words; empty if it has to be given. */
  public Optional<String> otherwise() {
    return Optional.ofNullable(byDefault == null ? otherwise : byDefault);
  }

  /** The value of a text, or what holds where there is none. */
  @Nullable T value(String function, @Nullable String text) {
    String given = text == null ? byDefault : text;
    if (given == null) {
      if (otherwise == null) {
        throw new ConfigurationException(
            function + " needs the parameter " + name + ": " + type.noun());
      }
      return null;
    }
    try {
      return type.parse(given.strip());
    } catch (IllegalArgumentException e) {
      String why = e.getMessage() == null ? "" : ", " + e.getMessage();
      throw new ConfigurationException(
          "the parameter " + name + " is '" + given + "'" + why + ": " + type.advice(), e);
    }
  }
}
