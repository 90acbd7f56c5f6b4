/** Tests of the whole module. */
@NullMarked
package dev.allframe;

import org.jspecify.annotations.NullMarked;
