/** Stands before a server as the security plugin would, which is not among the published packages: TLS, users, roles. */
import { createServer as createHttp, type RequestListener, request, type Server } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import type { Certificate } from "../../support/certificate.ts";

export interface FrontOptions {
  readonly tls?: Certificate;
  /** Who may: `user:password` → whether that user may write. Without it everybody may everything. */
  readonly users?: ReadonlyMap<string, { readonly mayWrite: boolean }>;
  /** Answers in place of the server, by a part of the path. */
  readonly instead?: Answers;
}

type Answers = (path: string) => Answered | undefined;

export interface Answered {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Front {
  readonly port: number;
  /** Requests that were let through or answered. */
  readonly requests: () => number;
  instead(answers: Answers | undefined): void;
  stop(): Promise<void>;
}

const json = { "content-type": "application/json; charset=UTF-8" };

/** As OpenSearch tells an error. */
export const errorAnswer = (status: number, type: string, reason: string): Answered => ({
  status,
  headers: json,
  body: JSON.stringify({ error: { root_cause: [{ type, reason }], type, reason }, status }),
});

/** Passes requests on to the server at `dsn`. */
export async function startFront(dsn: string, options: FrontOptions = {}): Promise<Front> {
  const { hostname, port } = new URL(dsn.replace(/^opensearch/, "http"));
  let { instead } = options;
  let requests = 0;
  const handle: RequestListener = (incoming, outgoing) => {
    requests += 1;
    const { url = "/", method = "GET", headers } = incoming;
    const answered = refusal(options, method, url, headers.authorization) ?? instead?.(url);
    if (answered !== undefined) {
      incoming.resume();
      outgoing.writeHead(answered.status, answered.headers).end(answered.body);
      return;
    }
    const passed = request({ host: hostname, port, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on("error", () => outgoing.destroy());
    incoming.pipe(passed);
  };
  const { tls } = options;
  const server: Server =
    tls === undefined
      ? createHttp(handle)
      : createHttps({ cert: tls.certPem, key: tls.keyPem }, handle);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    port: (server.address() as AddressInfo).port,
    requests: () => requests,
    instead: (answers) => {
      instead = answers;
    },
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** As the plugin answers: a text without credentials that it knows, an error of its own without the role. */
function refusal(
  { users }: FrontOptions,
  method: string,
  path: string,
  header = "",
): Answered | undefined {
  if (users === undefined) return undefined;
  const login = Buffer.from(header.replace(/^Basic /, ""), "base64").toString();
  const user = users.get(login);
  if (user === undefined)
    return {
      status: 401,
      headers: {
        "content-type": "text/plain; charset=UTF-8",
        "www-authenticate": 'Basic realm="OpenSearch Security"',
      },
      body: "Unauthorized",
    };
  const writes = method === "PUT" || method === "DELETE" || path.includes("_bulk");
  if (!writes || user.mayWrite) return undefined;
  return errorAnswer(
    403,
    "security_exception",
    "no permissions for [indices:data/write/bulk] and User [name=reader, backend_roles=[], requestedTenant=null]",
  );
}
