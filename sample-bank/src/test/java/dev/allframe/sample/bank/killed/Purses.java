package dev.allframe.sample.bank.killed;

import static dev.allframe.projection.Version.version;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.projection.Change;
import dev.allframe.projection.Index;
import dev.allframe.projection.Keys;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.RangeIndex;
import java.math.BigDecimal;
import java.util.List;

/** Purses that are opened, paid into and closed, persons who move, and two views of them. */
final class Purses {

    sealed interface PurseCommand extends Command {
        record Open(String owner) implements PurseCommand {}

        record Pay(BigDecimal amount) implements PurseCommand {}

        record Close() implements PurseCommand {}
    }

    sealed interface PurseEvent extends Event {
        @Stored("opened")
        record Opened(String owner) implements PurseEvent {}

        @Stored("paid")
        record Paid(BigDecimal amount) implements PurseEvent {}

        @Stored("closed")
        record Closed() implements PurseEvent {}
    }

    @Stored("state")
    record Purse(boolean open) {}

    static final AggregateType<PurseCommand, PurseEvent, Purse> PURSE = AggregateType.named("purse",
            PurseCommand.class, PurseEvent.class, Purse.class, new Aggregate<>() {
                @Override
                public Purse initialState() {
                    return new Purse(false);
                }

                @Override
                public Decision<PurseEvent> decide(Purse purse, PurseCommand command) {
                    return switch (command) {
                        case PurseCommand.Open(var owner) when !purse.open() ->
                            Decision.persist(new PurseEvent.Opened(owner));
                        case PurseCommand.Pay(var amount) when purse.open() ->
                            Decision.persist(new PurseEvent.Paid(amount));
                        case PurseCommand.Close() when purse.open() -> Decision.persist(new PurseEvent.Closed());
                        case PurseCommand other -> Decision.refuse(purse.open() ? "open" : "closed");
                    };
                }

                @Override
                public Purse evolve(Purse purse, PurseEvent event) {
                    return new Purse(!(event instanceof PurseEvent.Closed));
                }
            });

    sealed interface PersonCommand extends Command {
        record Move(String city) implements PersonCommand {}
    }

    sealed interface PersonEvent extends Event {
        @Stored("moved")
        record Moved(String city) implements PersonEvent {}
    }

    @Stored("state")
    record Person(String city) {}

    static final AggregateType<PersonCommand, PersonEvent, Person> PERSON = AggregateType.named("person",
            PersonCommand.class, PersonEvent.class, Person.class, new Aggregate<>() {
                @Override
                public Person initialState() {
                    return new Person("");
                }

                @Override
                public Decision<PersonEvent> decide(Person person, PersonCommand command) {
                    return switch (command) {
                        case PersonCommand.Move(var city) -> Decision.persist(new PersonEvent.Moved(city));
                    };
                }

                @Override
                public Person evolve(Person person, PersonEvent event) {
                    return switch (event) {
                        case PersonEvent.Moved(var city) -> new Person(city);
                    };
                }
            });

    /** What is in a purse. */
    record Balance(String owner, BigDecimal amount, long payments) {}

    static final Index<Balance, String> OWNER = Index.on("owner", Balance::owner, Keys.STRING);
    static final RangeIndex<Balance, BigDecimal> AMOUNT = RangeIndex.on("amount", Balance::amount, Keys.DECIMAL);

    /** The purses by their ids. */
    static final ProjectionType<String, Balance> BALANCES = ProjectionType
            .named("balances", version(1), String.class, Balance.class)
            .indexedBy(OWNER, AMOUNT)
            .from(PURSE, (event, info) -> {
                PursesProcess.say("handled balances " + info.position().index());
                return switch (event) {
                    case PurseEvent.Opened(var owner) ->
                        Change.put(info.id(), new Balance(owner, new BigDecimal("0.00"), 0));
                    case PurseEvent.Paid(var amount) -> Change.update(info.id(), before -> new Balance(before.owner(),
                            before.amount().add(amount), before.payments() + 1));
                    case PurseEvent.Closed() -> Change.remove(info.id());
                };
            })
            .perStream();

    /**
     * Where a purse is.
     *
     * @param city where its owner has moved to since the purse was opened; empty where to nowhere
     * @param events how many have made the row
     */
    record Place(String owner, String city, long events) {

        Place movedTo(String other) {
            return new Place(owner, other, events + 1);
        }
    }

    static final Index<Place, String> HOLDER = Index.on("holder", Place::owner, Keys.STRING);
    static final Index<Place, String> CITY = Index.on("city", place -> place.city().isEmpty() ? null : place.city(),
            Keys.STRING);

    /** The purses and their places: one event of a person changes many rows. */
    static final ProjectionType<String, Place> PLACES = ProjectionType
            .named("places", version(1), String.class, Place.class)
            .indexedBy(HOLDER, CITY)
            .from(PURSE, (event, info) -> {
                PursesProcess.say("handled places " + info.position().index());
                return switch (event) {
                    case PurseEvent.Opened(var owner) -> Change.put(info.id(), new Place(owner, "", 1));
                    case PurseEvent.Paid paid ->
                        Change.update(info.id(), place -> new Place(place.owner(), place.city(), place.events() + 1));
                    case PurseEvent.Closed() -> Change.remove(info.id());
                };
            })
            .from(PERSON, (event, info) -> switch (event) {
                case PersonEvent.Moved(var city) -> Change.updateBy(HOLDER, info.id(), place -> place.movedTo(city));
            });

    static final List<ProjectionType<String, ?>> VIEWS = List.of(BALANCES, PLACES);

    private Purses() {}
}
