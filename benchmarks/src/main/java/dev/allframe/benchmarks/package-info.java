/**
 * What AllFrame costs, measured beside bare Pekko in the same run. Each class with a {@code main} is one comparison;
 * {@code benchmarks/README.md} has the commands and the figures.
 */
@NullMarked
package dev.allframe.benchmarks;

import org.jspecify.annotations.NullMarked;
