package dev.allframe.api.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The callbacks of {@link dev.allframe.store.EventReader#onAppend(Runnable)} and its relatives. */
abstract class WakeUpConformance extends StoreConformance {

    private final List<Registration> registrations = new ArrayList<>();

    WakeUpConformance(EventStoreBackendConformance suite) {
        super(suite);
    }

    @AfterEach
    void close_the_registrations() {
        registrations.forEach(Registration::close);
    }

    private Registration kept(Registration registration) {
        registrations.add(registration);
        return registration;
    }

    private void awaitCall(Semaphore calls) {
        eventually("a call", calls::tryAcquire);
        calls.drainPermits();
    }

    @Test
    void an_append_to_any_stream_calls() {
        Semaphore calls = new Semaphore(0);
        kept(store.onAppend(calls::release));

        append(ANNA, "1");
        awaitCall(calls);
        append(BERT, "2");
        awaitCall(calls);
    }

    @Test
    void an_append_to_one_stream_calls_who_waits_for_that_stream() {
        AtomicInteger ofAnna = new AtomicInteger();
        Semaphore ofBert = new Semaphore(0);
        kept(store.onAppend(ANNA, ofAnna::incrementAndGet));
        kept(store.onAppend(BERT, ofBert::release));

        append(BERT, "1");
        awaitCall(ofBert);
        append(BERT, "2");
        awaitCall(ofBert);
        assertThat(ofAnna).hasValue(0);

        append(ANNA, "3");
        eventually("a call for Anna", () -> ofAnna.get() > 0);
    }

    @Test
    void records_are_readable_when_the_call_comes() {
        Semaphore calls = new Semaphore(0);
        kept(store.onAppend(ANNA, calls::release));
        for (int i = 1; i <= 50; i++) {
            CompletableFuture<?> appended = appending(ANNA, ExpectedVersion.any(), "event " + i)
                    .toCompletableFuture();
            awaitCall(calls);
            assertThat(read(ANNA)).hasSize(i);
            done(appended);
        }
    }

    @Test
    void who_registers_then_reads_then_waits_misses_nothing() {
        int appends = 500;
        Semaphore calls = new Semaphore(0);
        kept(store.onAppend(calls::release));
        CompletableFuture<Void> writer = together(2, thread -> {
            for (int i = 0; i < appends; i++) {
                append(ANNA, "event");
            }
        });

        while (read(ANNA).size() < 2 * appends) {
            awaitCall(calls);
        }
        done(writer);
    }

    @Test
    void a_closed_registration_is_not_called() {
        AtomicInteger closed = new AtomicInteger();
        Semaphore open = new Semaphore(0);
        Registration ofAll = kept(store.onAppend(closed::incrementAndGet));
        Registration ofAnna = kept(store.onAppend(ANNA, closed::incrementAndGet));
        kept(store.onAppend(open::release));
        kept(store.onAppend(ANNA, open::release));

        ofAll.close();
        ofAnna.close();
        ofAnna.close();
        append(ANNA, "1");
        awaitCall(open);
        append(ANNA, "2");
        awaitCall(open);

        assertThat(closed).hasValue(0);
    }

    @Test
    void the_same_callback_can_be_registered_twice_and_closed_once() {
        Semaphore calls = new Semaphore(0);
        Runnable wake = calls::release;
        Registration first = kept(store.onAppend(ANNA, wake));
        kept(store.onAppend(ANNA, wake));

        first.close();
        first.close();
        append(ANNA, "1");

        awaitCall(calls);
    }

    @Test
    void closing_the_store_calls_everyone() {
        append(ANNA, "1");
        assertThat(read(ANNA)).hasSize(1);
        Semaphore ofAll = new Semaphore(0);
        Semaphore ofAnna = new Semaphore(0);
        Semaphore ofStates = new Semaphore(0);
        kept(store.onAppend(ofAll::release));
        kept(store.onAppend(ANNA, ofAnna::release));
        kept(store.onStateChange(ofStates::release));

        store.close();

        awaitCall(ofAll);
        awaitCall(ofAnna);
        awaitCall(ofStates);
    }

    @Test
    void a_changed_state_calls_who_waits_for_states_and_nobody_else() {
        AtomicInteger ofEvents = new AtomicInteger();
        Semaphore ofStates = new Semaphore(0);
        kept(store.onAppend(ofEvents::incrementAndGet));
        Registration registration = kept(store.onStateChange(ofStates::release));

        done(store.upsertState(ANNA, 1, json("a"), ""));
        awaitCall(ofStates);
        done(store.deleteState(ANNA, 2));
        awaitCall(ofStates);
        assertThat(ofEvents).hasValue(0);

        Semaphore other = new Semaphore(0);
        kept(store.onStateChange(other::release));
        registration.close();
        done(store.upsertState(ANNA, 3, json("b"), ""));
        awaitCall(other);
        assertThat(ofStates.availablePermits()).isZero();
    }
}
