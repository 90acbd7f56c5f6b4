package dev.allframe.journal.plugin;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.JournalProtocol;
import org.apache.pekko.persistence.NonPersistentRepr;
import org.apache.pekko.persistence.PersistentEnvelope;
import org.apache.pekko.persistence.PersistentRepr;
import org.jspecify.annotations.Nullable;

/**
 * Replies to messages of writes. Each reply has the sender that its event had, as persistent actors expect. For the
 * journal's actor: the first reply to a message lets its actor send the next one, and replies to that come behind.
 */
final class WriteReplies {

    private final ActorRef journal;

    /** @param journal the sender of the reply to a message as a whole */
    WriteReplies(ActorRef journal) {
        this.journal = journal;
    }

    /**
     * Says that the message is stored, but for what is rejected.
     *
     * @param rejections one for each write of the message, or none at all
     */
    void stored(JournalProtocol.WriteMessages message, List<Optional<Exception>> rejections) {
        ActorRef actor = message.persistentActor();
        actor.tell(JournalProtocol.WriteMessagesSuccessful$.MODULE$, journal);
        Iterator<Optional<Exception>> reasons = rejections.iterator();
        for (var envelopes = message.messages().iterator(); envelopes.hasNext();) {
            PersistentEnvelope envelope = envelopes.next();
            if (envelope instanceof AtomicWrite write) {
                Exception reason = reasons.hasNext() ? reasons.next().orElse(null) : null;
                stored(message, write, reason);
            } else {
                loop(message, envelope);
            }
        }
    }

    private static void stored(JournalProtocol.WriteMessages message, AtomicWrite write, @Nullable Exception reason) {
        int instance = message.actorInstanceId();
        for (var events = write.payload().iterator(); events.hasNext();) {
            PersistentRepr event = events.next();
            message.persistentActor()
                    .tell(reason == null
                            ? new JournalProtocol.WriteMessageSuccess(event, instance)
                            : new JournalProtocol.WriteMessageRejected(event, reason, instance), event.sender());
        }
    }

    /** Says that nothing of the message is known to be stored. */
    void failed(JournalProtocol.WriteMessages message, Throwable cause) {
        ActorRef actor = message.persistentActor();
        int writes = message.messages().count(envelope -> envelope instanceof AtomicWrite);
        actor.tell(new JournalProtocol.WriteMessagesFailed(cause, writes), journal);
        for (var envelopes = message.messages().iterator(); envelopes.hasNext();) {
            PersistentEnvelope envelope = envelopes.next();
            if (envelope instanceof AtomicWrite write) {
                for (var events = write.payload().iterator(); events.hasNext();) {
                    PersistentRepr event = events.next();
                    actor.tell(new JournalProtocol.WriteMessageFailure(event, cause, message.actorInstanceId()),
                            event.sender());
                }
            } else {
                loop(message, envelope);
            }
        }
    }

    /** What is not persisted comes back as it was, in its place among the events. */
    private static void loop(JournalProtocol.WriteMessages message, PersistentEnvelope envelope) {
        if (envelope instanceof NonPersistentRepr deferred) {
            message.persistentActor()
                    .tell(new JournalProtocol.LoopMessageSuccess(deferred.payload(), message.actorInstanceId()),
                            deferred.sender());
        }
    }
}
