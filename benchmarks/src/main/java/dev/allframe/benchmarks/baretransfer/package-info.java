/**
 * A transfer as a saga that a good engineer writes on Pekko alone, to be counted and measured beside AllFrame's: {@code
 * docs/lines.md} and {@code SagaBenchmark} compare them. Read {@link
 * dev.allframe.benchmarks.baretransfer.TransferEntity} first.
 */
@NullMarked
package dev.allframe.benchmarks.baretransfer;

import org.jspecify.annotations.NullMarked;
