package dev.allframe.journal.plugin;

import dev.allframe.store.Append;
import dev.allframe.store.AppendOutcome;
import dev.allframe.store.EventAppender;
import dev.allframe.store.StreamId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.persistence.JournalProtocol;
import org.jspecify.annotations.Nullable;

/**
 * Gathers messages of writes while the storage makes those before durable, and hands them over as one group. The
 * storage answers a group by one message to the journal's actor, which sends all replies: so replies are sent in the
 * order of the writes, and no thread is woken for a single one.
 *
 * <p>For the journal's actor. Bounded by what its actors have sent: each of them waits for the replies to one message
 * before it sends the next.
 */
final class WriteGroups {

    private final EventAppender storage;
    private final ActorRef journal;
    private final WriteReplies replies;
    private Group gathered = new Group();
    /** Groups that the storage has, in their order. */
    private final Deque<Group> handedOver = new ArrayDeque<>();

    private record Write(JournalProtocol.WriteMessages message, Writes writes) {}

    /** A group, and what has become of it once that is known. */
    private static final class Group {

        private final List<Write> writes = new ArrayList<>();
        /** Those of the first so many writes: made when a replay asks, so that writes alone do not pay for it. */
        private final Set<StreamId> streams = new HashSet<>();
        private int inStreams;
        private @Nullable List<AppendOutcome> outcomes;

        boolean writesTo(StreamId stream) {
            while (inStreams < writes.size()) {
                streams.add(writes.get(inStreams++).writes.append().stream());
            }
            return streams.contains(stream);
        }
    }

    /** The storage has answered a group; sent to the journal's actor, for {@link #answered}. */
    record Answered(Object group, List<AppendOutcome> outcomes) implements NoSerializationVerificationNeeded {}

    /**
     * Groups of one journal.
     *
     * @param journal is sent {@link Answered}
     */
    WriteGroups(EventAppender storage, ActorRef journal) {
        this.storage = storage;
        this.journal = journal;
        this.replies = new WriteReplies(journal);
    }

    /** Has the writes of a message stored, and replies to it. */
    void add(JournalProtocol.WriteMessages message, Writes writes) {
        gathered.writes.add(new Write(message, writes));
        if (handedOver.isEmpty()) {
            handOver();
        }
    }

    /** The storage gets what was gathered: whatever it is asked for after this call comes behind it. */
    void handOver() {
        if (gathered.writes.isEmpty()) {
            return;
        }
        Group group = gathered;
        gathered = new Group();
        handedOver.add(group);
        List<Append> appends = new ArrayList<>(group.writes.size());
        group.writes.forEach(write -> appends.add(write.writes.append()));
        storage.appendEach(appends, outcomes -> journal.tell(new Answered(group, outcomes), journal));
    }

    /**
     * Whether a write of a stream is gathered, or handed over and not answered yet: the storage may have it or not.
     * What is answered is there for every reader, or will never be.
     */
    boolean hasWriteUnderWay(StreamId stream) {
        if (gathered.writesTo(stream)) {
            return true;
        }
        for (Group group : handedOver) {
            if (group.writesTo(stream)) {
                return true;
            }
        }
        return false;
    }

    /** Replies to the writes of a group, when those of the groups before have their replies. */
    void answered(Answered answer) {
        Group group = (Group) answer.group;
        group.outcomes = answer.outcomes;
        if (!handedOver.contains(group)) { // of the journal's actor before it was restarted
            reply(group);
            return;
        }
        List<Group> replied = new ArrayList<>();
        for (Group first = handedOver.peek(); first != null && first.outcomes != null; first = handedOver.peek()) {
            replied.add(handedOver.remove());
        }
        if (handedOver.isEmpty()) {
            handOver(); // before the replies: the storage is to have something to do meanwhile
        }
        replied.forEach(this::reply);
    }

    private void reply(Group group) {
        List<AppendOutcome> outcomes = group.outcomes == null ? List.of() : group.outcomes;
        for (int i = 0; i < outcomes.size(); i++) {
            Write write = group.writes.get(i);
            switch (outcomes.get(i)) {
                case AppendOutcome.Stored stored -> replies.stored(write.message, write.writes.rejections());
                case AppendOutcome.Failed failed -> replies.failed(write.message, failed.reason());
            }
        }
    }

    /** Nothing of a message is to be stored: it has no writes, or they cannot be serialized. */
    WriteReplies replies() {
        return replies;
    }
}
