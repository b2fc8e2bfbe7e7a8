/** What a file of dead letters says: how many, from where, why. */
@NullMarked
package io.forebay.cli.letters;

import org.jspecify.annotations.NullMarked;
