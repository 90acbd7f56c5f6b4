package dev.allframe.journal.allsource.engine.read;

import dev.allframe.store.EventFilter;
import dev.allframe.store.Position;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Knows readers of all events again when they come for the next page: by their filter and the position where the last
 * page ended. Two readers that ask the same are one; they separate when they do not go on in step. Used by the scanning
 * thread alone.
 */
final class Scans {

    /** More readers than that go on as new ones: each page begins without a segment loaded ahead. */
    private static final int MAX = 64;

    private final Map<Place, Scan> places = new LinkedHashMap<>();

    private record Place(EventFilter filter, Position after) {}

    /** The reader of a page that begins here: one that goes on, or a new one. */
    Scan at(EventFilter filter, Position after) {
        Scan goingOn = places.remove(new Place(filter, after));
        if (goingOn == null) {
            return new Scan();
        }
        goingOn.goesOn();
        return goingOn;
    }

    /** The page of a reader has ended here, and there is more to read. */
    void remember(Scan scan, EventFilter filter, Position next) {
        places.putIfAbsent(new Place(filter, next), scan);
        if (places.size() > MAX) {
            places.remove(places.keySet().iterator().next());
        }
    }
}
