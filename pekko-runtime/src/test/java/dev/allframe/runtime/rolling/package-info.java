/** Tests of what members of a cluster tell each other. */
@NullMarked
package dev.allframe.runtime.rolling;

import org.jspecify.annotations.NullMarked;
