package dev.allframe.journal.allsource.engine.upkeep;

import dev.allframe.journal.allsource.engine.contents.Contents;
import dev.allframe.journal.allsource.engine.contents.SealedSegment;
import dev.allframe.journal.allsource.engine.index.Location;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StreamId;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Deletes events that are old enough by a rule, through the log like any other delete; compaction removes their rows.
 *
 * <p>Runs on the compactor's thread.
 */
public final class Retention {

    private static final long EVERY_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final int PAGE = 1000;

    /** The first character behind the one that ends an entity type in a stream's id. */
    private static final char BEHIND_SEPARATOR = '|' + 1;

    /** Deletes events through the log. */
    public interface Deletes {

        /** Returns when all are applied; each stream with the highest number that is deleted. */
        void apply(Map<StreamId, Long> deletes);
    }

    private final List<RetentionRule> rules;
    private final Contents contents;
    private final Clock clock;
    private final Deletes deletes;
    private long due = System.nanoTime();

    public Retention(List<RetentionRule> rules, Contents contents, Clock clock, Deletes deletes) {
        this.rules = rules;
        this.contents = contents;
        this.clock = clock;
        this.deletes = deletes;
    }

    /** How long until it is time to look again; {@link Long#MAX_VALUE} where there is no rule. */
    long nanosUntilDue() {
        return rules.isEmpty() ? Long.MAX_VALUE : due - System.nanoTime();
    }

    /** Deletes what no rule keeps. */
    void apply() {
        due = System.nanoTime() + EVERY_NANOS;
        Instant now = clock.instant();
        for (RetentionRule rule : rules) {
            Set<Long> old = segmentsBefore(now.minus(rule.keep()));
            if (!old.isEmpty()) {
                apply(rule, old);
            }
        }
    }

    private Set<Long> segmentsBefore(Instant time) {
        Set<Long> old = new HashSet<>();
        for (SealedSegment segment : contents.view().sealed) {
            if (segment.meta().maxTimestamp().isBefore(time)) {
                old.add(segment.id());
            }
        }
        return old;
    }

    private void apply(RetentionRule rule, Set<Long> old) {
        StreamId after = new StreamId(rule.entityType() + '|');
        String end = rule.entityType() + BEHIND_SEPARATOR;
        List<StreamId> page = contents.index().streams(after, PAGE);
        while (!page.isEmpty() && page.getFirst().value().compareTo(end) < 0) {
            Map<StreamId, Long> found = new LinkedHashMap<>();
            for (StreamId stream : page) {
                if (stream.value().compareTo(end) < 0) {
                    long to = deletable(stream, rule, old);
                    if (to > contents.state().deletedTo(stream)) {
                        found.put(stream, to);
                    }
                }
            }
            deletes.apply(found);
            page = contents.index().streams(page.getLast(), PAGE);
        }
    }

    /** The last event of a stream's beginning that may go; 0 for none. */
    private long deletable(StreamId stream, RetentionRule rule, Set<Long> old) {
        long to = 0;
        for (Location location : contents.index().locate(stream, 1, Long.MAX_VALUE, Long.MAX_VALUE)) {
            if (!old.contains(location.segmentId())) {
                break;
            }
            to = location.lastSequenceNr();
        }
        return to == 0 || rule.evenWithoutSnapshot() ? to : Math.min(to, covered(stream));
    }

    private long covered(StreamId stream) {
        return contents.state()
                .latestSnapshot(stream, SnapshotCriteria.all())
                .map(found -> found.sequenceNr())
                .orElse(0L);
    }
}
