package dev.allframe.journal.allsource.engine;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.apache.pekko.actor.Props;
import org.apache.pekko.persistence.AbstractPersistentActor;
import org.apache.pekko.persistence.DeleteMessagesFailure;
import org.apache.pekko.persistence.DeleteMessagesSuccess;
import org.apache.pekko.persistence.DeleteSnapshotsFailure;
import org.apache.pekko.persistence.DeleteSnapshotsSuccess;
import org.apache.pekko.persistence.RecoveryCompleted;
import org.apache.pekko.persistence.SaveSnapshotFailure;
import org.apache.pekko.persistence.SaveSnapshotSuccess;
import org.apache.pekko.persistence.SnapshotOffer;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;

/**
 * Persists events without end, every third time two at once, saves snapshots, and says what was acknowledged. Two of
 * three delete the events before their snapshots and persist as fast as they can; the third keeps all, and takes its
 * time.
 */
final class KilledActor extends AbstractPersistentActor {

    static final int ACTORS = 48;
    static final String WHOLE = "whole";
    static final String FIRST = "first";
    static final String SECOND = "second";

    private static final int EVENTS_PER_SNAPSHOT = 15;

    private enum Next { EVENT }

    private final int number;
    private final Random random;
    private final boolean keeps;
    private long replayed;
    private long asked;

    private KilledActor(int number, long seed) {
        this.number = number;
        this.random = new Random(seed + number);
        this.keeps = number % 3 == 0;
    }

    static Props props(int number, long seed) {
        return Props.create(KilledActor.class, () -> new KilledActor(number, seed));
    }

    static String id(int number) {
        return "account|" + number;
    }

    /** The event with a number, all of it: whole, or the first or second of two. */
    static String event(String id, long sequenceNr, String part) {
        return id + " " + sequenceNr + " " + part + " " + "x".repeat((int) (sequenceNr * 31 % 150));
    }

    /** The state behind an event. */
    static String state(String id, long sequenceNr) {
        return "state of " + id + " at " + sequenceNr;
    }

    /** Which part of two an event is. */
    static String part(String event) {
        return event.split(" ", -1)[2];
    }

    @Override
    public String persistenceId() {
        return id(number);
    }

    @Override
    public Receive createReceiveRecover() {
        return receiveBuilder()
                .match(SnapshotOffer.class, this::onSnapshotOffer)
                .match(String.class, this::onReplayed)
                .match(RecoveryCompleted.class, done -> onRecovered())
                .build();
    }

    private void onSnapshotOffer(SnapshotOffer offer) {
        replayed = offer.metadata().sequenceNr();
        asked = replayed;
        if (!offer.snapshot().equals(state(persistenceId(), replayed))) {
            wrong("was offered the snapshot " + offer.snapshot());
        }
    }

    private void onReplayed(String event) {
        if (lastSequenceNr() != replayed + 1) {
            wrong("had " + replayed + " replayed and then " + lastSequenceNr());
        }
        replayed = lastSequenceNr();
        if (!event.equals(event(persistenceId(), replayed, part(event)))) {
            wrong("had as " + replayed + " replayed " + event);
        }
    }

    private void onRecovered() {
        if (replayed != lastSequenceNr()) {
            wrong("had " + replayed + " replayed of " + lastSequenceNr());
        }
        say("recovered", lastSequenceNr());
        self().tell(Next.EVENT, self());
    }

    @Override
    public Receive createReceive() {
        return receiveBuilder()
                .match(Next.class, next -> onNext())
                .match(SaveSnapshotSuccess.class, saved -> onSnapshot(saved.metadata().sequenceNr()))
                .match(DeleteMessagesSuccess.class, deleted -> say("deleted", deleted.toSequenceNr()))
                .match(DeleteSnapshotsSuccess.class, deleted -> say("forgot", deleted.criteria().maxSequenceNr()))
                .match(SaveSnapshotFailure.class, failed -> wrong(failed.cause().toString()))
                .match(DeleteMessagesFailure.class, failed -> wrong(failed.cause().toString()))
                .match(DeleteSnapshotsFailure.class, failed -> wrong(failed.cause().toString()))
                .build();
    }

    private void onNext() {
        if (KilledWriter.isStopping()) {
            return;
        }
        long next = lastSequenceNr() + 1;
        if (random.nextInt(3) == 0) {
            persistAll(List.of(event(persistenceId(), next, FIRST), event(persistenceId(), next + 1, SECOND)),
                    event -> {
                        if (part(event).equals(SECOND)) {
                            onPersisted();
                        }
                    });
        } else {
            persist(event(persistenceId(), next, WHOLE), event -> onPersisted());
        }
    }

    private void onPersisted() {
        say("event", lastSequenceNr());
        if (lastSequenceNr() >= asked + EVENTS_PER_SNAPSHOT) {
            asked = lastSequenceNr();
            saveSnapshot(state(persistenceId(), asked));
        }
        if (keeps) {
            getContext().getSystem()
                    .scheduler()
                    .scheduleOnce(Duration.ofMillis(10 + random.nextInt(30)), self(), Next.EVENT,
                            getContext().dispatcher(), self());
        } else {
            self().tell(Next.EVENT, self());
        }
    }

    private void onSnapshot(long sequenceNr) {
        say("snapshot", sequenceNr);
        if (!keeps) {
            long to = sequenceNr - random.nextInt(EVENTS_PER_SNAPSHOT);
            say("delete", to);
            deleteMessages(to);
        }
        if (random.nextInt(4) == 0) {
            say("forget", sequenceNr - 1);
            deleteSnapshots(SnapshotSelectionCriteria.create(sequenceNr - 1, Long.MAX_VALUE));
        }
    }

    private void say(String what, long sequenceNr) {
        KilledWriter.say(what + " " + number + " " + sequenceNr);
    }

    private void wrong(String what) {
        KilledWriter.wrong(persistenceId() + " " + what);
    }

    @Override
    public void onPersistFailure(Throwable cause, Object event, long sequenceNr) {
        wrong("could not persist " + sequenceNr + ": " + cause);
    }

    @Override
    public void onRecoveryFailure(Throwable cause, scala.Option<Object> event) {
        wrong("could not recover: " + cause);
    }
}
