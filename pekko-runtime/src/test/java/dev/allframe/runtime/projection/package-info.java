/** Tests of views on one node. */
@NullMarked
package dev.allframe.runtime.projection;

import org.jspecify.annotations.NullMarked;
