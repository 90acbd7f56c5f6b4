package dev.allframe.runtime.projection;

import static dev.allframe.projection.Version.version;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.projection.Change;
import dev.allframe.projection.ProjectionType;

/** Things to which something happens, and a view of what was last. */
final class Happenings {

    sealed interface ThingCommand extends Command {
        record Happen() implements ThingCommand {}
    }

    sealed interface ThingEvent extends Event {
        @Stored("happened")
        record Happened(int value) implements ThingEvent {}
    }

    @Stored("state")
    record Thing() {}

    record Row(int value) {}

    static final AggregateType<ThingCommand, ThingEvent, Thing> THING = AggregateType.named("thing",
            ThingCommand.class, ThingEvent.class, Thing.class, new Aggregate<>() {
                @Override
                public Thing initialState() {
                    return new Thing();
                }

                @Override
                public Decision<ThingEvent> decide(Thing thing, ThingCommand command) {
                    return Decision.persist(new ThingEvent.Happened(0));
                }

                @Override
                public Thing evolve(Thing thing, ThingEvent event) {
                    return thing;
                }
            });

    static final ProjectionType<String, Row> THINGS = ProjectionType
            .named("things", version(1), String.class, Row.class)
            .from(THING, (event, info) -> switch (event) {
                case ThingEvent.Happened(int value) -> Change.put(info.id(), new Row(value));
            });

    /** The same rows, as code of a version makes them: each value times the version. */
    static ProjectionType<String, Row> things(int version) {
        return ProjectionType.named("things", version(version), String.class, Row.class)
                .from(THING, (event, info) -> switch (event) {
                    case ThingEvent.Happened(int value) -> Change.put(info.id(), new Row(value * version));
                });
    }

    private Happenings() {}
}
