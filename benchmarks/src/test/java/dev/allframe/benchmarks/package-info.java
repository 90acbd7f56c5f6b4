/** Tests of what stands beside the code. */
@NullMarked
package dev.allframe.benchmarks;

import org.jspecify.annotations.NullMarked;
