package dev.allframe.sample.bank.transfers;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.codec.EncodedEvent;
import dev.allframe.codec.EventCodec;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.account.AccountEvent.Confirmed;
import dev.allframe.sample.bank.account.AccountEvent.Deposited;
import dev.allframe.sample.bank.account.AccountEvent.Released;
import dev.allframe.sample.bank.account.AccountEvent.Reserved;
import dev.allframe.sample.bank.account.Money;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventPage;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the journal alone says about transfers and the accounts between which they go, which have no overdraft: folded
 * record by record, with arithmetic of its own. Fails at the first record behind which more could be taken out of all
 * accounts than was paid in, or less than nothing out of one.
 */
final class TransfersFolded {

    private static final int PAGE = 1_000;
    private static final Set<String> PHASES = Set.of("completed", "compensated", "parked");

    private final EventCodec<AccountEvent> codec = JacksonEventCodec.of(ACCOUNT);
    private final Map<String, Long> available = new HashMap<>();

    /** What is set aside, by account and transfer. */
    private final Map<String, Long> reserved = new HashMap<>();

    /** The effects of a transfer in their order, by its id. */
    private final Map<String, List<String>> effects = new TreeMap<>();

    /** Where each saga is, by its stream: one of the phases, or {@code running}. */
    private final Map<String, String> phases = new TreeMap<>();

    private final long paidIn;
    private long sum;
    private long records;

    /**
     * Folds all that is stored.
     *
     * @param paidIn how much was paid in before the first transfer, in hundredths
     */
    TransfersFolded(EventStoreBackend backend, long paidIn) {
        this.paidIn = paidIn;
        Position at = Position.START;
        boolean atEnd = false;
        while (!atEnd) {
            EventPage page = backend.getAllEvents(EventFilter.all(), at, PAGE).toCompletableFuture().join();
            page.events().stream().filter(record -> record.envelope().isEvent()).forEach(this::apply);
            at = page.next();
            atEnd = page.atEnd();
        }
    }

    private void apply(StoredEvent record) {
        records++;
        String id = record.stream().entityId();
        if (record.stream().entityType().equals("saga")) {
            String type = record.envelope().eventType().substring("saga.".length());
            if (type.equals("started")) {
                assertThat(phases.put(id, "running")).as(id).isNull();
            } else if (PHASES.contains(type)) {
                phases.put(id, type);
            } else if (type.equals("decided")) {
                phases.put(id, "running");
            }
            return;
        }
        codec.decode(new EncodedEvent(record.envelope().eventType(), record.envelope().eventVersion(),
                record.envelope().payload().bytes())).forEach(event -> apply(id, event));
        assertThat(available.getOrDefault(id, 0L)).as("available of %s behind %s", id, record.position())
                .isNotNegative();
        assertThat(sum).as("available in all behind %s", record.position()).isLessThanOrEqualTo(paidIn);
    }

    private void apply(String account, AccountEvent event) {
        switch (event) {
            case Deposited(var amount, var entry, var channel) -> {
                add(account, hundredths(amount));
                if (!entry.reference().isEmpty()) {
                    effect(entry.reference(), "credited");
                }
            }
            case Reserved(var transfer, var amount) -> {
                effect(transfer, "reserved");
                reserved.put(account + "/" + transfer, hundredths(amount));
                add(account, -hundredths(amount));
            }
            case Released(var transfer) -> {
                effect(transfer, "released");
                add(account, Objects.requireNonNull(reserved.remove(account + "/" + transfer), transfer));
            }
            case Confirmed(var transfer, var amount, var entry) -> {
                effect(transfer, "confirmed");
                assertThat(reserved.remove(account + "/" + transfer)).isEqualTo(hundredths(amount));
            }
            case AccountEvent.Opened opened -> available.put(account, 0L);
            case AccountEvent.Closed closed -> available.remove(account);
            case AccountEvent.Withdrawn other -> throw new AssertionError("not of a transfer: " + other);
            case AccountEvent.OverdraftChanged other -> throw new AssertionError("not of a transfer: " + other);
            case AccountEvent.OrderPlaced other -> throw new AssertionError("not of a transfer: " + other);
            case AccountEvent.OrderCancelled other -> throw new AssertionError("not of a transfer: " + other);
        }
    }

    private void effect(String transfer, String what) {
        List<String> all = effects.computeIfAbsent(transfer, id -> new ArrayList<>());
        assertThat(all).as(transfer).doesNotContain(what);
        all.add(what);
    }

    private void add(String account, long amount) {
        available.merge(account, amount, Long::sum);
        sum += amount;
    }

    static long hundredths(Money money) {
        return money.amount().multiply(BigDecimal.valueOf(100)).longValueExact();
    }

    long records() {
        return records;
    }

    /** What can be taken out of all accounts, in hundredths. */
    long sum() {
        return sum;
    }

    /** Where each saga is, by definition and id. */
    Map<String, String> phases() {
        return phases;
    }

    /** Where a saga is; {@code none} where it was not started. */
    String phase(String saga) {
        return phases.getOrDefault(saga, "none");
    }

    /** What was done for a transfer, in order. */
    List<String> effects(String transfer) {
        return effects.getOrDefault(transfer, List.of());
    }
}
