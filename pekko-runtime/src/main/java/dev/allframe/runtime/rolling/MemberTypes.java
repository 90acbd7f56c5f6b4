package dev.allframe.runtime.rolling;

import dev.allframe.evolution.StoredVersion;
import dev.allframe.failure.Failures;
import dev.allframe.runtime.membership.AgreedSettings;
import dev.allframe.runtime.rolling.ReadableTypes.Events;
import dev.allframe.runtime.rolling.VersionGuard.Refusals;
import dev.allframe.runtime.rolling.VersionGuard.Written;
import dev.allframe.schema.TypeSchema;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.ddata.Key;
import org.apache.pekko.cluster.ddata.LWWMap;
import org.apache.pekko.cluster.ddata.LWWMapKey;
import org.apache.pekko.cluster.ddata.SelfUniqueAddress;
import org.apache.pekko.cluster.ddata.typed.javadsl.DistributedData;
import org.apache.pekko.cluster.ddata.typed.javadsl.Replicator;
import org.apache.pekko.cluster.ddata.typed.javadsl.ReplicatorMessageAdapter;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Subscribe;

/**
 * Knows the members of the cluster and what each can read, by a map that is replicated to all of them: an announcement
 * for each AllFrame of each member. Works out the versions that this node must not store.
 *
 * <p>Where it does not know what a member can read, it says so: because the announcement is not understood, the
 * replicator does not answer, or this actor has failed. It starts again after a failure, announces again, and reads the
 * map again; until it has, nothing new is stored.
 */
final class MemberTypes extends AbstractBehavior<MemberTypes.Message> {

    private static final Key<LWWMap<String, String>> KEY = LWWMapKey.create("allframe-readable-types");

    /** How long the other replicas may take to answer. */
    private static final Duration EXCHANGE_TIMEOUT = Duration.ofSeconds(2);

    /** How often this node's replicator is asked, and how long it may take: one that does not answer is a failure. */
    private static final Duration REPLICATOR_CHECK = Duration.ofSeconds(5);

    private static final SupervisorStrategy RESTART = SupervisorStrategy.restartWithBackoff(Duration.ofMillis(200),
            Duration.ofSeconds(10), 0.2);

    sealed interface Message extends NoSerializationVerificationNeeded {}

    /** This node reads events of these aggregates, too. */
    record Announce(Map<String, Events> aggregates, CompletableFuture<Done> announced) implements Message {}

    /** This node reads no events of these aggregates. */
    record Withdraw(Set<String> aggregates) implements Message {}

    /** The types that this node stores have changed. */
    record WorkOutRefusals(CompletableFuture<Done> workedOut) implements Message {}

    /** The other replicas have this node's announcement, or some did not answer in time. */
    private record AnnouncementReplicated(long exchange,
            Replicator.UpdateResponse<LWWMap<String, String>> response) implements Message {}

    /**
     * The other members have had the time to hear of the announcement: replicas notify their listeners periodically.
     */
    private record ListenersNotified(long exchange) implements Message {}

    /** The announcements as a replica, or all of them, have them; or some replica did not answer in time. */
    private record AnnouncementsRead(Replicator.GetResponse<LWWMap<String, String>> response) implements Message {}

    /** An announcement has changed. */
    private record AnnouncementsChanged(
            Replicator.SubscribeResponse<LWWMap<String, String>> response) implements Message {}

    /** A member has come or gone. */
    private record MembershipChanged(ClusterEvent.MemberEvent event) implements Message {}

    /** The exchange of announcements has had its time: who waits for it goes on. */
    private record AnnounceTimeout(CompletableFuture<Done> announced) implements Message {}

    /** A member has had the time to announce what it can read. */
    private record JoinPatienceOver(String member) implements Message {}

    /** It is time to ask this node's replicator. */
    private enum CheckReplicator implements Message { INSTANCE }

    /** The end. */
    enum Close implements Message { INSTANCE }

    /**
     * What outlives a failure of the actor. Used by its thread alone.
     *
     * @param aggregates that this AllFrame reads
     * @param waiting for this node to have announced, and to know what the others have
     */
    private record Announced(Map<String, Events> aggregates, List<CompletableFuture<Done>> waiting) {}

    /**
     * This AllFrame.
     *
     * @param number in its actor system
     * @param joinPatience how long a member that has joined may take to announce what it can read
     * @param settings that the others must have too
     * @param written the types that this node stores, which change
     */
    record Node(long number, Duration joinPatience, Map<String, String> settings, Map<String, Written> written) {}

    private final ReplicatorMessageAdapter<Message, LWWMap<String, String>> replicator;
    private final ActorRef<Replicator.Command> unansweredUpdates;
    private final SelfUniqueAddress address;
    private final String self;
    private final String entry;
    private final Node node;
    private final Consumer<Refusals> refusals;
    private final Announced own;

    /** How long it takes until the listeners of a replica are notified. */
    private final Duration notifying;

    /** The members of the cluster without this one. */
    private final Set<String> others = new LinkedHashSet<>();

    /** Those of which no announcement was heard, and which have not had the time to make one. */
    private final Set<String> joining = new LinkedHashSet<>();

    /**
     * The announcements, by entries: all that were ever heard, since an answer may be older than a change that has come
     * before it.
     */
    private LWWMap<String, String> announcements = LWWMap.empty();

    /** Whether this node's replicator has given what it has. */
    private boolean read;

    /** The versions that some member cannot read, as far as is known. */
    private Map<StoredVersion, String> unreadable = Map.of();

    /** How often this node has begun to announce. */
    private long exchanges;

    /** The last of them that is finished. */
    private long finished;

    private MemberTypes(ActorContext<Message> context, TimerScheduler<Message> timers, Node node,
            Consumer<Refusals> refusals, Announced own) {
        super(context);
        this.node = node;
        this.refusals = refusals;
        this.own = own;
        unansweredUpdates = DistributedData.get(context.getSystem()).replicator();
        replicator = new ReplicatorMessageAdapter<>(context, unansweredUpdates, REPLICATOR_CHECK);
        address = DistributedData.get(context.getSystem()).selfUniqueAddress();
        self = name(address.uniqueAddress());
        entry = self + "/" + node.number;
        notifying = context.getSystem()
                .settings()
                .config()
                .getDuration("pekko.cluster.distributed-data.notify-subscribers-interval");
        context.watch(unansweredUpdates);
        context.watch(Adapter.<Void>toTyped(org.apache.pekko.cluster.ddata.DistributedData
                .get(Adapter.toClassic(context.getSystem()))
                .replicator()));
        replicator.subscribe(KEY, AnnouncementsChanged::new);
        Cluster.get(context.getSystem()).state().getMembers().forEach(this::onThere);
        Cluster.get(context.getSystem())
                .subscriptions()
                .tell(Subscribe.create(
                        context.messageAdapter(ClusterEvent.MemberEvent.class, MembershipChanged::new),
                        ClusterEvent.MemberEvent.class));
        timers.startTimerWithFixedDelay(CheckReplicator.INSTANCE, REPLICATOR_CHECK);
        checkReplicator();
        if (!own.aggregates.isEmpty()) {
            exchange();
        }
        own.waiting.forEach(this::bound);
    }

    /**
     * The behavior.
     *
     * @param refusals gets the versions that must not be stored, when they change
     */
    static Behavior<Message> watching(Node node, Consumer<Refusals> refusals) {
        Announced own = new Announced(new TreeMap<>(), new ArrayList<>());
        return Behaviors.supervise(Behaviors.<Message>setup(context -> Behaviors
                .withTimers(timers -> new MemberTypes(context, timers, node, refusals, own)))).onFailure(RESTART);
    }

    private static String name(UniqueAddress member) {
        return member.address() + "#" + member.longUid();
    }

    @Override
    public Receive<Message> createReceive() {
        return newReceiveBuilder().onAnyMessage(this::on)
                .onSignal(Terminated.class, this::onReplicatorEnded)
                .onSignal(PreRestart.class, signal -> failed("has failed, as the log says, and starts again"))
                .onSignal(PostStop.class, signal -> failed("has ended"))
                .build();
    }

    /** Where this node is on its way out of the cluster, replicators end before this actor does. */
    private Behavior<Message> onReplicatorEnded(Terminated ended) {
        boolean leaving = Cluster.get(getContext().getSystem()).isTerminated()
                || CoordinatedShutdown.get(Adapter.toClassic(getContext().getSystem()))
                        .getShutdownReason()
                        .isPresent();
        if (leaving) {
            return Behaviors.stopped();
        }
        throw new IllegalStateException("replicator " + ended.getRef().path() + " has ended");
    }

    /** What is known stays true; of all else nothing is known. */
    private Behavior<Message> failed(String how) {
        String problem = "the actor that learns what other members can read " + how;
        refusals.accept(new Refusals(unreadable, problem, List.of(), null, List.of(problem)));
        return this;
    }

    private Behavior<Message> on(Message message) {
        switch (message) {
            case Announce(var aggregates, var announced) -> {
                own.aggregates.putAll(aggregates);
                own.waiting.add(announced);
                bound(announced);
                exchange();
            }
            case Withdraw(var aggregates) -> {
                own.aggregates.keySet().removeAll(aggregates);
                exchange();
            }
            case AnnouncementReplicated(var exchange, var response) -> onReplicated(exchange, response);
            case ListenersNotified(var exchange) -> {
                finished = exchange;
                workOut();
            }
            case AnnouncementsRead(var response) -> onRead(response);
            case AnnounceTimeout(var announced) -> {
                announced.complete(Done.getInstance());
                own.waiting.removeIf(CompletableFuture::isDone);
            }
            case WorkOutRefusals(var workedOut) -> {
                workOut();
                workedOut.complete(Done.getInstance());
            }
            case AnnouncementsChanged(var response) -> {
                if (response instanceof Replicator.Changed<LWWMap<String, String>> changed) {
                    hear(changed.get(KEY));
                } else {
                    throw deleted();
                }
            }
            case MembershipChanged(var event) -> {
                if (event instanceof ClusterEvent.MemberRemoved || event instanceof ClusterEvent.MemberDowned) {
                    onGone(name(event.member().uniqueAddress()));
                } else {
                    onThere(event.member());
                }
                workOut();
            }
            case JoinPatienceOver(var member) -> onPatienceOver(member);
            case CheckReplicator.INSTANCE -> checkReplicator();
            case Close.INSTANCE -> {
                change(map -> map.remove(address, entry));
                return Behaviors.stopped();
            }
        }
        return this;
    }

    private void bound(CompletableFuture<Done> announced) {
        getContext().scheduleOnce(EXCHANGE_TIMEOUT.plus(notifying), getContext().getSelf(),
                new AnnounceTimeout(announced));
    }

    /** Where the replicator does not answer, Pekko lets this actor fail. */
    private void checkReplicator() {
        replicator.askGet(replyTo -> new Replicator.Get<>(KEY, Replicator.readLocal(), replyTo),
                AnnouncementsRead::new);
    }

    /**
     * Announces what this node reads, and asks the others for their announcements: replicas exchange them some seconds
     * later by themselves.
     */
    private void exchange() {
        long exchange = ++exchanges;
        String text = own.aggregates.isEmpty() ? null : ReadableTypes.of(node.settings, own.aggregates).text();
        replicator.askUpdate(
                replyTo -> new Replicator.Update<>(KEY, LWWMap.empty(), new Replicator.WriteAll(EXCHANGE_TIMEOUT),
                        replyTo, map -> text == null ? map.remove(address, entry) : map.put(address, entry, text)),
                response -> new AnnouncementReplicated(exchange, response));
        replicator.askGet(replyTo -> new Replicator.Get<>(KEY, new Replicator.ReadAll(EXCHANGE_TIMEOUT), replyTo),
                AnnouncementsRead::new);
    }

    /** An update that timed out is made on this node, and goes on to the others later. */
    private void onReplicated(long exchange, Replicator.UpdateResponse<LWWMap<String, String>> response) {
        switch (response) {
            case Replicator.UpdateSuccess<?> done -> getContext().scheduleOnce(
                    others.isEmpty() ? Duration.ZERO : notifying, getContext().getSelf(),
                    new ListenersNotified(exchange));
            case Replicator.UpdateTimeout<?> late -> getContext().scheduleOnce(notifying, getContext().getSelf(),
                    new ListenersNotified(exchange));
            default -> throw new IllegalStateException("this node could not announce what it reads: " + response);
        }
    }

    private void onRead(Replicator.GetResponse<LWWMap<String, String>> response) {
        switch (response) {
            case Replicator.GetSuccess<LWWMap<String, String>> found -> {
                read = true;
                hear(found.get(KEY));
            }
            case Replicator.NotFound<?> none -> {
                read = true;
                workOut();
            }
            case Replicator.GetFailure<?> late -> workOut();
            default -> throw deleted();
        }
    }

    private static IllegalStateException deleted() {
        return new IllegalStateException("the map of announcements was deleted");
    }

    private void onThere(Member member) {
        String name = name(member.uniqueAddress());
        if (!name.equals(self) && others.add(name)) {
            joining.add(name);
            awaitAnnouncement(name);
            if (!own.aggregates.isEmpty()) {
                exchange();
            }
        }
    }

    private void awaitAnnouncement(String name) {
        getContext().scheduleOnce(node.joinPatience, getContext().getSelf(), new JoinPatienceOver(name));
    }

    /** A member that cannot be reached has not had its time. */
    private void onPatienceOver(String name) {
        ClusterEvent.CurrentClusterState state = Cluster.get(getContext().getSystem()).state();
        if (!isIn(state.getMembers(), name)) {
            onGone(name); // before this actor was told of members that go
        } else if (joining.contains(name) && isIn(state.getUnreachable(), name)) {
            awaitAnnouncement(name);
        } else {
            joining.remove(name);
        }
        workOut();
    }

    private static boolean isIn(Iterable<Member> members, String name) {
        for (Member member : members) {
            if (name(member.uniqueAddress()).equals(name)) {
                return true;
            }
        }
        return false;
    }

    private void onGone(String name) {
        others.remove(name);
        joining.remove(name);
        announcements.getEntries()
                .keySet()
                .stream()
                .filter(key -> member(key).equals(name))
                .forEach(key -> change(map -> map.remove(address, key)));
    }

    private void change(UnaryOperator<LWWMap<String, String>> change) {
        unansweredUpdates.tell(new Replicator.Update<>(KEY, LWWMap.empty(), Replicator.writeLocal(),
                getContext().getSystem().ignoreRef(), change));
    }

    private static String member(String key) {
        return key.substring(0, Math.max(0, key.lastIndexOf('/')));
    }

    private void hear(LWWMap<String, String> heard) {
        announcements = announcements.merge(heard);
        workOut();
    }

    /** Works out the versions that must not be stored. */
    private void workOut() {
        Map<StoredVersion, String> refused = new HashMap<>();
        List<String> problems = new ArrayList<>();
        List<String> conflicts = new ArrayList<>();
        Set<String> older = membersOlderThanThis();
        List<String> conflictsWithOlder = new ArrayList<>();
        announcements.getEntries().forEach((key, text) -> {
            String member = member(key);
            if (others.contains(member)) {
                joining.remove(member);
                try {
                    ReadableTypes readable = ReadableTypes.read(text);
                    unreadableBy(member, readable, refused);
                    List<String> differences = AgreedSettings.differences(node.settings, readable.settings(),
                            "on member " + member);
                    conflicts.addAll(differences);
                    if (older.contains(member)) {
                        conflictsWithOlder.addAll(differences);
                    }
                } catch (RuntimeException unknown) {
                    problems.add("the announcement of member " + member + ", which says what it can read, is not"
                            + " understood: " + Failures.message(unknown));
                }
            }
        });
        if (!read) {
            problems.add("what the other members can read is not known yet");
        }
        unreadable = Map.copyOf(refused);
        String unknown = problems.stream()
                .findFirst()
                .or(() -> joining.stream()
                        .findFirst()
                        .map(member -> "member " + member + " has not told yet what it can read"))
                .orElse(null);
        List<String> known = new ArrayList<>(problems);
        known.addAll(conflicts);
        refusals.accept(new Refusals(unreadable, unknown, conflicts,
                conflictsWithOlder.isEmpty() ? null : String.join("; ", conflictsWithOlder), known));
        if (read && joining.isEmpty() && finished == exchanges) {
            own.waiting.forEach(announced -> announced.complete(Done.getInstance()));
            own.waiting.clear();
        }
    }

    private Set<String> membersOlderThanThis() {
        Member here = Cluster.get(getContext().getSystem()).selfMember();
        Set<String> older = new LinkedHashSet<>();
        for (Member member : Cluster.get(getContext().getSystem()).state().getMembers()) {
            if (member.isOlderThan(here)) {
                older.add(name(member.uniqueAddress()));
            }
        }
        return older;
    }

    private void unreadableBy(String member, ReadableTypes readable, Map<StoredVersion, String> refused) {
        node.written.forEach((aggregate, here) -> {
            for (TypeSchema schema : here.today()) {
                if (!readable.canRead(aggregate, schema)) {
                    refused.putIfAbsent(new StoredVersion(schema.type(), schema.version()), schema
                            + " cannot be read by member " + member
                            + " yet: send the command again when that runs newer code");
                }
            }
        });
    }
}
