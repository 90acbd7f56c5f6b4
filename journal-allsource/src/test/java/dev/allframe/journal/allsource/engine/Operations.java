package dev.allframe.journal.allsource.engine;

import dev.allframe.store.Append;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Snapshot;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StreamId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Random operations of all kinds, most of which a store accepts. */
final class Operations {

    private final Random random;

    Operations(Random random) {
        this.random = random;
    }

    /** An operation on a store that has done all before. */
    Operation next(Model model) {
        StreamId id = Model.IDS.get(random.nextInt(Model.IDS.size()));
        int kind = random.nextInt(100);
        if (kind < 60) {
            return append(id, model.version(id));
        }
        if (kind < 68) {
            long to = random.nextInt(4) == 0 ? Long.MAX_VALUE : 1 + random.nextLong(model.version(id) + 2);
            return new Operation.DeleteEvents(id, to);
        }
        if (kind < 76) {
            return new Operation.SaveSnapshot(new Snapshot(id, random.nextInt(6), Model.NOW, payload(),
                    random.nextBoolean() ? payload() : null));
        }
        if (kind < 80) {
            return new Operation.DeleteSnapshots(id, SnapshotCriteria.upTo(random.nextInt(6)));
        }
        if (kind < 93) {
            long revision = model.revision(id) + (random.nextInt(15) == 0 ? 5 : 1);
            return random.nextInt(4) == 0
                    ? new Operation.ChangeState(id, revision, null, "")
                    : new Operation.ChangeState(id, revision, payload(), random.nextBoolean() ? "blue" : "");
        }
        return new Operation.Flush();
    }

    private Operation append(StreamId id, long version) {
        ExpectedVersion expected = switch (random.nextInt(20)) {
            case 0 -> ExpectedVersion.any();
            case 1 -> ExpectedVersion.exactly(version + 1000);
            default -> ExpectedVersion.exactly(version);
        };
        List<Envelope> records = new ArrayList<>();
        int count = random.nextInt(3) == 0 ? 1 + random.nextInt(5) : 1;
        for (int i = 0; i < count; i++) {
            records.add(record());
        }
        return new Operation.AppendEvents(new Append(id, expected, "writer-" + random.nextInt(2), records));
    }

    private Envelope record() {
        EventMetadata metadata = new EventMetadata(Model.NOW.plusMillis(random.nextInt(1000)), null,
                random.nextBoolean() ? "correlation" : null, null, Map.of("user", "u" + random.nextInt(3)));
        return Envelope.of("happened." + random.nextInt(3), 1 + random.nextInt(2), payload(),
                random.nextBoolean() ? Set.of(Model.TAG) : Set.of(), metadata, null);
    }

    private Payload payload() {
        int length = random.nextInt(15) == 0 ? 1000 + random.nextInt(3000) : random.nextInt(150);
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        String text = "{\"n\":\"" + java.util.HexFormat.of().formatHex(bytes, 0, length / 2) + "\"}";
        return random.nextBoolean()
                ? Payload.json(text.getBytes(StandardCharsets.UTF_8))
                : new Payload(7, "shape", bytes);
    }
}
