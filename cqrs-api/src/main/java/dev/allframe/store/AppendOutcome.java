package dev.allframe.store;

import java.util.Objects;

/** What has become of one of several appends. */
public sealed interface AppendOutcome {

    /**
     * The records are stored.
     *
     * @param appended what {@link EventAppender#append} would have answered
     */
    record Stored(Appended appended) implements AppendOutcome {

        public Stored {
            Objects.requireNonNull(appended, "appended");
        }
    }

    /**
     * The records are not stored, or nobody knows.
     *
     * @param reason with what the stage of {@link EventAppender#append} would have failed
     */
    record Failed(Throwable reason) implements AppendOutcome {

        public Failed {
            Objects.requireNonNull(reason, "reason");
        }
    }
}
