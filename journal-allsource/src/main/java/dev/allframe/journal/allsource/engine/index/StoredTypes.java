package dev.allframe.journal.allsource.engine.index;

import dev.allframe.journal.allsource.engine.log.LogEntry.EventsAppended;
import dev.allframe.store.Envelope;
import dev.allframe.store.StoredType;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The types that are in the table, so that an append of known ones asks nobody. Not thread-safe: of the one writer. */
final class StoredTypes {

    /** Versions up to this one are bits; there is no limit on them in the log. */
    private static final int SMALL = 1024;

    private final Map<String, Map<String, BitSet>> small = new HashMap<>();
    private final Set<StoredType> large = new HashSet<>();

    /** Remembers a type that is in the table. */
    void add(StoredType type) {
        if (type.version() >= SMALL) {
            large.add(type);
        } else {
            small.computeIfAbsent(type.entityType(), absent -> new HashMap<>())
                    .computeIfAbsent(type.eventType(), absent -> new BitSet())
                    .set(type.version());
        }
    }

    /** The types of these events that are not known. Records without an event have none. */
    Set<StoredType> unknown(EventsAppended appended) {
        Set<StoredType> unknown = Set.of();
        String entityType = appended.stream().entityType();
        Map<String, BitSet> known = small.getOrDefault(entityType, Map.of());
        for (Envelope envelope : appended.records()) {
            BitSet versions = known.get(envelope.eventType());
            boolean isKnown = versions != null && envelope.eventVersion() < SMALL
                    && versions.get(envelope.eventVersion());
            if (!isKnown && envelope.isEvent()) {
                StoredType type = new StoredType(entityType, envelope.eventType(), envelope.eventVersion());
                if (!large.contains(type)) {
                    unknown = unknown.isEmpty() ? new HashSet<>() : unknown;
                    unknown.add(type);
                }
            }
        }
        return unknown;
    }
}
