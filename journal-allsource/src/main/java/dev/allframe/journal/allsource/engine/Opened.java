package dev.allframe.journal.allsource.engine;

import java.util.ArrayDeque;
import java.util.Deque;

/** What an opening store has open so far, to be closed in the reverse order where it cannot go on. Not thread-safe. */
final class Opened {

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    <T extends AutoCloseable> T add(T part) {
        opened.push(part);
        return part;
    }

    /** Closes everything; what fails then is added to the reason. */
    void closeBecauseOf(Throwable reason) {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception another) {
                reason.addSuppressed(another);
            }
        }
    }
}
