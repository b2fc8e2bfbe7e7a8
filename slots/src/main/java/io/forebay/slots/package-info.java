/** The memory area shared by all processes: slots, column buffers and descriptor rings. */
@NullMarked
package io.forebay.slots;

import org.jspecify.annotations.NullMarked;
