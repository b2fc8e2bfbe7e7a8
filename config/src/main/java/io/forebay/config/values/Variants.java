package io.forebay.config.values;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** On a sealed interface whose records stand in one place of the pipeline file. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Variants {
  /** What one of them is called in messages, for example {@code source}. */
  String noun();

  /** The key whose value is the {@link Variant}; empty: the variant is itself the key. */
  String key() default "";

  /** A record of keys that each of them has besides its own. */
  Class<? extends Record> common() default None.class;

  /** No keys. */
  record None() {}
}
