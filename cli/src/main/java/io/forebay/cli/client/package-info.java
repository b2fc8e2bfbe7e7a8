/** What reads the dashboard of a running pipeline, and how it looks in a terminal. */
@NullMarked
package io.forebay.cli.client;

import org.jspecify.annotations.NullMarked;
