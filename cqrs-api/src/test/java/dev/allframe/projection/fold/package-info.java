/** Tests of the fold of views, without actors. */
@NullMarked
package dev.allframe.projection.fold;

import org.jspecify.annotations.NullMarked;
