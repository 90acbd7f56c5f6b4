package dev.allframe.runtime.rolling;

import dev.allframe.aggregate.Event;
import dev.allframe.codec.EventCodec;
import dev.allframe.evolution.StoredVersion;
import dev.allframe.evolution.VersionRegistry;
import dev.allframe.schema.TypeSchema;
import java.time.Duration;
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
 * <p>Each member announces what it can read, before it looks at what is stored. So either it sees that something was
 * stored that it cannot read, and does not start, or the others know that it is there. A member that is just joining
 * and has announced nothing yet may have looked before: until it has, or has had time to, nothing is stored that was
 * not stored before. The same goes while this node does not know what some member can read, for whatever reason.
 *
 * <p>Where a journal cannot say which types it has, the guard also sees to it that a version is recorded as stored
 * before its first event is.
 */
public final class VersionGuard {

    /** Actor names are unique in an actor system, which may have several AllFrames. */
    private static final AtomicLong STARTED = new AtomicLong();

    /** The types that this node stores, by aggregate. */
    private final Map<String, Written> written = new ConcurrentHashMap<>();

    private final boolean storesAlways;
    private volatile Refusals refusals = Refusals.NONE;

    private @Nullable ActorRef<MemberTypes.Message> members;

    /**
     * What code can read of an aggregate.
     *
     * @param versions all that have a path to today's code
     * @param today the schemas of today
     */
    public record Code(VersionRegistry versions, List<TypeSchema> today) {}

    /** Records that events of these versions may be stored from now on; durable when the stage completes. */
    public interface Recorder {
        CompletionStage<Void> record(Set<StoredVersion> versions);
    }

    /**
     * What a node stores of an aggregate.
     *
     * @param today the schemas that it writes
     * @param known versions of today's shape of which something was stored, here or before
     * @param recorded versions that are recorded as stored
     * @param recorder of the others; null where the storage knows by itself
     * @param recording versions that are being recorded
     */
    record Written(List<TypeSchema> today, Set<StoredVersion> known, Set<StoredVersion> recorded,
            @Nullable Recorder recorder, Map<Set<StoredVersion>, CompletableFuture<Void>> recording) {}

    /**
     * The versions and events that must not be stored.
     *
     * @param unreadable why, by version
     * @param unknown why it is not known what some member can read; null where that is known of all
     * @param conflicts settings that members must have in common and have not
     * @param yieldsBecause those in conflict with a member that is longer in the cluster, which goes on while this one
     *        does not; null where there is none
     * @param problems all that the operator should know
     */
    record Refusals(Map<StoredVersion, String> unreadable, @Nullable String unknown, List<String> conflicts,
            @Nullable String yieldsBecause, List<String> problems) {

        static final Refusals NONE = new Refusals(Map.of(), null, List.of(), null, List.of());

        /** Before anything was heard of the other members. */
        static final Refusals NOTHING_KNOWN = new Refusals(Map.of(),
                "what the other members can read is not known yet", List.of(), null, List.of());
    }

    private VersionGuard(boolean storesAlways) {
        this.storesAlways = storesAlways;
    }

    /** A guard that never refuses: for one process. */
    public static VersionGuard open() {
        return new VersionGuard(true);
    }

    /**
     * A guard for a member of a cluster.
     *
     * @param storesAlways whether versions are stored that other members cannot read
     * @param joinPatience how long a member that has joined may take to announce what it can read
     * @param settings that the members must have in common, by their names
     */
    public static VersionGuard of(ActorSystem<?> system, boolean storesAlways, Duration joinPatience,
            Map<String, String> settings) {
        VersionGuard guard = new VersionGuard(storesAlways);
        guard.refusals = Refusals.NOTHING_KNOWN;
        long number = STARTED.incrementAndGet();
        guard.members = system.systemActorOf(
                MemberTypes.watching(new MemberTypes.Node(number, joinPatience, settings, guard.written),
                        changed -> guard.refusals = changed),
                "allframe-versions-" + number, Props.empty());
        return guard;
    }

    /**
     * Announces to the other members what this one can read; completes when those that answer within two seconds know
     * it.
     *
     * @param aggregates by their names
     */
    public CompletionStage<Done> announce(Map<String, Code> aggregates) {
        CompletableFuture<Done> announced = new CompletableFuture<>();
        if (members == null || aggregates.isEmpty()) {
            announced.complete(Done.getInstance());
        } else {
            Map<String, ReadableTypes.Events> events = new LinkedHashMap<>();
            aggregates.forEach((name, code) -> events.put(name,
                    ReadableTypes.Events.of(code.versions, code.today)));
            members.tell(new MemberTypes.Announce(events, announced));
        }
        return announced;
    }

    /**
     * From now on this node stores events of an aggregate; its announcement must have been made. Completes when the
     * guard knows what of it to refuse.
     *
     * @param today the schemas that it writes
     * @param known versions of which something was stored, in today's shape
     * @param recorder of other versions; null where the storage knows by itself what it has
     */
    public CompletionStage<Done> guard(String aggregate, List<TypeSchema> today, Set<StoredVersion> known,
            @Nullable Recorder recorder) {
        CompletableFuture<Done> guarded = new CompletableFuture<>();
        written.put(aggregate, new Written(today, concurrent(known), concurrent(known), recorder,
                new ConcurrentHashMap<>()));
        if (members == null) {
            guarded.complete(Done.getInstance());
        } else {
            members.tell(new MemberTypes.WorkOutRefusals(guarded));
        }
        return guarded;
    }

    private static Set<StoredVersion> concurrent(Set<StoredVersion> versions) {
        Set<StoredVersion> copy = ConcurrentHashMap.newKeySet();
        copy.addAll(versions);
        return copy;
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
        if (storesAlways) {
            return null;
        }
        Written here = written.get(aggregate);
        if (here == null) {
            return "this node has not announced that it has aggregate '" + aggregate
                    + "', so that it does not know which members can read its events: add it where AllFrame is started";
        }
        StoredVersion event = new StoredVersion(type, version);
        Refusals now = refusals;
        String unreadable = now.unreadable.get(event);
        if (unreadable != null) {
            return unreadable;
        }
        if (now.unknown != null && !here.known.contains(event)) {
            return "nothing of " + type + " version " + version + " was ever stored, and " + now.unknown;
        }
        return null;
    }

    /**
     * Sees to it that versions of events are recorded as stored before they are. To be called again when the stage has
     * completed: a member that cannot read them may have come meanwhile.
     *
     * @return null where all of them are
     */
    public @Nullable CompletionStage<Void> record(String aggregate, Set<StoredVersion> versions) {
        Written here = written.get(aggregate);
        if (here == null || here.recorder == null || here.recorded.containsAll(versions)) {
            return null;
        }
        CompletableFuture<Void> recording = new CompletableFuture<>();
        CompletableFuture<Void> underWay = here.recording.putIfAbsent(versions, recording);
        if (underWay != null) {
            return underWay; // all instances of a node come with their first event at once
        }
        here.recorder.record(versions).whenComplete((done, failed) -> {
            here.recording.remove(versions);
            if (failed == null) {
                here.recorded.addAll(versions);
                recording.complete(null);
            } else {
                recording.completeExceptionally(failed);
            }
        });
        return recording;
    }

    /** An event of this version was stored. */
    public void stored(String aggregate, String type, int version) {
        Written here = storesAlways ? null : written.get(aggregate);
        if (here != null) {
            here.known.add(new StoredVersion(type, version));
        }
    }

    /** A codec that throws {@link NotYetReadableException} where an event must not be stored now. */
    public <E extends Event> EventCodec<E> guarded(String aggregate, EventCodec<E> codec) {
        return new GuardedCodec<>(this, aggregate, codec);
    }

    /** Settings that members must have in common and have not, each in a sentence with both values. */
    public List<String> conflicts() {
        return refusals.conflicts;
    }

    /**
     * Why this node must not execute commands: its settings are in conflict with those of a member that is longer in
     * the cluster; null where they are not.
     */
    public @Nullable String yieldsBecause() {
        return refusals.yieldsBecause;
    }

    /** Whether the guard knows what it must; changes while the cluster does. */
    public GuardHealth health() {
        return new GuardHealth(refusals.problems);
    }

    /** Tells the others that this member reads nothing any more. */
    public void close() {
        if (members != null) {
            members.tell(MemberTypes.Close.INSTANCE);
        }
    }
}
