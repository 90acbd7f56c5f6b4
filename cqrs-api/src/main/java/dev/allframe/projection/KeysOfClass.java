package dev.allframe.projection;

import dev.allframe.store.view.KeyRange;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Year;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** The keys of a class: those of a value class, of an enum, or of a record of these. */
final class KeysOfClass {

    private static final Map<Class<?>, KeyForm<?>> SIMPLE = Map.ofEntries(
            Map.entry(String.class, new TextKey()), Map.entry(Long.class, SimpleKey.LONG),
            Map.entry(long.class, SimpleKey.LONG),
            Map.entry(Integer.class, SimpleKey.INT), Map.entry(int.class, SimpleKey.INT),
            Map.entry(Short.class, SimpleKey.SHORT), Map.entry(short.class, SimpleKey.SHORT),
            Map.entry(Byte.class, SimpleKey.BYTE), Map.entry(byte.class, SimpleKey.BYTE),
            Map.entry(Boolean.class, SimpleKey.BOOLEAN), Map.entry(boolean.class, SimpleKey.BOOLEAN),
            Map.entry(Double.class, SimpleKey.DOUBLE), Map.entry(double.class, SimpleKey.DOUBLE),
            Map.entry(BigDecimal.class, DecimalKey.FORM), Map.entry(BigInteger.class, SimpleKey.WHOLE),
            Map.entry(UUID.class, SimpleKey.ID), Map.entry(Instant.class, SimpleKey.INSTANT),
            Map.entry(Duration.class, SimpleKey.DURATION), Map.entry(LocalDate.class, SimpleKey.DATE),
            Map.entry(LocalTime.class, SimpleKey.TIME), Map.entry(LocalDateTime.class, SimpleKey.DATE_TIME),
            Map.entry(YearMonth.class, SimpleKey.MONTH), Map.entry(Year.class, SimpleKey.YEAR));

    private static final int DEPTH = 8;

    /** To look into a class costs more than to read or write a key. */
    private static final ClassValue<KeyForm<?>> FORMS = new ClassValue<>() {
        @Override
        protected KeyForm<?> computeValue(Class<?> type) {
            return form(type, DEPTH);
        }
    };

    private KeysOfClass() {}

    @SuppressWarnings("unchecked") // the keys of a class are those of its values
    static <V> KeyForm<V> of(Class<V> type) {
        return (KeyForm<V>) FORMS.get(type);
    }

    /** The classes of single values. */
    static Set<Class<?>> simple() {
        return SIMPLE.keySet();
    }

    private static KeyForm<?> form(Class<?> type, int depth) {
        KeyForm<?> simple = SIMPLE.get(type);
        if (simple != null) {
            return simple;
        }
        if (type.isEnum()) {
            return new OfEnum(type);
        }
        if (type.isRecord() && depth > 0) {
            return new OfRecord(type, depth - 1);
        }
        throw new IllegalArgumentException(type.getName()
                + " has no order of bytes: make it text, a number, a date or time, a UUID, an enum, or a record of"
                + " these");
    }

    /** Constants by their number; the description names all of them, so that others are another encoding. */
    private static final class OfEnum implements KeyForm<Object> {

        private final String description;
        private final Object[] constants;

        OfEnum(Class<?> type) {
            description = "enum(" + Arrays.stream(type.getEnumConstants())
                    .map(constant -> ((Enum<?>) constant).name())
                    .collect(Collectors.joining(",")) + ")";
            constants = type.getEnumConstants();
        }

        @Override
        public String description() {
            return description;
        }

        @Override
        public void write(KeyBytes out, Object value) {
            out.u32(Arrays.asList(constants).indexOf(value));
        }

        @Override
        public Object read(KeySource in) {
            int number = in.u32();
            if (number < 0 || number >= constants.length) {
                throw new IllegalArgumentException("an enum in a key has no constant " + number);
            }
            return constants[number];
        }
    }

    /** Components one behind the other. */
    private static final class OfRecord implements KeyForm<Object> {

        private final String description;
        private final Class<?> type;
        private final List<KeyForm<Object>> components = new ArrayList<>();
        private final List<MethodHandle> accessors = new ArrayList<>();
        private final MethodHandle constructor;

        OfRecord(Class<?> type, int depth) {
            description = Arrays.stream(type.getRecordComponents())
                    .map(component -> form(component.getType(), depth).description())
                    .collect(Collectors.joining(",", "record(", ")"));
            this.type = type;
            RecordComponent[] parts = type.getRecordComponents();
            if (parts.length == 0) {
                throw new IllegalArgumentException(type.getName() + " has no component, so all its values are one key");
            }
            try {
                MethodHandles.Lookup lookup = MethodHandles.lookup();
                for (RecordComponent part : parts) {
                    part.getAccessor().setAccessible(true);
                    accessors.add(lookup.unreflect(part.getAccessor()));
                    components.add(formOf(part.getType(), depth));
                }
                Constructor<?> canonical = type.getDeclaredConstructor(
                        Arrays.stream(parts).map(RecordComponent::getType).toArray(Class<?>[]::new));
                canonical.setAccessible(true);
                constructor = lookup.unreflectConstructor(canonical)
                        .asSpreader(Object[].class, parts.length);
            } catch (ReflectiveOperationException unreachable) {
                throw new IllegalArgumentException(type.getName() + " cannot be looked into", unreachable);
            }
        }

        @SuppressWarnings("unchecked") // the keys of a component's class take its values
        private static KeyForm<Object> formOf(Class<?> type, int depth) {
            return (KeyForm<Object>) form(type, depth);
        }

        @Override
        public String description() {
            return description;
        }

        @Override
        public void write(KeyBytes out, Object value) {
            for (int i = 0; i < components.size(); i++) {
                Object component = invoke(accessors.get(i), value);
                if (component == null) {
                    throw new IllegalArgumentException("component "
                            + type.getRecordComponents()[i].getName() + " of " + type.getName() + " is null in a key");
                }
                components.get(i).write(out, component);
            }
        }

        @Override
        public Object read(KeySource in) {
            Object[] values = new Object[components.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = components.get(i).read(in);
            }
            return invoke(constructor, values);
        }

        /** What the user's accessor or constructor throws comes out as it is. */
        private static Object invoke(MethodHandle handle, Object argument) {
            try {
                return handle.invoke(argument);
            } catch (RuntimeException | Error thrown) {
                throw thrown;
            } catch (Throwable checked) {
                throw new IllegalArgumentException(checked);
            }
        }

        @Override
        public KeyRange prefixes(Range<Object> range) {
            if (!(range instanceof Range.Leading<Object>(List<Object> leading, boolean lastIsPrefix))) {
                return KeyForm.super.prefixes(range);
            }
            if (leading.size() > components.size()) {
                throw new IllegalArgumentException(type.getName() + " has " + components.size()
                        + " components, and the range names " + leading.size());
            }
            KeyBytes out = new KeyBytes();
            for (int i = 0; i < leading.size(); i++) {
                RecordComponent part = type.getRecordComponents()[i];
                Class<?> wanted = MethodType.methodType(part.getType()).wrap().returnType();
                if (!wanted.isInstance(leading.get(i))) {
                    throw new IllegalArgumentException("component " + part.getName() + " of "
                            + type.getName() + " is no " + leading.get(i).getClass().getName());
                }
                if (lastIsPrefix && i == leading.size() - 1) {
                    if (!(leading.get(i) instanceof String text)) {
                        throw new IllegalArgumentException("component " + part.getName() + " of " + type.getName()
                                + " is no text, so that no value begins with another");
                    }
                    TextKey.writeBeginning(out, text);
                } else {
                    components.get(i).write(out, leading.get(i));
                }
            }
            return KeyRange.prefix(out.toByteArray());
        }
    }
}
