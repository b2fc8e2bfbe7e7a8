/** A pipeline file as records, from the top down to its stages. */
@NullMarked
package io.forebay.config.model;

import org.jspecify.annotations.NullMarked;
