package dev.allframe.aggregate;

/**
 * A fact that was stored and never changes, named in the past tense: {@code Deposited}, {@code Withdrawn}.
 *
 * <p>The events of an aggregate are records under one sealed interface that extends this one; each carries a
 * {@link Stored} name, which is what goes to disk instead of a class name.
 */
public interface Event {}
