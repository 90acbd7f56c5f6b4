package dev.allframe.sample.bank.cli;

import static dev.allframe.projection.Version.version;
import static dev.allframe.saga.SagaAction.command;
import static dev.allframe.saga.SagaUndo.nothingToUndo;
import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static dev.allframe.sample.bank.transfers.Transfer.TRANSFER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.Event;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandInterceptor;
import dev.allframe.command.CommandResult;
import dev.allframe.command.Dispatch;
import dev.allframe.runtime.AllFrame;
import dev.allframe.saga.SagaHandle;
import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.SagaType;
import dev.allframe.sample.bank.account.AccountCommand.Credit;
import dev.allframe.sample.bank.account.AccountCommand.Release;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.cli.BankOnDisk.Said;
import dev.allframe.sample.bank.transfers.Transfer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sagas that were parked in a bank on disk, and what {@code bank sagas} and {@code bank saga} do about them. */
final class ParkedSagasOfBankTest {

    private static final LocalDate DAY = LocalDate.of(1993, 5, 1);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** After so many it is tried again only as long as there is time, or found out what has become of it. */
    private static final int FAILURES = 3;

    /** A saga of another bank, which the command line has no code for: one step. */
    private static final SagaType<Transfer> GIFT = SagaType.named("gift", version(1), Transfer.class)
            .step("credit", command(ACCOUNT, Transfer::to, gift -> new Credit(gift.amount(), Entry.cash(DAY))),
                    nothingToUndo());

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path data;

    @SuppressWarnings("NullAway.Init") // set before each test
    private BankOnDisk bank;

    @BeforeEach
    void threeAccounts() {
        bank = BankOnDisk.withThreeAccounts(data.resolve("store"));
    }

    private Said bank(String... arguments) {
        return bank.run(arguments);
    }

    /** A clock that is late by some time, or ahead. Thread-safe. */
    private static final class MovedClock extends Clock {

        private volatile Duration by;

        MovedClock(Duration by) {
            this.by = by;
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(by);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    /** Answers the commands of some steps itself. */
    private record Answering(CommandError error, Set<String> steps) implements CommandInterceptor {
        @Override
        public <E extends Event> CompletionStage<CommandResult<E>> around(Dispatch<E> dispatch, Rest<E> rest) {
            String id = dispatch.options().commandId();
            return id != null && steps.stream().anyMatch(step -> id.contains("/" + step + "/"))
                    ? CompletableFuture.completedFuture(new CommandResult.Failed<>(error))
                    : rest.dispatch(dispatch);
        }
    }

    private AllFrame start(Clock clock, CommandInterceptor interceptor) {
        return AllFrame
                .standalone("other-bank",
                        ConfigFactory
                                .parseMap(Map.of("allframe.storage", "allsource", "allsource.dir",
                                        bank.store().toString()))
                                .withFallback(ConfigFactory.load()))
                .clock(clock)
                .aggregate(ACCOUNT)
                .saga(TRANSFER)
                .saga(GIFT)
                .intercept(interceptor)
                .start();
    }

    private static SagaHandle transfer(AllFrame bank, String id) {
        return bank.sagas()
                .start(TRANSFER, id, new Transfer(id, "1", "2", czk(10), DAY))
                .toCompletableFuture()
                .join();
    }

    /** Makes transfers two days ago, until they were tried for so long that they are parked. */
    private void park(CommandError error, Set<String> steps, String... ids) {
        MovedClock clock = new MovedClock(Duration.ofDays(-2));
        try (AllFrame bank = start(clock, new Answering(error, steps))) {
            List<SagaHandle> sagas = Arrays.stream(ids).map(id -> transfer(bank, id)).toList();
            await().atMost(PATIENCE).until(() -> sagas.stream().allMatch(saga -> failures(saga) >= FAILURES));
            clock.by = Duration.ZERO;
            for (SagaHandle saga : sagas) {
                SagaStatus end = saga.ended()
                        .toCompletableFuture()
                        .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .join();
                assertThat(end.phase()).as(end.reason()).isEqualTo(SagaStatus.Phase.PARKED);
            }
        }
    }

    private static long failures(SagaHandle saga) {
        return saga.history()
                .toCompletableFuture()
                .join()
                .stream()
                .filter(each -> each.record().equals("attempt-failed"))
                .count();
    }

    @Test
    void a_step_behind_the_pivot_that_was_refused_is_retried_skipped_or_settled() {
        park(new CommandError.NotPermitted("held"), Set.of("confirm/do"), "t-1", "t-2", "t-3", "t-4");

        Said parked = bank("sagas", "--state", "parked", "--json");
        Said text = bank("sagas", "--state", "parked");
        Said shown = bank("saga", "t-1");
        Said back = bank("saga", "t-1", "turn-back");
        Said cancelled = bank("saga", "t-1", "cancel");
        Said retried = bank("saga", "t-1", "retry", "--reason", "the hold was lifted", "--json");
        Said skipped = bank("saga", "t-2", "skip");
        Said settled = bank("saga", "t-3", "settle", "--as", "done");
        Said notDone = bank("saga", "t-4", "settle", "--as", "not-done");
        Said twice = bank("saga", "t-1", "retry");
        Said sagas = bank("sagas");

        assertThat(parked.json().get("counts").toString())
                .isEqualTo("{\"running\":0,\"completed\":0,\"compensated\":0,\"parked\":4}");
        assertThat(parked.json().get("sagas")).hasSize(4).allSatisfy(saga -> {
            assertThat(saga.get("definition").textValue()).isEqualTo("transfer");
            assertThat(saga.get("step").textValue()).isEqualTo("confirm");
            assertThat(saga.get("reason").textValue()).isEqualTo("not-permitted: held");
        });
        assertThat(text.out()).contains("0 completed, 0 compensated, 4 parked", "'bank saga ID' shows what");
        assertThat(shown.exitCode()).as(shown.err()).isZero();
        assertThat(shown.out()).startsWith("transfer t-1, version 1: parked, at confirm, not-permitted: held")
                .contains("'bank saga t-1 retry' tries it again");
        assertThat(back.exitCode()).isEqualTo(2);
        assertThat(back.err()).isEqualTo("bank: that cannot be decided about a saga that is parked because:"
                + " not-permitted: held; what can be is retry, skip, done, not-done; done and not-done are said by settle"
                + " --as\n");
        assertThat(cancelled.exitCode()).isEqualTo(2);
        assertThat(cancelled.err())
                .isEqualTo("bank: the saga is parked: decide to turn it back, by 'bank saga t-1 turn-back'\n");
        assertThat(retried.exitCode()).as(retried.err()).isZero();
        assertThat(retried.json().get("state").textValue()).isEqualTo("completed");
        assertThat(retried.json().get("history").toString()).contains("retry by ", ": the hold was lifted");
        for (Said said : new Said[]{skipped, settled, notDone}) {
            assertThat(said.exitCode()).as(said.err()).isZero();
            assertThat(said.out().lines().findFirst().orElseThrow()).endsWith(", version 1: completed");
        }
        assertThat(twice.exitCode()).isEqualTo(2);
        assertThat(twice.err()).contains("the saga is not parked; it is completed: 'bank saga t-1' shows what has");
        assertThat(sagas.out()).contains("4 completed, 0 compensated, 0 parked").doesNotContain("for each that is");
        assertThat(bank("account", "1", "--json").json().get("balance").textValue())
                .as("two have booked out, of the other two somebody has said that it need not be, or was")
                .isEqualTo("80.00");
    }

    @Test
    void a_pivot_of_which_nobody_knows_is_settled_and_what_was_not_undone_is_retried() {
        CommandError noAnswer = new CommandError.Timeout(Duration.ofSeconds(1), "", true);
        park(noAnswer, Set.of("credit/do"), "t-1", "t-2", "t-3");
        park(new CommandError.NotPermitted("held"), Set.of("credit/do", "reserve/undo"), "t-4");

        Said turned = bank("saga", "t-1", "turn-back");
        Said notDone = bank("saga", "t-1", "settle", "--as", "not-done", "--json");
        Said done = bank("saga", "t-2", "settle", "--as", "done", "--json");
        Said retried = bank("saga", "t-3", "retry", "--json");
        Said undone = bank("saga", "t-4", "retry", "--json");
        Said again = bank("saga", "t-1", "settle", "--as", "not-done");

        assertThat(turned.exitCode()).isEqualTo(2);
        assertThat(turned.err()).contains("what can be is retry, skip, done, not-done;");
        assertThat(notDone.exitCode()).as(notDone.err()).isZero();
        assertThat(notDone.json().get("state").textValue()).isEqualTo("compensated");
        assertThat(done.json().get("state").textValue()).isEqualTo("completed");
        assertThat(retried.exitCode()).as(retried.err()).isZero();
        assertThat(retried.json().get("state").textValue()).isEqualTo("compensated");
        assertThat(undone.exitCode()).as(undone.err()).isZero();
        assertThat(undone.json().get("state").textValue()).isEqualTo("compensated");
        assertThat(undone.json().get("history").toString()).contains("stuck", "decided", "undone");
        assertThat(again.exitCode()).isEqualTo(2);
        assertThat(again.err()).contains("the saga is not parked; it is compensated: 'bank saga t-1' shows");
    }

    @Test
    void an_order_that_has_not_ended_the_saga_is_told_by_1() {
        park(new CommandError.NotPermitted("held"), Set.of("confirm/do"), "t-1");
        try (AllFrame bank = start(Clock.systemUTC(), new Answering(new CommandError.NotPermitted("held"), Set.of()))) {
            bank.commands()
                    .dispatchAndWait(ACCOUNT, "1",
                            new Release("t-1"))
                    .orThrow();
        }

        Said retried = bank("saga", "t-1", "retry", "--wait", "1");

        assertThat(retried.exitCode()).isEqualTo(1);
        assertThat(retried.out()).contains(": running, at confirm, not-reserved", "goes on with the next command");
    }

    @Test
    void a_saga_that_runs_is_turned_back() {
        // Its clock is an hour ahead: what it tries again then, the command line finds waiting.
        try (AllFrame bank = start(new MovedClock(Duration.ofHours(1)),
                new Answering(new CommandError.Overloaded(1), Set.of("reserve/do")))) {
            SagaHandle saga = transfer(bank, "t-1");
            await().atMost(PATIENCE)
                    .until(() -> failures(saga) > 0);
        }

        Said shown = bank("saga", "t-1", "--json");
        Said decided = bank("saga", "t-1", "skip");
        Said cancelled = bank("saga", "t-1", "cancel", "--reason", "it was a mistake");

        assertThat(shown.json().get("state").textValue()).isEqualTo("running");
        assertThat(decided.exitCode()).isEqualTo(2);
        assertThat(decided.err()).isEqualTo("bank: the saga is not parked; it runs: 'bank saga t-1' shows where it is,"
                + " and 'bank saga t-1 cancel' turns it back\n");
        assertThat(cancelled.exitCode()).as(cancelled.out() + cancelled.err()).isZero();
        assertThat(cancelled.out()).contains(": compensated, cancelled: by ", "it was a mistake");
    }

    @Test
    void a_saga_is_found_by_its_id_unless_several_definitions_have_it() {
        try (AllFrame bank = start(Clock.systemUTC(), new Answering(new CommandError.ShuttingDown(), Set.of()))) {
            transfer(bank, "t-1").ended().toCompletableFuture().join();
            for (String id : new String[]{"t-1", "g-1"}) {
                bank.sagas()
                        .start(GIFT, id, new Transfer(id, "1", "2", czk(1), DAY))
                        .thenCompose(SagaHandle::ended)
                        .toCompletableFuture()
                        .join();
            }
        }

        Said both = bank("saga", "t-1");

        assertThat(both.exitCode()).isEqualTo(2);
        assertThat(both.err())
                .isEqualTo("bank: there are sagas 't-1' of gift and of transfer: say which with --definition\n");
        assertThat(bank("saga", "t-1", "--definition", "gift").out()).startsWith("gift t-1, version 1: completed");
        assertThat(bank("saga", "t-1", "--definition", "transfer").out()).startsWith("transfer t-1, version 1:");
        assertThat(bank("saga", "g-1").out()).startsWith("gift g-1, version 1: completed");
    }
}
