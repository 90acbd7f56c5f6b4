package dev.allframe.runtime.rolling;

import dev.allframe.aggregate.Event;
import dev.allframe.codec.EventCodec;
import dev.allframe.evolution.StoredVersion;
import dev.allframe.evolution.VersionRegistry;
import dev.allframe.schema.TypeSchema;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.jspecify.annotations.Nullable;

/**
 * Refuses to store a version of an event that another member of the cluster cannot read: while the code of members is
 * replaced one by one, instances move between old and new. Asked by every instance before it stores, from any thread.
 *
 * <p>Each member tells the others what it can read, before it looks at what is stored. So either it sees that something
 * was stored that it cannot read, and does not start, or the others know that it is there. A member that is just
 * joining and has told nothing yet may have looked before: until it has, or has had time to, nothing is stored that was
 * not stored before.
 */
public final class VersionGuard {

    /** Actor names are unique in an actor system, which may have several AllFrames. */
    private static final AtomicLong STARTED = new AtomicLong();

    /** What this node stores of each aggregate. */
    private final Map<String, Written> written = new ConcurrentHashMap<>();

    private volatile Refusals refusals = Refusals.NONE;

    private @Nullable ActorRef<MemberTypes.Message> members;

    /**
     * What code can read of an aggregate.
     *
     * @param versions all that have a path to today's code
     * @param today the schemas of today
     */
    public record Code(VersionRegistry versions, List<TypeSchema> today) {}

    /**
     * What a node stores of an aggregate.
     *
     * @param today the schemas that it writes
     * @param known versions of which something was stored, here or before
     */
    record Written(List<TypeSchema> today, Set<StoredVersion> known) {}

    /**
     * What must not be stored.
     *
     * @param unreadable why, by aggregate and version
     * @param unknown a member that has just joined, of which is not known what it can read; null where there is none
     */
    record Refusals(Map<StoredVersion, String> unreadable, @Nullable String unknown) {

        static final Refusals NONE = new Refusals(Map.of(), null);
    }

    private VersionGuard() {}

    /** A guard that never refuses: for one process. */
    public static VersionGuard open() {
        return new VersionGuard();
    }

    /**
     * A guard for a member of a cluster.
     *
     * @param storesAlways whether it refuses nothing, and only tells the others what this member reads
     * @param joinPatience how long a member that has joined may take to tell what it can read
     */
    public static VersionGuard of(ActorSystem<?> system, boolean storesAlways, Duration joinPatience) {
        VersionGuard guard = open();
        long number = STARTED.incrementAndGet();
        guard.members = system.systemActorOf(
                MemberTypes.watching(number, joinPatience, guard.written,
                        storesAlways ? ignored -> {} : changed -> guard.refusals = changed),
                "allframe-versions-" + number, Props.empty());
        return guard;
    }

    /**
     * Tells the other members what this one can read; completes when those that answer within two seconds know it.
     *
     * @param aggregates by their names
     */
    public CompletionStage<Done> announce(Map<String, Code> aggregates) {
        CompletableFuture<Done> told = new CompletableFuture<>();
        if (members == null || aggregates.isEmpty()) {
            told.complete(Done.getInstance());
        } else {
            Map<String, ReadableTypes.Events> events = new LinkedHashMap<>();
            aggregates.forEach((name, code) -> events.put(name,
                    ReadableTypes.Events.of(code.versions, code.today)));
            members.tell(new MemberTypes.Announce(events, told));
        }
        return told;
    }

    /**
     * From now on this node stores events of an aggregate; its announcement must have been made. Completes when the
     * guard knows what of it to refuse.
     */
    public CompletionStage<Done> guard(String aggregate, List<TypeSchema> today, Collection<StoredVersion> stored) {
        CompletableFuture<Done> guarded = new CompletableFuture<>();
        Set<StoredVersion> known = ConcurrentHashMap.newKeySet();
        known.addAll(stored);
        written.put(aggregate, new Written(today, known));
        if (members == null) {
            guarded.complete(Done.getInstance());
        } else {
            members.tell(new MemberTypes.Look(guarded));
        }
        return guarded;
    }

    /** This node does not come to store events of these aggregates, nor to read them. */
    public void withdraw(Set<String> aggregates) {
        written.keySet().removeAll(aggregates);
        if (members != null) {
            members.tell(new MemberTypes.Withdraw(Set.copyOf(aggregates)));
        }
    }

    /** Why an event of this version must not be stored now; null where it may. */
    public @Nullable String refusal(String aggregate, String type, int version) {
        Written here = members == null ? null : written.get(aggregate);
        if (here == null) {
            return null;
        }
        StoredVersion event = new StoredVersion(type, version);
        Refusals now = refusals;
        String unreadable = now.unreadable.get(event);
        if (unreadable != null) {
            return unreadable;
        }
        if (now.unknown != null && !here.known.contains(event)) {
            return "nothing of " + type + " version " + version + " was ever stored, and member " + now.unknown
                    + " has not told yet what it can read";
        }
        return null;
    }

    /** An event of this version was stored. */
    public void stored(String aggregate, String type, int version) {
        Written here = members == null ? null : written.get(aggregate);
        if (here != null) {
            here.known.add(new StoredVersion(type, version));
        }
    }

    /** A codec that throws {@link NotYetReadableException} where an event must not be stored now. */
    public <E extends Event> EventCodec<E> guarded(String aggregate, EventCodec<E> codec) {
        return new GuardedCodec<>(this, aggregate, codec);
    }

    /** Tells the others that this member reads nothing any more. */
    public void close() {
        if (members != null) {
            members.tell(MemberTypes.Close.INSTANCE);
        }
    }
}
