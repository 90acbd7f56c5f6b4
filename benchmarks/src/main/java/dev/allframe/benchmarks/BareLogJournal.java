package dev.allframe.benchmarks;

import com.typesafe.config.Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.JournalProtocol;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.journal.japi.AsyncWriteJournal;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import scala.PartialFunction;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;
import scala.runtime.BoxedUnit;

/**
 * The least journal that keeps what it promises to a writer: it serializes events, and answers when they are forced to
 * a {@link PlainLog}. It checks nothing, has no index, and nothing can be read. While one group is forced, the next one
 * gathers; its thread sends one message for a whole group. So it is the limit of what a durable journal can do.
 */
public final class BareLogJournal extends AsyncWriteJournal {

    private static final Map<Path, MeteredDisk> DISKS = new ConcurrentHashMap<>();

    private final Serialization serialization;
    private final PlainLog log;
    private List<JournalProtocol.WriteMessages> waiting = new ArrayList<>();
    private List<byte[]> records = new ArrayList<>();
    private boolean forcing;

    private record Forced(List<JournalProtocol.WriteMessages> messages) {}

    /** Called by Pekko for the section of the configuration that names this class. */
    public BareLogJournal(Config config) {
        Path folder = Path.of(config.getString("dir"));
        this.serialization = SerializationExtension.get(context().system());
        try {
            this.log = new PlainLog(Objects.requireNonNull(DISKS.remove(folder), "no disk was announced"), folder);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** From now on the log in this directory is opened on this disk. */
    static void use(Path directory, MeteredDisk disk) {
        DISKS.put(directory, disk);
    }

    @Override
    public void postStop() {
        try {
            log.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void aroundReceive(PartialFunction<Object, BoxedUnit> receive, Object message) {
        switch (message) {
            case JournalProtocol.WriteMessages writes -> gather(writes);
            case Forced forced -> answer(forced);
            default -> super.aroundReceive(receive, message);
        }
    }

    private void gather(JournalProtocol.WriteMessages message) {
        for (var envelopes = message.messages().iterator(); envelopes.hasNext();) {
            if (envelopes.next() instanceof AtomicWrite write) {
                for (var events = write.payload().iterator(); events.hasNext();) {
                    records.add(serialization.serialize(events.next().payload()).get());
                }
            }
        }
        waiting.add(message);
        if (!forcing) {
            force();
        }
    }

    private void force() {
        forcing = true;
        ActorRef self = self();
        Forced forced = new Forced(waiting);
        log.append(records, () -> self.tell(forced, self));
        waiting = new ArrayList<>();
        records = new ArrayList<>();
    }

    private void answer(Forced forced) {
        forcing = false;
        if (!waiting.isEmpty()) {
            force();
        }
        for (JournalProtocol.WriteMessages message : forced.messages) {
            ActorRef actor = message.persistentActor();
            actor.tell(JournalProtocol.WriteMessagesSuccessful$.MODULE$, self());
            for (var envelopes = message.messages().iterator(); envelopes.hasNext();) {
                if (envelopes.next() instanceof AtomicWrite write) {
                    for (var events = write.payload().iterator(); events.hasNext();) {
                        PersistentRepr event = events.next();
                        actor.tell(new JournalProtocol.WriteMessageSuccess(event, message.actorInstanceId()),
                                event.sender());
                    }
                }
            }
        }
    }

    @Override
    public Future<Iterable<Optional<Exception>>> doAsyncWriteMessages(Iterable<AtomicWrite> messages) {
        throw new UnsupportedOperationException("writes are taken before");
    }

    @Override
    public Future<Void> doAsyncDeleteMessagesTo(String persistenceId, long toSequenceNr) {
        throw new UnsupportedOperationException("nothing is deleted");
    }

    @Override
    public Future<Void> doAsyncReplayMessages(String persistenceId, long fromSequenceNr, long toSequenceNr, long max,
            Consumer<PersistentRepr> replayCallback) {
        return FutureConverters.asScala(CompletableFuture.runAsync(() -> {}));
    }

    @Override
    public Future<Long> doAsyncReadHighestSequenceNr(String persistenceId, long fromSequenceNr) {
        return FutureConverters.asScala(CompletableFuture.completedFuture(0L));
    }
}
