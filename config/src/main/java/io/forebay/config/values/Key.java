package io.forebay.config.values;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Describes a key of the pipeline file, on the record component that holds its value. Reading,
 * checking, the JSON Schema and the table of the manual come from it.
 *
 * <p>A key without a default is required, unless its type is an Optional, a List or a Map.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Key {
  /** What the key says, for the manual: one phrase, with its unit where it has one. */
  String value();

  /** What stands in the file where the key is left out, as it would be written there. */
  String byDefault() default "";

  /** What happens without the key, where that is more than a value. */
  String otherwise() default "";

  /** The least number, or the least number of elements. */
  long min() default Long.MIN_VALUE;

  /** The greatest number. */
  long max() default Long.MAX_VALUE;
}
