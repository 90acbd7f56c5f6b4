package dev.allframe.runtime.projection;

import dev.allframe.store.RecordedEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What concerns one version of a view of the other that is kept live beside it. Called by pieces of work. */
interface Beside {

    /** A view that is kept alone. */
    Beside NOTHING = new Beside() {
        @Override
        public void opened(List<RecordedEvent<ViewOrder>> orders) {
            // nobody waits for it
        }

        @Override
        public void follow(ViewOrder.OfVersions order, long number) {
            // it has one version
        }

        @Override
        public ViewOrder.@Nullable Retired givenUpBy(ViewOrder order) {
            return null;
        }

        @Override
        public void mustBeReplaced() {
            // nothing replaces it
        }

        @Override
        public boolean isOtherServed() {
            return false;
        }

        @Override
        public void keepUp() {
            // nothing is kept
        }
    };

    /**
     * The version is open, and has published what it serves.
     *
     * @param orders all that were given for the view
     */
    void opened(List<RecordedEvent<ViewOrder>> orders);

    /** Follows an order that concerns both versions. May be repeated. */
    void follow(ViewOrder.OfVersions order, long number);

    /** As what an order retires this version; null where it does not. */
    ViewOrder.@Nullable Retired givenUpBy(ViewOrder order);

    /** @throws IllegalStateException while the other version does not answer in place of this one */
    void mustBeReplaced();

    /** Whether the other version has rows that can be read. */
    boolean isOtherServed();

    /** Makes durable which version answers, where that has failed before. */
    void keepUp();
}
