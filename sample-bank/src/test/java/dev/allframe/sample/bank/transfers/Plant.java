package dev.allframe.sample.bank.transfers;

import static dev.allframe.projection.Version.version;
import static dev.allframe.sample.bank.transfers.Transfer.TRANSFER;

import dev.allframe.saga.SagaStep;
import dev.allframe.saga.SagaType;
import java.time.Duration;
import java.util.Locale;

/** What a transfer meets that is planted to be parked. */
enum Plant {

    /** Its last step is refused, behind the pivot. */
    CONFIRM,

    /** Its credit is refused, and so is what gives the money back. */
    RELEASE,

    /** Its credit is executed, and nobody says so, however often they are asked. */
    CREDIT_DONE,

    /** Its credit does not arrive, and nobody says so. */
    CREDIT_LOST;

    /** The steps of a transfer, tried for a moment and not for a day. */
    static final SagaType<Transfer> TYPE = type();

    private static SagaType<Transfer> type() {
        SagaType<Transfer> type = SagaType.named("impatient-transfer", version(1), Transfer.class)
                .tryFor(Duration.ofMillis(500));
        for (SagaStep<Transfer> step : TRANSFER.steps()) {
            type = type.step(step.name(), step.action(), step.undo());
        }
        return type;
    }

    /** Of a transfer by its id. */
    static Plant of(String id) {
        return valueOf(id.split("\\.", -1)[0].toUpperCase(Locale.ROOT));
    }

    /** Whether the money has arrived when it is parked. */
    boolean isCredited() {
        return this == CONFIRM || this == CREDIT_DONE;
    }

    /** The id of a transfer that is planted. */
    String id(int number) {
        return name().toLowerCase(Locale.ROOT) + "." + number;
    }
}
