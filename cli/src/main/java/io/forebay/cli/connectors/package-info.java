/** What pipelines can read from and write to, for people. */
@NullMarked
package io.forebay.cli.connectors;

import org.jspecify.annotations.NullMarked;
