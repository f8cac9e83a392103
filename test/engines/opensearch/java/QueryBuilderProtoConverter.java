package org.opensearch.transport.grpc.spi;

/** Named by the k-NN plugin; the jar that holds it is not published. */
public interface QueryBuilderProtoConverter {}
