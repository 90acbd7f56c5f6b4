/**
 * Sagas as values: business transactions over several aggregates and outside services. {@link
 * dev.allframe.saga.SagaType} is read first. Functions of a definition are pure; what runs them stands in {@link
 * dev.allframe.saga.machine} and in the runtime.
 */
@NullMarked
package dev.allframe.saga;

import org.jspecify.annotations.NullMarked;
