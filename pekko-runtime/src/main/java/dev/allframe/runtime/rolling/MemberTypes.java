package dev.allframe.runtime.rolling;

import dev.allframe.codec.CodecException;
import dev.allframe.evolution.StoredVersion;
import dev.allframe.runtime.rolling.ReadableTypes.Events;
import dev.allframe.runtime.rolling.VersionGuard.Refusals;
import dev.allframe.runtime.rolling.VersionGuard.Written;
import dev.allframe.schema.TypeSchema;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.pekko.Done;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
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
 * Knows the members of the cluster and what each can read, by a map that is replicated to all of them: an entry for
 * each AllFrame of each member. Works out what this node must not store.
 */
final class MemberTypes extends AbstractBehavior<MemberTypes.Message> {

    private static final Key<LWWMap<String, String>> KEY = LWWMapKey.create("allframe-readable-types");

    /** How long telling the others, and being told, may take. */
    private static final Duration TELLING = Duration.ofSeconds(2);

    sealed interface Message extends NoSerializationVerificationNeeded {}

    /** This node reads events of these aggregates, too. */
    record Announce(Map<String, Events> aggregates, CompletableFuture<Done> told) implements Message {}

    /** This node reads no events of these aggregates. */
    record Withdraw(Set<String> aggregates) implements Message {}

    /** Something of what this node stores has changed. */
    record Look(CompletableFuture<Done> looked) implements Message {}

    /** The others were told, or did not answer. */
    private record Told(long exchange) implements Message {}

    /** Who was told has had the time to notice: replicas tell their listeners now and then. */
    private record Noticed(long exchange) implements Message {}

    /** What was told by the others was read from them, or they did not answer. */
    private record Got(Replicator.GetResponse<LWWMap<String, String>> response) implements Message {}

    private record Changed(Replicator.SubscribeResponse<LWWMap<String, String>> response) implements Message {}

    private record Membership(ClusterEvent.MemberEvent event) implements Message {}

    /** Telling and being told have had their time. */
    private record Enough(CompletableFuture<Done> told) implements Message {}

    /** A member has had the time to tell what it can read. */
    private record HadTime(String member) implements Message {}

    /** The end. */
    enum Close implements Message { INSTANCE }

    private final ReplicatorMessageAdapter<Message, LWWMap<String, String>> replicator;
    private final ActorRef<Replicator.Command> untold;
    private final SelfUniqueAddress node;
    private final String self;
    private final String entry;
    private final Duration patience;

    /** How long it takes until who is told notices. */
    private final Duration noticing;

    private final Map<String, Written> written;
    private final Consumer<Refusals> refusals;

    /** What this AllFrame reads. */
    private final Map<String, Events> own = new TreeMap<>();

    /** The members of the cluster without this one. */
    private final Set<String> others = new LinkedHashSet<>();

    /** Those that have just joined. */
    private final Set<String> joining = new LinkedHashSet<>();

    /**
     * What was told, by entries: all that was ever heard of it, since an answer may be older than what has come before
     * it.
     */
    private LWWMap<String, String> announcements = LWWMap.empty();

    /** Who waits until this node has told what it reads, and knows what the others read. */
    private final List<CompletableFuture<Done>> waiting = new ArrayList<>();

    /** How often this node has begun to tell. */
    private long exchanges;

    /** The last of them that is finished. */
    private long finished;

    private MemberTypes(ActorContext<Message> context,
            ReplicatorMessageAdapter<Message, LWWMap<String, String>> replicator, long number, Duration patience,
            Map<String, Written> written, Consumer<Refusals> refusals) {
        super(context);
        this.replicator = replicator;
        this.untold = DistributedData.get(context.getSystem()).replicator();
        this.node = DistributedData.get(context.getSystem()).selfUniqueAddress();
        this.self = name(node.uniqueAddress());
        this.entry = self + "/" + number;
        this.patience = patience;
        this.noticing = context.getSystem()
                .settings()
                .config()
                .getDuration("pekko.cluster.distributed-data.notify-subscribers-interval");
        this.written = written;
        this.refusals = refusals;
        replicator.subscribe(KEY, Changed::new);
        Cluster.get(context.getSystem()).state().getMembers().forEach(this::onThere);
        Cluster.get(context.getSystem())
                .subscriptions()
                .tell(Subscribe.create(
                        context.messageAdapter(ClusterEvent.MemberEvent.class, Membership::new),
                        ClusterEvent.MemberEvent.class));
    }

    /**
     * The behavior.
     *
     * @param number of the AllFrame in its actor system
     * @param patience how long a member that has joined may take to tell what it reads
     * @param written what this node stores, which changes
     * @param refusals gets what must not be stored, when that changes
     */
    static Behavior<Message> watching(long number, Duration patience, Map<String, Written> written,
            Consumer<Refusals> refusals) {
        return Behaviors.setup(context -> DistributedData.withReplicatorMessageAdapter(
                (ReplicatorMessageAdapter<Message, LWWMap<String, String>> replicator) -> new MemberTypes(context,
                        replicator, number, patience, written, refusals)));
    }

    private static String name(UniqueAddress member) {
        return member.address() + "#" + member.longUid();
    }

    @Override
    public Receive<Message> createReceive() {
        return newReceiveBuilder().onAnyMessage(this::on).build();
    }

    private Behavior<Message> on(Message message) {
        switch (message) {
            case Announce(var aggregates, var told) -> {
                own.putAll(aggregates);
                waiting.add(told);
                getContext().scheduleOnce(TELLING.plus(noticing), getContext().getSelf(), new Enough(told));
                exchange();
            }
            case Withdraw(var aggregates) -> {
                own.keySet().removeAll(aggregates);
                exchange();
            }
            case Told(var exchange) -> getContext()
                    .scheduleOnce(others.isEmpty() ? Duration.ZERO : noticing, getContext().getSelf(),
                            new Noticed(exchange));
            case Noticed(var exchange) -> {
                finished = exchange;
                look();
            }
            case Got(var response) -> {
                if (response instanceof Replicator.GetSuccess<LWWMap<String, String>> success) {
                    hear(success.get(KEY));
                }
            }
            case Enough(var told) -> {
                told.complete(Done.getInstance());
                waiting.removeIf(CompletableFuture::isDone);
            }
            case Look(var looked) -> {
                look();
                looked.complete(Done.getInstance());
            }
            case Changed(var response) -> {
                if (response instanceof Replicator.Changed<LWWMap<String, String>> changed) {
                    hear(changed.get(KEY));
                }
            }
            case Membership(var event) -> {
                if (event instanceof ClusterEvent.MemberRemoved || event instanceof ClusterEvent.MemberDowned) {
                    onGone(name(event.member().uniqueAddress()));
                } else {
                    onThere(event.member());
                }
                look();
            }
            case HadTime(var member) -> {
                joining.remove(member);
                if (isGone(member)) {
                    onGone(member); // before this actor was told of members that go
                }
                look();
            }
            case Close close -> {
                change(map -> map.remove(node, entry));
                return Behaviors.stopped();
            }
        }
        return this;
    }

    /**
     * Tells the others what this node reads, and asks them what they do: replicas know that some seconds later by
     * themselves.
     */
    private void exchange() {
        long exchange = ++exchanges;
        String text = new ReadableTypes(own).text();
        replicator.askUpdate(
                replyTo -> new Replicator.Update<>(KEY, LWWMap.empty(), new Replicator.WriteAll(TELLING), replyTo,
                        map -> map.put(node, entry, text)),
                response -> new Told(exchange));
        replicator.askGet(replyTo -> new Replicator.Get<>(KEY, new Replicator.ReadAll(TELLING), replyTo), Got::new);
    }

    private void onThere(Member member) {
        String name = name(member.uniqueAddress());
        if (!name.equals(self) && others.add(name)) {
            joining.add(name);
            getContext().scheduleOnce(patience, getContext().getSelf(), new HadTime(name));
            if (!own.isEmpty()) {
                exchange();
            }
        }
    }

    private boolean isGone(String name) {
        for (Member member : Cluster.get(getContext().getSystem()).state().getMembers()) {
            if (name(member.uniqueAddress()).equals(name)) {
                return false;
            }
        }
        return true;
    }

    private void onGone(String name) {
        others.remove(name);
        joining.remove(name);
        announcements.getEntries()
                .keySet()
                .stream()
                .filter(key -> member(key).equals(name))
                .forEach(key -> change(map -> map.remove(node, key)));
    }

    private void change(UnaryOperator<LWWMap<String, String>> change) {
        untold.tell(new Replicator.Update<>(KEY, LWWMap.empty(), Replicator.writeLocal(),
                getContext().getSystem().ignoreRef(), change));
    }

    private static String member(String key) {
        return key.substring(0, key.lastIndexOf('/'));
    }

    private void hear(LWWMap<String, String> told) {
        announcements = announcements.merge(told);
        look();
    }

    /** Works out again what must not be stored. */
    private void look() {
        Map<StoredVersion, String> unreadable = new HashMap<>();
        announcements.getEntries().forEach((key, text) -> {
            String member = member(key);
            if (others.contains(member)) {
                try {
                    unreadableBy(member, text).forEach(unreadable::putIfAbsent);
                    joining.remove(member);
                } catch (IllegalArgumentException | CodecException unknown) {
                    getContext().getLog().warn("what member {} can read is not understood here", member, unknown);
                }
            }
        });
        refusals.accept(new Refusals(Map.copyOf(unreadable), joining.stream().findFirst().orElse(null)));
        if (joining.isEmpty() && finished == exchanges) {
            waiting.forEach(told -> told.complete(Done.getInstance()));
            waiting.clear();
        }
    }

    private Map<StoredVersion, String> unreadableBy(String member, String text) {
        Map<StoredVersion, String> unreadable = new LinkedHashMap<>();
        ReadableTypes readable = ReadableTypes.read(text);
        written.forEach((aggregate, here) -> {
            for (TypeSchema schema : here.today()) {
                if (!readable.canRead(aggregate, schema)) {
                    unreadable.put(new StoredVersion(schema.type(), schema.version()), schema
                            + " cannot be read by member " + member
                            + " yet: send the command again when that runs newer code");
                }
            }
        });
        return unreadable;
    }
}
