package dev.allframe.journal.plugin;

import dev.allframe.store.Append;
import dev.allframe.store.Envelope;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.StreamId;
import dev.allframe.store.VersionConflictException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.pekko.persistence.AtomicWrite;

/**
 * The writes of one message as one append. Pekko wants the whole message to fail when one of its writes fails, and
 * appends in flight one behind the other could not promise that: the one behind a refused one may be just what a second
 * writer has made way for.
 *
 * @param append what is to be stored
 * @param rejections for each write the reason why it is not stored, where there is one; no elements where there is none
 *         for any of them
 */
record Writes(Append append, List<Optional<Exception>> rejections) {

    /**
     * The append for some writes of one persistence id. Must run inside {@link Payloads#withTransportInformation}.
     *
     * @param writes one or more
     * @param adapt the event adapters; a write for which they throw is rejected, and so is one that cannot be
     *         serialized
     * @throws VersionConflictException if the writes do not follow one another
     */
    static Writes of(Iterator<AtomicWrite> writes, UnaryOperator<AtomicWrite> adapt, EventMapping mapping) {
        AtomicWrite first = writes.next();
        StreamId stream = new StreamId(first.persistenceId());
        long version = first.lowestSequenceNr() - 1;
        List<Envelope> records = new ArrayList<>();
        List<Optional<Exception>> results = new ArrayList<>();
        boolean rejected = false;
        for (AtomicWrite write = first;; write = writes.next()) {
            refuseGap(stream, version + records.size(), write);
            Optional<Exception> rejection = addRecords(write, adapt, mapping, records);
            rejected |= rejection.isPresent();
            results.add(rejection);
            if (!writes.hasNext()) {
                break;
            }
        }
        String writer = first.payload().head().writerUuid();
        return new Writes(new Append(stream, ExpectedVersion.exactly(version), writer, records),
                rejected ? results : List.of());
    }

    /** Adds the records of a write, or those that hold its sequence numbers and the reason why. */
    private static Optional<Exception> addRecords(AtomicWrite write, UnaryOperator<AtomicWrite> adapt,
            EventMapping mapping, List<Envelope> records) {
        try {
            records.addAll(mapping.records(adapt.apply(write)));
            return Optional.empty();
        } catch (Exception notSerializable) {
            // Whatever adapters and serializers throw, checked exceptions from Scala among it. An Error fails the
            // message instead: Pekko rejects with exceptions alone.
            records.addAll(EventMapping.nothing(write.size()));
            return Optional.of(notSerializable);
        }
    }

    private static void refuseGap(StreamId stream, long version, AtomicWrite write) {
        if (write.lowestSequenceNr() != version + 1) {
            throw new VersionConflictException(stream, ExpectedVersion.exactly(write.lowestSequenceNr() - 1), version);
        }
    }
}
