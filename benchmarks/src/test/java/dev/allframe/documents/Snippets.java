package dev.allframe.documents;

import static dev.allframe.command.CommandOptions.withCommandId;
import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.api.testkit.conformance.EventStoreBackendConformance;
import dev.allframe.api.testkit.conformance.ViewStoreConformance;
import dev.allframe.command.CommandInterceptor;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.journal.memory.InMemoryConfig;
import dev.allframe.runtime.AllFrame;
import dev.allframe.runtime.Health;
import dev.allframe.sample.bank.account.AccountCommand.Deposit;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.Money;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.view.MemoryViewStore;
import dev.allframe.store.view.ViewStore;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.slf4j.Logger;

/** Code of documents that is compiled here and runs elsewhere: what it shows is tested where it is built. */
@SuppressWarnings({"unused", "FutureReturnValueIgnored"})
final class Snippets {

    private Snippets() {}

    /** docs/commands.md. */
    private static void commands(AllFrame bank, Entry entry) {
        CommandOptions options = withCommandId("trans-695247");
        bank.commands().dispatch(ACCOUNT, "acc-1", new Deposit(czk(700), entry), options);
        bank.commands().dispatch(ACCOUNT, "acc-1", new Deposit(czk(700), entry), options);

        CompletionStage<CommandResult<AccountEvent>> outcome = bank.commands()
                .voidCommand(ACCOUNT, "acc-1", "trans-695247");
    }

    private static CommandOptions age(Instant firstAttempt) {
        return withCommandId("trans-695247").issuedAt(firstAttempt);
    }

    private record PlaceOrder(String item, Money price) implements Command {}

    private record Order(String id, String item, String requestId) {}

    private interface Prices {
        CompletionStage<Money> current(String item);
    }

    private static CompletionStage<CommandResult<AccountEvent>> lookedUp(AllFrame bank, Prices prices, Order order,
            AggregateType<PlaceOrder, AccountEvent, ?> ORDER) {
        return prices.current(order.item())
                .thenCompose(price -> bank.commands()
                        .dispatch(ORDER, order.id(), new PlaceOrder(order.item(), price),
                                withCommandId(order.requestId())));
    }

    private static AllFrame intercepted(ActorSystem<?> system, CommandInterceptor onlyTellers,
            CommandInterceptor timings) {
        return AllFrame.on(system).intercept(onlyTellers).intercept(timings).aggregate(ACCOUNT).start();
    }

    /** docs/storage.md. */
    static final class MyBackendTest extends EventStoreBackendConformance {

        @Override
        protected EventStoreBackend open(int maxRecordBytes) {
            return InMemoryBackend.open(InMemoryConfig.unbounded().withMaxRecordBytes(maxRecordBytes));
        }
    }

    static final class MyViewStoreTest extends ViewStoreConformance {

        @Override
        protected ViewStore open() {
            return new MemoryViewStore();
        }
    }

    /** docs/running.md. */
    private static void closing(AllFrame bank) {
        Runtime.getRuntime().addShutdownHook(new Thread(bank::close, "close-allframe"));
    }

    /** docs/operations.md. */
    private static void watching(AllFrame allFrame, Logger log) {
        Health health = allFrame.health();
        if (!health.isUp()) {
            health.troubles().forEach(part -> log.warn("{}", part));
        }
    }
}
