/** Tests of the account list on bare Pekko. */
@NullMarked
package dev.allframe.benchmarks.barelist;

import org.jspecify.annotations.NullMarked;
