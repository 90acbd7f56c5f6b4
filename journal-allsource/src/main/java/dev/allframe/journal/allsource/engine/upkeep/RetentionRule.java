package dev.allframe.journal.allsource.engine.upkeep;

import java.time.Duration;

/**
 * How long events of one kind of aggregate are kept; without a rule it is for ever.
 *
 * <p>What is older is deleted as by {@link dev.allframe.store.EventAppender#deleteEventsTo}: versions stay, and
 * sequence numbers are not given again. The room on disk comes back by compaction. It is looked for once an hour and in
 * each {@code store compact}, in whole sealed segments, so that an event may stay longer by the time that its segment
 * spans.
 *
 * @param entityType the stored name of the aggregate
 * @param keep how long an event is kept at least, 1 s or more
 * @param evenWithoutSnapshot also events that no snapshot covers. Unless this is set an instance can be recovered from
 *        its last snapshot by code that reads that snapshot: whoever changes the shape of a state keeps to
 *        {@code @Since} and steps for it, because it cannot be made again from events. With it, what is recovered is
 *        the state of the events that are left
 */
public record RetentionRule(String entityType, Duration keep, boolean evenWithoutSnapshot) {

    private static final Duration LEAST = Duration.ofSeconds(1);

    public RetentionRule {
        if (entityType.isEmpty()) {
            throw new IllegalArgumentException("a retention rule needs the name of an aggregate");
        }
        if (keep.compareTo(LEAST) < 0) {
            throw new IllegalArgumentException("events are kept for " + LEAST + " or longer, not " + keep);
        }
    }

    /** Keeps events so long, and those that no snapshot covers for ever. */
    public static RetentionRule of(String entityType, Duration keep) {
        return new RetentionRule(entityType, keep, false);
    }

    /** The same rule also for events that no snapshot covers. */
    public RetentionRule withoutSnapshotToo() {
        return new RetentionRule(entityType, keep, true);
    }
}
