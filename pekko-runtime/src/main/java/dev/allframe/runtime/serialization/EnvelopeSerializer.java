package dev.allframe.runtime.serialization;

import dev.allframe.codec.jackson.JsonEnvelope;
import dev.allframe.store.Envelope;
import dev.allframe.store.Payload;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * Writes whole envelopes as JSON, for journals that do not know their parts; the journals of ours store the parts and
 * never call it. The manifest is the stored event type, so that a journal's tables can be searched by it.
 */
public final class EnvelopeSerializer extends SerializerWithStringManifest {

    @Override
    public int identifier() {
        return Payload.JSON_TEXT;
    }

    @Override
    public String manifest(Object envelope) {
        return ((Envelope) envelope).eventType();
    }

    @Override
    public byte[] toBinary(Object envelope) {
        return JsonEnvelope.write((Envelope) envelope);
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) {
        return JsonEnvelope.read(bytes);
    }
}
