package dev.allframe.runtime;

import dev.allframe.codec.EncodedState;
import dev.allframe.runtime.aggregate.StoredState;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.persistence.SelectedSnapshot;
import org.apache.pekko.persistence.SnapshotMetadata;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;
import org.apache.pekko.persistence.snapshot.japi.SnapshotStore;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;

/**
 * A foreign snapshot store that has, when a test says so, a snapshot of an unknown version after the first record of
 * every instance.
 */
public final class OutdatedSnapshots extends SnapshotStore {

    static volatile boolean outdated;

    @Override
    public Future<Optional<SelectedSnapshot>> doLoadAsync(String persistenceId, SnapshotSelectionCriteria criteria) {
        EncodedState state = new EncodedState("wallet.state", 9, "old", "{}".getBytes(StandardCharsets.UTF_8));
        return FutureConverters.asScala(CompletableFuture.completedFuture(outdated && criteria.maxSequenceNr() > 0
                ? Optional.of(SelectedSnapshot.create(new SnapshotMetadata(persistenceId, 1, 0),
                        new StoredState(state, List.of(), Long.MIN_VALUE)))
                : Optional.empty()));
    }

    @Override
    public Future<Void> doSaveAsync(SnapshotMetadata metadata, Object snapshot) {
        return done();
    }

    @Override
    public Future<Void> doDeleteAsync(SnapshotMetadata metadata) {
        return done();
    }

    @Override
    public Future<Void> doDeleteAsync(String persistenceId, SnapshotSelectionCriteria criteria) {
        return done();
    }

    private static Future<Void> done() {
        return FutureConverters.asScala(CompletableFuture.completedFuture(null));
    }
}
