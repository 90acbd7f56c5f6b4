package dev.allframe.runtime;

import static dev.allframe.runtime.CommandBusConformance.put;
import static dev.allframe.runtime.CommandBusConformance.wasPut;
import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandResult;
import dev.allframe.command.ValidationError;
import dev.allframe.runtime.aggregate.AggregateMessage;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.StreamId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.SerializationTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** An instance as a plain behavior, under somebody's own parent. */
final class OwnHostingTest {

    private static final ActorTestKit KIT = ActorTestKit
            .create(ConfigFactory.parseString("allframe.storage = memory").withFallback(ConfigFactory.load()));

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @Test
    void the_behavior_of_an_instance_answers_its_protocol_and_stops() {
        AllFrame allFrame = AllFrame.on(KIT.system()).start();
        TestProbe<AggregateMessage.Reply> probe = KIT.createTestProbe();

        ActorRef<AggregateMessage> wallet = KIT.spawn(allFrame.behavior(WALLET, "own"));
        wallet.tell(new AggregateMessage.Execute("wallet", "own", put(3), null, null, ExpectedVersion.any(), null, null,
                Map.of(), null, Long.MAX_VALUE, probe.getRef()));

        CommandResult<?> result = probe.receiveMessage().result();
        assertThat(result.orThrow().events()).isEqualTo(List.of(wasPut(3)));
        wallet.tell(AggregateMessage.Stop.INSTANCE);
        probe.expectTerminated(wallet);
    }

    @Test
    void its_messages_can_be_sent_between_nodes() {
        AllFrame allFrame = AllFrame.on(KIT.system()).start();
        AggregateType<Wallets.WalletCommand, Wallets.WalletEvent, Wallets.Wallet> purse = AggregateType.named("purse",
                Wallets.WalletCommand.class, Wallets.WalletEvent.class, Wallets.Wallet.class, new Wallets());
        TestProbe<AggregateMessage.Reply> probe = KIT.createTestProbe();
        AggregateMessage.Execute execute = new AggregateMessage.Execute("purse", "own", put(3), null, null,
                ExpectedVersion.any(), null, null, Map.of(), null, System.currentTimeMillis() + 60_000, probe.getRef());

        KIT.spawn(allFrame.behavior(purse, "own"));

        AggregateMessage.Execute received = KIT.serializationTestKit()
                .verifySerialization(execute, false);
        assertThat(received.command()).isEqualTo(put(3));
        assertThat(received.expiresAt()).isBetween(execute.expiresAt() - 10_000, execute.expiresAt() + 10_000);
    }

    @Test
    void a_command_that_never_expires_does_not_expire_on_its_way_to_a_clock_that_is_ahead() {
        LeapingClock clock = new LeapingClock();
        try (AllFrame allFrame = AllFrame.on(KIT.system()).clock(clock).start()) {
            AggregateType<Wallets.WalletCommand, Wallets.WalletEvent, Wallets.Wallet> till = AggregateType.named("till",
                    Wallets.WalletCommand.class, Wallets.WalletEvent.class, Wallets.Wallet.class, new Wallets());
            allFrame.behavior(till, "own");
            TestProbe<AggregateMessage.Reply> probe = KIT.createTestProbe();
            SerializationTestKit wire = KIT.serializationTestKit();
            AggregateMessage.Execute execute = new AggregateMessage.Execute("till", "own", put(3), null, null,
                    ExpectedVersion.any(), null, null, Map.of(), null, Long.MAX_VALUE, probe.getRef());

            assertThat(wire.verifySerialization(execute, false).expiresAt()).isGreaterThan(Long.MAX_VALUE / 2);
        }
    }

    @Test
    void every_error_can_be_sent_between_nodes() {
        AggregateType<Wallets.WalletCommand, Wallets.WalletEvent, Wallets.Wallet> box = AggregateType.named("box",
                Wallets.WalletCommand.class, Wallets.WalletEvent.class, Wallets.Wallet.class, new Wallets());
        try (AllFrame allFrame = AllFrame.on(KIT.system()).start()) {
            allFrame.behavior(box, "own");
            List<CommandError> errors = List.of(
                    new CommandError.Validation(List.of(new ValidationError("amount", "is wrong", "Positive", "-1"))),
                    new CommandError.VersionConflict(StreamId.of("box", "own"), "7", 1),
                    new CommandError.IdempotencyConflict("c-1"), new CommandError.UnknownAggregate("box"),
                    new CommandError.Timeout(Duration.ofSeconds(5), "hint", true),
                    CommandError.NoAnswer.notExecuted("reason"),
                    new CommandError.Unreadable("reason", CommandError.Execution.EXECUTED),
                    new CommandError.Unwritable("reason"), new CommandError.AnotherWriter("reason"),
                    new CommandError.ShuttingDown(),
                    CommandError.StorageUnavailable.unknown("reason", false), new CommandError.HandlerFailed("reason"),
                    new CommandError.Overloaded(7), new CommandError.NotYetReadable("reason"),
                    new CommandError.Voided("c-1"),
                    new CommandError.NotPermitted("reason"),
                    new CommandError.WindowExpired("c-1", Instant.EPOCH, Instant.EPOCH.plusMillis(1)));

            assertThat(errors).extracting(Object::getClass)
                    .containsExactlyInAnyOrder(CommandError.class.getPermittedSubclasses());
            for (CommandError error : errors) {
                AggregateMessage.Reply reply = new AggregateMessage.Reply("box", new CommandResult.Failed<>(error));
                assertThat(KIT.serializationTestKit().verifySerialization(reply, false)).isEqualTo(reply);
            }
        }
    }

    /** Each look at it is an hour later than the last. */
    private static final class LeapingClock extends Clock {

        private final AtomicLong hours = new AtomicLong();

        @Override
        public Instant instant() {
            return Instant.EPOCH.plus(Duration.ofHours(hours.incrementAndGet()));
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
}
