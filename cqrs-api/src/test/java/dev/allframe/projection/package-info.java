/** Tests of projections as values. */
@NullMarked
package dev.allframe.projection;

import org.jspecify.annotations.NullMarked;
