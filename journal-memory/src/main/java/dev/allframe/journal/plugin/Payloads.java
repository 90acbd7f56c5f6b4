package dev.allframe.journal.plugin;

import dev.allframe.store.Payload;
import java.util.function.Supplier;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.Serialization$;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.apache.pekko.serialization.Serializers;
import org.jspecify.annotations.Nullable;
import scala.Option;

/** Objects as stored bytes, by the serializers that the actor system is configured with. Thread-safe. */
final class Payloads {

    private final ExtendedActorSystem system;
    private final Serialization serialization;

    Payloads(ExtendedActorSystem system) {
        this.system = system;
        this.serialization = SerializationExtension.get(system);
    }

    /**
     * Runs with the actor system's address at hand for serializers that write actor references. {@link #serialize} must
     * run in here.
     */
    <T> T withTransportInformation(Supplier<T> body) {
        return Serialization$.MODULE$.<T>withTransportInformation(system, body::get);
    }

    /** The stored form of an object; throws what its serializer throws. */
    Payload serialize(Object object) {
        Serializer serializer = serialization.findSerializerFor(object);
        byte[] bytes = serializer.toBinary(object);
        return new Payload(serializer.identifier(), Serializers.manifestFor(serializer, object), bytes);
    }

    /** The stored form of what may be there. */
    @Nullable Payload serialize(Option<Object> option) {
        return option.isEmpty() ? null : serialize(option.get());
    }

    /** The object of a stored form. Sets the transport information itself. */
    Object deserialize(Payload payload) {
        return serialization.deserialize(payload.bytes(), payload.serializerId(), payload.manifest()).get();
    }

    /**
     * The object of a state or snapshot: JSON text is handed out as it is, because its owner has no Pekko serializer.
     */
    Object value(Payload payload) {
        return payload.isJson() ? payload : deserialize(payload);
    }

    /** The stored form of a state or snapshot, the reverse of {@link #value}. */
    Payload stored(Object value) {
        return value instanceof Payload payload && payload.isJson()
                ? payload
                : withTransportInformation(() -> serialize(value));
    }
}
