/** Tests of what members of a cluster tell each other. */
@NullMarked
package dev.allframe.runtime.storage;

import org.jspecify.annotations.NullMarked;
