package dev.allframe.store;

import java.util.List;

/**
 * A piece of one stream, and how far the stream goes.
 *
 * @param events records in ascending order, none behind {@code highestSequenceNr}
 * @param highestSequenceNr the highest sequence number that the stream ever had, 0 for none
 */
public record StreamPage(List<StoredEvent> events, long highestSequenceNr) {

    public StreamPage {
        events = List.copyOf(events);
    }
}
