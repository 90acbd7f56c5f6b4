package dev.allframe.runtime.aggregate;

import dev.allframe.codec.CodecException;
import dev.allframe.store.Envelope;
import org.apache.pekko.persistence.typed.EventAdapter;
import org.apache.pekko.persistence.typed.EventSeq;

/** Between an actor's records and the envelopes in the journal. */
final class RecordAdapter<S> extends EventAdapter<Recorded<S>, Object> {

    private final Runnable read;

    /**
     * An adapter.
     *
     * @param read runs for each record that was read from the journal, before it is applied
     */
    RecordAdapter(Runnable read) {
        this.read = read;
    }

    @Override
    public Object toJournal(Recorded<S> recorded) {
        return recorded.envelope();
    }

    @Override
    public String manifest(Recorded<S> recorded) {
        return "";
    }

    @Override
    public EventSeq<Recorded<S>> fromJournal(Object record, String manifest) {
        if (!(record instanceof Envelope envelope)) {
            throw new CodecException("a record is a " + record.getClass().getName() + " and none of ours", null);
        }
        read.run();
        return EventSeq.single(new Recorded<>(envelope, null));
    }
}
