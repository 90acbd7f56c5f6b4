package dev.allframe.codec.jackson;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Event;
import dev.allframe.codec.EncodedEvent;
import dev.allframe.codec.EventCodec;
import dev.allframe.codec.InvalidDomainException;
import dev.allframe.codec.JsonObject;
import dev.allframe.codec.StoredValue;
import dev.allframe.codec.ValueCodec;
import dev.allframe.evolution.VersionRegistry;
import dev.allframe.saga.SagaAction;
import dev.allframe.saga.SagaStep;
import dev.allframe.saga.SagaType;
import dev.allframe.saga.machine.Definition;
import dev.allframe.saga.machine.SagaForms;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The contexts of a saga and the answers of its calls as JSON objects under their stored names, {@code
 * <saga>.<stored name>}; events as their aggregates store them.
 *
 * @param <T> the context of the saga
 */
public final class JacksonSagaForms<T> implements SagaForms<T> {

    private final SagaType<T> type;
    private final ValueCodec<T> contexts;
    private final Map<Class<?>, ValueCodec<?>> answers = new HashMap<>();
    private final Map<String, EventCodec<?>> events = new HashMap<>();

    private JacksonSagaForms(SagaType<T> type) {
        this.type = type;
        List<String> problems = new ArrayList<>(type.problems());
        ValueCodec<T> found = null;
        try {
            found = JacksonValueCodec.of(type.contextClass(), type.name(), type.upcasts());
        } catch (InvalidDomainException invalid) {
            problems.addAll(invalid.problems());
        }
        for (SagaStep<T> step : type.steps()) {
            try {
                add(step.action());
            } catch (InvalidDomainException invalid) {
                problems.addAll(invalid.problems());
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidDomainException(problems.stream().distinct().toList());
        }
        contexts = Objects.requireNonNull(found);
    }

    private void add(SagaAction<T> action) {
        switch (action) {
            case SagaAction.ByCommand<T, ?, ?> command -> addEvents(command.type());
            case SagaAction.ByCall<T, ?> call -> answers.put(call.output(),
                    JacksonValueCodec.of(call.output(), type.name(), List.of()));
            case SagaAction.SleepUntil<T> sleep -> {
                // gives nothing
            }
            case SagaAction.AwaitEvent<T, ?, ?> await -> addEvents(await.type());
        }
    }

    private void addEvents(AggregateType<?, ?, ?> aggregate) {
        events.put(aggregate.name(), JacksonEventCodec.of(aggregate));
    }

    /**
     * The stored forms of a saga.
     *
     * @throws InvalidDomainException if something is wrong with the definition, or one of its values could not be
     *         stored and read again
     */
    public static <T> JacksonSagaForms<T> of(SagaType<T> type) {
        return new JacksonSagaForms<>(type);
    }

    /** A saga with its stored forms. */
    public static <T> Definition<T> definition(SagaType<T> type) {
        return new Definition<>(type, of(type));
    }

    @Override
    public StoredValue write(T context) {
        return contexts.encode(context);
    }

    @Override
    public T context(StoredValue stored) {
        return contexts.decode(stored);
    }

    @Override
    public VersionRegistry contexts() {
        return contexts.versions();
    }

    @Override
    public <O> StoredValue writeAnswer(Class<O> output, O answer) {
        return answers(output).encode(answer);
    }

    @Override
    public <O> O answer(Class<O> output, StoredValue stored) {
        return answers(output).decode(stored);
    }

    @SuppressWarnings("unchecked") // put in under its class
    private <O> ValueCodec<O> answers(Class<O> output) {
        return (ValueCodec<O>) Objects.requireNonNull(answers.get(output), output::getName);
    }

    @Override
    public <E extends Event> StoredValue writeEvent(AggregateType<?, E, ?> aggregate, E event) {
        EncodedEvent encoded = events(aggregate).encode(event);
        return new StoredValue(encoded.type(), encoded.version(),
                JsonObject.of(new String(encoded.bytes(), StandardCharsets.UTF_8)));
    }

    @Override
    public <E extends Event> List<E> events(AggregateType<?, E, ?> aggregate, StoredValue stored) {
        return events(aggregate).decode(new EncodedEvent(stored.type(), stored.version(),
                stored.data().text().getBytes(StandardCharsets.UTF_8)));
    }

    @SuppressWarnings("unchecked") // put in under its aggregate
    private <E extends Event> EventCodec<E> events(AggregateType<?, E, ?> aggregate) {
        return (EventCodec<E>) Objects.requireNonNull(events.get(aggregate.name()), aggregate::name);
    }
}
