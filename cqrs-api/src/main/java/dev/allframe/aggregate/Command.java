package dev.allframe.aggregate;

/**
 * A request to change one aggregate instance, named in the imperative: {@code Deposit}, {@code Withdraw}.
 *
 * <p>The commands of an aggregate are records under one sealed interface that extends this one, so that the
 * {@code switch} in {@link Aggregate#decide} stops compiling when a new command is forgotten. They travel between nodes
 * as CBOR; their simple class names must be unique inside the aggregate.
 */
public interface Command {}
