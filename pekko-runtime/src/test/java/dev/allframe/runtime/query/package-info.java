/** Tests of queries, on one node. */
@NullMarked
package dev.allframe.runtime.query;

import org.jspecify.annotations.NullMarked;
