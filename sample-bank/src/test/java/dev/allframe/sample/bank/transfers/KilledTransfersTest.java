package dev.allframe.sample.bank.transfers;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static dev.allframe.sample.bank.transfers.TransfersProcess.ACCOUNTS;
import static dev.allframe.sample.bank.transfers.TransfersProcess.CLOSED;
import static dev.allframe.sample.bank.transfers.TransfersProcess.CZK_EACH;
import static dev.allframe.sample.bank.transfers.TransfersProcess.DAY;
import static dev.allframe.sample.bank.transfers.TransfersProcess.RICH;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.account.AccountEvent.Closed;
import dev.allframe.sample.bank.account.AccountEvent.Deposited;
import dev.allframe.sample.bank.account.AccountEvent.Opened;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.child.ChildJvm;
import dev.allframe.sample.bank.child.Work;
import dev.allframe.sample.bank.transfers.TransfersProcess.One;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A bank whose process is killed, again and again, makes transfers, of whose commands one in five is refused, has no
 * answer, comes late or comes twice. The journal is folded record by record: there is never more money than there was,
 * nothing has its effect twice, and every transfer has ended. Those that were planted to be parked are, and no others;
 * when an operator has decided, they have ended too, and all the money is there.
 */
@Guarantee("G8")
final class KilledTransfersTest {

    private static final int TRANSFERS = Integer.getInteger("transfer.count", 1_000);
    private static final int KILLS = Integer.getInteger("transfer.kills", 5);

    /** With more, it is worth while that the JVM compiles well. */
    private static final int FEW = 2_000;

    /** What all accounts have in the beginning, in hundredths. */
    private static final long PAID_IN = 100 * (ACCOUNTS * CZK_EACH + 100L * TRANSFERS);

    private final long seed = Long.getLong("test.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final BitSet started = new BitSet();

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path folder;

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void transfers_end_and_make_no_money_though_the_process_is_killed() throws IOException, InterruptedException {
        System.out.println("test.seed=" + seed);
        long begun = System.nanoTime();
        openAccounts();

        int hits = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            // A transfer is some five lines: the kills together leave the last process about half of them.
            hits += live(1 + random.nextInt(5 * TRANSFERS / KILLS)) ? 1 : 0;
        }
        live(Integer.MAX_VALUE);
        TransfersFolded before = folded();
        TransfersProcess.decide(store(), random.nextLong());
        TransfersFolded after = folded();

        assertThat(hits).as("kills at work").isPositive();
        System.out.println(TRANSFERS + " transfers, " + KILLS + " kills, " + hits + " of them at work, "
                + before.records() + " records, " + (System.nanoTime() - begun) / 1_000_000_000 + " s: "
                + counts(before) + ", then " + counts(after));
        assertThat(before.phases()).as("each was started once, and no other").hasSize(TRANSFERS);
        for (int i = 0; i < TRANSFERS; i++) {
            check(One.of(i, seed), before, after);
        }
        long missing = IntStream.range(0, TRANSFERS)
                .mapToObj(i -> One.of(i, seed))
                .filter(one -> one.isPlanted() && !Plant.of(one.context().id()).isCredited())
                .mapToLong(one -> TransfersFolded.hundredths(one.context().amount()))
                .sum();
        assertThat(before.sum()).as("but for what parked transfers hold back").isEqualTo(PAID_IN - missing);
        assertThat(after.sum()).isEqualTo(PAID_IN);
        assertThat(counts(before)).as("transfers of all kinds").containsKeys("completed", "compensated", "parked");
    }

    private static void check(One one, TransfersFolded before, TransfersFolded after) {
        String id = one.context().id();
        String saga = one.type().name() + "/" + id;
        List<String> effects = before.effects(id);
        if (one.isPlanted()) {
            boolean credited = Plant.of(id).isCredited();
            assertThat(before.phase(saga)).as(saga).isEqualTo("parked");
            assertThat(effects).as(saga).isEqualTo(credited ? List.of("reserved", "credited") : List.of("reserved"));
            assertThat(after.phase(saga)).as(saga).isEqualTo(credited ? "completed" : "compensated");
        } else {
            assertThat(before.phase(saga)).as(saga).isIn("completed", "compensated");
            assertThat(after.phase(saga)).as(saga).isEqualTo(before.phase(saga));
            assertThat(after.effects(id)).as(saga).isEqualTo(effects);
        }
        if (after.phase(saga).equals("completed")) {
            assertThat(after.effects(id)).as(saga).containsExactly("reserved", "credited", "confirmed");
        } else {
            assertThat(after.effects(id)).as(saga).isIn(List.of(), List.of("reserved", "released"));
        }
    }

    private static Map<String, Long> counts(TransfersFolded folded) {
        return folded.phases()
                .values()
                .stream()
                .collect(Collectors.groupingBy(phase -> phase, TreeMap::new, Collectors.counting()));
    }

    private Path store() {
        return folder.resolve("store");
    }

    private void openAccounts() {
        try (EventStoreBackend backend = AllSourceBackend.production(store())) {
            EventStore<AccountEvent> accounts = EventStore.of(backend, ACCOUNT, JacksonEventCodec.of(ACCOUNT));
            Opened opened = new Opened("Ann", czk(0), DAY);
            for (int i = 0; i < ACCOUNTS; i++) {
                append(accounts, "acc-" + i, opened, new Deposited(czk(CZK_EACH), Entry.cash(DAY)));
            }
            append(accounts, RICH, opened, new Deposited(czk(100L * TRANSFERS), Entry.cash(DAY)));
            append(accounts, CLOSED, opened, new Closed(DAY));
        }
    }

    private static void append(EventStore<AccountEvent> accounts, String id, AccountEvent... events) {
        accounts.append(id, ExpectedVersion.any(), List.of(events)).toCompletableFuture().join();
    }

    private TransfersFolded folded() {
        try (EventStoreBackend backend = AllSourceBackend.production(store())) {
            return new TransfersFolded(backend, PAID_IN);
        }
    }

    private boolean live(int lines) throws IOException, InterruptedException {
        ChildJvm jvm = ChildJvm.of(TransfersProcess.class);
        return Work.live((TRANSFERS > FEW ? jvm.optimized() : jvm)
                .process(store().toString(), Long.toString(seed), Long.toString(random.nextLong()),
                        Integer.toString(started.nextClearBit(0)), Integer.toString(TRANSFERS)),
                lines, folder.resolve("errors.txt"), said -> {
                    if (said[0].equals("started")) {
                        started.set(Integer.parseInt(said[1]));
                    }
                });
    }
}
