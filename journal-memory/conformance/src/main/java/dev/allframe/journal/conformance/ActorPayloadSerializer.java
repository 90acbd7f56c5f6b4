package dev.allframe.journal.conformance;

import java.nio.charset.StandardCharsets;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/** Writes an actor reference as its path, and insists on the transport information in both directions. */
public final class ActorPayloadSerializer extends SerializerWithStringManifest {

    /** Kept apart from the name of the class, so that a plugin that loses the manifest fails. */
    static final String MANIFEST = "A";

    private final ExtendedActorSystem system;

    /** Called by Pekko. */
    public ActorPayloadSerializer(ExtendedActorSystem system) {
        this.system = system;
    }

    @Override
    public int identifier() {
        return 46_901;
    }

    @Override
    public String manifest(Object object) {
        return MANIFEST;
    }

    @Override
    public byte[] toBinary(Object object) {
        checkTransportInformation();
        return Serialization.serializedActorPath(((ActorPayload) object).ref()).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) {
        checkTransportInformation();
        if (!manifest.equals(MANIFEST)) {
            throw new IllegalArgumentException("unknown manifest '" + manifest + "'");
        }
        return new ActorPayload(system.provider().resolveActorRef(new String(bytes, StandardCharsets.UTF_8)));
    }

    private void checkTransportInformation() {
        Serialization.Information information = Serialization.getCurrentTransportInformation();
        if (!information.system().equals(system)
                || !information.address().equals(system.provider().getDefaultAddress())) {
            throw new IllegalStateException("transport information of another system: " + information);
        }
    }
}
