package dev.allframe.benchmarks.bareaccount;

import dev.allframe.benchmarks.bareaccount.AccountCommand.Book;
import dev.allframe.benchmarks.bareaccount.AccountCommand.CancelOrder;
import dev.allframe.benchmarks.bareaccount.AccountCommand.ChangeOverdraft;
import dev.allframe.benchmarks.bareaccount.AccountCommand.Close;
import dev.allframe.benchmarks.bareaccount.AccountCommand.Confirm;
import dev.allframe.benchmarks.bareaccount.AccountCommand.Credit;
import dev.allframe.benchmarks.bareaccount.AccountCommand.Deposit;
import dev.allframe.benchmarks.bareaccount.AccountCommand.ExecuteOrder;
import dev.allframe.benchmarks.bareaccount.AccountCommand.OfMoney;
import dev.allframe.benchmarks.bareaccount.AccountCommand.Open;
import dev.allframe.benchmarks.bareaccount.AccountCommand.PlaceOrder;
import dev.allframe.benchmarks.bareaccount.AccountCommand.Release;
import dev.allframe.benchmarks.bareaccount.AccountCommand.Reserve;
import dev.allframe.benchmarks.bareaccount.AccountCommand.Withdraw;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Closed;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Confirmed;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Deposited;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Opened;
import dev.allframe.benchmarks.bareaccount.AccountEvent.OrderCancelled;
import dev.allframe.benchmarks.bareaccount.AccountEvent.OrderPlaced;
import dev.allframe.benchmarks.bareaccount.AccountEvent.OverdraftChanged;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Released;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Reserved;
import dev.allframe.benchmarks.bareaccount.AccountEvent.Withdrawn;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.Money;
import dev.allframe.sample.bank.account.StandingOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.JournalPersistFailed;
import org.apache.pekko.persistence.typed.JournalPersistRejected;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.javadsl.CommandHandlerWithReply;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehaviorWithEnforcedReplies;
import org.apache.pekko.persistence.typed.javadsl.ReplyEffect;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;
import org.jspecify.annotations.Nullable;

/** One account: recognises repeats, checks the version, decides, stores, replies. Commands reach it validated. */
public final class AccountEntity
        extends
            EventSourcedBehaviorWithEnforcedReplies<AccountEntity.Message, AccountEntity.Recorded, AccountEntity.State> {

    private static final int REMEMBERED_COMMANDS = 1_000;

    sealed interface Message {}

    record Execute(AccountCommand command, Options options, String fingerprint,
            ActorRef<Reply> replyTo) implements Message {}

    enum Stop implements Message { INSTANCE }

    /** What a caller says besides the command; all of it may be left out. */
    public record Options(@Nullable String commandId, @Nullable Long expectedVersion, @Nullable String correlationId,
            @Nullable String causationId, Map<String, String> headers) {
        public static final Options NONE = new Options(null, null, null, null, Map.of());
    }

    public sealed interface Reply {}

    public record Accepted(List<AccountEvent> events, long version) implements Reply {}

    record Refused(String code, Map<String, String> details) implements Reply {}

    record Invalid(List<Violation> violations) implements Reply {}

    record Violation(String path, String message, String code, String rejectedValue) {}

    record VersionConflict(long expected, long actual) implements Reply {}

    record IdempotencyConflict(String commandId) implements Reply {}

    record StorageFailed(String reason) implements Reply {}

    record TimedOut(String reason) implements Reply {}

    /** What is stored: the event and the command that led to it, together or not at all. */
    public record Recorded(AccountEvent event, Instant at, @Nullable String commandId, @Nullable String correlationId,
            @Nullable String causationId, Map<String, String> headers, String fingerprint, long version) {}

    /** The account and its last commands by id, oldest first. The map is changed in place: the actor alone sees it. */
    record State(Account account, LinkedHashMap<String, Recorded> commands) {
        State after(Recorded recorded) {
            if (recorded.commandId() != null) {
                commands.put(recorded.commandId(), recorded);
                if (commands.size() > REMEMBERED_COMMANDS) {
                    commands.pollFirstEntry();
                }
            }
            return new State(account.after(recorded.event()), commands);
        }
    }

    private final ActorContext<Message> context;

    /** The command whose event is being stored. */
    private @Nullable Execute storing;

    static Behavior<Message> create(String id) {
        return Behaviors.setup(context -> new AccountEntity(id, context));
    }

    private AccountEntity(String id, ActorContext<Message> context) {
        super(PersistenceId.of("account", id),
                SupervisorStrategy.restartWithBackoff(Duration.ofMillis(200), Duration.ofSeconds(10), 0.2));
        this.context = context;
    }

    @Override
    public State emptyState() {
        return new State(Account.NONE, new LinkedHashMap<>());
    }

    @Override
    public CommandHandlerWithReply<Message, Recorded, State> commandHandler() {
        return (state, message) -> switch (message) {
            case Execute execute -> onExecute(state, execute);
            case Stop stop -> Effect().stop().thenNoReply();
        };
    }

    private ReplyEffect<Recorded, State> onExecute(State state, Execute execute) {
        String commandId = execute.options().commandId();
        if (commandId != null && state.commands().containsKey(commandId)) {
            Recorded first = state.commands().get(commandId);
            return reply(execute, first.fingerprint().equals(execute.fingerprint())
                    ? new Accepted(List.of(first.event()), first.version())
                    : new IdempotencyConflict(commandId));
        }
        Long expected = execute.options().expectedVersion();
        if (expected != null && expected != version()) {
            return reply(execute, new VersionConflict(expected, version()));
        }
        return decide(state.account(), execute);
    }

    private ReplyEffect<Recorded, State> decide(Account account, Execute execute) {
        return switch (execute.command()) {
            case Open(var owner, var overdraft, var on) ->
                !account.owner().isEmpty()
                        ? refuse(execute, "already-open")
                        : persist(execute, new Opened(owner, overdraft, on));
            case AccountCommand other when account.closed() -> refuse(execute, "closed");
            case AccountCommand other when !account.open() -> refuse(execute, "not-open");
            case OfMoney other when !other.amount().currency().equals(account.currency()) ->
                refuse(execute, "wrong-currency");
            case Deposit(var amount, var entry) -> persist(execute, new Deposited(amount, entry));
            case Withdraw(var amount, var entry) -> withdraw(execute, account, amount, entry);
            case Book(var amount, var side, var entry) -> switch (side) {
                case CREDIT -> persist(execute, new Deposited(amount, entry));
                case DEBIT -> persist(execute, new Withdrawn(amount, entry));
            };
            case ChangeOverdraft(var limit) -> limit.equals(account.overdraft())
                    ? reply(execute, new Accepted(List.of(), version()))
                    : persist(execute, new OverdraftChanged(limit));
            case PlaceOrder(var id, var order) -> account.orders().containsKey(id)
                    ? refuse(execute, "order-exists")
                    : persist(execute, new OrderPlaced(id, order));
            case CancelOrder(var id) -> account.orders().containsKey(id)
                    ? persist(execute, new OrderCancelled(id))
                    : refuse(execute, "unknown-order");
            case Reserve(var id, var amount) when account.setAside().containsKey(id) ->
                refuse(execute, "already-reserved");
            case Reserve(var id, var amount) -> ifCovered(execute, account, amount, new Reserved(id, amount));
            case Release(var id) -> account.setAside().containsKey(id)
                    ? persist(execute, new Released(id))
                    : reply(execute, new Accepted(List.of(), version()));
            case Confirm(var id, var entry) -> switch (account.setAside().get(id)) {
                case null -> refuse(execute, "not-reserved");
                case Money amount -> persist(execute, new Confirmed(id, amount, entry));
            };
            case Credit(var amount, var entry) -> persist(execute, new Deposited(amount, entry));
            case Close(var on) ->
                account.isEmpty() ? persist(execute, new Closed(on)) : refuse(execute, "not-empty");
            case ExecuteOrder(var id, var on) -> switch (account.orders().get(id)) {
                case null -> refuse(execute, "unknown-order");
                case StandingOrder(var amount, var to, var purpose) ->
                    withdraw(execute, account, amount, Entry.remittance(on, to, purpose).referring(id));
            };
        };
    }

    private ReplyEffect<Recorded, State> withdraw(Execute execute, Account account, Money amount, Entry entry) {
        return ifCovered(execute, account, amount, new Withdrawn(amount, entry));
    }

    private ReplyEffect<Recorded, State> ifCovered(Execute execute, Account account, Money amount,
            AccountEvent event) {
        return account.covers(amount)
                ? persist(execute, event)
                : reply(execute,
                        new Refused("insufficient-funds", Map.of("available", account.available().toString())));
    }

    private ReplyEffect<Recorded, State> persist(Execute execute, AccountEvent event) {
        Options options = execute.options();
        Recorded recorded = new Recorded(event, Instant.now(), options.commandId(), options.correlationId(),
                options.causationId(), options.headers(), execute.fingerprint(), version() + 1);
        storing = execute;
        return Effect().persist(recorded).thenReply(execute.replyTo(), state -> {
            storing = null;
            return new Accepted(List.of(event), recorded.version());
        });
    }

    private ReplyEffect<Recorded, State> refuse(Execute execute, String code) {
        return reply(execute, new Refused(code, Map.of()));
    }

    private ReplyEffect<Recorded, State> reply(Execute execute, Reply reply) {
        return Effect().reply(execute.replyTo(), reply);
    }

    private long version() {
        return lastSequenceNumber(context);
    }

    @Override
    public EventHandler<State, Recorded> eventHandler() {
        return State::after;
    }

    @Override
    public SignalHandler<State> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(JournalPersistFailed.class, (state, signal) -> notStored(signal.getFailure()))
                .onSignal(JournalPersistRejected.class, (state, signal) -> notStored(signal.getFailure()))
                .build();
    }

    private void notStored(Throwable failure) {
        if (storing != null) {
            storing.replyTo().tell(new StorageFailed(failure.toString()));
            storing = null;
        }
    }

    @Override
    public Set<String> tagsFor(Recorded recorded) {
        return recorded.event() instanceof Withdrawn || recorded.event() instanceof Confirmed
                ? Set.of("outgoing")
                : Set.of();
    }

    @Override
    public RetentionCriteria retentionCriteria() {
        return RetentionCriteria.snapshotEvery(200, 2);
    }
}
