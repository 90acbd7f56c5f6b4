package dev.allframe.journal.conformance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.DeleteMessagesSuccess;
import org.apache.pekko.persistence.JournalProtocol;
import org.apache.pekko.persistence.PersistentEnvelope;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.jspecify.annotations.Nullable;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.OptionConverters;

/** Speaks to a journal plugin as persistent actors do. */
final class JournalClient {

    /** What the journal said to a message of writes. */
    sealed interface Written {
        /** The fate of each event, in order; empty for those that are stored. */
        record Done(List<Optional<Throwable>> rejections) implements Written {}

        /** Nothing is known to be stored. */
        record Failed(Throwable cause) implements Written {}
    }

    /**
     * An event as it comes back.
     *
     * @param metadata empty without any
     */
    record Replayed(long sequenceNr, Object payload, String persistenceId, String manifest, String writer,
            Optional<Object> metadata) {}

    /** What a replay gave. */
    record Recovery(List<Replayed> events, long highestSequenceNr, List<Long> timestamps) {
        List<Object> payloads() {
            return events.stream().map(Replayed::payload).toList();
        }
    }

    private static final int INSTANCE = 7;

    private final ActorSystem system;
    private final ActorRef journal;
    private final String writer;

    JournalClient(ActorSystem system, ActorRef journal) {
        this.system = system;
        this.journal = journal;
        this.writer = UUID.randomUUID().toString();
    }

    ActorRef journal() {
        return journal;
    }

    String writer() {
        return writer;
    }

    PersistentRepr event(String persistenceId, long sequenceNr, Object payload) {
        return PersistentRepr.apply(payload, sequenceNr, persistenceId, "", false, ActorRef.noSender(), writer);
    }

    static AtomicWrite together(PersistentRepr... events) {
        return new AtomicWrite(seq(Arrays.asList(events)));
    }

    /** Writes payloads one by one, in one message. */
    Written write(String persistenceId, long fromSequenceNr, Object... payloads) {
        List<AtomicWrite> writes = new ArrayList<>();
        for (Object payload : payloads) {
            writes.add(together(event(persistenceId, fromSequenceNr + writes.size(), payload)));
        }
        return write(writes);
    }

    /** Sends one message and takes all of its replies, which must come in the order of the events. */
    Written write(List<AtomicWrite> writes) {
        TestKit probe = new TestKit(system);
        journal.tell(new JournalProtocol.WriteMessages(seq(List.<PersistentEnvelope>copyOf(writes)), probe.getRef(),
                INSTANCE), ActorRef.noSender());
        Object first = probe.receiveOne(PluginConformance.LONG);
        List<Optional<Throwable>> fates = new ArrayList<>();
        for (AtomicWrite write : writes) {
            for (PersistentRepr event : CollectionConverters.asJava(write.payload())) {
                fates.add(fate(probe.receiveOne(PluginConformance.LONG), event));
            }
        }
        if (first instanceof JournalProtocol.WriteMessagesFailed failed) {
            if (failed.writeCount() != writes.size()) {
                throw new AssertionError("writeCount is " + failed.writeCount() + ", not " + writes.size());
            }
            return new Written.Failed(failed.cause());
        }
        if (!first.equals(JournalProtocol.WriteMessagesSuccessful$.MODULE$)) {
            throw new AssertionError("not the first reply to a write: " + first);
        }
        return new Written.Done(fates);
    }

    private static Optional<Throwable> fate(Object reply, PersistentRepr event) {
        return switch (reply) {
            case JournalProtocol.WriteMessageSuccess success -> checked(success.persistent(), event, null);
            case JournalProtocol.WriteMessageRejected rejected -> checked(rejected.message(), event, rejected.cause());
            case JournalProtocol.WriteMessageFailure failed -> checked(failed.message(), event, failed.cause());
            default -> throw new AssertionError("no reply to a write: " + reply);
        };
    }

    private static Optional<Throwable> checked(PersistentRepr answered, PersistentRepr written,
            @Nullable Throwable cause) {
        if (!answered.equals(written)) {
            throw new AssertionError("a reply for " + answered + " where one for " + written + " was due");
        }
        return Optional.ofNullable(cause);
    }

    Recovery replayAll(String persistenceId) {
        return replay(persistenceId, 0, Long.MAX_VALUE, Long.MAX_VALUE);
    }

    Recovery replay(String persistenceId, long from, long to, long max) {
        TestKit probe = new TestKit(system);
        journal.tell(new JournalProtocol.ReplayMessages(from, to, max, persistenceId, probe.getRef()),
                ActorRef.noSender());
        List<Replayed> events = new ArrayList<>();
        List<Long> timestamps = new ArrayList<>();
        while (true) {
            Object message = probe.receiveOne(PluginConformance.LONG);
            switch (message) {
                case JournalProtocol.ReplayedMessage replayed -> {
                    PersistentRepr event = replayed.persistent();
                    events.add(new Replayed(event.sequenceNr(), event.payload(), event.persistenceId(),
                            event.manifest(), event.writerUuid(), OptionConverters.toJava(event.metadata())));
                    timestamps.add(event.timestamp());
                }
                case JournalProtocol.RecoverySuccess success -> {
                    return new Recovery(events, success.highestSequenceNr(), timestamps);
                }
                default -> throw new AssertionError("no part of a replay: " + message);
            }
        }
    }

    void delete(String persistenceId, long to) {
        TestKit probe = new TestKit(system);
        journal.tell(new JournalProtocol.DeleteMessagesTo(persistenceId, to, probe.getRef()), ActorRef.noSender());
        probe.expectMsg(PluginConformance.LONG, new DeleteMessagesSuccess(to));
    }

    private static <T> Seq<T> seq(List<T> elements) {
        return CollectionConverters.asScala(elements).toList();
    }
}
