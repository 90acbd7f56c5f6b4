package dev.allframe.journal.plugin;

import com.typesafe.config.Config;
import dev.allframe.failure.Failures;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Payload;
import dev.allframe.store.Snapshot;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StreamId;
import dev.allframe.streams.Stages;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.persistence.SelectedSnapshot;
import org.apache.pekko.persistence.SnapshotMetadata;
import org.apache.pekko.persistence.SnapshotProtocol;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;
import org.apache.pekko.persistence.snapshot.japi.SnapshotStore;
import scala.Option;
import scala.PartialFunction;
import scala.concurrent.Future;
import scala.runtime.BoxedUnit;

/**
 * The Pekko snapshot store over a storage. Several snapshots of one persistence id are kept until they are deleted.
 *
 * <p>A state that is a {@link Payload} of JSON text is stored and handed back as it is; every other state is serialized
 * by its Pekko serializer.
 */
public final class BackendSnapshotStore extends SnapshotStore {

    private final EventStoreBackend backend;
    private final Payloads payloads;
    private final boolean direct;

    /** Called by Pekko for the section of the configuration that names this class. */
    public BackendSnapshotStore(Config config, String pluginId) {
        ActorSystem system = context().system();
        this.backend = Storages.get(system).backendOf(pluginId);
        this.payloads = new Payloads((ExtendedActorSystem) system);
        this.direct = Breakers.isNone(config);
    }

    /** As the journal does with writes and replays, takes loads out of the hands of Pekko's machinery. */
    @Override
    public void aroundReceive(PartialFunction<Object, BoxedUnit> receive, Object message) {
        if (direct && message instanceof SnapshotProtocol.LoadSnapshot load) {
            load(load, sender());
        } else {
            super.aroundReceive(receive, message);
        }
    }

    private void load(SnapshotProtocol.LoadSnapshot message, ActorRef asker) {
        ActorRef self = self();
        Stages.attempt(() -> found(message.persistenceId(), message.criteria().limit(message.toSequenceNr())))
                .whenComplete((found, failure) -> asker.tell(failure == null
                        ? new SnapshotProtocol.LoadSnapshotResult(Option.apply(found.orElse(null)),
                                message.toSequenceNr())
                        : new SnapshotProtocol.LoadSnapshotFailed(Failures.unwrapped(failure)), self));
    }

    private CompletionStage<Optional<SelectedSnapshot>> found(String persistenceId,
            SnapshotSelectionCriteria criteria) {
        return backend.getLatestSnapshot(new StreamId(persistenceId), criteria(criteria))
                .thenApply(found -> found.map(this::selected));
    }

    @Override
    public Future<Optional<SelectedSnapshot>> doLoadAsync(String persistenceId, SnapshotSelectionCriteria criteria) {
        return Futures.future(() -> found(persistenceId, criteria));
    }

    private SelectedSnapshot selected(Snapshot snapshot) {
        Payload metadata = snapshot.metadata();
        Option<Object> opaque = metadata == null ? Option.empty() : Option.apply(payloads.value(metadata));
        return new SelectedSnapshot(
                new SnapshotMetadata(snapshot.stream().value(), snapshot.sequenceNr(),
                        snapshot.timestamp().toEpochMilli(), opaque),
                payloads.value(snapshot.payload()));
    }

    @Override
    public Future<Void> doSaveAsync(SnapshotMetadata metadata, Object snapshot) {
        return Futures.future(() -> backend.saveSnapshot(new Snapshot(new StreamId(metadata.persistenceId()),
                metadata.sequenceNr(), Instant.ofEpochMilli(metadata.timestamp()), payloads.stored(snapshot),
                metadata.metadata().isEmpty() ? null : payloads.stored(metadata.metadata().get()))));
    }

    /** A timestamp of 0 stands for any. */
    @Override
    public Future<Void> doDeleteAsync(SnapshotMetadata metadata) {
        SnapshotCriteria one = metadata.timestamp() == 0
                ? SnapshotCriteria.exactly(metadata.sequenceNr())
                : new SnapshotCriteria(metadata.sequenceNr(), metadata.sequenceNr(),
                        Instant.ofEpochMilli(metadata.timestamp()), Instant.ofEpochMilli(metadata.timestamp()));
        return Futures.future(() -> backend.deleteSnapshots(new StreamId(metadata.persistenceId()), one));
    }

    @Override
    public Future<Void> doDeleteAsync(String persistenceId, SnapshotSelectionCriteria criteria) {
        return Futures.future(() -> backend.deleteSnapshots(new StreamId(persistenceId), criteria(criteria)));
    }

    private static SnapshotCriteria criteria(SnapshotSelectionCriteria criteria) {
        return new SnapshotCriteria(criteria.minSequenceNr(), criteria.maxSequenceNr(),
                Instant.ofEpochMilli(criteria.minTimestamp()), Instant.ofEpochMilli(criteria.maxTimestamp()));
    }
}
