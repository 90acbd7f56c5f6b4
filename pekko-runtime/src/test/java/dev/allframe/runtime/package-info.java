/** Tests of the runtime on real actors. */
@NullMarked
package dev.allframe.runtime;

import org.jspecify.annotations.NullMarked;
