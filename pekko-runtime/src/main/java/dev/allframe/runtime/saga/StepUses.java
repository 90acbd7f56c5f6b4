package dev.allframe.runtime.saga;

import dev.allframe.saga.SagaMetadata.Ends;
import dev.allframe.saga.SagaMetadata.StepUse;
import dev.allframe.saga.machine.Definition;
import dev.allframe.saga.machine.Outcome;
import dev.allframe.saga.machine.SagaState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Counts what this node does for sagas and their steps. Thread-safe. */
final class StepUses {

    private record Key(String definition, int version, String step) {}

    private static final class Use {
        private final LongAdder underWay = new LongAdder();
        private final LongAdder attempts = new LongAdder();
        private final LongAdder failures = new LongAdder();
        private final LongAdder nanos = new LongAdder();
        private final AtomicLong longest = new AtomicLong();
    }

    private record Version(String definition, int version) {}

    private static final class End {
        private final LongAdder count = new LongAdder();
        private final LongAdder millis = new LongAdder();
        private final AtomicLong longest = new AtomicLong();
    }

    private final Map<Key, Use> uses = new ConcurrentHashMap<>();
    private final Map<Version, End> ends = new ConcurrentHashMap<>();

    private Use of(Definition<?> definition, String step) {
        return uses.computeIfAbsent(
                new Key(definition.type().name(), definition.type().version().number(), step), key -> new Use());
    }

    void begun(Definition<?> definition, String step) {
        of(definition, step).underWay.increment();
    }

    void ended(Definition<?> definition, String step, long nanos, Outcome outcome) {
        Use use = of(definition, step);
        use.underWay.decrement();
        use.attempts.increment();
        use.nanos.add(nanos);
        use.longest.accumulateAndGet(nanos, Math::max);
        if (!(outcome instanceof Outcome.Done)) {
            use.failures.increment();
        }
    }

    /** A saga has ended here; a clock that was set back makes no time negative. */
    void ended(SagaState.Begun saga, Instant at) {
        End end = ends.computeIfAbsent(new Version(saga.definition(), saga.version()), version -> new End());
        long millis = Math.max(0, Duration.between(saga.at(), at).toMillis());
        end.count.increment();
        end.millis.add(millis);
        end.longest.accumulateAndGet(millis, Math::max);
    }

    Ends ends(String definition, int version) {
        End end = ends.get(new Version(definition, version));
        return end == null
                ? new Ends(0, Duration.ZERO, Duration.ZERO)
                : new Ends(end.count.sum(), Duration.ofMillis(end.millis.sum()), Duration.ofMillis(end.longest.get()));
    }

    List<StepUse> of(Definition<?> definition) {
        return definition.type().steps().stream().map(step -> {
            Use use = of(definition, step.name());
            return new StepUse(step.name(), use.underWay.sum(), use.attempts.sum(), use.failures.sum(),
                    Duration.ofNanos(use.nanos.sum()), Duration.ofNanos(use.longest.get()));
        }).toList();
    }
}
