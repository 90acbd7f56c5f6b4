package dev.allframe.runtime.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.codec.CodecException;
import dev.allframe.codec.JsonObject;
import dev.allframe.codec.StoredValue;
import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.machine.SagaState;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Rows of sagas in their stored form: whatever a state or an end has for components, it has them again. */
final class SagaRowCodecTest {

    private static final long SEED = Long.getLong("test.seed", System.nanoTime());
    private static final List<String> TEXTS = List.of("", "a", "ä€😀", "transfer", "x".repeat(200));

    private final SagaRowCodec codec = new SagaRowCodec();
    private final Random random = new Random(SEED);

    /** A record by chance, so that no component is forgotten that is added later. */
    private <R> R ofChance(Class<R> type) throws ReflectiveOperationException {
        RecordComponent[] components = type.getRecordComponents();
        @Nullable Object[] values = new @Nullable Object[components.length];
        for (int i = 0; i < components.length; i++) {
            values[i] = ofChance(components[i]);
        }
        Class<?>[] types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        var constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return constructor.newInstance(values);
    }

    private @Nullable Object ofChance(RecordComponent component) throws ReflectiveOperationException {
        boolean mayBeNull = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
        return mayBeNull && random.nextInt(3) == 0 ? null : ofChance(component.getGenericType());
    }

    private Object ofChance(Type type) throws ReflectiveOperationException {
        if (type instanceof ParameterizedType generic) {
            Type last = generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
            List<Object> elements = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                elements.add(ofChance(last));
            }
            if (generic.getRawType() == List.class) {
                return elements;
            }
            Map<String, Object> map = new HashMap<>();
            elements.forEach(element -> map.put("key" + map.size(), element));
            return map;
        }
        Class<?> known = (Class<?>) type;
        if (known == String.class) {
            return TEXTS.get(random.nextInt(TEXTS.size()));
        }
        if (known == int.class) {
            return random.nextInt(4) == 0 ? random.nextInt() & Integer.MAX_VALUE : random.nextInt(200);
        }
        if (known == boolean.class) {
            return random.nextBoolean();
        }
        if (known == Instant.class) {
            return Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000));
        }
        if (known == Duration.class) {
            return Duration.ofNanos(random.nextLong() >>> 8);
        }
        if (known == StoredValue.class) {
            return new StoredValue("transfer.context", 1 + random.nextInt(300),
                    JsonObject.of("{\"amount\":" + random.nextInt(3) + ",\"to\":\"ü\"}"));
        }
        return known.isEnum()
                ? known.getEnumConstants()[random.nextInt(known.getEnumConstants().length)]
                : ofChance(known);
    }

    @Test
    void a_row_of_any_state_is_read_as_it_was() throws ReflectiveOperationException {
        Set<SagaState.Phase> phases = new TreeSet<>();
        for (int i = 0; i < 2_000; i++) {
            SagaState state = ofChance(SagaState.class);
            SagaRow row = new SagaRow(state, null);
            phases.add(state.phase());

            assertThat(codec.decode(codec.encode(row))).as("replay with -Dtest.seed=" + SEED).isEqualTo(row);
        }

        assertThat(phases).containsExactly(SagaState.Phase.values());
    }

    @Test
    void a_row_of_any_end_is_read_as_it_was() throws ReflectiveOperationException {
        for (int i = 0; i < 500; i++) {
            SagaRow row = new SagaRow(null, ofChance(SagaStatus.class));

            assertThat(codec.decode(codec.encode(row))).as("replay with -Dtest.seed=" + SEED).isEqualTo(row);
        }
    }

    @Test
    void equal_rows_have_equal_bytes() throws ReflectiveOperationException {
        for (int i = 0; i < 500; i++) {
            byte[] bytes = codec.encode(new SagaRow(ofChance(SagaState.class), null));

            assertThat(codec.encode(codec.decode(bytes))).as("replay with -Dtest.seed=" + SEED).isEqualTo(bytes);
        }
    }

    @Test
    void a_row_that_is_cut_off_or_goes_on_behind_its_end_is_refused() throws ReflectiveOperationException {
        byte[] whole = codec.encode(new SagaRow(ofChance(SagaState.class), null));

        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> codec.decode(cut)).as("replay with -Dtest.seed=" + SEED)
                    .isInstanceOf(CodecException.class);
        }
        assertThatThrownBy(() -> codec.decode(Arrays.copyOf(whole, whole.length + 1)))
                .isInstanceOf(CodecException.class);
    }
}
