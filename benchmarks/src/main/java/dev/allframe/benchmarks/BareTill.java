package dev.allframe.benchmarks;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.pattern.StatusReply;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.javadsl.CommandHandlerWithReply;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehaviorWithEnforcedReplies;
import org.apache.pekko.persistence.typed.javadsl.ReplyEffect;
import org.jspecify.annotations.Nullable;

/**
 * The measured aggregate as it is written on bare Pekko: no metadata, no typed results. A command may carry an id; then
 * its event carries the id and what tells a repeat from another command, and the last {@value #REMEMBERED_COMMANDS} are
 * known again, as AllFrame does it.
 */
final class BareTill extends EventSourcedBehaviorWithEnforcedReplies<BareTill.Command, BareTill.PaidIn, BareTill.Till> {

    private static final int REMEMBERED_COMMANDS = 1_000;

    /** Bound to Jackson CBOR in the benchmark's configuration. */
    interface CborSerializable {}

    sealed interface Command extends CborSerializable {}

    record PayIn(String id, long amount, String reference, @Nullable Identity identity,
            ActorRef<StatusReply<Long>> replyTo) implements Command {}

    enum Stop implements Command { INSTANCE }

    /** The caller's id of a command, and the digest of what the command says. */
    record Identity(String commandId, String fingerprint) {
        static Identity of(String commandId, long amount, String reference) {
            try {
                byte[] digest = MessageDigest.getInstance("SHA-256")
                        .digest((amount + " " + reference).getBytes(StandardCharsets.UTF_8));
                return new Identity(commandId, HexFormat.of().formatHex(digest));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    record PaidIn(long amount, String reference, @Nullable Identity identity) implements CborSerializable {}

    /** The outcome of a command that was executed. */
    record Outcome(String fingerprint, long balance) {}

    /** The balance, and the last commands by id, oldest first. The map is changed in place: the actor alone sees it. */
    record Till(long balance, LinkedHashMap<String, Outcome> commands) {
        Till after(PaidIn paidIn) {
            long after = balance + paidIn.amount();
            if (paidIn.identity() != null) {
                commands.put(paidIn.identity().commandId(), new Outcome(paidIn.identity().fingerprint(), after));
                if (commands.size() > REMEMBERED_COMMANDS) {
                    commands.pollFirstEntry();
                }
            }
            return new Till(after, commands);
        }
    }

    private BareTill(String id) {
        super(PersistenceId.of("bare-till", id));
    }

    static Behavior<Command> create(String id) {
        return new BareTill(id);
    }

    /** The least that hosts instances outside a cluster: a parent that starts them and passes messages on. */
    static Behavior<Command> localHost() {
        return Behaviors.setup(context -> {
            Map<String, ActorRef<Command>> children = new HashMap<>();
            return Behaviors.receive(Command.class).onMessage(PayIn.class, command -> {
                children.computeIfAbsent(command.id(), id -> context.spawnAnonymous(create(id))).tell(command);
                return Behaviors.same();
            }).build();
        });
    }

    @Override
    public Till emptyState() {
        return new Till(0, new LinkedHashMap<>());
    }

    @Override
    public CommandHandlerWithReply<Command, PaidIn, Till> commandHandler() {
        return (till, command) -> switch (command) {
            case PayIn payIn -> onPayIn(till, payIn);
            case Stop stop -> Effect().stop().thenNoReply();
        };
    }

    private ReplyEffect<PaidIn, Till> onPayIn(Till till, PayIn payIn) {
        Identity identity = payIn.identity();
        if (identity != null && till.commands().containsKey(identity.commandId())) {
            Outcome first = till.commands().get(identity.commandId());
            return Effect().reply(payIn.replyTo(), first.fingerprint().equals(identity.fingerprint())
                    ? StatusReply.success(first.balance())
                    : StatusReply.error("the command id was used for another command"));
        }
        if (payIn.amount() <= 0) {
            return Effect().reply(payIn.replyTo(), StatusReply.error("amount must be greater than 0"));
        }
        return Effect().persist(new PaidIn(payIn.amount(), payIn.reference(), payIn.identity()))
                .thenReply(payIn.replyTo(), after -> StatusReply.success(after.balance()));
    }

    @Override
    public EventHandler<Till, PaidIn> eventHandler() {
        return Till::after;
    }
}
