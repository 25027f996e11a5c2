package io.quorate.jobs.ledger;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Fields of an object in JSON; what is not known is null. */
abstract class JsonFields {

    final JsonGenerator out;

    JsonFields(JsonGenerator out) {
        this.out = out;
    }

    interface Fields<T> {
        void write(T part) throws IOException;
    }

    final <T> void part(String name, @Nullable T part, Fields<T> fields) throws IOException {
        if (part == null) {
            out.writeNullField(name);
            return;
        }
        out.writeObjectFieldStart(name);
        fields.write(part);
        out.writeEndObject();
    }

    final void texts(String name, Iterable<String> texts) throws IOException {
        out.writeArrayFieldStart(name);
        for (String text : texts) {
            out.writeString(text);
        }
        out.writeEndArray();
    }

    final void number(String name, @Nullable Double number) throws IOException {
        if (number == null) {
            out.writeNullField(name);
        } else {
            out.writeNumberField(name, number);
        }
    }

    final void time(String name, @Nullable Instant at) throws IOException {
        out.writeStringField(name, at == null ? null : Shown.millis(at));
    }
}
