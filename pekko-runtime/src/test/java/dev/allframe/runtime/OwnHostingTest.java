package dev.allframe.runtime;

import static dev.allframe.runtime.CommandBusConformance.put;
import static dev.allframe.runtime.CommandBusConformance.wasPut;
import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.command.CommandResult;
import dev.allframe.runtime.aggregate.AggregateMessage;
import dev.allframe.store.ExpectedVersion;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
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
                Map.of(), Long.MAX_VALUE, probe.getRef()));

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
                ExpectedVersion.any(), null, null, Map.of(), System.currentTimeMillis() + 60_000, probe.getRef());

        KIT.spawn(allFrame.behavior(purse, "own"));

        AggregateMessage.Execute received = KIT.serializationTestKit()
                .verifySerialization(execute, false);
        assertThat(received.command()).isEqualTo(put(3));
        assertThat(received.expiresAt()).isBetween(execute.expiresAt() - 10_000, execute.expiresAt() + 10_000);
    }
}
