/** JMH benchmarks and comparisons with other systems; not shipped. */
@NullMarked
package io.forebay.benchmarks;

import org.jspecify.annotations.NullMarked;
