/** Spectra of bursts of samples, with Hipparchus. */
@NullMarked
package io.forebay.functions.spectra;

import org.jspecify.annotations.NullMarked;
