package io.quorate.events.codec;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Events as bytes on a topic: JSON with the schema version beside the event's own fields. The only place that knows the
 * coding, so that a denser one can take its place here alone.
 */
public final class EventCodec<T> implements Serializable {

    /** Version of the records that this build writes; it reads this and every earlier one. */
    public static final int SCHEMA = 1;

    private static final byte[] PREFIX = ("{\"schema\":" + SCHEMA + ",").getBytes(StandardCharsets.UTF_8);

    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            // A record is its components; the questions it can answer are not fields.
            .visibility(PropertyAccessor.GETTER, JsonAutoDetect.Visibility.NONE)
            .visibility(PropertyAccessor.IS_GETTER, JsonAutoDetect.Visibility.NONE)
            .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            // Half an observation would be cut off, and nobody told.
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            // No list of ours holds nothing; whoever reads one need not ask.
            .defaultSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL))
            // Half a surrogate pair can be read, but has no UTF-8: escaped, every text can be written.
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build();

    private final Class<T> type;

    public EventCodec(Class<T> type) {
        this.type = type;
    }

    /** The record's bytes. */
    public byte[] encode(T event) {
        try {
            byte[] fields = JSON.writeValueAsBytes(event);
            byte[] record = Arrays.copyOf(PREFIX, PREFIX.length + fields.length - 1);
            System.arraycopy(fields, 1, record, PREFIX.length, fields.length - 1);
            return record;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an event that has no JSON form: " + type.getSimpleName(), e);
        }
    }

    /**
     * The event in these bytes.
     *
     * @throws UnreadableEvent when they are not one: not JSON, a later schema, a required field missing or of a wrong type
     */
    public T decode(byte[] bytes) throws UnreadableEvent {
        try {
            if (!startsWithPrefix(bytes)) {
                refuseOtherSchemas(JSON.readTree(bytes));
            }
            return JSON.readValue(bytes, type);
        } catch (JsonParseException e) {
            throw new UnreadableEvent("not JSON: " + e.getOriginalMessage(), e);
        } catch (JsonMappingException e) {
            throw new UnreadableEvent("not a " + type.getSimpleName() + ": " + address(e) + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UnreadableEvent(String.valueOf(e.getMessage()), e);
        }
    }

    /** Our own records begin so; anything else is looked at as a whole. */
    private static boolean startsWithPrefix(byte[] bytes) {
        return bytes.length > PREFIX.length && Arrays.equals(bytes, 0, PREFIX.length, PREFIX, 0, PREFIX.length);
    }

    private void refuseOtherSchemas(@Nullable JsonNode record) throws UnreadableEvent {
        if (record == null || !record.isObject()) {
            throw new UnreadableEvent("expected a JSON object with a " + type.getSimpleName());
        }
        int schema = record.path("schema").asInt(0);
        if (schema < 1 || schema > SCHEMA) {
            throw new UnreadableEvent("schema " + record.path("schema") + ", expected 1 to " + SCHEMA);
        }
    }

    private static String address(JsonMappingException e) {
        String path = e.getPath().stream()
                .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : "." + step.getFieldName())
                .collect(Collectors.joining());
        return path.isEmpty() ? "" : "at " + path + ": ";
    }
}
