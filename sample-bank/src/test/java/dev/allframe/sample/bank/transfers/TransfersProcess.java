package dev.allframe.sample.bank.transfers;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static dev.allframe.sample.bank.transfers.Transfer.TRANSFER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.runtime.AllFrame;
import dev.allframe.saga.SagaDecision;
import dev.allframe.saga.SagaHandle;
import dev.allframe.saga.SagaQuery;
import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.SagaType;
import dev.allframe.sample.bank.account.AccountCommand.Confirm;
import dev.allframe.sample.bank.account.AccountCommand.Release;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.account.AccountEvent.Deposited;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.child.Work;
import dev.allframe.store.Position;
import dev.allframe.store.RecordedEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;

/**
 * Makes transfers under faults, and says each command that is sent and each start that is acknowledged in a line of its
 * own, so that it can be killed in the middle and started again.
 */
final class TransfersProcess {

    static final LocalDate DAY = LocalDate.of(1993, 5, 1);
    static final int ACCOUNTS = 20;
    static final long CZK_EACH = 500;

    /** Pays for the planted transfers, so that none of them lacks the money. */
    static final String RICH = "rich";

    static final String CLOSED = "closed";

    /** One in so many transfers is planted to be parked. */
    private static final int ONE_PLANTED_IN = 50;

    private static final List<Plant> PLANTS = List.of(Plant.values());
    private static final int RUNNING = 200;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private TransfersProcess() {}

    /**
     * One transfer of many.
     *
     * @param type the definition, that of the planted ones or the bank's
     * @param context the transfer
     */
    record One(SagaType<Transfer> type, Transfer context) {

        /** The transfer of a number: the same in every process. */
        static One of(int number, long seed) {
            Random random = new Random(31 * seed + number);
            long amount = 1L + random.nextInt(100);
            String to = account(random.nextInt(ACCOUNTS));
            if (number % ONE_PLANTED_IN == 0) {
                Plant plant = PLANTS.get(number / ONE_PLANTED_IN % PLANTS.size());
                return new One(Plant.TYPE, new Transfer(plant.id(number), RICH, to, czk(amount), DAY));
            }
            String from = account(random.nextInt(ACCOUNTS));
            String target = random.nextInt(20) == 0 ? random.nextBoolean() ? CLOSED : "nobody" : to;
            return new One(TRANSFER, new Transfer("t." + number, from, target, czk(amount), DAY));
        }

        private static String account(int number) {
            return "acc-" + number;
        }

        boolean isPlanted() {
            return type == Plant.TYPE;
        }
    }

    /**
     * Arguments: the folder of the store, the seed of the transfers, that of the faults, and the numbers of the first
     * transfer and behind the last one. Ends when its input does.
     */
    public static void main(String[] arguments) {
        try (AllFrame bank = start(arguments[0],
                new Faults(Long.parseLong(arguments[2]), true, TransfersProcess::say))) {
            transfer(bank, Long.parseLong(arguments[1]), Integer.parseInt(arguments[3]),
                    Integer.parseInt(arguments[4]));
            say("done");
            while (System.in.read() >= 0) {
                // nothing is said: it waits to be ended, one way or the other
            }
        } catch (Throwable failed) { // whatever it is, the test is to hear it
            failed.printStackTrace();
            System.exit(1);
        }
    }

    private static AllFrame start(String folder, Faults faults) {
        Map<String, Object> settings = Map.of("allframe.storage", "allsource", "allsource.dir", folder,
                "allsource.memory", "64MiB", "allsource.views-memory", "8MiB");
        return AllFrame.standalone("bank", ConfigFactory.parseMap(settings).withFallback(ConfigFactory.load()))
                .aggregate(ACCOUNT)
                .saga(TRANSFER)
                .saga(Plant.TYPE)
                .intercept(faults)
                .start();
    }

    /** Starts the transfers of these numbers, some at once, and waits until no saga runs. */
    private static void transfer(AllFrame bank, long seed, int first, int end) throws InterruptedException {
        Semaphore room = new Semaphore(RUNNING);
        Map<Integer, CompletableFuture<SagaStatus>> running = new ConcurrentHashMap<>();
        for (int i = first; i < end; i++) {
            int number = i;
            One one = One.of(number, seed);
            room.acquire();
            running.put(number,
                    bank.sagas().start(one.type(), one.context().id(), one.context()).thenCompose(saga -> {
                        say("started " + number);
                        return saga.ended();
                    }).toCompletableFuture());
            var unused = running.get(number).whenComplete((status, failed) -> {
                room.release();
                if (failed == null) {
                    running.remove(number);
                }
            });
        }
        running.values().forEach(CompletableFuture::join);
        awaitNoneRunning(bank);
    }

    /** Those of an earlier process too. */
    private static void awaitNoneRunning(AllFrame bank) {
        await().atMost(PATIENCE).until(() -> {
            ProjectionMetadata view = bank.projections().describe("sagas");
            return view.lag() == 0 && find(bank, SagaStatus.Phase.RUNNING).isEmpty();
        });
    }

    private static List<SagaStatus> find(AllFrame bank, SagaStatus.Phase phase) {
        return bank.sagas().find(SagaQuery.all().in(phase).limit(SagaQuery.MAX_LIMIT)).sagas();
    }

    /**
     * Opens a store, in which nothing is in the way of the planted transfers any more, and decides about each saga that
     * is parked, in one way or the other, as somebody does who has looked.
     */
    static void decide(Path store, long seed) {
        try (AllFrame bank = start(store.toString(), new Faults(seed, false, line -> {}))) {
            awaitNoneRunning(bank);
            decide(bank);
            awaitNoneRunning(bank);
        }
    }

    private static void decide(AllFrame bank) {
        for (SagaStatus parked : find(bank, SagaStatus.Phase.PARKED)) {
            SagaHandle saga = bank.sagas().saga(parked.definition(), parked.id());
            boolean byHand = parked.id().hashCode() % 2 == 0;
            SagaDecision decision = byHand ? byHand(bank, parked.id()) : SagaDecision.RETRY;
            saga.decide(decision, "the test", byHand ? "seen to it" : "it is mended").toCompletableFuture().join();
            assertThat(saga.ended().toCompletableFuture().join().phase()).as(parked.id())
                    .isIn(SagaStatus.Phase.COMPLETED, SagaStatus.Phase.COMPENSATED);
        }
    }

    /** Does what the saga could not, or finds out what has become of it. */
    private static SagaDecision byHand(AllFrame bank, String id) {
        return switch (Plant.of(id)) {
            case CONFIRM -> {
                Entry entry = new Entry(Entry.Kind.REMITTANCE, DAY, id, "by hand", null);
                bank.commands().dispatchAndWait(ACCOUNT, RICH, new Confirm(id, entry)).orThrow();
                yield SagaDecision.DONE;
            }
            case RELEASE -> {
                bank.commands().dispatchAndWait(ACCOUNT, RICH, new Release(id)).orThrow();
                yield SagaDecision.DONE;
            }
            case CREDIT_DONE, CREDIT_LOST -> {
                try (Stream<RecordedEvent<AccountEvent>> all = bank
                        .eventStore(ACCOUNT)
                        .streamAllEvents(Position.START)) {
                    boolean there = all.anyMatch(recorded -> recorded.event() instanceof Deposited deposited
                            && deposited.entry().reference().equals(id));
                    yield there ? SagaDecision.DONE : SagaDecision.NOT_DONE;
                }
            }
        };
    }

    private static synchronized void say(String line) {
        System.out.println(line + Work.END);
        System.out.flush();
    }
}
