package dev.allframe.aggregate;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A component that was added to a stored record in this version of it. Contents of the version before are read as if
 * they had it.
 *
 * <pre>{@code
 * @Stored(value = "deposited", version = 2)
 * record Deposited(Money amount, @Since(version = 2, defaultValue = "cash") String channel) implements AccountEvent {}
 * }</pre>
 *
 * On components of events and states. A record inside of one has no version of its own: there it is a problem that
 * registration reports, as are a version that the record cannot have had and a default that the component cannot be
 * read from.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Since {

    /** Stands for "no default"; never the default itself. */
    String NO_DEFAULT = "\0";

    /** The first version of the record that has the component: 2 or more, and not more than the record's version. */
    int version();

    /**
     * What older contents have. Where the component is text in JSON (a string, an enum, a decimal, a time) it is that
     * text; otherwise it is JSON: {@code 5}, {@code true}, {@code {"amount":"1.00"}}. Without it they have null, an
     * empty {@code Optional} or an empty collection; a primitive needs one.
     */
    String defaultValue() default NO_DEFAULT;
}
