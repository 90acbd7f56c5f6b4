package dev.allframe.multijvm;

import static dev.allframe.multijvm.Till.TILL;
import static org.awaitility.Awaitility.await;

import dev.allframe.codec.EncodedEvent;
import dev.allframe.codec.EventCodec;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.multijvm.Till.Paid;
import dev.allframe.multijvm.Till.Pay;
import dev.allframe.multijvm.Till.Total;
import dev.allframe.runtime.AllFrame;
import dev.allframe.store.Envelope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.persistence.jdbc.query.javadsl.JdbcReadJournal;
import org.apache.pekko.persistence.query.PersistenceQuery;

/** A member of the cluster that hosts tills, as docs/cluster.md has it, and what a test asks of it. */
final class TillNode {

    /** Commands under way from one node. */
    private static final int AT_ONCE = 16;

    /** Longer than any failover of a test. */
    private static final Duration UNTIL_ACCEPTED = Duration.ofMinutes(2);

    private final ActorSystem<Void> system;
    private final AllFrame allFrame;

    private TillNode(ActorSystem<Void> system, AllFrame allFrame) {
        this.system = system;
        this.allFrame = allFrame;
    }

    /** Starts the node. */
    public static void main(String[] arguments) throws Exception {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "tills");
        AllFrame allFrame;
        try {
            allFrame = AllFrame.on(system).aggregate(TILL).start();
        } catch (RuntimeException refused) {
            system.log().error("AllFrame does not start, so this node leaves the cluster and ends", refused);
            CoordinatedShutdown.get(Adapter.toClassic(system)).run(CoordinatedShutdown.unknownReason());
            return; // with exit-jvm = on the process ends when the node has left
        }
        NodeConsole.serve(new TillNode(system, allFrame)::answer);
        System.exit(0);
    }

    private Object answer(String verb, List<String> words) throws Exception {
        return switch (verb) {
            case "members" -> members();
            case "pay" -> pay(Integer.parseInt(words.get(0)), Integer.parseInt(words.get(1)),
                    Integer.parseInt(words.get(2)));
            case "payments" -> events(system, words.getFirst()).stream()
                    .map(Paid::payment)
                    .collect(Collectors.joining(","));
            case "total" -> total(system, words.getFirst()).payments();
            default -> throw new IllegalArgumentException(verb);
        };
    }

    private long members() {
        ClusterEvent.CurrentClusterState state = Cluster.get(system).state();
        long up = 0;
        for (Member member : state.getMembers()) {
            if (member.status().equals(MemberStatus.up()) && !state.getUnreachable().contains(member)) {
                up++;
            }
        }
        return up;
    }

    /** Makes the payments of a range of numbers, round robin in that many tills; milliseconds it took. */
    private long pay(int first, int end, int tills) throws Exception {
        long began = System.nanoTime();
        Semaphore free = new Semaphore(AT_ONCE);
        List<Future<?>> payments = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int number = first; number < end; number++) {
                int payment = number;
                free.acquire();
                payments.add(threads.submit(() -> {
                    try {
                        payUntilAccepted("t" + payment % tills, "p-" + payment);
                    } finally {
                        free.release();
                    }
                    return payment;
                }));
            }
            for (Future<?> payment : payments) {
                payment.get();
            }
        }
        return Duration.ofNanos(System.nanoTime() - began).toMillis();
    }

    /** Its id makes a command safe to send again, whatever the answer was. */
    private void payUntilAccepted(String till, String payment) {
        CommandOptions options = CommandOptions.withCommandId(payment).within(Duration.ofSeconds(2));
        await().pollDelay(Duration.ZERO)
                .pollInSameThread()
                .atMost(UNTIL_ACCEPTED)
                .until(() -> allFrame.commands().dispatchAndWait(TILL, till, new Pay(payment), options),
                        CommandResult.Accepted.class::isInstance);
    }

    /** The events of one till, oldest first. */
    static List<Paid> events(ActorSystem<?> system, String till) throws Exception {
        EventCodec<Paid> codec = JacksonEventCodec.of(TILL);
        return PersistenceQuery.get(system)
                .getReadJournalFor(JdbcReadJournal.class, JdbcReadJournal.Identifier())
                .currentEventsByPersistenceId("till|" + till, 0, Long.MAX_VALUE)
                .map(stored -> (Envelope) stored.event())
                .filter(Envelope::isEvent) // others remember commands that have stored no event
                .mapConcat(stored -> codec.decode(
                        new EncodedEvent(stored.eventType(), stored.eventVersion(), stored.payload().bytes())))
                .runFold(new ArrayList<Paid>(), (events, event) -> {
                    events.add(event);
                    return events;
                }, system)
                .toCompletableFuture()
                .get();
    }

    /** The state of one till, made from its events. */
    static Total total(ActorSystem<?> system, String till) throws Exception {
        Total state = TILL.aggregate().initialState();
        for (Paid event : events(system, till)) {
            state = TILL.aggregate().evolve(state, event);
        }
        return state;
    }
}
