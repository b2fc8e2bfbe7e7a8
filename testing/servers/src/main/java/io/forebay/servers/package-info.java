/** Real servers in the process of a test or a benchmark; not shipped. */
@NullMarked
package io.forebay.servers;

import org.jspecify.annotations.NullMarked;
