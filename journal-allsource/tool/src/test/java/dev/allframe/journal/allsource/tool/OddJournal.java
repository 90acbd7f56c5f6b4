package dev.allframe.journal.allsource.tool;

import com.typesafe.config.Config;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.persistence.query.EventEnvelope;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.ReadJournalProvider;
import org.apache.pekko.persistence.query.javadsl.CurrentEventsByPersistenceIdQuery;
import org.apache.pekko.persistence.query.javadsl.CurrentPersistenceIdsQuery;
import org.apache.pekko.persistence.query.javadsl.ReadJournal;
import org.apache.pekko.stream.javadsl.Source;

/**
 * A read journal with a bare minimum of queries, whose contents no journal of ours would take: gaps, a missing
 * beginning, an id without a character.
 */
public final class OddJournal implements ReadJournalProvider {

    static final long TIME = 1_700_000_000_123L;

    /** Named by the configuration. */
    public OddJournal() {}

    @Override
    public ReadJournal javadslReadJournal() {
        return new Queries();
    }

    @Override
    public org.apache.pekko.persistence.query.scaladsl.ReadJournal scaladslReadJournal() {
        return new ForScala();
    }

    /** Pekko makes both, whichever is asked for. */
    private static final class ForScala implements org.apache.pekko.persistence.query.scaladsl.ReadJournal {}

    private static final class Queries implements CurrentPersistenceIdsQuery, CurrentEventsByPersistenceIdQuery {

        @Override
        public Source<String, NotUsed> currentPersistenceIds() {
            return Source.from(List.of("gap", "", "half", "late", "gap"));
        }

        @Override
        public Source<EventEnvelope, NotUsed> currentEventsByPersistenceId(String id, long from, long to) {
            return switch (id) {
                case "gap" -> events(id, 1, 4);
                case "late" -> events(id, 3, 4);
                case "half" -> events(id, 1, 2);
                default -> throw new IllegalArgumentException(id);
            };
        }

        private static Source<EventEnvelope, NotUsed> events(String id, long... numbers) {
            List<EventEnvelope> events = new ArrayList<>();
            for (long number : numbers) {
                events.add(new EventEnvelope(Offset.sequence(number), id, number, id + number, TIME));
            }
            return Source.from(events);
        }
    }

    /** One that has no query. */
    public static final class WithoutQueries implements ReadJournalProvider {

        /** Named by the configuration. */
        public WithoutQueries() {}

        @Override
        public ReadJournal javadslReadJournal() {
            return new ReadJournal() {};
        }

        @Override
        public org.apache.pekko.persistence.query.scaladsl.ReadJournal scaladslReadJournal() {
            return new ForScala();
        }
    }

    /** One that fails in the middle, and has events that no serializer takes. */
    public static final class Failing implements ReadJournalProvider {

        private final String how;

        /** Named by the configuration, which says how it fails. */
        public Failing(ExtendedActorSystem system, Config config) {
            this.how = system.name().isEmpty() ? "" : config.getString("how");
        }

        @Override
        public ReadJournal javadslReadJournal() {
            return new FailingQueries(how);
        }

        @Override
        public org.apache.pekko.persistence.query.scaladsl.ReadJournal scaladslReadJournal() {
            return new ForScala();
        }
    }

    private record FailingQueries(String how)
            implements
                CurrentPersistenceIdsQuery,
                CurrentEventsByPersistenceIdQuery {

        @Override
        public Source<String, NotUsed> currentPersistenceIds() {
            return Source.single("only");
        }

        @Override
        public Source<EventEnvelope, NotUsed> currentEventsByPersistenceId(String id, long from, long to) {
            Object payload = how.equals("unserializable") ? new Object() : "text";
            Source<EventEnvelope, NotUsed> first = Source.single(
                    new EventEnvelope(Offset.sequence(1), id, 1, payload, TIME));
            return how.equals("breaks")
                    ? first.concat(Source.failed(new IllegalStateException("the line is dead")))
                    : first;
        }
    }
}
