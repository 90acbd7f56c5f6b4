package dev.allframe.saga;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which sagas are wanted. Immutable; methods return a changed copy.
 *
 * @param definition those of this definition; null for all
 * @param phase those that are there; null for all
 * @param step those that are at this step; null for all
 * @param correlationId those that belong to this; null for all
 * @param olderThan those that were started longer ago; null for all
 * @param limit how many at most
 * @param cursor where an earlier answer has ended; null for the beginning
 */
public record SagaQuery(@Nullable String definition, SagaStatus.@Nullable Phase phase, @Nullable String step,
        @Nullable String correlationId, @Nullable Duration olderThan, int limit, @Nullable String cursor) {

    /** The most sagas of one answer. */
    public static final int MAX_LIMIT = 10_000;

    private static final SagaQuery ALL = new SagaQuery(null, null, null, null, null, 1_000, null);

    public SagaQuery {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("a limit is 1 to " + MAX_LIMIT + " sagas, not " + limit);
        }
        if (olderThan != null && olderThan.isNegative()) {
            throw new IllegalArgumentException("an age is not negative: " + olderThan);
        }
    }

    /** All sagas, 1,000 at a time. */
    public static SagaQuery all() {
        return ALL;
    }

    /** Those of a definition. */
    public SagaQuery of(String name) {
        return new SagaQuery(name, phase, step, correlationId, olderThan, limit, cursor);
    }

    /** Those that are there on their way. */
    public SagaQuery in(SagaStatus.Phase wanted) {
        return new SagaQuery(definition, wanted, step, correlationId, olderThan, limit, cursor);
    }

    /** Those that are at a step. */
    public SagaQuery at(String stepName) {
        return new SagaQuery(definition, phase, stepName, correlationId, olderThan, limit, cursor);
    }

    /** Those that belong to something. */
    public SagaQuery correlatedBy(String correlation) {
        return new SagaQuery(definition, phase, step, correlation, olderThan, limit, cursor);
    }

    /** Those that were started longer ago. */
    public SagaQuery olderThan(Duration age) {
        return new SagaQuery(definition, phase, step, correlationId, age, limit, cursor);
    }

    /** At most so many, 1 to 10,000. */
    public SagaQuery limit(int sagas) {
        return new SagaQuery(definition, phase, step, correlationId, olderThan, sagas, cursor);
    }

    /** Behind what an earlier answer has ended with, {@link SagaPage#next()}. */
    public SagaQuery after(String end) {
        return new SagaQuery(definition, phase, step, correlationId, olderThan, limit, end);
    }
}
