/** Fault, simulation and architecture tests over all modules; not shipped. */
@NullMarked
package io.forebay.faults;

import org.jspecify.annotations.NullMarked;
