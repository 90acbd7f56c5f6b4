package dev.allframe.sample.bank.views;

import dev.allframe.aggregate.Event;
import dev.allframe.codec.EncodedEvent;
import dev.allframe.codec.EventCodec;
import dev.allframe.codec.RowCodec;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.codec.jackson.JacksonRowCodec;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.ViewReader;
import dev.allframe.projection.fold.FoldFailure;
import dev.allframe.projection.fold.Handlers;
import dev.allframe.projection.fold.StoredRows;
import dev.allframe.projection.fold.ViewFold;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.account.Accounts;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.EventPage;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.view.MemoryViewStore;
import dev.allframe.store.view.ViewTables;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Events of accounts, and the rows that a view makes of them by the fold itself, in memory. */
final class Folded {

    private static final String STORE = "00000000-0000-0001-0000-000000000002";

    private final EventCodec<AccountEvent> codec = JacksonEventCodec.of(Accounts.ACCOUNT);
    private final Map<String, Long> numbers = new HashMap<>();
    private final List<StoredEvent> events = new ArrayList<>();

    Folded given(String account, AccountEvent... happened) {
        for (AccountEvent event : happened) {
            EncodedEvent encoded = codec.encode(event);
            events.add(new StoredEvent(StreamId.of(Accounts.ACCOUNT.name(), account),
                    numbers.merge(account, 1L, Long::sum), new Position(STORE, 0, 0, events.size() + 1L), "test",
                    Envelope.of(encoded.type(), encoded.version(), Payload.json(encoded.bytes()), Set.of(),
                            EventMetadata.at(Instant.EPOCH), null)));
        }
        return this;
    }

    /** The rows of a view; a failure of the view is one of the test. */
    <K, R> ViewReader<K, R> rows(ProjectionType<K, R> type) {
        ViewTables tables = new MemoryViewStore().create(type.name());
        FoldFailure failure = fold(type, tables);
        if (failure != null) {
            throw new AssertionError(failure.toString(), failure.cause());
        }
        return new StoredRows<>(type, JacksonRowCodec.of(type.rowClass()), tables);
    }

    /** Where a view stands; null where it does not. */
    @Nullable FoldFailure failure(ProjectionType<?, ?> type) {
        return fold(type, new MemoryViewStore().create(type.name()));
    }

    private <K, R> @Nullable FoldFailure fold(ProjectionType<K, R> type, ViewTables tables) {
        RowCodec<R> rows = JacksonRowCodec.of(type.rowClass());
        Handlers<K, R> handlers = new Handlers<>(type, new Handlers.Codecs() {
            @Override
            public <E extends Event> EventCodec<E> of(ProjectionType.Source<E, ?, ?> source) {
                return JacksonEventCodec.of(source.aggregate());
            }
        });
        return ViewFold.begin(type, rows, tables, STORE, Clock.systemUTC())
                .apply(handlers.handle(new EventPage(events, events.getLast().position(), true)))
                .failure();
    }
}
