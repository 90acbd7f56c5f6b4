package dev.allframe.runtime.aggregate;

import dev.allframe.evolution.StoredVersion;
import dev.allframe.runtime.rolling.VersionGuard;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Asks the guard of versions about the records of one aggregate. */
final class RecordVersions {

    private final String aggregate;
    private final VersionGuard guard;

    RecordVersions(String aggregate, VersionGuard guard) {
        this.aggregate = aggregate;
        this.guard = guard;
    }

    /** Why one of the records must not be stored while other members have other code; null where all may. */
    @Nullable String refusal(List<? extends Recorded<?>> records) {
        for (Recorded<?> record : records) {
            String refusal = guard.refusal(aggregate, record.envelope().eventType(), record.envelope().eventVersion());
            if (refusal != null) {
                return refusal;
            }
        }
        return null;
    }

    /** Completes when the versions of the records are recorded; null where they are already. */
    @Nullable CompletionStage<Void> record(List<? extends Recorded<?>> records) {
        Set<StoredVersion> versions = new LinkedHashSet<>();
        records.forEach(record -> versions
                .add(new StoredVersion(record.envelope().eventType(), record.envelope().eventVersion())));
        return guard.record(aggregate, versions);
    }

    /** The records are stored. */
    void stored(List<? extends Recorded<?>> records) {
        records.forEach(record -> guard.stored(aggregate, record.envelope().eventType(),
                record.envelope().eventVersion()));
    }
}
