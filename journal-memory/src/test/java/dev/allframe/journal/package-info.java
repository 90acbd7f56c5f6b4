/** Rules that hold over the packages of this module. */
@NullMarked
package dev.allframe.journal;

import org.jspecify.annotations.NullMarked;
