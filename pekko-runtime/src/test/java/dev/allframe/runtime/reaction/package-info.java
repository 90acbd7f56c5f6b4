/** Tests of reactions, on real actors and the storage in memory. */
@NullMarked
package dev.allframe.runtime.reaction;

import org.jspecify.annotations.NullMarked;
