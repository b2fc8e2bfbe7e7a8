/** First pipeline files, from data. */
@NullMarked
package io.forebay.cli.init;

import org.jspecify.annotations.NullMarked;
