package dev.allframe.journal.allsource.engine;

import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.store.Append;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The process that is killed: appends to each of its streams without end, and says on its output what was acknowledged. */
final class KilledWriter {

    static final int STREAMS = 64;

    private KilledWriter() {}

    static StreamId stream(int number) {
        return new StreamId("account|" + number);
    }

    /** Two records, so that half an append would be seen; they say which they are. */
    static List<Envelope> records(StreamId stream, long firstSequenceNr) {
        return List.of(record(stream, firstSequenceNr), record(stream, firstSequenceNr + 1));
    }

    static Envelope record(StreamId stream, long sequenceNr) {
        byte[] payload = ("{\"of\":\"" + stream + "\",\"nr\":" + sequenceNr + "}").getBytes(StandardCharsets.UTF_8);
        return Envelope.of("happened", 1, Payload.json(payload), Set.of(), EventMetadata.at(Model.NOW), null);
    }

    /** Takes the store's directory. */
    public static void main(String[] arguments) throws IOException {
        EventStoreBackend store = AllSourceBackend.production(Path.of(arguments[0]));
        for (int i = 0; i < STREAMS; i++) {
            StreamId stream = stream(i);
            int number = i;
            store.highestSequenceNr(stream).thenAccept(version -> goOn(store, stream, number, version));
        }
        System.in.transferTo(OutputStream.nullOutputStream()); // until the parent is gone
        store.close();
    }

    private static void goOn(EventStoreBackend store, StreamId stream, int number, long version) {
        store.append(new Append(stream, ExpectedVersion.exactly(version), "writer", records(stream, version + 1)))
                .thenAccept(appended -> {
                    synchronized (System.out) {
                        System.out.println(number + " " + appended.lastSequenceNr());
                        System.out.flush();
                    }
                    Thread.startVirtualThread(() -> goOn(store, stream, number, appended.lastSequenceNr()));
                });
    }
}
