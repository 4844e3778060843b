package dev.proxima.actors.serialization;

/** Marks messages and events that Jackson writes as CBOR; bound in {@code proxima-actors.conf}. */
public interface CborSerializable {}
