package dev.allframe.benchmarks.baretransfer;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.allframe.benchmarks.baretransfer.TransferEvent.Compensated;
import dev.allframe.benchmarks.baretransfer.TransferEvent.Completed;
import dev.allframe.benchmarks.baretransfer.TransferEvent.Parked;
import dev.allframe.benchmarks.baretransfer.TransferEvent.Started;
import dev.allframe.benchmarks.baretransfer.TransferEvent.Taken;
import dev.allframe.benchmarks.baretransfer.TransferEvent.TurnedBack;
import java.time.Instant;

/** What can happen to a transfer. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
@JsonSubTypes({@JsonSubTypes.Type(Started.class), @JsonSubTypes.Type(Taken.class), @JsonSubTypes.Type(Completed.class),
        @JsonSubTypes.Type(TurnedBack.class), @JsonSubTypes.Type(Compensated.class),
        @JsonSubTypes.Type(Parked.class)})
sealed interface TransferEvent {

    @JsonTypeName("transfer.started")
    record Started(String from, String to, long amount, Instant at) implements TransferEvent {}

    @JsonTypeName("transfer.taken")
    record Taken(Instant at) implements TransferEvent {}

    @JsonTypeName("transfer.completed")
    record Completed(Instant at) implements TransferEvent {}

    @JsonTypeName("transfer.turned-back")
    record TurnedBack(Instant at, String reason) implements TransferEvent {}

    @JsonTypeName("transfer.compensated")
    record Compensated(Instant at, String reason) implements TransferEvent {}

    @JsonTypeName("transfer.parked")
    record Parked(Instant at, String reason) implements TransferEvent {}
}
