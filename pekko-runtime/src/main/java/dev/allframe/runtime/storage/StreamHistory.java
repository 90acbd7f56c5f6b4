package dev.allframe.runtime.storage;

import com.typesafe.config.ConfigFactory;
import dev.allframe.codec.CodecException;
import dev.allframe.store.Envelope;
import dev.allframe.store.StreamId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.actor.ReceiveTimeout;
import org.apache.pekko.actor.Terminated;
import org.apache.pekko.persistence.JournalProtocol;
import org.apache.pekko.persistence.Persistence;

/** Reads records of one stream again, from any Pekko journal, with or without a read side. Thread-safe. */
public final class StreamHistory {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Actor names are unique in an actor system, which may have several AllFrames. */
    private static final AtomicLong READS = new AtomicLong();

    private final ExtendedActorSystem system;
    private final ActorRef journal;

    public StreamHistory(ActorSystem system, StoragePlugins plugins) {
        this.system = (ExtendedActorSystem) system;
        this.journal = Persistence.get(system).journalFor(plugins.journal(), ConfigFactory.empty());
    }

    /** The records of a range that are still stored, both ends included, in order. Fails with what the journal says. */
    public CompletionStage<List<Envelope>> read(StreamId stream, long fromSequenceNr, long toSequenceNr) {
        CompletableFuture<List<Envelope>> result = new CompletableFuture<>();
        system.systemActorOf(
                Props.create(Replay.class, () -> new Replay(journal, stream, fromSequenceNr, toSequenceNr, result)),
                "allframe-replay-" + READS.incrementAndGet());
        return result;
    }

    /** Asks the journal as a recovering actor would, and ends. */
    private static final class Replay extends AbstractActor {

        private final List<Envelope> records = new ArrayList<>();
        private final ActorRef journal;
        private final CompletableFuture<List<Envelope>> result;
        private final StreamId stream;

        Replay(ActorRef journal, StreamId stream, long from, long to, CompletableFuture<List<Envelope>> result) {
            this.result = result;
            this.stream = stream;
            this.journal = journal;
            getContext().watch(journal);
            getContext().setReceiveTimeout(PATIENCE);
            journal.tell(new JournalProtocol.ReplayMessages(from, to, Long.MAX_VALUE, stream.value(), getSelf()),
                    getSelf());
        }

        @Override
        public Receive createReceive() {
            return receiveBuilder().match(JournalProtocol.ReplayedMessage.class, this::onRecord)
                    .match(JournalProtocol.RecoverySuccess.class,
                            done -> end(() -> result.complete(List.copyOf(records))))
                    .match(JournalProtocol.ReplayMessagesFailure.class,
                            failed -> end(() -> result.completeExceptionally(failed.cause())))
                    .match(Terminated.class, ended -> end(() -> result.completeExceptionally(new IllegalStateException(
                            "journal plugin " + journal.path().name()
                                    + " could not start, as the log says, or has ended"))))
                    .match(ReceiveTimeout.class, timeout -> end(() -> result.completeExceptionally(
                            new TimeoutException("the journal did not answer within " + PATIENCE))))
                    .build();
        }

        private void onRecord(JournalProtocol.ReplayedMessage replayed) {
            if (replayed.persistent().payload() instanceof Envelope envelope) {
                records.add(envelope);
            } else {
                end(() -> result.completeExceptionally(new CodecException("stream=" + stream + " sequence number="
                        + replayed.persistent().sequenceNr() + ": the record is a "
                        + replayed.persistent().payload().getClass().getName() + " and none of ours", null)));
            }
        }

        private void end(Runnable completion) {
            completion.run();
            getContext().stop(getSelf());
        }
    }
}
