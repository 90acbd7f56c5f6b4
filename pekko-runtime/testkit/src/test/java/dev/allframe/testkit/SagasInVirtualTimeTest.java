package dev.allframe.testkit;

import static dev.allframe.projection.Version.version;
import static dev.allframe.saga.SagaAction.awaitEvent;
import static dev.allframe.saga.SagaAction.call;
import static dev.allframe.saga.SagaAction.command;
import static dev.allframe.saga.SagaAction.sleepUntil;
import static dev.allframe.saga.SagaStatus.Phase.COMPENSATED;
import static dev.allframe.saga.SagaStatus.Phase.COMPLETED;
import static dev.allframe.saga.SagaStatus.Phase.PARKED;
import static dev.allframe.saga.SagaUndo.cannotBeUndone;
import static dev.allframe.saga.SagaUndo.nothingToUndo;
import static dev.allframe.saga.SagaUndo.undo;
import static dev.allframe.saga.SagaUndo.undoCall;
import static dev.allframe.saga.StepOption.attempts;
import static dev.allframe.saga.StepOption.backoff;
import static dev.allframe.saga.StepOption.retryRefused;
import static dev.allframe.saga.StepOption.timeout;
import static dev.allframe.testkit.Purses.PURSE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.allframe.aggregate.Stored;
import dev.allframe.saga.SagaDecision;
import dev.allframe.saga.SagaException;
import dev.allframe.saga.SagaHandle;
import dev.allframe.saga.SagaMetadata;
import dev.allframe.saga.SagaQuery;
import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.SagaTransition;
import dev.allframe.saga.SagaType;
import dev.allframe.saga.Successor;
import dev.allframe.testkit.Purses.PurseCommand;
import dev.allframe.testkit.Purses.PurseEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class SagasInVirtualTimeTest {

    private static final Duration DAY = Duration.ofDays(1);

    @Stored("transfer")
    record Transfer(String id, long amount, Instant on) {

        String from() {
            return id + ".from";
        }

        String to() {
            return id + ".to";
        }
    }

    private static final SagaType<Transfer> TRANSFER = SagaType.named("transfer", version(1), Transfer.class)
            .step("wait", sleepUntil(Transfer::on), nothingToUndo())
            .step("reserve",
                    command(PURSE, Transfer::from, t -> new PurseCommand.Reserve(t.id(), t.amount()),
                            retryRefused("not-enough", DAY, 3)),
                    undo(PURSE, Transfer::from, t -> new PurseCommand.Release(t.id())))
            .step("credit", command(PURSE, Transfer::to, t -> new PurseCommand.Credit(t.amount())), cannotBeUndone())
            .step("confirm", command(PURSE, Transfer::from, t -> new PurseCommand.Confirm(t.id())), nothingToUndo());

    /** Its pivot is followed by what is refused; tried for an hour. */
    private static final SagaType<Transfer> PARKS = SagaType.named("parks", version(1), Transfer.class)
            .tryFor(Duration.ofHours(1))
            .step("credit", command(PURSE, Transfer::to, t -> new PurseCommand.Credit(t.amount())), cannotBeUndone())
            .step("confirm", command(PURSE, Transfer::from, t -> new PurseCommand.Confirm(t.id()), attempts(1)),
                    nothingToUndo());

    private static final SagaType<Transfer> PAID = SagaType.named("paid", version(1), Transfer.class)
            .deadline(DAY.multipliedBy(14))
            .step("reserve", command(PURSE, Transfer::from, t -> new PurseCommand.Reserve(t.id(), t.amount())),
                    undo(PURSE, Transfer::from, t -> new PurseCommand.Release(t.id())))
            .step("payment",
                    awaitEvent(PURSE, PurseEvent.Credited.class, event -> "paid-" + event.amount(),
                            t -> "paid-" + t.amount()),
                    nothingToUndo());

    private static final Map<String, AtomicInteger> CALLS = new ConcurrentHashMap<>();
    private static final Set<String> UNDONE = ConcurrentHashMap.newKeySet();
    private static final CountDownLatch INTERRUPTED = new CountDownLatch(1);

    @Stored("answer")
    record Answer(String text) {}

    /** The first call of each key hangs, and so do all of an id "dead…". */
    private static CompletionStage<Answer> ask(Transfer transfer, String key) {
        int number = CALLS.computeIfAbsent(transfer.id(), id -> new AtomicInteger()).incrementAndGet();
        if (number > 1 && !transfer.id().startsWith("dead")) {
            return CompletableFuture.completedFuture(new Answer("yes"));
        }
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException interrupted) {
            INTERRUPTED.countDown();
            throw new IllegalStateException(interrupted);
        }
        throw new AssertionError("nobody counts down");
    }

    private static CompletionStage<Void> undoAsk(Transfer transfer, String key) {
        UNDONE.add(transfer.id());
        return CompletableFuture.completedFuture(null);
    }

    private static final SagaType<Transfer> ASKS = SagaType.named("asks", version(1), Transfer.class)
            .step("ask", call(Answer.class, SagasInVirtualTimeTest::ask, timeout(Duration.ofMinutes(5)), attempts(3),
                    backoff(Duration.ofMinutes(1), Duration.ofHours(1))),
                    undoCall(SagasInVirtualTimeTest::undoAsk));

    /** One each month, as many as the amount. */
    private static final SagaType<Transfer> MONTHLY = SagaType.named("monthly", version(1), Transfer.class)
            .step("wait", sleepUntil(Transfer::on), nothingToUndo())
            .step("credit", command(PURSE, Transfer::to, t -> new PurseCommand.Credit(t.amount())), nothingToUndo())
            .thenStart(SagasInVirtualTimeTest::nextMonth);

    private static Optional<Successor<?>> nextMonth(Transfer last) {
        return last.amount() == 1
                ? Optional.empty()
                : Optional.of(new Successor<>(monthly(), "month-" + (last.amount() - 1),
                        new Transfer(last.id(), last.amount() - 1, last.on().plus(DAY.multipliedBy(30)))));
    }

    private static SagaType<Transfer> monthly() {
        return MONTHLY;
    }

    @RegisterExtension
    static final AllFrameTestKit KIT = AllFrameTestKit.of(PURSE)
            .saga(TRANSFER)
            .saga(PARKS)
            .saga(PAID)
            .saga(ASKS)
            .saga(MONTHLY);

    private static Transfer transfer(String id, long amount, Duration in) {
        return new Transfer(id, amount, KIT.clock().instant().plus(in));
    }

    private static SagaHandle start(SagaType<Transfer> type, String id) {
        return KIT.start(type, id, transfer(id, 30, Duration.ZERO));
    }

    private static List<String> history(SagaHandle saga) {
        return saga.history().toCompletableFuture().join().stream().map(SagaTransition::record).toList();
    }

    private static void credit(String purse, long amount) {
        KIT.send(PURSE, purse, new PurseCommand.Credit(amount)).orThrow();
    }

    @Test
    void a_transfer_completes_without_time() {
        credit("now.from", 100);

        SagaHandle saga = start(TRANSFER, "now");
        KIT.awaitPhase(saga, COMPLETED);

        assertThat(KIT.events(PURSE, "now.to")).containsExactly(new PurseEvent.Credited(30));
        assertThat(KIT.events(PURSE, "now.from")).containsExactly(new PurseEvent.Credited(100),
                new PurseEvent.Reserved("now", 30), new PurseEvent.Confirmed("now"));
        KIT.awaitViews();
        assertThat(KIT.sagas().find(SagaQuery.all().of("transfer").in(COMPLETED)).sagas())
                .extracting(SagaStatus::id)
                .contains("now");
    }

    @Test
    void a_saga_sleeps_for_thirty_days() {
        credit("later.from", 100);
        SagaHandle saga = KIT.start(TRANSFER, "later", transfer("later", 30, DAY.multipliedBy(30)));

        KIT.advance(DAY.multipliedBy(30).minusMillis(1));
        SagaStatus before = KIT.awaitStep(saga, "wait");
        KIT.advance(Duration.ofMillis(1));
        SagaStatus end = KIT.awaitPhase(saga, COMPLETED);

        assertThat(before.nextAt()).isEqualTo(KIT.clock().instant());
        assertThat(end.changedAt()).isEqualTo(KIT.clock().instant());
        assertThat(history(saga)).startsWith("started", "step-begun", "step-done", "step-begun");
        await().untilAsserted(() -> assertThat(ends("transfer").longest()).isEqualTo(DAY.multipliedBy(30)));
        assertThat(ends("transfer").time()).isGreaterThanOrEqualTo(DAY.multipliedBy(30));
        assertThat(ends("transfer").count()).isPositive();
    }

    @Test
    void hundreds_wake_at_once() {
        List<SagaHandle> sagas = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            sagas.add(KIT.start(MONTHLY, "single-" + i, transfer("single", 1, DAY)));
        }

        KIT.advance(DAY);

        sagas.forEach(saga -> KIT.awaitPhase(saga, COMPLETED));
    }

    private static SagaMetadata.Ends ends(String definition) {
        return KIT.sagas()
                .describe()
                .stream()
                .filter(each -> each.definition().equals(definition))
                .findFirst()
                .orElseThrow()
                .ends();
    }

    @Test
    void a_refusal_is_tried_again_each_day() {
        credit("poor.from", 10);
        SagaHandle saga = start(TRANSFER, "poor");

        KIT.awaitSaga(saga, status -> status.reason().startsWith("not-enough"));
        KIT.advance(DAY);
        KIT.awaitSaga(saga, status -> status.changedAt().equals(KIT.clock().instant())
                && status.reason().startsWith("not-enough"));
        credit("poor.from", 50);
        KIT.advance(DAY);
        KIT.awaitPhase(saga, COMPLETED);

        assertThat(history(saga)).filteredOn("attempt-failed"::equals).hasSize(2);
        assertThat(KIT.events(PURSE, "poor.to")).containsExactly(new PurseEvent.Credited(30));
    }

    @Test
    void refusals_that_go_on_end_it() {
        SagaHandle saga = start(TRANSFER, "broke");
        for (int day = 0; day < 3; day++) {
            Instant today = KIT.clock().instant();
            KIT.awaitSaga(saga,
                    status -> status.changedAt().equals(today) && status.reason().startsWith("not-enough"));
            KIT.advance(DAY);
        }

        assertThat(KIT.awaitPhase(saga, COMPENSATED).reason()).startsWith("not-enough");
        assertThat(KIT.events(PURSE, "broke.to")).isEmpty();
    }

    @Test
    void a_call_has_its_time_limit_and_its_pauses_in_virtual_time() throws InterruptedException {
        SagaHandle saga = start(ASKS, "slow");
        await().until(() -> CALLS.containsKey("slow"));

        KIT.advance(Duration.ofMinutes(5).minusMillis(1));
        assertThat(KIT.awaitStep(saga, "ask").attempts()).isZero();
        KIT.advance(Duration.ofMillis(1));
        INTERRUPTED.await();
        SagaStatus failed = KIT.awaitSaga(saga, status -> status.attempts() == 1);
        assertThat(failed.reason()).startsWith("timeout");
        assertThat(failed.nextAt()).isEqualTo(KIT.clock().instant().plus(Duration.ofMinutes(1)));
        KIT.advance(Duration.ofMinutes(1));

        KIT.awaitPhase(saga, COMPLETED);
        assertThat(CALLS.get("slow")).hasValue(2);
    }

    @Test
    void a_call_that_never_answers_is_undone() {
        SagaHandle saga = start(ASKS, "dead");
        for (int attempt = 1; attempt <= 3; attempt++) {
            int number = attempt;
            await().until(() -> CALLS.containsKey("dead") && CALLS.get("dead").get() == number);
            KIT.advance(Duration.ofMinutes(5));
            KIT.awaitSaga(saga, status -> status.attempts() == number || status.phase() == COMPENSATED);
            KIT.advance(Duration.ofMinutes(2));
        }

        assertThat(KIT.awaitPhase(saga, COMPENSATED).reason()).startsWith("timeout");
        assertThat(UNDONE).contains("dead");
    }

    @Test
    void an_awaited_event_arrives() {
        credit("buyer.from", 100);
        SagaHandle saga = KIT.start(PAID, "buyer", transfer("buyer", 31, Duration.ZERO));
        KIT.awaitStep(saga, "payment");
        KIT.advance(DAY.multipliedBy(13));

        credit("anybody", 31);

        KIT.awaitPhase(saga, COMPLETED);
    }

    @Test
    void a_deadline_turns_it_back() {
        credit("forgetful.from", 100);
        SagaHandle saga = KIT.start(PAID, "forgetful", transfer("forgetful", 32, Duration.ZERO));
        KIT.awaitStep(saga, "payment");

        KIT.advance(DAY.multipliedBy(14).minusMillis(1));
        KIT.awaitStep(saga, "payment");
        KIT.advance(Duration.ofMillis(1));

        assertThat(KIT.awaitPhase(saga, COMPENSATED).reason()).startsWith("deadline");
        assertThat(KIT.events(PURSE, "forgetful.from")).last().isEqualTo(new PurseEvent.Released("forgetful"));
    }

    @Test
    void a_saga_is_parked_and_an_operator_decides() {
        SagaHandle saga = start(PARKS, "stands");
        KIT.awaitSaga(saga, status -> status.reason().startsWith("not-reserved"));
        KIT.advance(Duration.ofHours(1));
        assertThat(KIT.awaitPhase(saga, PARKED).reason()).startsWith("not-reserved");

        saga.decide(SagaDecision.SKIP, "olga", "it was never reserved").toCompletableFuture().join();

        KIT.awaitPhase(saga, COMPLETED);
    }

    @Test
    void each_month_starts_the_next() {
        KIT.start(MONTHLY, "month-12", transfer("rent", 12, DAY.multipliedBy(30)));
        for (int month = 12; month >= 1; month--) {
            SagaHandle saga = KIT.sagas().saga("monthly", "month-" + month);
            KIT.awaitStep(saga, "wait");
            KIT.advance(DAY.multipliedBy(30));
            KIT.awaitPhase(saga, COMPLETED);
        }

        assertThat(KIT.events(PURSE, "rent.to")).hasSize(12);
    }

    @Test
    void a_saga_that_has_ended_otherwise_is_a_failure_at_once() {
        credit("fast.from", 100);
        SagaHandle saga = start(TRANSFER, "fast");
        KIT.awaitPhase(saga, COMPLETED);

        assertThatThrownBy(() -> KIT.awaitStep(saga, "credit")).isInstanceOf(AssertionError.class)
                .hasMessageContaining("saga transfer/fast is not at step 'credit': at ")
                .hasMessageContaining("phase=COMPLETED")
                .hasMessageContaining("step-done");
        assertThatThrownBy(() -> KIT.start(TRANSFER, "fast", transfer("other", 1, DAY)))
                .isInstanceOf(SagaException.class);
    }
}
