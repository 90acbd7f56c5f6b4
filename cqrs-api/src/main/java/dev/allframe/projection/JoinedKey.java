package dev.allframe.projection;

import dev.allframe.store.view.KeyRange;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Two parts, one behind the other. */
final class JoinedKey<V, A, B> implements KeyForm<V> {

    private final Function<V, A> first;
    private final KeyForm<A> firstForm;
    private final Function<V, B> second;
    private final KeyForm<B> secondForm;
    private final BiFunction<A, B, V> made;

    JoinedKey(Function<V, A> first, KeyForm<A> firstForm, Function<V, B> second, KeyForm<B> secondForm,
            BiFunction<A, B, V> made) {
        this.first = first;
        this.firstForm = firstForm;
        this.second = second;
        this.secondForm = secondForm;
        this.made = made;
    }

    @Override
    public String description() {
        return "joined(" + firstForm.description() + "," + secondForm.description() + ")";
    }

    @Override
    public void write(KeyBytes out, V value) {
        firstForm.write(out, present(first.apply(value), value));
        secondForm.write(out, present(second.apply(value), value));
    }

    private static <P> P present(P part, Object value) {
        if (part == null) {
            throw new IllegalArgumentException("a part of key " + value + " is null");
        }
        return part;
    }

    @Override
    public V read(KeySource in) {
        A one = firstForm.read(in);
        return made.apply(one, secondForm.read(in));
    }

    @Override
    @SuppressWarnings("unchecked") // a part of another class is told by the form, which casts it
    public KeyRange prefixes(Range<V> range) {
        if (!(range instanceof Range.Leading<V>(List<Object> leading, boolean lastIsPrefix)) || lastIsPrefix) {
            return KeyForm.super.prefixes(range);
        }
        if (leading.size() > 2) {
            throw new IllegalArgumentException("a key " + description() + " has 2 parts, and the range names "
                    + leading.size());
        }
        KeyBytes out = new KeyBytes();
        try {
            firstForm.write(out, (A) leading.getFirst());
            if (leading.size() == 2) {
                secondForm.write(out, (B) leading.get(1));
            }
        } catch (ClassCastException other) {
            throw new IllegalArgumentException("the parts " + leading + " are none of a key " + description(), other);
        }
        return KeyRange.prefix(out.toByteArray());
    }
}
