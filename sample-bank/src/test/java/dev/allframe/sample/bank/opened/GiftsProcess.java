package dev.allframe.sample.bank.opened;

import static dev.allframe.command.CommandOptions.withCommandId;
import static dev.allframe.projection.Version.version;
import static dev.allframe.saga.SagaAction.command;
import static dev.allframe.saga.SagaUndo.nothingToUndo;
import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.command.CommandInterceptor;
import dev.allframe.command.CommandResult;
import dev.allframe.command.Dispatch;
import dev.allframe.runtime.AllFrame;
import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.SagaType;
import dev.allframe.sample.bank.account.AccountCommand.Deposit;
import dev.allframe.sample.bank.account.AccountCommand.Open;
import dev.allframe.sample.bank.account.AccountEvent.Opened;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.child.Work;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;

/**
 * Opens accounts; each that is opened starts a saga, which pays a gift in. Says each account that is open and each gift
 * that is sent in a line of its own, so that it can be killed in the middle and started again.
 */
final class GiftsProcess {

    static final LocalDate DAY = LocalDate.of(1993, 5, 1);

    private static final int AT_ONCE = 50;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @Stored("gift")
    record Gift(String account) {}

    /** Begins with the first start and not with all events: where it has begun must not be forgotten. */
    static final SagaType<Gift> GIFT = SagaType.named("gift", version(1), Gift.class)
            .step("pay", command(ACCOUNT, Gift::account, gift -> new Deposit(czk(1), Entry.cash(DAY))),
                    nothingToUndo())
            .startedBy(ACCOUNT, Opened.class, (opened, info) -> new Gift(info.id()));

    private GiftsProcess() {}

    /** Says which gifts are sent. */
    private static final class Sent implements CommandInterceptor {
        @Override
        public <E extends Event> CompletionStage<CommandResult<E>> around(Dispatch<E> dispatch, Rest<E> rest) {
            if (dispatch.command() instanceof Deposit) {
                say("gift " + dispatch.id());
            }
            return rest.dispatch(dispatch);
        }
    }

    /**
     * Arguments: the folder of the store, and the numbers of the first account and behind the last one. Ends when its
     * input does.
     */
    public static void main(String[] arguments) {
        Map<String, Object> settings = Map.of("allframe.storage", "allsource", "allsource.dir", arguments[0],
                "allsource.memory", "64MiB", "allsource.views-memory", "8MiB");
        try (AllFrame bank = AllFrame
                .standalone("bank", ConfigFactory.parseMap(settings).withFallback(ConfigFactory.load()))
                .aggregate(ACCOUNT)
                .saga(GIFT)
                .intercept(new Sent())
                .start()) {
            int end = Integer.parseInt(arguments[2]);
            open(bank, Integer.parseInt(arguments[1]), end);
            await().atMost(PATIENCE).until(() -> find(bank, SagaStatus.Phase.COMPLETED) == end);
            say("done");
            while (System.in.read() >= 0) {
                // nothing is said: it waits to be ended, one way or the other
            }
        } catch (Throwable failed) { // whatever it is, the test is to hear it
            failed.printStackTrace();
            System.exit(1);
        }
    }

    private static void open(AllFrame bank, int first, int end) throws InterruptedException {
        Semaphore room = new Semaphore(AT_ONCE);
        List<CompletableFuture<?>> opening = new ArrayList<>();
        for (int i = first; i < end; i++) {
            String account = Integer.toString(i);
            room.acquire();
            opening.add(bank.commands()
                    .dispatch(ACCOUNT, account, new Open("Ann", czk(0), DAY), withCommandId("open-" + account))
                    .thenAccept(result -> {
                        result.orThrow();
                        say("opened " + account);
                    })
                    .whenComplete((done, failed) -> room.release())
                    .toCompletableFuture());
        }
        opening.forEach(CompletableFuture::join);
    }

    private static long find(AllFrame bank, SagaStatus.Phase phase) {
        return bank.sagas().describe().getFirst().sagas().getOrDefault(phase, 0L);
    }

    private static synchronized void say(String line) {
        System.out.println(line + Work.END);
        System.out.flush();
    }
}
