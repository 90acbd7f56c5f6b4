package dev.allframe.pipeline;

import java.time.Instant;

/**
 * What came too late for its window.
 *
 * @param count how many values, each counted once for every window that was gone
 * @param last when the event of the last one was stored
 */
public record LateEvents(long count, Instant last) {

    LateEvents plus(long more, Instant stored) {
        return new LateEvents(count + more, stored);
    }
}
