package dev.allframe.documents;

import static dev.allframe.documents.SagasPageTest.PURSE;
import static dev.allframe.projection.Version.version;
import static dev.allframe.saga.SagaAction.command;
import static dev.allframe.saga.SagaAction.sleepUntil;
import static dev.allframe.saga.SagaStatus.Phase.COMPLETED;
import static dev.allframe.saga.SagaUndo.nothingToUndo;
import static dev.allframe.testkit.AllFrameTestKit.START;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.aggregate.Stored;
import dev.allframe.documents.SagasPageTest.PurseCommand.Credit;
import dev.allframe.saga.SagaHandle;
import dev.allframe.saga.SagaType;
import dev.allframe.testkit.AllFrameTestKit;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The code about sagas on real actors in docs/testing.md. */
final class TestingSagasPageTest {

    @Stored("gift")
    record Gift(String to, long amount, Instant on) {}

    static final SagaType<Gift> GIFT = SagaType.named("gift", version(1), Gift.class)
            .step("wait", sleepUntil(Gift::on), nothingToUndo())
            .step("credit", command(PURSE, Gift::to, g -> new Credit(g.amount())), nothingToUndo());

    @RegisterExtension
    static final AllFrameTestKit kit = AllFrameTestKit.of(PURSE).saga(GIFT);

    @Test
    void a_gift_comes_on_its_day() {
        SagaHandle gift = kit.start(GIFT, "g-1", new Gift("ann", 50, START.plus(Duration.ofDays(30))));
        kit.awaitStep(gift, "wait");

        kit.advance(Duration.ofDays(30));

        kit.awaitPhase(gift, COMPLETED);
        assertThat(kit.events(PURSE, "ann")).hasSize(1);
    }
}
