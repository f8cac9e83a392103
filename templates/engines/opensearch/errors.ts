import type { Fault, FaultKind, Outcome } from "../../runtime/fault.ts";

/** The part of a fault that a type or a status decides. */
interface Rule {
  readonly kind: FaultKind;
  readonly outcome: Outcome;
  readonly transient: boolean;
  /** Stands for the server's words, which hold values of documents. */
  readonly message?: string;
  readonly hint?: string;
}

const rule = (kind: FaultKind, transient: boolean, outcome: Outcome = "not-applied"): Rule => ({
  kind,
  outcome,
  transient,
});

const wrong = rule("programming", false);
const refused: Rule = {
  ...rule("auth", false),
  hint: "look at user and password of the DSN, and at what the role of that user may do",
};
const busy = rule("overload", true);
const elsewhere = rule("connection", true, "unknown");
const notYet = rule("connection", true);
const unreachable: Rule = {
  ...notYet,
  message: "no server answers at this address",
  hint: "look at host and port of the DSN, and whether the cluster runs",
};
const stranger: Rule = {
  ...rule("connection", false, "unknown"),
  message: "what answered there is no OpenSearch",
  hint: "look at host and port of the DSN, and at what stands between",
};
const cancelled = rule("timeout", false, "unknown");
const conflict = rule("conflict", false);

const missing: Rule = {
  ...rule("connection", false),
  message: "there is no index behind this name",
  hint: "npm run db -- views status names views that were never built; views rebuild builds one",
};
const blocked: Rule = {
  ...rule("connection", false),
  message: "the cluster or the index takes no writes now",
  hint: "look for index.blocks.* in the index' settings and for a full disk (flood-stage watermark)",
};
const tooLarge: Rule = {
  ...wrong,
  hint: "the request is larger than http.max_content_length of the server (100 MB unless configured)",
};
const misnamed: Rule = {
  ...wrong,
  hint: "the path of the DSN is put before every index: small letters, digits, - and _, no - or _ in front",
};

/**
 * `error.type` of the server's answers → fault. Source: `opensearch-project/OpenSearch:
 * server/src/main/java/org/opensearch/OpenSearchServerException.java` and the `status()` of each exception.
 */
const types: Readonly<Record<string, Rule>> = {
  index_not_found_exception: missing,
  alias_not_found_exception: missing,
  aliases_not_found_exception: missing,
  index_closed_exception: { ...missing, message: "the index is closed", hint: "open it again" },
  cluster_block_exception: blocked,
  index_create_block_exception: { ...blocked, message: "the cluster makes no index now" },
  mapper_parsing_exception: wrong,
  mapper_exception: wrong,
  strict_dynamic_mapping_exception: wrong,
  document_parsing_exception: wrong,
  illegal_argument_exception: wrong,
  parsing_exception: wrong,
  parse_exception: wrong,
  named_object_not_found_exception: wrong,
  x_content_parse_exception: wrong,
  json_parse_exception: wrong,
  action_request_validation_exception: wrong,
  query_shard_exception: wrong,
  script_exception: wrong,
  invalid_index_name_exception: misnamed,
  invalid_alias_name_exception: misnamed,
  too_many_buckets_exception: wrong,
  too_many_clauses: wrong,
  too_many_nested_clauses: wrong,
  resource_not_found_exception: wrong,
  resource_already_exists_exception: conflict,
  version_conflict_engine_exception: conflict,
  circuit_breaking_exception: busy,
  rejected_execution_exception: busy,
  opensearch_rejected_execution_exception: busy,
  // A search context, a PIT's above all, that is over: the page is asked for again.
  search_context_missing_exception: rule("connection", true),
  security_exception: refused,
  authentication_exception: refused,
  authorization_exception: refused,
  cluster_manager_not_discovered_exception: notYet,
  master_not_discovered_exception: notYet,
  not_cluster_manager_exception: notYet,
  no_shard_available_action_exception: notYet,
  shard_not_found_exception: notYet,
  illegal_index_shard_state_exception: notYet,
  unavailable_shards_exception: elsewhere,
  primary_missing_action_exception: elsewhere,
  node_closed_exception: elsewhere,
  node_not_connected_exception: elsewhere,
  node_disconnected_exception: elsewhere,
  connect_transport_exception: elsewhere,
  receive_timeout_transport_exception: elsewhere,
  process_cluster_event_timeout_exception: rule("timeout", true, "unknown"),
  timeout_exception: rule("timeout", true, "unknown"),
  task_cancelled_exception: cancelled,
};

/**
 * What a server says of a vector view that lacks the plugin. Source: `opensearch-project/OpenSearch:
 * server/src/main/java/org/opensearch/common/settings/AbstractScopedSettings.java`, `…/index/mapper/ObjectMapper.java`.
 */
const withoutVectors = /unknown setting \[index\.knn\]|No handler for type \[knn_vector\]/;
const noVectors: Rule = {
  ...wrong,
  hint: "the nodes lack the k-NN plugin, which the full distribution of OpenSearch has: GET /_cat/plugins names it opensearch-knn on each",
};

/** Where the type says nothing: a proxy answered, or a plugin. */
const statuses: Readonly<Record<number, Rule>> = {
  400: wrong,
  401: refused,
  403: refused,
  404: wrong,
  405: wrong,
  406: wrong,
  408: rule("timeout", true, "unknown"),
  409: conflict,
  413: tooLarge,
  429: busy,
  500: rule("unknown", false, "unknown"),
  502: elsewhere,
  503: elsewhere,
  504: elsewhere,
};

const bothSchemes = "opensearch: is HTTP, opensearch+https: is HTTP over TLS";

/** The driver keeps the text of a socket's error only, not its code. */
const sockets: readonly (readonly [RegExp, Rule])[] = [
  [/ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/, unreachable],
  [
    /certificate|altnames|unable to verify|self.signed/i,
    {
      ...refused,
      message: "the server's certificate is not trusted",
      hint: "name its authority: ?ca=FILE",
    },
  ],
  [
    /wrong version number|packet length too long|EPROTO|ssl3_|tlsv1/i,
    {
      ...rule("connection", false),
      message: "TLS is spoken on one side only",
      hint: bothSchemes,
    },
  ],
  [/^Parse Error/, stranger],
  // A server that wants TLS hangs up too; so does one that is stopped.
  [/socket hang up|ECONNRESET/, { ...elsewhere, hint: `if it always does: ${bothSchemes}` }],
];

/** Errors of the driver that no server has answered with. */
const named: Readonly<Record<string, Rule>> = {
  ConnectionError: elsewhere,
  TimeoutError: rule("timeout", true, "unknown"),
  NoLivingConnectionsError: notYet,
  RequestAbortedError: cancelled,
  SerializationError: wrong,
  ConfigurationError: wrong,
  NotCompatibleError: wrong,
  DeserializationError: elsewhere,
  TypeError: wrong,
};

const unknown = rule("unknown", false, "unknown");

interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  /** The server's words, which may quote values of the user. */
  readonly reason: string | undefined;
  readonly retryAfterMs: number | undefined;
}

/** Kind and outcome of an error of the driver or the server. */
export function classify(error: unknown): Fault {
  if (!(error instanceof Error)) return faultOf(unknown, undefined);
  if (error instanceof RefusedItems) return faultOf(busy, error.type);
  if (error instanceof UnexpectedAnswer) return faultOf(stranger, undefined);
  const answer = answerOf(error);
  if (answer !== undefined) {
    const { reason = "" } = answer;
    const found = withoutVectors.test(reason) ? noVectors : ruleOf(answer.type, answer.status);
    const code = answer.type ?? String(answer.status);
    return faultOf(worded(found, code, answer.reason), code, answer.retryAfterMs);
  }
  if (error.name === "ConnectionError") {
    const socket = sockets.find(([form]) => form.test(error.message));
    if (socket !== undefined) return faultOf(socket[1], socketCode(error.message));
  }
  return faultOf(named[error.name] ?? unknown, socketCode(error.message));
}

/** The rule of an `error.type` with its status: of a whole answer, or of one item of a bulk. */
export function ruleOf(type: string | undefined, status: number): Rule {
  const found = type === undefined ? undefined : types[type];
  // The flood-stage watermark blocks with 429, an administrator with 403.
  if (found === blocked && status === 429) return { ...blocked, kind: "overload", transient: true };
  if (found === blocked) return blocked;
  if (status === 429) return busy;
  return found ?? statuses[status] ?? unknown;
}

/** Items of a bulk that a full queue or a breaker refused: the rest of the request is done. */
export class RefusedItems extends Error {
  readonly type: string;

  constructor(type: string) {
    super("the server refused a part of the bulk");
    this.name = "RefusedItems";
    this.type = type;
  }
}

/** An answer of success that is none of this server's: a proxy's page, another service. */
export class UnexpectedAnswer extends Error {
  constructor() {
    super("the answer is not of the form that was asked for");
    this.name = "UnexpectedAnswer";
  }
}

/** The type of the server's answer, of its first cause where the whole only says that a phase failed. */
export function typeOf(error: unknown): string | undefined {
  return error instanceof Error ? answerOf(error)?.type : undefined;
}

function faultOf(found: Rule, code: string | undefined, retryAfterMs?: number): Fault {
  return {
    kind: found.kind,
    outcome: found.outcome,
    transient: found.transient,
    fatal: false,
    ...(code === undefined ? {} : { code }),
    ...(found.message === undefined ? {} : { message: found.message }),
    ...(found.hint === undefined ? {} : { hint: found.hint }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

const longestReason = 300;
/** What may begin a quoted value; the path of a property is none. */
const quoted = /\[(?!item\.[\w.]+\])|["`({]|(?<!\w)'/;

/** A rule with the server's words up to the first value in them. A connection's words are the rule's own. */
function worded(found: Rule, code: string, reason: string | undefined): Rule {
  if (found.message !== undefined || found.kind === "connection" || reason === undefined)
    return found;
  const end = reason.search(quoted);
  const words = reason.slice(0, end === -1 ? longestReason : Math.min(end, longestReason)).trim();
  return { ...found, message: words === "" ? code : `${code}: ${words}` };
}

const socketCode = (message: string): string | undefined => /\bE[A-Z]{4,}\b/.exec(message)?.[0];

const property = (of: unknown, name: string): unknown =>
  typeof of === "object" && of !== null ? (Reflect.get(of, name) as unknown) : undefined;

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" ? value : undefined;

function answerOf(error: Error): Answer | undefined {
  const meta = property(error, "meta");
  const status = property(meta, "statusCode");
  if (error.name !== "ResponseError" || typeof status !== "number") return undefined;
  const told = property(property(meta, "body"), "error");
  const after = Number(property(property(meta, "headers"), "retry-after"));
  const cause = causeOf(told);
  return {
    status,
    type: typeOfCause(told, cause),
    reason: textOf(property(cause, "reason")) ?? textOf(property(told, "reason")),
    retryAfterMs: Number.isFinite(after) && after > 0 ? after * 1_000 : undefined,
  };
}

const wholeSearch = "search_phase_execution_exception";

/** The first of the causes, which says more than the whole; what failed after all shards had answered is told apart from them. */
function causeOf(told: unknown): unknown {
  const causes = property(told, "root_cause");
  const first: unknown = Array.isArray(causes) ? causes[0] : undefined;
  if (first !== undefined) return first;
  const reduced = property(told, "caused_by");
  return property(reduced, "type") === wholeSearch ? undefined : reduced;
}

function typeOfCause(told: unknown, cause: unknown): string | undefined {
  const own = textOf(property(told, "type"));
  if (own !== wholeSearch) return own;
  // Without a cause no shard could be asked at all.
  return textOf(property(cause, "type")) ?? "no_shard_available_action_exception";
}
