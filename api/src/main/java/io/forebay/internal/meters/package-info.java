/**
 * What Forebay's own modules ask the virtual machine about itself. Not for users' code: it may
 * change at any time.
 */
@NullMarked
package io.forebay.internal.meters;

import org.jspecify.annotations.NullMarked;
