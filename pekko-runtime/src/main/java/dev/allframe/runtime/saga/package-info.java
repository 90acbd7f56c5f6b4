/**
 * Runs sagas: the aggregate {@code saga} decides, {@link dev.allframe.runtime.saga.SagaEffects} does what is due and
 * reports back, {@link dev.allframe.runtime.saga.SagaWaker} and the reactions of {@link
 * dev.allframe.runtime.saga.SagaReactions} tell it of time and events.
 */
@NullMarked
package dev.allframe.runtime.saga;

import org.jspecify.annotations.NullMarked;
