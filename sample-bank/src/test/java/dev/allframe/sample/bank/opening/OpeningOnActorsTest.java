package dev.allframe.sample.bank.opening;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.runtime.AllFrame;
import dev.allframe.saga.SagaHandle;
import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.SagaStatus.Phase;
import dev.allframe.saga.SagaTransition;
import dev.allframe.saga.SagaType;
import dev.allframe.sample.bank.account.Account;
import dev.allframe.sample.bank.ledger.Ledger;
import dev.allframe.sample.bank.ledger.Ledger.Line;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Openings on real actors, whose check hangs, is late, refuses, or fails. */
final class OpeningOnActorsTest {

    private static final LocalDate DAY = LocalDate.of(1993, 5, 1);
    private static final Duration PATIENCE = Duration.ofMillis(200);
    private static final Duration AT_MOST = Duration.ofSeconds(60);

    /** How the check treats a customer. */
    private enum Way {
        ANSWERS, SAYS_NO, HANGS_WHEN_DONE, HANGS_BEFORE, FAILS_WHEN_DONE, HANGS_AND_DOES_NOT_KNOW_AT_FIRST
    }

    /** The work of a key is done once; the owner of an account says how. */
    private static final class Office implements CustomerCheck {

        private final ConcurrentHashMap<String, Optional<Verdict>> verdicts = new ConcurrentHashMap<>();
        private final ConcurrentLinkedQueue<String> done = new ConcurrentLinkedQueue<>();
        private final ConcurrentLinkedQueue<String> withdrawn = new ConcurrentLinkedQueue<>();
        private final ConcurrentHashMap<String, Integer> asked = new ConcurrentHashMap<>();

        @Override
        public CompletionStage<Verdict> check(String owner, String key) {
            Way way = Way.valueOf(owner);
            return switch (way) {
                case ANSWERS, SAYS_NO -> completedFuture(doIt(owner, key));
                case HANGS_BEFORE -> new CompletableFuture<>();
                case HANGS_WHEN_DONE, HANGS_AND_DOES_NOT_KNOW_AT_FIRST -> {
                    Verdict unused = doIt(owner, key);
                    yield new CompletableFuture<>();
                }
                case FAILS_WHEN_DONE -> {
                    Verdict unused = doIt(owner, key);
                    yield CompletableFuture.failedFuture(new IllegalStateException("the line is broken"));
                }
            };
        }

        private Verdict doIt(String owner, String key) {
            boolean against = owner.equals(Way.SAYS_NO.name());
            return verdicts.computeIfAbsent(key, first -> {
                done.add(owner);
                return Optional.of(new Verdict(!against, against ? "not wanted" : ""));
            }).orElseThrow();
        }

        @Override
        public CompletionStage<Optional<Verdict>> find(String owner, String key) {
            boolean first = asked.merge(key, 1, Integer::sum) == 1;
            return first && owner.equals(Way.HANGS_AND_DOES_NOT_KNOW_AT_FIRST.name())
                    ? CompletableFuture.failedFuture(new IllegalStateException("ask later"))
                    : completedFuture(verdicts.computeIfAbsent(key, ended -> Optional.empty()));
        }

        @Override
        public CompletionStage<Void> withdraw(String owner, String key) {
            withdrawn.add(owner);
            return completedFuture(null);
        }
    }

    private final Office office = new Office();
    private final SagaType<Opening> opening = Opening.opening(office, PATIENCE);

    private AllFrame start() {
        return AllFrame.standalone("opening-test").aggregate(ACCOUNT).saga(opening).start();
    }

    private SagaStatus open(AllFrame bank, Way way) {
        return begin(bank, way).ended().toCompletableFuture().orTimeout(AT_MOST.toSeconds(), TimeUnit.SECONDS).join();
    }

    private SagaHandle begin(AllFrame bank, Way way) {
        return bank.sagas()
                .start(opening, way.name(), Opening.of(way.name(), way.name(), czk(50), DAY))
                .toCompletableFuture()
                .join();
    }

    private static List<Line> statement(AllFrame bank, Way way) {
        return new Ledger(bank.eventStore(ACCOUNT)).statement(way.name());
    }

    @Test
    void a_check_that_hangs_is_asked_afterwards_whether_it_was_done() {
        try (AllFrame bank = start()) {
            for (Way way : List.of(Way.ANSWERS, Way.HANGS_WHEN_DONE, Way.FAILS_WHEN_DONE,
                    Way.HANGS_AND_DOES_NOT_KNOW_AT_FIRST)) {
                SagaStatus end = open(bank, way);

                assertThat(end.phase()).as(way + " " + end).isEqualTo(Phase.COMPLETED);
                Account account = statement(bank, way).getLast().after();
                assertThat(account.isOpen()).isTrue();
                assertThat(account.balance()).isEqualTo(czk(50));
                assertThat(office.done).containsOnlyOnce(way.name());
            }
            assertThat(office.withdrawn).isEmpty();
        }
    }

    @Test
    void a_check_that_hangs_and_was_not_done_opens_nothing() {
        try (AllFrame bank = start()) {
            SagaStatus end = open(bank, Way.HANGS_BEFORE);

            assertThat(end.phase()).isEqualTo(Phase.COMPENSATED);
            assertThat(end.reason()).startsWith("timeout");
            assertThat(statement(bank, Way.HANGS_BEFORE)).isEmpty();
            assertThat(office.done).isEmpty();
            List<SagaTransition> history = bank.sagas()
                    .saga(Opening.NAME, Way.HANGS_BEFORE.name())
                    .history()
                    .toCompletableFuture()
                    .join();
            assertThat(history).extracting(SagaTransition::record).contains("settling", "step-not-done");
        }
    }

    @Test
    void a_check_that_is_against_the_customer_opens_nothing() {
        try (AllFrame bank = start()) {
            SagaStatus end = open(bank, Way.SAYS_NO);

            assertThat(end.phase()).isEqualTo(Phase.COMPLETED);
            assertThat(statement(bank, Way.SAYS_NO)).isEmpty();
            assertThat(office.withdrawn).isEmpty();
        }
    }
}
