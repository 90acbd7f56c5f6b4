package dev.allframe.sample.bank.cli;

import static dev.allframe.command.CommandOptions.withCommandId;

import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.command.CommandResult;
import dev.allframe.command.CommandResult.Failed;
import dev.allframe.runtime.AllFrame;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.pekko.actor.typed.DispatcherSelector;

/**
 * Sends one command a hundred times from three dispatchers, to tills on a durable store, and says each dispatch and
 * each reply in a line of its own, so that it can be killed in the middle and started again.
 */
final class TillProcess {

    static final int SENDERS = 100;

    /** What every line ends with: another one was cut. */
    static final String END = " .";

    sealed interface TillCommand extends Command {
        record Sell(List<String> goods) implements TillCommand {}
    }

    sealed interface TillEvent extends Event {
        @Stored("sold")
        record Sold(String what, int before) implements TillEvent {}
    }

    @Stored("state")
    record Till(int sold) {}

    static final AggregateType<TillCommand, TillEvent, Till> TILL = AggregateType.named("till", TillCommand.class,
            TillEvent.class, Till.class, new Aggregate<>() {
                @Override
                public Till initialState() {
                    return new Till(0);
                }

                @Override
                public Decision<TillEvent> decide(Till till, TillCommand command) {
                    return switch (command) {
                        case TillCommand.Sell(var goods) -> Decision.persist(goods.stream()
                                .<TillEvent>map(what -> new TillEvent.Sold(what, till.sold()))
                                .toList());
                    };
                }

                @Override
                public Till evolve(Till till, TillEvent event) {
                    return new Till(till.sold() + 1);
                }
            });

    private TillProcess() {}

    /** Arguments: the folder of the store, then the tills, one after the other. Ends when its input does. */
    public static void main(String[] arguments) throws IOException {
        Map<String, String> durable = Map.of("allframe.storage", "allsource", "allsource.dir", arguments[0]);
        try (ExecutorService own = Executors.newFixedThreadPool(4);
                AllFrame tills = AllFrame
                        .standalone("tills", ConfigFactory.parseMap(durable).withFallback(ConfigFactory.load()))
                        .aggregate(TILL)
                        .start()) {
            List<Executor> dispatchers = List.of(own,
                    tills.system().dispatchers().lookup(DispatcherSelector.defaultDispatcher()),
                    tills.system().dispatchers().lookup(DispatcherSelector.blocking()));
            for (int till = 1; till < arguments.length; till++) {
                sell(tills, arguments[till], dispatchers);
            }
            while (System.in.read() >= 0) {
                // nothing is said: it waits to be ended, one way or the other
            }
        }
    }

    private static void sell(AllFrame tills, String till, List<Executor> dispatchers) {
        List<CompletableFuture<Void>> replies = new ArrayList<>();
        for (int sender = 0; sender < SENDERS; sender++) {
            replies.add(CompletableFuture.supplyAsync(() -> {
                CompletionStage<CommandResult<TillEvent>> reply = sendUntilAnswered(tills, till);
                say("sent " + till);
                return reply;
            }, dispatchers.get(sender % dispatchers.size()))
                    .thenCompose(reply -> reply)
                    .thenAccept(reply -> say("reply " + till + " " + reply)));
        }
        replies.forEach(CompletableFuture::join);
    }

    private static CompletionStage<CommandResult<TillEvent>> sendUntilAnswered(AllFrame tills, String till) {
        TillCommand sell = new TillCommand.Sell(List.of("bread", "milk", "salt"));
        return tills.commands().dispatch(TILL, till, sell, withCommandId("sale-" + till)).thenCompose(result -> {
            boolean again = result instanceof Failed<TillEvent>(var error) && error.retryable();
            return again ? sendUntilAnswered(tills, till) : CompletableFuture.completedFuture(result);
        });
    }

    private static synchronized void say(String line) {
        System.out.println(line + END);
        System.out.flush();
    }
}
