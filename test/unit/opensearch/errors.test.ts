import { errors } from "@opensearch-project/opensearch";
import { expect, test } from "vitest";
import {
  classify,
  RefusedItems,
  typeOf,
  UnexpectedAnswer,
} from "../../../templates/engines/opensearch/errors.ts";

/** As the driver makes it of an answer. */
function answered(status: number, error?: unknown, headers: object = {}): Error {
  const body = error === undefined ? "" : { error, status };
  return new errors.ResponseError({
    statusCode: status,
    body,
    headers,
    warnings: null,
    meta: {} as never,
  });
}

const told = (type: string, status: number): Error =>
  answered(status, { type, reason: "[secret value] is wrong", root_cause: [{ type }] });

/** Type, status, kind, outcome, transient. */
const types: readonly (readonly [string, number, string, string, boolean])[] = [
  ["index_not_found_exception", 404, "connection", "not-applied", false],
  ["aliases_not_found_exception", 404, "connection", "not-applied", false],
  ["index_closed_exception", 400, "connection", "not-applied", false],
  ["cluster_block_exception", 403, "connection", "not-applied", false],
  ["index_create_block_exception", 403, "connection", "not-applied", false],
  ["cluster_block_exception", 429, "overload", "not-applied", true],
  ["mapper_parsing_exception", 400, "programming", "not-applied", false],
  ["strict_dynamic_mapping_exception", 400, "programming", "not-applied", false],
  ["illegal_argument_exception", 400, "programming", "not-applied", false],
  ["parsing_exception", 400, "programming", "not-applied", false],
  ["x_content_parse_exception", 400, "programming", "not-applied", false],
  ["query_shard_exception", 400, "programming", "not-applied", false],
  ["script_exception", 400, "programming", "not-applied", false],
  ["too_many_buckets_exception", 503, "programming", "not-applied", false],
  ["resource_already_exists_exception", 400, "conflict", "not-applied", false],
  ["version_conflict_engine_exception", 409, "conflict", "not-applied", false],
  ["circuit_breaking_exception", 429, "overload", "not-applied", true],
  ["rejected_execution_exception", 429, "overload", "not-applied", true],
  ["search_context_missing_exception", 404, "connection", "not-applied", true],
  ["security_exception", 401, "auth", "not-applied", false],
  ["security_exception", 403, "auth", "not-applied", false],
  ["cluster_manager_not_discovered_exception", 503, "connection", "not-applied", true],
  ["no_shard_available_action_exception", 503, "connection", "not-applied", true],
  ["unavailable_shards_exception", 503, "connection", "unknown", true],
  ["node_disconnected_exception", 500, "connection", "unknown", true],
  ["process_cluster_event_timeout_exception", 503, "timeout", "unknown", true],
  ["task_cancelled_exception", 500, "timeout", "unknown", false],
];

test.each(types)("%s with %i", (type, status, kind, outcome, transient) => {
  expect(classify(told(type, status))).toMatchObject({ kind, outcome, transient, code: type });
});

/** Status of an answer without a type: a proxy's. */
const statuses: readonly (readonly [number, string, string, boolean])[] = [
  [400, "programming", "not-applied", false],
  [401, "auth", "not-applied", false],
  [403, "auth", "not-applied", false],
  [404, "programming", "not-applied", false],
  [408, "timeout", "unknown", true],
  [413, "programming", "not-applied", false],
  [429, "overload", "not-applied", true],
  [502, "connection", "unknown", true],
  [503, "connection", "unknown", true],
  [504, "connection", "unknown", true],
  [418, "unknown", "unknown", false],
];

test.each(statuses)("status %i alone", (status, kind, outcome, transient) => {
  expect(classify(answered(status))).toMatchObject({
    kind,
    outcome,
    transient,
    code: String(status),
  });
});

/** Errors of the driver: of sockets it keeps the text only. */
const local: readonly (readonly [Error, string, string, boolean])[] = [
  [
    new errors.ConnectionError("connect ECONNREFUSED 127.0.0.1:9200"),
    "connection",
    "not-applied",
    true,
  ],
  [new errors.ConnectionError("getaddrinfo ENOTFOUND nowhere"), "connection", "not-applied", true],
  [new errors.ConnectionError("read ECONNRESET"), "connection", "unknown", true],
  [new errors.ConnectionError("socket hang up"), "connection", "unknown", true],
  [
    new errors.ConnectionError("Response aborted while reading the body"),
    "connection",
    "unknown",
    true,
  ],
  [new errors.ConnectionError("self-signed certificate"), "auth", "not-applied", false],
  [
    new errors.ConnectionError("unable to verify the first certificate"),
    "auth",
    "not-applied",
    false,
  ],
  [
    new errors.ConnectionError("Hostname/IP does not match certificate's altnames"),
    "auth",
    "not-applied",
    false,
  ],
  [
    new errors.ConnectionError("write EPROTO 0A00010B:SSL routines::wrong version number"),
    "connection",
    "not-applied",
    false,
  ],
  [new errors.ConnectionError("Parse Error: Expected HTTP/"), "connection", "unknown", false],
  [new UnexpectedAnswer(), "connection", "unknown", false],
  [new errors.TimeoutError("Request timed out", {} as never), "timeout", "unknown", true],
  [new errors.NoLivingConnectionsError("none", {} as never), "connection", "not-applied", true],
  [new errors.RequestAbortedError("Request aborted"), "timeout", "unknown", false],
  [new errors.SerializationError("circular", {}), "programming", "not-applied", false],
  [new errors.DeserializationError("Unexpected token", ""), "connection", "unknown", true],
  [new TypeError("x is undefined"), "programming", "not-applied", false],
  [new RefusedItems("rejected_execution_exception"), "overload", "not-applied", true],
  [new Error("whatever"), "unknown", "unknown", false],
];

test.each(local)("%s", (error, kind, outcome, transient) => {
  expect(classify(error)).toMatchObject({ kind, outcome, transient });
});

test("a search that failed in every phase is judged by its cause, and without one as unreachable", () => {
  const whole = (causes: readonly object[]): Error =>
    answered(503, { type: "search_phase_execution_exception", root_cause: causes });
  expect(typeOf(whole([{ type: "query_shard_exception" }]))).toBe("query_shard_exception");
  expect(classify(whole([]))).toMatchObject({ kind: "connection", transient: true });
  const reduced = answered(503, {
    type: "search_phase_execution_exception",
    root_cause: [],
    caused_by: { type: "too_many_buckets_exception", reason: "Trying to create too many buckets" },
  });
  expect(classify(reduced)).toMatchObject({
    kind: "programming",
    code: "too_many_buckets_exception",
  });
});

/** The server's reason, and what is kept of it. */
const reasons: readonly (readonly [string, string])[] = [
  [
    "failed to parse field [item.number] of type [integer] in document with id '1'. Preview of field's value: 'secret'",
    "failed to parse field [item.number] of type",
  ],
  ["failed to parse date field [secret] with format [strict_date]", "failed to parse date field"],
  ['For input string: "secret"', "For input string:"],
  ["Value (secret) out of range", "Value"],
  ["[secret]: version conflict", ""],
  ["field's type is {secret}", "field's type is"],
  ["x".repeat(1_000), "x".repeat(300)],
];

test.each(reasons)("of the words %s no value is kept", (reason, kept) => {
  const code = "illegal_argument_exception";
  const { message } = classify(answered(400, { type: code, reason, root_cause: [] }));
  expect(message).toBe(kept === "" ? code : `${code}: ${kept}`);
});

test.each([
  [
    "settings_exception",
    "unknown setting [index.knn] please check that any required plugins are installed, or check the breaking changes documentation for removed settings",
  ],
  ["mapper_parsing_exception", "No handler for type [knn_vector] declared on field [embedding]"],
])("a server without the plugin that holds vectors is told as that: %s", (type, reason) => {
  const causes = [{ type, reason }];
  const fault = classify(answered(400, { type, reason, root_cause: causes }));
  expect(fault).toMatchObject({ kind: "programming", code: type, transient: false });
  expect(fault.hint).toContain("k-NN plugin");
  const other = "unknown setting [index.other]";
  const silent = classify(answered(400, { type: "settings_exception", reason: other }));
  expect(silent.hint).toBeUndefined();
});

test("the server's wish to wait is kept, in milliseconds", () => {
  const busy = answered(429, undefined, { "retry-after": "3" });
  expect(classify(busy)).toMatchObject({ kind: "overload", retryAfterMs: 3_000 });
  expect(classify(answered(429, undefined, { "retry-after": "soon" })).retryAfterMs).toBe(
    undefined,
  );
});

test("what is no error at all is unknown", () => {
  expect(classify("text")).toMatchObject({ kind: "unknown", outcome: "unknown" });
});
