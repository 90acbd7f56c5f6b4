package dev.allframe.documents;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.runtime.AllFrame;
import dev.allframe.sample.bank.account.AccountCommand.Deposit;
import dev.allframe.sample.bank.account.AccountCommand.Open;
import dev.allframe.sample.bank.account.AccountCommand.Withdraw;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.account.AccountEvent.Deposited;
import dev.allframe.sample.bank.account.AccountEvent.Opened;
import dev.allframe.sample.bank.account.AccountEvent.Withdrawn;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventPage;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Position;
import dev.allframe.store.RecordedEvent;
import dev.allframe.store.RecordedPage;
import dev.allframe.store.Subscription;
import dev.allframe.testkit.AllFrameTestKit;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The code of docs/reading.md, which does what the page says. */
final class ReadingPageTest {

    @RegisterExtension
    static final AllFrameTestKit kit = AllFrameTestKit.of(ACCOUNT);

    private static final LocalDate DAY = LocalDate.of(2026, 1, 2);

    private final List<String> printed = new ArrayList<>();
    private final List<AccountEvent> applied = new CopyOnWriteArrayList<>();
    private final List<Position> saved = new CopyOnWriteArrayList<>();
    private final List<Throwable> alarms = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void fill() {
        kit.send(ACCOUNT, "acc-1", new Open("Ann", czk(0), DAY)).orThrow();
        kit.send(ACCOUNT, "acc-1", new Deposit(czk(700), Entry.cash(DAY))).orThrow();
        kit.send(ACCOUNT, "acc-1", new Withdraw(czk(50), Entry.cash(DAY))).orThrow();
        kit.send(ACCOUNT, "acc-2", new Open("Bob", czk(0), DAY)).orThrow();
    }

    private void print(String line) {
        printed.add(line);
    }

    private void apply(String id, AccountEvent event) {
        assertThat(id).startsWith("acc-");
        applied.add(event);
    }

    private void save(Position position) {
        saved.add(position);
    }

    private void alarm(Throwable failure) {
        alarms.add(failure);
    }

    @Test
    void one_instance() {
        AllFrame bank = kit.allFrame();
        EventStore<AccountEvent> events = bank.eventStore(ACCOUNT);
        try (Stream<RecordedEvent<AccountEvent>> history = events.streamEvents("acc-1")) {
            history.forEach(recorded -> print(recorded.sequenceNr() + " " + recorded.event()));
        }
        CompletionStage<List<RecordedEvent<AccountEvent>>> firstPage = events.getEvents("acc-1", 1, 100);

        assertThat(printed).hasSize(3).first().asString().startsWith("1 Opened[owner=Ann");
        assertThat(firstPage.toCompletableFuture().join())
                .extracting(RecordedEvent::sequenceNr)
                .containsExactly(1L, 2L, 3L);
    }

    @Test
    void all_instances() {
        EventStore<AccountEvent> events = kit.eventStore(ACCOUNT);
        Position position = Position.START;
        RecordedPage<AccountEvent> page;
        do {
            page = events.getAllEvents(position, 500).toCompletableFuture().join();
            page.events().forEach(recorded -> apply(recorded.id(), recorded.event()));
            position = page.next();
        } while (!page.atEnd());

        assertThat(applied).hasSize(4);
    }

    @Test
    void a_subscription() {
        EventStore<AccountEvent> events = kit.eventStore(ACCOUNT);
        Position lastSeen = events.streamEvents("acc-1").findFirst().orElseThrow().position();
        Subscription subscription = events.subscribe(lastSeen, recorded -> {
            apply(recorded.id(), recorded.event());
            save(recorded.position());
        });
        subscription.ended().whenComplete((closed, failure) -> {
            if (failure != null) {
                alarm(failure);
            }
        });

        await().until(() -> saved.size() == 3);
        subscription.close();
        subscription.ended().toCompletableFuture().join();

        assertThat(applied).hasExactlyElementsOfTypes(Deposited.class, Withdrawn.class, Opened.class);
        assertThat(alarms).isEmpty();
    }

    @Test
    void a_subscription_whose_consumer_throws_says_so() {
        IllegalStateException defect = new IllegalStateException("the database is gone");
        Subscription subscription = kit.eventStore(ACCOUNT).subscribe(Position.START, recorded -> {
            throw defect;
        });
        subscription.ended().whenComplete((closed, failure) -> alarm(failure));

        await().untilAsserted(() -> assertThat(alarms).containsExactly(defect));
    }

    @Test
    void a_filter() {
        AllFrame bank = kit.allFrame();
        EventFilter outgoing = EventFilter.tag("outgoing").and(EventFilter.entityType("account"));
        EventPage stored = bank.backend().getAllEvents(outgoing, Position.START, 100).toCompletableFuture().join();

        assertThat(stored.events()).extracting(event -> event.envelope().eventType())
                .containsExactly("account.withdrawn");
    }

    @Test
    void without_actors(@TempDir Path directory) {
        Opened opened = new Opened("Ann", czk(0), DAY);
        try (EventStoreBackend backend = AllSourceBackend.production(directory)) {
            EventStore<AccountEvent> accounts = EventStore.of(backend, ACCOUNT, JacksonEventCodec.of(ACCOUNT));
            accounts.append("acc-1", ExpectedVersion.exactly(0), List.of(opened)).toCompletableFuture().join();
        }

        try (EventStoreBackend backend = AllSourceBackend.production(directory)) {
            assertThat(EventStore.of(backend, ACCOUNT, JacksonEventCodec.of(ACCOUNT)).streamEvents("acc-1"))
                    .extracting(RecordedEvent::event)
                    .containsExactly(opened);
        }
    }
}
