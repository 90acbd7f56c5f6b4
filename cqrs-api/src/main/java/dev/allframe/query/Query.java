package dev.allframe.query;

/**
 * A question to views: a record, whose components say what is asked. Two queries with equal components are the same
 * query, which matters where answers are cached: components are immutable.
 *
 * <pre>{@code
 * public record BalanceOf(String account) implements Query<Optional<Money>> {}
 * }</pre>
 *
 * @param <R> the answer
 */
public interface Query<R> {}
