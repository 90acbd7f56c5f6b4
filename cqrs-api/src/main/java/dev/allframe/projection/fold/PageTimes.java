package dev.allframe.projection.fold;

import dev.allframe.store.view.ViewBatch;
import dev.allframe.store.view.ViewReads;
import dev.allframe.store.view.ViewTable;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The latest times of the keys that a page notes: each is read once and written once. Those of one event are kept or
 * taken back together. For one thread and one page.
 */
final class PageTimes {

    private final ViewReads stored;
    private final Map<byte[], Optional<Instant>> before = new TreeMap<>(Arrays::compareUnsigned);
    private final Map<byte[], Instant> kept = new TreeMap<>(Arrays::compareUnsigned);
    private final Map<byte[], Instant> ofEvent = new TreeMap<>(Arrays::compareUnsigned);

    PageTimes(ViewReads stored) {
        this.stored = stored;
    }

    /** Notes a time for a key, and gives the latest one. */
    Instant latest(byte[] key, Instant time) {
        return ofEvent.merge(key, known(key).filter(time::isBefore).orElse(time),
                (one, other) -> one.isBefore(other) ? other : one);
    }

    /** The latest time that the events before have noted. */
    private Optional<Instant> known(byte[] key) {
        Instant noted = kept.get(key);
        return noted != null ? Optional.of(noted) : before.computeIfAbsent(key, this::read);
    }

    private Optional<Instant> read(byte[] key) {
        byte[] time = stored.get(ViewTable.META, GenerationFormat.latestKey(key));
        return time == null ? Optional.empty() : Optional.of(GenerationFormat.latest(time));
    }

    /** Keeps what was noted since the last keeping: the times of one event. */
    void keep() {
        kept.putAll(ofEvent);
        ofEvent.clear();
    }

    /** Takes back what was noted since the last keeping. */
    void takeBack() {
        ofEvent.clear();
    }

    /** Puts every time that differs into a batch. */
    void write(ViewBatch batch) {
        kept.forEach((key, time) -> {
            if (!Optional.of(time).equals(before.get(key))) {
                batch.put(ViewTable.META, GenerationFormat.latestKey(key), GenerationFormat.latest(time));
            }
        });
    }
}
