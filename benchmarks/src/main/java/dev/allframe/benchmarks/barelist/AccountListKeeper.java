package dev.allframe.benchmarks.barelist;

import dev.allframe.benchmarks.barelist.Generations.Generation;
import dev.allframe.benchmarks.barelist.Generations.State;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.projection.ProjectionBehavior;
import org.apache.pekko.projection.jdbc.javadsl.JdbcProjection;

/** Runs a projection for each generation, and serves one that was built when it is not behind. Once in a cluster. */
final class AccountListKeeper extends AbstractBehavior<AccountListKeeper.Message> {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    sealed interface Message {}

    /** Builds the list anew beside the one that is served. */
    record Rebuild(ActorRef<Done> replyTo) implements Message {}

    private enum Check implements Message { INSTANCE }

    private final AccountList list;

    static Behavior<Message> create(AccountList list, Duration checkEvery) {
        return Behaviors.supervise(Behaviors.<Message>setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Check.INSTANCE, checkEvery);
            return new AccountListKeeper(context, list);
        }))).onFailure(SupervisorStrategy.restartWithBackoff(checkEvery, Duration.ofMinutes(1), 0.2));
    }

    private AccountListKeeper(ActorContext<Message> context, AccountList list) throws Exception {
        super(context);
        this.list = list;
        JdbcProjection.createTablesIfNotExists(list::session, context.getSystem())
                .toCompletableFuture()
                .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        list.generations().createTable();
        List<Generation> today = list.generations().current();
        today.forEach(this::run);
        if (today.isEmpty()) {
            run(list.generations().begin());
        }
    }

    private void run(Generation generation) {
        var projection = JdbcProjection.groupedWithin(generation.projection(), list.events(), list::session,
                () -> new AccountListHandler(generation.table()), getContext().getSystem());
        getContext().spawn(ProjectionBehavior.create(projection), generation.table());
    }

    @Override
    public Receive<Message> createReceive() {
        return newReceiveBuilder().onMessage(Rebuild.class, this::onRebuild)
                .onMessage(Check.class, this::onCheck)
                .build();
    }

    private Behavior<Message> onRebuild(Rebuild rebuild) {
        run(list.generations().begin());
        rebuild.replyTo().tell(Done.getInstance());
        return this;
    }

    /** A table that is not served any more is dropped at a later check, when its projection and readers are done. */
    private Behavior<Message> onCheck(Check check) throws Exception {
        for (Generation generation : list.generations().all()) {
            Optional<ActorRef<Void>> projection = getContext().getChild(generation.table());
            if (generation.state() == State.OLD) {
                projection.ifPresentOrElse(running -> running.unsafeUpcast().tell(ProjectionBehavior.stopMessage()),
                        () -> list.generations().drop(generation));
            }
        }
        for (Generation generation : list.generations().current()) {
            if (generation.state() == State.BUILDING && isCaughtUp(generation)) {
                list.generations().serve(generation);
            }
        }
        return this;
    }

    private boolean isCaughtUp(Generation built) throws Exception {
        Generations generations = list.generations();
        return generations.served().isPresent()
                ? generations.position(built) >= generations.position(generations.served().orElseThrow())
                : list.lag(built).toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS) == 0;
    }
}
